"""`distribution relay`: where real mail goes, whether it can, and what the relays' logs tell."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self

import click

from distribution import delivery, replies
from distribution.app import App
from distribution.cli.common import as_json, installation, printable, show_json
from distribution.cli.listing import show_list
from distribution.delivery import RelayUnavailable
from distribution.errors import NotFound
from distribution.models import RelayLog
from distribution.transports import Relay, knock

_SECURITY = {"none": "不加密", "starttls": "STARTTLS", "tls": "TLS"}

_GAPS = {
    "first": "开始跟踪",
    "missing": "日志不见了",
    "lost": "轮转后找不到原来的",
    "rotated": "其间轮转了几次",
    "cut": "日志被截短",
    "restarted": "Postfix 重新启动",
    "dropped": "journal 丢弃了记录",
}


@click.group("relay")
def group() -> None:
    """中继：真实的邮件交给谁、先给谁，现在能不能交。"""


@group.command("list")
@as_json
def list_relays(as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """列出中继，按接替的次序：地址、专用的线路、限度。"""
    app = installation()
    if as_json:
        show_json([_document(relay) for relay in app.relays])
        return
    show_list(
        ("中继", "地址", "加密", "登录", "线路", "连接", "每连接封数", "每秒封数"),
        [_row(relay) for relay in app.relays],
        elastic=("线路",),
        spare=("每连接封数",),
        empty="",
    )
    _say_unused(app)


@group.command("check")
@click.argument("name", metavar="[中继]", required=False)
@as_json
def check(name: str | None, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """试连中继：连接、问候、加密、登录，不发邮件；有一个不通，退出码为 1。

    例如：distribution relay check relay
    """
    app = installation()
    relays = _chosen(app, name)
    ends = asyncio.run(_knock_at(relays))
    if as_json:
        pairs = zip(relays, ends, strict=True)
        show_json([{"name": one.name, "good": good, "words": line} for one, (line, good) in pairs])
    else:
        for line, _ in ends:
            click.echo(printable(line))
        _say_unused(app)
    if not all(good for _, good in ends):
        sys.exit(1)


@group.command("log")
@as_json
def show_logs(as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """列出所跟踪的中继日志：读到哪里，自何时起没有缺口。"""
    app = installation()
    with app.reading() as session:
        logs = [_Log.of(log) for log in delivery.relay_logs(session)]
    if as_json:
        show_json([asdict(log) for log in logs])
        return
    show_list(
        ("中继", "主机", "日志", "读到", "最近读完", "自此无缺口", "上次缺口", "见过本装置的邮件"),
        [
            (log.relay, log.host, log.path, log.place, log.read_at, log.continuous_since,
             _GAPS.get(log.gap, log.gap), log.ours_at)
            for log in logs
        ],
        elastic=("日志",),
        spare=("主机", "读到"),
        empty=_none_read([relay.name for relay in app.relays if relay.log is not None]),
    )  # fmt: skip


def _none_read(named: Sequence[str]) -> str:
    """What is said of no logs, where these relays are to have one."""
    if named:
        return f"已设置日志的中继：{'、'.join(named)}；投递进程还没有读过。"
    return "没有跟踪任何日志：设置 relay_log（几个中继则在各自的 log）后由投递进程读取。"


@dataclass(frozen=True, slots=True)
class _Log:
    """A log as it is shown."""

    relay: str
    host: str
    path: str
    place: str
    read_at: datetime | None
    continuous_since: datetime | None
    gap: str
    alive_after: datetime | None
    ours_at: datetime | None

    @classmethod
    def of(cls, log: RelayLog) -> Self:
        place = f"{log.place['offset']} 字节" if "offset" in log.place else ""
        return cls(
            log.relay, log.host, log.path, place, log.read_at, log.continuous_since, log.gap,
            log.alive_after, log.ours_at,
        )  # fmt: skip


async def _knock_at(relays: Sequence[Relay]) -> list[tuple[str, bool]]:
    """What is said of each, and whether it is good; all at the same time."""
    return list(await asyncio.gather(*map(_told, relays)))


async def _told(relay: Relay) -> tuple[str, bool]:
    try:
        await knock(relay)
    except RelayUnavailable as trouble:
        return f"{relay.name}：{trouble}", False
    steps = ["连接", "问候"]
    steps += [] if relay.security == "none" else ["加密"]
    steps += ["登录"] if relay.username else []
    return f"{relay.name}：中继 {relay.host}:{relay.port} {'、'.join(steps)}都正常。", True


def _chosen(app: App, name: str | None) -> list[Relay]:
    """The relay of that name, or all."""
    found = [relay for relay in app.relays if name in (None, relay.name)]
    if not found:
        raise NotFound("中继", name or "", "distribution relay list 列出全部")
    return found


def _say_unused(app: App) -> None:
    if app.settings.transport == "outbox":
        click.echo("现在不交给中继：transport 是 outbox，邮件写入 home 的 outbox 文件夹。")


def _row(relay: Relay) -> tuple[object, ...]:
    return (
        relay.name,
        f"{relay.host}:{relay.port}",
        _SECURITY[relay.security],
        "是" if relay.username else "否",
        "、".join(sorted(map(replies.lane_label, relay.lanes))) or "全部",
        relay.connections,
        relay.mails_per_connection,
        f"{relay.rate:g}" if relay.rate else "不限",
    )


def _document(relay: Relay) -> dict[str, object]:
    return {
        "name": relay.name,
        "host": relay.host,
        "port": relay.port,
        "security": relay.security,
        "login": bool(relay.username),
        "lanes": sorted(relay.lanes) or None,
        "connections": relay.connections,
        "mails_per_connection": relay.mails_per_connection,
        "rate": relay.rate or None,
        "log": None if relay.log is None else str(relay.log),
    }
