"""`distribution subscriber confirm` and `welcome`: letters to one reader, or to all meant."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy.orm import Session

from distribution import audience, clock, delivery
from distribution.audience import Those
from distribution.cli.choices import NothingNamed
from distribution.cli.common import admin, ask, installation, printable, saying_yes
from distribution.cli.posting import post, require_postable
from distribution.cli.subscriber.bulk import (
    FIRST,
    SLICE,
    Done,
    bar_of,
    show_first,
    tell_reasons,
)
from distribution.cli.subscriber.filters import Filters, filtered
from distribution.cli.subscriber.showing import standing
from distribution.errors import Refused
from distribution.models import Subscriber

Write = Callable[[Session, Subscriber, datetime], object]
"""Writes a letter to one reader; raises Refused."""
_email = click.argument("email", metavar="[邮箱]", required=False)
_everybody = click.option("--all", "everybody", is_flag=True, help="不写条件：全部订阅者。")
_dry_run = click.option("--dry-run", is_flag=True, help="只说会写给哪些人，不写。")


class NobodyNamed(Refused):
    """Raised when neither an address nor a filter says who is to be written to."""

    def __init__(self) -> None:
        super().__init__("没有写邮箱，也没有写条件：没有写信；确实要写给全部订阅者请加 --all")


@dataclass(frozen=True, slots=True)
class _Task:
    """Whom to write to, and how careful to be."""

    email: str | None
    filters: Filters
    everybody: bool
    dry_run: bool
    yes: bool


@click.command("confirm")
@_email
@filtered
@_everybody
@click.option("--request", is_flag=True, help="没有同意依据的，也请他确认：先登记为待本人确认。")
@_dry_run
@saying_yes
def confirm(
    email: str | None,
    filters: Filters,
    *,
    everybody: bool,
    request: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """请待确认的人本人确认：寄一封确认信，他点了确认才算同意。

    写一个邮箱，或写条件（与 list 相同）。同一地址 24 小时内只寄一封，总共不超过 3 封；
    已同意、已退订、地址已抑制的不寄。

    例如：distribution subscriber confirm --state 待本人确认 --dry-run
    """

    def write(session: Session, row: Subscriber, at: datetime) -> None:
        if request:
            delivery.request_consent(session, row, by=admin(), at=at)
        stationery = installation().stationery
        delivery.ask_to_confirm(session, stationery, row, by=admin(), at=at)

    _write(_Task(email, filters, everybody, dry_run, yes), "确认信", write)


@click.command("welcome")
@_email
@filtered
@_everybody
@_dry_run
@saying_yes
def welcome(
    email: str | None, filters: Filters, *, everybody: bool, dry_run: bool, yes: bool
) -> None:
    """给已同意接收的人寄欢迎信：何时寄什么、选哪些主题、怎样改和退订；每人只一次。

    写一个邮箱，或写条件（与 list 相同）。本人点了确认信的，欢迎信已自动写好，不必再用。

    例如：distribution subscriber welcome --enterprise 某机械厂 --dry-run
    """

    def write(session: Session, row: Subscriber, at: datetime) -> None:
        delivery.welcome(session, installation().stationery, row, by=admin(), at=at)

    _write(_Task(email, filters, everybody, dry_run, yes), "欢迎信", write)


def _write(task: _Task, what: str, write: Write) -> None:
    require_postable(installation())
    if task.email is None:
        _write_to_many(task, what, write)
    elif not task.filters.is_empty or task.everybody:
        raise NothingNamed("邮箱与条件只能写一种")
    else:
        _write_to_one(task, task.email, what, write)


def _write_to_one(task: _Task, email: str, what: str, write: Write) -> None:
    app, at = installation(), clock.now()
    if task.dry_run:
        with app.reading() as session:
            row = audience.find_subscriber(session, email)
            click.echo(printable(f"将写给 {row.name} <{row.email}>；只是预览：没有写。"))
        return
    with app.transaction() as session:
        row = audience.find_subscriber(session, email)
        write(session, row, at)
        click.echo(printable(f"已写{what}给 {row.name} <{row.email}>。"))
    post(app, at=at)


def _write_to_many(task: _Task, what: str, write: Write) -> None:
    if task.filters.is_empty and not task.everybody:
        raise NobodyNamed
    app, at = installation(), clock.now()
    with app.reading() as session:
        those = task.filters.those(session)
        count = audience.count_those(session, those)
        first = audience.subscribers(session, those, limit=FIRST)
        shown = [(row.name, row.email, home, standing(why)) for row, home, why in first]
    if not count:
        click.echo("没有符合的订阅者。")
        return
    if task.dry_run:
        show_first(shown, count)
        return
    ask(f"将给 {count} 位订阅者写{what}，确定吗？", yes=task.yes)
    done = _all(those, count, what, write, at)
    click.echo(f"写了 {done.changed} 封，拒绝 {done.refused} 位。")
    tell_reasons(done)
    post(app, at=at)
    if done.refused:
        sys.exit(1)


def _all(those: Those, count: int, what: str, write: Write, at: datetime) -> Done:
    """Everybody as he was meant: who is written to may be meant no longer."""
    app, done = installation(), Done()
    with app.reading() as session:
        ids = audience.ids_of_those(session, those, after=0, limit=count)
    with bar_of(len(ids), what) as bar:
        for start in range(0, len(ids), SLICE):
            part = ids[start : start + SLICE]
            with app.transaction() as session:
                for subscriber_id in part:
                    _one(session, subscriber_id, write, done, at)
            bar.update(len(part))
    return done


def _one(session: Session, subscriber_id: int, write: Write, done: Done, at: datetime) -> None:
    row = session.get(Subscriber, subscriber_id)
    if row is None:
        return
    try:
        with session.begin_nested():
            write(session, row, at)
        done.changed += 1
    except Refused as refusal:
        done.refused += 1
        done.reasons.append(str(refusal))
