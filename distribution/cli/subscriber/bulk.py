"""`distribution subscriber bulk`: one change for all who are meant, in slices of transactions."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict, Unpack

import click
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, topics
from distribution.audience import Deed, Those
from distribution.cli.choices import DAY, EDITION, FORMAT, FREQUENCY, Choice, NothingNamed, labels
from distribution.cli.common import admin, ask, installation, printable, saying_yes, split
from distribution.cli.listing import show_list
from distribution.cli.subscriber.changing import end_of_pause
from distribution.cli.subscriber.filters import Filters, filtered
from distribution.cli.subscriber.showing import standing
from distribution.cli.trail import detail
from distribution.errors import Refused
from distribution.models import Subscriber
from distribution.words import Edition, Frequency, MailFormat, Role

SLICE = 200
"""Subscribers changed in one transaction."""
FIRST = 10
"""Shown by a dry run."""
_REASONS = 5
"""Refusals told one by one."""
_ROLES = tuple(role for role in Role if role is not Role.LIAISON)


class EverybodyMeant(Refused):
    """Raised when no filter narrows a change of many, and nobody said that this is meant."""

    def __init__(self) -> None:
        super().__init__("没有写任何条件，会改动全部订阅者：没有改动；确实要全部改动请加 --all")


class _Wanted(TypedDict):
    set_topics: str | None
    add_topic: tuple[str, ...]
    remove_topic: tuple[str, ...]
    set_role: Role | None
    set_edition: Edition | None
    set_frequency: Frequency | None
    set_format: MailFormat | None
    pause_until: date | None
    resume: bool
    move_to: str | None
    unsubscribe: str | None


@dataclass(slots=True)
class Done:
    """What became of those who were meant."""

    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    reasons: list[str] = field(default_factory=list)


@click.command("bulk")
@filtered
@click.option("--all", "everybody", is_flag=True, help="不写条件：全部订阅者。")
@click.option("--add-topic", metavar="主题", multiple=True, help="添上这个主题；可多次给出。")
@click.option("--remove-topic", metavar="主题", multiple=True, help="去掉这个主题；可多次给出。")
@click.option("--set-topics", help="改为这些主题，逗号分隔；空字符串清除。")
@click.option("--set-role", type=Choice(_ROLES, "可批量改的职务"), help=f"改为 {labels(_ROLES)}。")
@click.option("--set-edition", type=EDITION, help=f"改为 {labels(tuple(Edition))}。")
@click.option("--set-frequency", type=FREQUENCY, help=f"改为 {labels(tuple(Frequency))}。")
@click.option("--set-format", type=FORMAT, help=f"改为 {labels(tuple(MailFormat))}。")
@click.option("--pause-until", type=DAY, metavar="日期", help="暂停到这一天为止（含当日）。")
@click.option("--resume", is_flag=True, help="结束暂停。")
@click.option("--move-to", metavar="单位", help="改属这家单位。")
@click.option("--unsubscribe", metavar="缘由", help="退订，缘由记入同意记录。")
@click.option("--dry-run", is_flag=True, help="只说会改动哪些人，不改动。")
@saying_yes
def bulk(
    filters: Filters, *, everybody: bool, dry_run: bool, yes: bool, **wanted: Unpack[_Wanted]
) -> None:
    """批量修改：条件与 list 相同，符合的都改；先用 --dry-run 看一看。

    例如：distribution subscriber bulk --region 大同 --add-topic quality --dry-run
    """
    if filters.is_empty and not everybody:
        raise EverybodyMeant
    with installation().reading() as session:
        those, deed = filters.those(session), _deed(session, wanted)
        count = audience.count_those(session, those)
        first = audience.subscribers(session, those, limit=FIRST) if dry_run else ()
        shown = [(row.name, row.email, home, standing(why)) for row, home, why in first]
    if not count:
        click.echo("没有符合的订阅者。")
        return
    if dry_run:
        show_first(shown, count)
        return
    ask(f"将修改 {count} 位订阅者，确定吗？", yes=yes)
    done = _do(those, deed, count)
    tell(done)
    if done.refused:
        sys.exit(1)


def show_first(shown: Sequence[Sequence[object]], count: int) -> None:
    """What a dry run shows: the first of those who are meant."""
    show_list(("姓名", "邮箱", "单位", "状态"), shown, elastic=("单位", "姓名"))
    more = f"，以上是前 {len(shown)} 位" if count > len(shown) else ""
    click.echo(f"共 {count} 位{more}；只是预览：没有改动任何内容。")


def _deed(session: Session, wanted: _Wanted) -> Deed:
    """What is to be done, as far as it can be checked beforehand."""
    if wanted["pause_until"] is not None and wanted["resume"]:
        raise NothingNamed("--pause-until 与 --resume 只能写一个")
    new, until, home = split(wanted["set_topics"]), wanted["pause_until"], wanted["move_to"]
    reason = wanted["unsubscribe"]
    deed = Deed(
        set_topics=None if new is None else _codes(session, new),
        add_topics=_codes(session, wanted["add_topic"]),
        remove_topics=_codes(session, wanted["remove_topic"]),
        edition=wanted["set_edition"],
        frequency=wanted["set_frequency"],
        format=wanted["set_format"],
        pause_until=None if until is None else end_of_pause(until),
        resume=wanted["resume"],
        role=wanted["set_role"],
        move_to=None if home is None else audience.find_enterprise(session, home),
        unsubscribe="" if reason is None else audience.tidy("缘由", reason, longest=500),
    )
    if deed.is_nothing:
        raise NothingNamed("没有写明要改什么：可用的选项见 distribution subscriber bulk --help")
    return deed


def _codes(session: Session, given: tuple[str, ...]) -> tuple[str, ...]:
    words = [word for one in given for word in split(one) or ()]
    return tuple(topic.code for topic in topics.resolve(session, words))


def _do(those: Those, deed: Deed, count: int) -> Done:
    app, at, done, after = installation(), clock.now(), Done(), 0
    with bar_of(count) as bar:
        while True:
            with app.transaction() as session:
                ids = audience.ids_of_those(session, those, after=after, limit=SLICE)
                for subscriber_id in ids:
                    _do_to_one(session, subscriber_id, deed, done, at)
            if not ids:
                return done
            after = ids[-1]
            bar.update(len(ids))


def _do_to_one(session: Session, subscriber_id: int, deed: Deed, done: Done, at: datetime) -> None:
    row = session.get_one(Subscriber, subscriber_id)
    try:
        with session.begin_nested():
            changed = audience.do_to(
                session, row, deed, installation().keyring.address_hash, by=admin(), at=at
            )
    except Refused as refusal:
        done.refused += 1
        done.reasons.append(str(refusal))
        return
    if not changed:
        done.unchanged += 1
        return
    done.changed += 1
    facts = detail(changed)
    audit.record(session, "subscriber.bulk", str(row.id), by=admin(), at=at, **facts)


def tell(done: Done) -> None:
    """What became of all."""
    refused = f"，拒绝 {done.refused} 位" if done.refused else ""
    click.echo(f"改动 {done.changed} 位，本来如此 {done.unchanged} 位{refused}。")
    tell_reasons(done)


def tell_reasons(done: Done) -> None:
    """Why some were refused."""
    for reason in done.reasons[:_REASONS]:
        click.echo(printable(f"拒绝：{reason}"))
    if done.refused > _REASONS:
        click.echo(f"另有 {done.refused - _REASONS} 位被拒绝。")


@contextmanager
def bar_of(count: int, label: str = "修改") -> "Iterator[click._termui_impl.ProgressBar[int]]":
    with click.progressbar(
        length=count, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        yield bar
