"""Whether each relay lets us in, and what it can do. No mail is sent."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from distribution import clock, own_files
from distribution.app import App
from distribution.delivery import RelayUnavailable
from distribution.doctor.finding import Finding, bad, good, note
from distribution.transports import JOURNAL, Knocked, Relay, knock

_CHECK = "relay"
_SECONDS = 15.0
_SOON = timedelta(days=14)
_LARGEST_MAIL = 1_000_000
"""Bytes: ours are below a fifth of it."""


def check(app: App) -> Iterator[Finding]:
    """Connect, EHLO, TLS, AUTH, QUIT: each relay, all at the same time; and look for its log."""
    if app.settings.transport == "outbox":
        yield note(_CHECK, "邮件写入 home 的 outbox 文件夹，不交给中继（transport 为 outbox）")
        return
    for relay, told in asyncio.run(_knock_at_all(app.relays)):
        yield from [bad(_CHECK, told)] if isinstance(told, str) else _told(relay, told)
        yield from _log(relay)


async def _knock_at_all(relays: tuple[Relay, ...]) -> list[tuple[Relay, Knocked | str]]:
    return list(zip(relays, await asyncio.gather(*map(_knock_at, relays)), strict=True))


async def _knock_at(relay: Relay) -> Knocked | str:
    """What it told, or what is wrong."""
    try:
        return await asyncio.wait_for(knock(relay), _SECONDS)
    except RelayUnavailable as trouble:
        return f"{relay.name}：{str(trouble).removesuffix('。')}"
    except TimeoutError:
        place = f"{relay.host}:{relay.port}"
        return f"{relay.name}：中继 {place} {_SECONDS:.0f} 秒内没有答完：请检查地址、端口和网络"


def _told(relay: Relay, told: Knocked) -> Iterator[Finding]:
    steps = ["连接", "EHLO"]
    steps += [] if relay.security == "none" else ["TLS 证书"]
    steps += ["登录"] if relay.username else []
    place = f"{relay.name}：中继 {relay.host}:{relay.port}"
    yield good(_CHECK, f"{place} {'、'.join(steps)}都正常（没有发信）；{_offers(told)}")
    if relay.security == "none" and not ip_address(told.address.partition("%")[0]).is_loopback:
        yield note(_CHECK, f"{place} 不加密，邮件明文经过网络：请把 smtp_security 设为 starttls")
    size = told.offers.get("SIZE", "")
    if size.isdigit() and 0 < int(size) < _LARGEST_MAIL:
        yield bad(_CHECK, f"{place} 只收 {size} 字节以内的邮件：请调大它的限制（1 MB 以上）")
    ends = told.certified_until
    if ends is not None and ends - clock.now() < _SOON:
        yield note(_CHECK, f"{place} 的证书 {clock.for_people(ends)} 到期：请更换")


def _log(relay: Relay) -> Iterator[Finding]:
    """Whether its log can be read: what is in doubt is settled by it."""
    if relay.log is None or relay.log == Path(JOURNAL):
        return
    try:
        with relay.log.open("rb"):
            yield good("relay-log", f"{relay.name}：中继的日志 {relay.log} 读得到")
    except OSError as error:
        why = own_files.reason(error)
        advice = "请检查路径，或让本账号能读它（多为加入 adm 组）"
        words = f"{relay.name}：中继的日志 {relay.log} 读不了（{why}），存疑的投递不能凭它了结"
        yield note("relay-log", f"{words}：{advice}")


def _offers(told: Knocked) -> str:
    """What it offers of what we can use.

    >>> _offers(Knocked({"PIPELINING": "", "SIZE": "52428800"}, "192.0.2.1", None))
    'PIPELINING 有，SMTPUTF8 没有（汉字邮箱寄不了），SIZE 52 MB'
    """
    offers = told.offers
    size = offers.get("SIZE", "")
    megabytes = (
        f"SIZE {int(size) / 1_000_000:.0f} MB" if size.isdigit() and int(size) else "SIZE 不限"
    )
    return "，".join(
        (
            "PIPELINING 有" if "PIPELINING" in offers else "PIPELINING 没有（慢一些）",
            "SMTPUTF8 有" if "SMTPUTF8" in offers else "SMTPUTF8 没有（汉字邮箱寄不了）",
            megabytes,
        )
    )
