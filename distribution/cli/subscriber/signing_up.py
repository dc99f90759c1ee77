"""`distribution subscriber sign-ups` and `check`: who came by the web, and what he says he is."""

from datetime import timedelta
from typing import Any

import click
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, delivery
from distribution.cli.common import admin, as_json, installation, printable, show_json
from distribution.cli.listing import show_list
from distribution.cli.subscriber.showing import email_argument
from distribution.errors import Refused
from distribution.models import SignUp
from distribution.words import Role

_UNANSWERED, _ANSWERED = "待处理", "待本人确认"


class NothingToCheck(Refused):
    """Raised where nobody but the office has named a contact's enterprise."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email} 的单位不是本人在网上填的，或已核对过：没有改动")


@click.command("sign-ups")
@click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="至多几行。"
)
@as_json
def sign_ups(limit: int, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出在网页上填写、尚未在邮箱里确认的人；他们还不是订阅者，过期未确认的由 purge 删除。"""
    with installation().reading() as session:
        found = [_document(session, row) for row in audience.sign_ups(session, limit=limit)]
    if as_json:
        show_json(found)
        return
    show_list(
        ("姓名", "邮箱", "单位", "职务", "填写", "状态", "有效至"),
        [
            (
                one["name"],
                one["email"],
                one["enterprise"],
                Role(one["role"]).label,
                one["asked_at"],
                _ANSWERED if one["answered_at"] else _UNANSWERED,
                one["until"],
            )
            for one in found
        ],
        elastic=("单位", "姓名"),
        spare=("职务", "有效至"),
        empty="没有等待确认的网上登记。",
    )


def _document(session: Session, row: SignUp) -> dict[str, Any]:
    typed = audience.wanted(session, row)
    valid: timedelta = delivery.VALID
    return {
        "email": row.email,
        "name": typed.name,
        "role": typed.role.value,
        "enterprise": typed.enterprise or None,
        "topics": list(typed.topics),
        "asked_at": row.asked_at,
        "answered_at": row.answered_at,
        "until": row.answered_at + valid if row.answered_at else None,
    }


@click.command("check")
@email_argument
def check(email: str) -> None:
    """核对过了：这位订阅者确在他自己填写的单位。

    不在的，用 change --enterprise 或 --independent 更正。
    """
    at = clock.now()
    with installation().transaction() as session:
        row = audience.find_subscriber(session, email)
        home = audience.profile(session, row, at=at).enterprise
        if home is None or audience.claim_of(session, row) is None:
            raise NothingToCheck(email)
        audience.settle_claim(session, row.id)
        audit.record(session, "subscriber.check", str(row.id), by=admin(), at=at)
    click.echo(printable(f"{row.name} <{row.email}> 在「{home.name}」：已核对。"))


def say_who_waits(session: Session) -> None:
    """Point to them, where there are any: no list of subscribers shows them."""
    if count := audience.count_sign_ups(session):
        click.echo(f"另有 {count} 人在网上填写、尚未确认：distribution subscriber sign-ups 查看。")
