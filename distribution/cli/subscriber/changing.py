"""`distribution subscriber interests`, `change`, `pause`, `depart`, `return`, `unsubscribe`."""

from datetime import date, datetime

import click

from distribution import audience, audit, clock
from distribution.audience import ContactChanges, Wishes
from distribution.cli.choices import DAY, EDITION, FORMAT, FREQUENCY, ROLE, NothingNamed, labels
from distribution.cli.common import admin, as_json, installation, printable, split
from distribution.cli.consent import say
from distribution.cli.subscriber.adding import say_if_barred, warn
from distribution.cli.subscriber.showing import email_argument, present
from distribution.cli.trail import detail, told
from distribution.errors import DistributionError
from distribution.words import Decision, Edition, Frequency, MailFormat, Role


class DayIsOver(DistributionError):
    """Raised when a pause would end before it begins."""

    def __init__(self, day: date) -> None:
        self.day = day
        super().__init__(f"{day} 已经过去：请写今天或以后的日期")


@click.command("interests")
@email_argument
@click.option("--topics", help="改为这些主题，按顺序，逗号分隔；空字符串清除。")
@click.option("--words", help="改为这些关注词，逗号分隔；空字符串清除。")
@click.option("--edition", type=EDITION, help=f"版本：{labels(tuple(Edition))}。")
@click.option("--frequency", type=FREQUENCY, help=f"接收频率：{labels(tuple(Frequency))}。")
@click.option("--format", "form", type=FORMAT, help=f"邮件格式：{labels(tuple(MailFormat))}。")
@as_json
def interests(
    email: str,
    *,
    topics: str | None,
    words: str | None,
    edition: Edition | None,
    frequency: Frequency | None,
    form: MailFormat | None,
    as_json: bool,
) -> None:
    """查看或修改一位订阅者的关注与接收方式；不带选项只查看。"""
    wishes = Wishes(split(topics), split(words), edition, frequency, form)
    if wishes != Wishes():
        at = clock.now()
        with installation().transaction() as session:
            row = audience.find_subscriber(session, email)
            changed = audience.set_interests(session, row, wishes, by=admin())
            if changed:
                facts = detail(changed)
                audit.record(
                    session, "subscriber.interests", str(row.id), by=admin(), at=at, **facts
                )
    present(email, as_json=as_json)


@click.command("change")
@email_argument
@click.option("--name", help="姓名。")
@click.option("--phone", help="电话；空字符串清除。")
@click.option("--role", type=ROLE, help=f"职务：{labels(tuple(Role))}。")
@click.option("--enterprise", help="改属这家单位；可写名称的一部分。")
@click.option("--no-enterprise", "independent", is_flag=True, help="不再属于任何单位。")
@click.option("--email", "new_email", help="新的邮箱；同意与关注不变。")
def change(
    email: str,
    *,
    name: str | None,
    phone: str | None,
    role: Role | None,
    enterprise: str | None,
    independent: bool,
    new_email: str | None,
) -> None:
    """修改一位订阅者的资料；没有写出的不变。"""
    if enterprise is not None and independent:
        raise NothingNamed("--enterprise 与 --no-enterprise 只能写一个")
    app, at = installation(), clock.now()
    address = None if new_email is None else audience.read_address(new_email)
    changes = ContactChanges(name, phone, role, None, independent, address)
    if changes == ContactChanges() and enterprise is None:
        raise NothingNamed("没有写明要改什么：可用的选项见 distribution subscriber change --help")
    with app.transaction() as session:
        row = audience.find_subscriber(session, email)
        if enterprise is not None:
            home = audience.find_enterprise(session, enterprise)
            changes = ContactChanges(name, phone, role, home, address=address)
        changed = audience.change_contact(session, row, changes, app.keyring.address_hash)
        if changed:
            facts = detail(changed)
            audit.record(session, "subscriber.change", str(row.id), by=admin(), at=at, **facts)
    if not changed:
        click.echo(printable(f"{row.email} 本来就是这样：没有改动。"))
        return
    click.echo(printable(f"已修改 {row.name} <{row.email}>：{told(changed)}。"))
    if address is not None:
        warn(address)


@click.command("pause")
@email_argument
@click.option(
    "--until", type=DAY, metavar="日期", help="到这一天为止（含当日）不投递，例如 2026-12-31。"
)
@click.option("--resume", is_flag=True, help="结束暂停。")
def pause(email: str, *, until: date | None, resume: bool) -> None:
    """应本人要求暂停投递到某一天，或恢复。"""
    if (until is None) == (not resume):
        raise NothingNamed("请写明 --until 日期，或用 --resume 恢复，只写一个")
    end = None if until is None else end_of_pause(until)
    at = clock.now()
    with installation().transaction() as session:
        row = audience.find_subscriber(session, email)
        before = row.paused_until
        changed = audience.pause(session, row, end)
        if changed:
            facts = detail({"paused_until": (before, end)})
            audit.record(session, "subscriber.pause", str(row.id), by=admin(), at=at, **facts)
        barrier = audience.profile(session, row, at=at).barrier
    state = "没有暂停" if until is None else f"暂停至 {until}（含当日）"
    if not changed:
        click.echo(printable(f"{row.email} 本来就{state}：没有改动。"))
        return
    click.echo(printable(f"{row.email}：{'已恢复' if until is None else state}。"))
    if until is None:
        say_if_barred(row.email, barrier)


def end_of_pause(day: date) -> datetime:
    """The instant until which a pause lasts; DayIsOver where that is gone already."""
    if day < clock.today():
        raise DayIsOver(day)
    return clock.end_of(day)


@click.command("depart")
@email_argument
def depart(email: str) -> None:
    """登记离任：不再投递，记录保留；有人接替请用 replace。"""
    _depart(email, leaving=True)


@click.command("return")
@email_argument
def come_back(email: str) -> None:
    """登记回任：撤销离任。"""
    _depart(email, leaving=False)


def _depart(email: str, *, leaving: bool) -> None:
    at = clock.now()
    with installation().transaction() as session:
        row = audience.find_subscriber(session, email)
        changed = audience.depart(session, row, at=at if leaving else None)
        if changed:
            action = "subscriber.depart" if leaving else "subscriber.return"
            audit.record(session, action, str(row.id), by=admin(), at=at)
        barrier = audience.profile(session, row, at=at).barrier
    state = "已离任" if leaving else "在任"
    if not changed:
        click.echo(printable(f"{row.email} 本来就{state}：没有改动。"))
        return
    click.echo(printable(f"{row.name} <{row.email}> {state}。"))
    if not leaving:
        say_if_barred(row.email, barrier)


@click.command("unsubscribe")
@email_argument
@click.option("--reason", default="管理员代为退订", show_default=True, help="缘由，记入同意记录。")
def unsubscribe(email: str, reason: str) -> None:
    """退订：此后不再投递，正在进行的批次也跳过他。"""
    say(email, Decision.WITHDRAWN, reason)
