"""`distribution lane`: what holds up the mails to a provider or a domain, and how fast they go."""

from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, delivery, replies, reports
from distribution.cli.chinese import folded
from distribution.cli.common import (
    WIDE,
    admin,
    as_json,
    console,
    installation,
    printable,
    show_json,
)
from distribution.cli.lane_limits import limits_shown, set_limits
from distribution.cli.listing import show_list
from distribution.errors import DistributionError
from distribution.models import Lane
from distribution.reports import LaneBooks

_SHOWN = 40
_NO_LANES = "正在投递的与尚未开始的批次没有用到任何线路。"
_PACE = ("未开始", "已交", "在途", "限速")

lane_argument = click.argument("given", metavar="线路")


class UnknownLane(DistributionError):
    """Raised for what is no lane: no provider, and no domain that anybody has an address of."""

    def __init__(self, given: str) -> None:
        self.given = given
        shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
        super().__init__(
            f"没有线路 {shown!r}：请写服务商代码（如 qq）、名称（如 QQ 邮箱）或在册邮箱的域名，"
            "distribution lane list --all 列出"
        )


@click.group("lane")
def group() -> None:
    """线路：寄往一家邮箱服务商或一个域名的邮件；对方有异议时自动放慢或停止。"""


@group.command("list")
@click.option(
    "--all", "everything", is_flag=True, help="也列出正在投递的与尚未开始的批次用到的其他线路。"
)
@as_json
def list_lanes(everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出停止、休息或限速中的线路：缘由、对方原话，以及有多少封等着。"""
    with installation().reading() as session:
        found = reports.lane_books(session, everything=everything)
        if as_json:
            show_json([_document(one) for one in found])
            return
        show_list(
            ("线路", "状态", "时间", "缘由", "等待", *(_PACE if everything else ())),
            [_row(one, everything=everything) for one in found],
            elastic=("缘由",),
            spare=(*_PACE[:1], *_PACE[2:]),
            empty=_NO_LANES if everything else "没有停止或休息的线路。",
        )
    holds = [one.hold for one in found if one.hold is not None]
    _show_words(holds)
    if holds:
        click.echo("\n处理后恢复：distribution lane resume 线路")


def _show_words(holds: Sequence[Lane]) -> None:
    """What the providers said, whole: it says what is to be done."""
    width = min(console().width, WIDE)
    for hold in holds:
        if hold.words:
            click.secho(f"\n{_speaker(hold)}：", bold=True)
            for line in folded(printable(hold.words), width - 2):
                click.echo(f"  {line}")


def _speaker(hold: Lane) -> str:
    """Whose words they are."""
    said = "的原话" if hold.meaning else f"由 {hold.stopped_by} 停止，缘由"
    return printable(f"{replies.lane_label(hold.name)} {said}")


@group.command("pause")
@lane_argument
@click.option("--reason", required=True, help="缘由，记入操作记录。")
def pause(given: str, reason: str) -> None:
    """停止一条线路：此后不向它投递，直到恢复；其他线路照常。

    线路可写服务商代码（qq）、名称（QQ 邮箱）或域名。

    例如：distribution lane pause qq --reason '等对方解封'
    """
    at, reason = clock.now(), audience.tidy("缘由", reason, longest=500)
    with installation().transaction() as session:
        name = _lane(session, given)
        new = delivery.stop_lane(session, name, by=admin(), words=reason) is not None
        if new:
            audit.record(session, "lane.pause", name, by=admin(), at=at, reason=reason)
    said = "已停止" if new else "本来就已停止：没有改动"
    click.echo(printable(f"线路 {replies.lane_label(name)} {said}。"))


@group.command("resume")
@lane_argument
def resume(given: str) -> None:
    """恢复一条停止或休息的线路（由投递进程或 run start 完成投递）。"""
    at = clock.now()
    with installation().transaction() as session:
        name = _lane(session, given)
        was = delivery.resume_lane(session, name)
        if was is not None:
            audit.record(
                session, "lane.resume", name, by=admin(), at=at,
                meaning=was.meaning.value if was.meaning else None, words=was.words,
            )  # fmt: skip
        runs = reports.runs_waiting(session, name)
    label = printable(replies.lane_label(name))
    if was is None:
        click.echo(f"线路 {label} 本来就没有停止：没有改动。")
        return
    click.echo(f"线路 {label} 已恢复。")
    for run_id in runs:
        click.echo(f"没有常驻的投递进程时，请运行：distribution run start {run_id}")


@group.command("set")
@lane_argument
@click.option("--rate", type=click.IntRange(0, 10_000_000), help="每小时最多几封；0：不限。")
@click.option("--burst", type=click.IntRange(1, 100_000), help="停顿之后最多连发几封。")
@click.option("--connections", type=click.IntRange(0, 10_000), help="同时在途最多几封；0：不限。")
@click.option("--default", "usual", is_flag=True, help="恢复自带的限速。")
def set_lane(
    given: str,
    rate: int | None,
    burst: int | None,
    connections: int | None,
    usual: bool,  # noqa: FBT001 - click's flags
) -> None:
    """改变一条线路的限速：所有投递进程从下一次领取起照办。没有写的各项照旧。

    例如：distribution lane set qq --rate 1200 --connections 4
    """
    at, own = clock.now(), (rate, burst, connections)
    with installation().transaction() as session:
        name = _lane(session, given)
        limits = set_limits(session, name, own, usual=usual, at=at)
    label = printable(replies.lane_label(name))
    click.echo(f"线路 {label} 的限速：{limits_shown(limits)}。")


def _lane(session: Session, given: str) -> str:
    """The lane a person means; raises UnknownLane."""
    name = delivery.lane_meant(session, given)
    if not name:
        raise UnknownLane(given)
    is_provider = replies.lane_label(name) != name
    domain = replies.lane_named(given)  # its mail may go to somebody else's host
    if is_provider or audience.subscribers_at(session, domain):
        return name
    if session.get(Lane, name) is None:
        raise UnknownLane(given)
    return name


def _row(one: LaneBooks, *, everything: bool) -> tuple[object, ...]:
    return (
        replies.lane_label(one.name),
        *_state(one),
        _why(one.hold),
        one.waiting,
        *_paced(one, everything=everything),
    )


def _paced(one: LaneBooks, *, everything: bool) -> tuple[object, ...]:
    """What stands below the headings of `_PACE`."""
    if not everything:
        return ()
    return one.to_come, one.sent, one.in_hands, limits_shown(one.limits)


def _state(one: LaneBooks) -> tuple[str, str | None]:
    """How it stands, and since or until when."""
    hold = one.hold
    if hold is None and one.free_at is not None:
        return "限速中", f"至 {clock.for_people(one.free_at)}"
    if hold is None:
        return "畅通", None
    if hold.stopped_at is not None:
        return "已停止", f"自 {clock.for_people(hold.stopped_at)}"
    until = hold.resting_until
    return "休息中", f"至 {clock.for_people(until)}" if until else None


def _why(hold: Lane | None) -> str | None:
    if hold is None:
        return None
    return hold.meaning.label if hold.meaning else "人工"


def _document(one: LaneBooks) -> dict[str, object]:
    hold = one.hold
    return {
        "lane": one.name,
        "label": replies.lane_label(one.name),
        "stopped_at": hold.stopped_at if hold else None,
        "stopped_by": hold.stopped_by if hold else None,
        "resting_until": hold.resting_until if hold else None,
        "meaning": hold.meaning.value if hold and hold.meaning else None,
        "words": hold.words if hold else None,
        "waiting": one.waiting,
        "to_come": one.to_come,
        "sent": one.sent,
        "in_hands": one.in_hands,
        "rate_per_hour": one.limits.rate_per_hour or None,
        "burst": one.limits.burst if one.limits.rate_per_hour else None,
        "connections": one.limits.connections or None,
        "set_by_admin": one.set_by_admin,
        "next_at": one.free_at,
    }
