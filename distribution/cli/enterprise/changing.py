"""`distribution enterprise add`, `change`, `topics`, `suspend` and `resume`."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypedDict, Unpack

import click

from distribution import audience, audit, clock, topics
from distribution.audience import EnterpriseChanges
from distribution.cli.choices import DAY, NothingNamed
from distribution.cli.common import (
    Command,
    admin,
    as_json,
    installation,
    printable,
    show_json,
    split,
)
from distribution.cli.enterprise.listing import stands
from distribution.cli.enterprise.showing import name_argument
from distribution.cli.trail import PRIVATE_NOTES, detail, told
from distribution.models import Enterprise


class _Facts(TypedDict):
    short_name: str | None
    credit_code: str | None
    region: str | None
    industry: str | None
    since: date | None
    until: date | None
    notes: str | None
    topics: str | None


_OPTIONS = (
    click.option("--short-name", help="简称。"),
    click.option("--credit-code", help="统一社会信用代码，18 位。"),
    click.option("--region", help="所在的市，例如 太原；省外写省名。"),
    click.option("--industry", help="行业：GB/T 4754 的门类或大类，代码或名称。"),
    click.option("--since", type=DAY, metavar="日期", help="入会日期。"),
    click.option("--until", type=DAY, metavar="日期", help="会籍到期：最后一天。"),
    click.option("--notes", help="备注。"),
    click.option("--topics", help="没有自己选择的联系人得到的主题，逗号分隔。"),
)


def _with_facts(command: Command) -> Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("add")
@click.argument("name", metavar="名称")
@_with_facts
def add(name: str, **facts: Unpack[_Facts]) -> None:
    """新增一家会员企业。

    例如：distribution enterprise add 太行重工有限公司 --region 太原 --industry C35
    """
    at, changes = clock.now(), _changes(name, facts)
    with installation().transaction() as session:
        row = audience.add_enterprise(session, changes, at=at)
        audit.record(session, "enterprise.add", str(row.id), by=admin(), at=at, name=row.name)
    click.echo(printable(f"已新增「{row.name}」（{stands(row).label}）。"))


@click.command("change")
@name_argument
@click.option("--name", "new_name", help="新的名称。")
@_with_facts
@click.option("--no-end", "endless", is_flag=True, help="会籍没有到期日。")
def change(name: str, *, new_name: str | None, endless: bool, **facts: Unpack[_Facts]) -> None:
    """修改一家企业的资料；没有写出的不变，空字符串清除。"""
    if endless and facts["until"] is not None:
        raise NothingNamed("--until 与 --no-end 只能写一个")
    at, changes = clock.now(), _changes(new_name, facts, endless=endless)
    if changes == EnterpriseChanges():
        raise NothingNamed("没有写明要改什么：可用的选项见 distribution enterprise change --help")
    with installation().transaction() as session:
        row = audience.find_enterprise(session, name)
        changed = audience.change_enterprise(session, row, changes)
        if changed:
            kept = detail(changed, PRIVATE_NOTES)
            audit.record(session, "enterprise.change", str(row.id), by=admin(), at=at, **kept)
    if changed:
        click.echo(printable(f"已修改「{row.name}」：{told(changed)}。"))
    else:
        click.echo(printable(f"「{row.name}」本来就是这样：没有改动。"))


def _changes(name: str | None, facts: _Facts, *, endless: bool = False) -> EnterpriseChanges:
    return EnterpriseChanges(
        name=name,
        short_name=facts["short_name"],
        credit_code=_or_empty(facts["credit_code"], audience.read_credit_code),
        region=_or_empty(facts["region"], audience.read_region),
        industry=_or_empty(facts["industry"], audience.read_industry),
        member_since=facts["since"],
        member_until=facts["until"],
        notes=facts["notes"],
        topics=split(facts["topics"]),
        endless=endless,
    )


def _or_empty(given: str | None, read: Callable[[str], str]) -> str | None:
    """None leaves a thing as it is, nothing but blanks clears it."""
    if given is None:
        return None
    return read(given) if given.strip() else ""


@click.command("topics")
@name_argument
@click.option("--set", "new", help="改为这些主题，按顺序，逗号分隔；空字符串清除。")
@as_json
def topics_of(name: str, *, new: str | None, as_json: bool) -> None:
    """查看或修改没有自己选择的联系人得到的主题。"""
    at = clock.now()
    app = installation()
    if new is not None:
        with app.transaction() as session:
            row = audience.find_enterprise(session, name)
            changes = EnterpriseChanges(topics=split(new))
            changed = audience.change_enterprise(session, row, changes)
            if changed:
                kept = detail(changed)
                audit.record(session, "enterprise.topics", str(row.id), by=admin(), at=at, **kept)
    with app.reading() as session:
        row = audience.find_enterprise(session, name)
        codes = audience.enterprise_topics(session, row)
        names = topics.names(session)
    if as_json:
        show_json({"name": row.name, "topics": list(codes)})
        return
    listed = "、".join(names[code] for code in codes) or "没有默认主题"
    click.echo(printable(f"{row.name}：{listed}。"))


@click.command("suspend")
@name_argument
@click.option("--reason", required=True, help="缘由，记入操作记录。")
def suspend(name: str, reason: str) -> None:
    """暂停会籍：此后不向它的联系人投递，直到恢复。"""
    reason = audience.tidy("缘由", reason, longest=500)
    at = clock.now()
    row, changed = _suspend(name, at, reason=reason)
    if changed:
        click.echo(printable(f"「{row.name}」的会籍已暂停，不再向它的联系人投递。"))
    else:
        click.echo(printable(f"「{row.name}」的会籍本来就已暂停：没有改动。"))


@click.command("resume")
@name_argument
def resume(name: str) -> None:
    """恢复暂停的会籍。"""
    row, changed = _suspend(name, None)
    said = f"「{row.name}」的会籍{'已恢复' if changed else '本来就没有暂停：没有改动'}"
    click.echo(printable(f"{said}；现在是{stands(row).label}。"))


def _suspend(name: str, since: datetime | None, **kept: str) -> tuple[Enterprise, bool]:
    at = clock.now()
    with installation().transaction() as session:
        row = audience.find_enterprise(session, name)
        changed = audience.suspend(session, row, at=since)
        if changed:
            action = "enterprise.suspend" if since else "enterprise.resume"
            audit.record(session, action, str(row.id), by=admin(), at=at, **kept)
    return row, changed
