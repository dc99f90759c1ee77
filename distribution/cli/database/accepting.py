"""`distribution db suspect` and `accept`: whether the database may be sent from."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import click

from distribution import audience, audit, calendar, clock, delivery, issues
from distribution.cli.common import admin, ask, installation, saying_yes

_NOT_KNOWN = (
    "它之后的退订、抑制、资料改动也不在账上：请按读者来信、中继与网页的记录补上，再继续投递。"
)


@click.command("suspect")
@click.option("--reason", required=True, help="缘由，例如：由 12 月 1 日的备份恢复。")
def suspect(reason: str) -> None:
    """说明这个数据库是恢复的旧副本：接受之前，各主机一封也不投递。"""
    reason, at = audience.tidy("缘由", reason, longest=500), clock.now()
    with installation().transaction() as session:
        delivery.recognising.distrust(session, reason)
        audit.record(session, "db.suspect", "installation", by=admin(), at=at, reason=reason)
    click.echo("已停止一切投递。核对之后，运行 distribution db accept --reason 缘由")


@click.command("accept")
@click.option("--reason", required=True, help="缘由：少了什么，查过什么；记入批次与操作记录。")
@saying_yes
def accept(reason: str, yes: bool) -> None:  # noqa: FBT001 - click's flag
    """接受一个恢复的数据库：没有寄完的都作存疑，凭中继的日志或由人了结，不会盲目重寄。"""
    app, reason = installation(), audience.tidy("缘由", reason, longest=500)
    with suppress(delivery.SuspectLedger):  # nobody may have noticed yet
        app.sender.recognise()
    with app.reading() as session:
        known = delivery.recognising.find(session)
    if known is not None and known.suspect:
        click.echo(f"停止投递的缘由：{known.suspect}。")
        ask("接受这个数据库，没有寄完的都作存疑，确定吗？", yes=yes)
    at, by = clock.now(), admin()
    with app.transaction() as session:
        mark = delivery.recognising.Mark.read(app.settings.mark_file)
        done = delivery.accepting.accept(session, mark, reason=reason, by=by, at=at)
        months = calendar.hold_since(
            session, app.house, done.known_until, f"接受了恢复的数据库：{reason}",
            next_too=bool(done.issues or done.unstarted), by=by, at=at,
        )  # fmt: skip
        audit.record(
            session, "db.accept", "installation", by=by, at=at, reason=reason, why=done.why,
            doubtful=done.doubtful, letters=done.letters, paused=list(done.paused),
        )  # fmt: skip
        lines = _told(done, months)
    for line in lines:
        click.echo(line)


def _told(done: delivery.accepting.Accepted, months: Sequence[date]) -> list[str]:
    """What became of what the database knew, and what a person has to see to."""
    until = clock.for_people(done.known_until) if done.known_until else "没有投递过"
    lines = [f"已接受。这份账本最后一次投递：{until}。"]
    if done.paused:
        lines.append(f"已暂停批次 {_listed(done.paused)}。")
    if done.unstarted:
        lines.append(f"尚未开始的批次 {_listed(done.unstarted)} 可能已经投递：其中的也作存疑。")
    if done.doubtful:
        lines.append(
            f"存疑 {done.doubtful} 封：发件文件夹或中继的日志查得到的会自动了结，"
            "其余用 distribution run doubt list 查看。"
        )
    if done.letters:
        lines.append(f"单独的信 {done.letters} 封先查证，查不到的作存疑：distribution letter list")
    if done.issues:
        keys = "、".join(map(issues.key_of, done.issues))
        lines.append(f"已批准而账上没有批次的期刊 {keys} 可能已经投递：请先核实，再规划。")
    if months:
        names = "、".join(map(calendar.name_of, months))
        lines.append(f"日程 {names} 已搁置：核实之后 distribution schedule release 或 skip。")
    return [*lines, _NOT_KNOWN]


def _listed(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers))
