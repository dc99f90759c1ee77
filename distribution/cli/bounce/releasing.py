"""`distribution bounce release`: an address that bounced is used again."""

from collections.abc import Iterator

import click
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, reports
from distribution.cli.bounce.numbering import find
from distribution.cli.common import admin, as_json, installation, printable, show_json
from distribution.errors import Refused
from distribution.models import SuppressedDomain, Suppression
from distribution.reports import BOUNCED
from distribution.words import SuppressionReason

_SIGNS = ("@", "＠")


class NotOurs(Refused):
    """Raised for what came back about nobody we know."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"{number} 看不出是哪个地址的：请直接写出邮箱")


class NotForBounces(Refused):
    """Raised for an address that is out of use for another reason: another command decides."""

    def __init__(self, address: str, reason: SuppressionReason) -> None:
        self.address, self.reason = address, reason
        why = {
            SuppressionReason.COMPLAINT: "本人投诉过，确已回心转意的",
            SuppressionReason.ERASED: "本人要求删除过资料，本人又要求接收的",
        }.get(reason, "确要放行的")
        super().__init__(
            f"{address} 不是因退信抑制的（{reason.label}），没有改动：{why}，"
            f"请用 distribution suppression release {address} --reason 缘由"
        )


@click.command("release")
@click.argument("target", metavar="邮箱|编号")
@click.option("--reason", required=True, help="为什么可以再用，记入操作记录。")
@as_json
def release(target: str, reason: str, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """恢复使用因退信抑制的地址；此前的退信不再计数，是否同意接收不因此改变。

    编号为 bounce list 列出的。因投诉、人工或应本人要求抑制的，用 suppression release。

    例如：distribution bounce release zhang@enterprise.example --reason '来电：邮箱已恢复'
    """
    at, reason = clock.now(), audience.tidy("缘由", reason, longest=500)
    with installation().transaction() as session:
        shown, address_hash, domain = _address(session, target)
        was = session.get(Suppression, address_hash)
        if was is not None and was.reason not in BOUNCED:
            raise NotForBounces(shown, was.reason)
        if was is not None:
            session.expunge(was)
            audience.release(session, address_hash, at=at)
            audit.record(
                session, "suppression.release", address_hash, by=admin(), at=at, reason=reason,
                was=was.reason.value,
            )  # fmt: skip
        whole = session.get(SuppressedDomain, domain) is not None
    if as_json:
        show_json(_document(shown, was, domain if whole else None))
        return
    for line in _told(shown, was):
        click.echo(printable(line))
    if whole:
        click.echo(
            printable(
                f"整个域名 @{domain} 仍在抑制名单上："
                f"distribution suppression release @{domain} --reason 缘由"
            )
        )


def _address(session: Session, target: str) -> tuple[str, str, str]:
    """How it is shown, its hash, and its domain."""
    if any(sign in target for sign in _SIGNS):
        address = audience.read_address(target)
        return (
            address.written,
            installation().keyring.address_hash(address.key),
            address.domain,
        )
    one = find(session, target)
    address_hash = reports.address_hash(session, one)
    if address_hash is None:
        raise NotOurs(one.number)
    return one.recipient, address_hash, one.recipient.rpartition("@")[2]


def _told(shown: str, was: Suppression | None) -> Iterator[str]:
    if was is None:
        yield f"{shown} 不在抑制名单上：没有改动。"
        return
    yield f"{shown} 已恢复使用。"
    since = clock.for_people(was.since)
    yield f"抑制自 {since}，缘由：{was.reason.label}，依据：{was.evidence}"
    yield "此前的退信不再计数，今后的退信重新判断。"


def _document(shown: str, was: Suppression | None, domain: str | None) -> dict[str, object]:
    return {
        "address": shown,
        "released": was is not None,
        "reason": was.reason.value if was else None,
        "evidence": was.evidence if was else None,
        "since": was.since if was else None,
        "domain_suppressed": domain,
    }
