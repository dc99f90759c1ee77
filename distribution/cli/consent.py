"""`distribution consent`: what people agreed to, when, to which words."""

import hashlib
from datetime import date, datetime, time

import click

from distribution import audience, audit, clock
from distribution.audience import ConsentText, Statement
from distribution.cli.choices import DAY, MATTER, MATTERS
from distribution.cli.common import (
    admin,
    as_json,
    installation,
    printable,
    show_json,
    show_table,
)
from distribution.cli.listing import show_list
from distribution.models import ConsentEvent
from distribution.words import Cause, Decision, Purpose, Tracking

_THE_SAME = {
    (Purpose.DIGEST, Decision.GRANTED): "本来就同意接收",
    (Purpose.DIGEST, Decision.WITHDRAWN): "本来就已退订",
    (Purpose.TRACKING, Decision.GRANTED): "本来就同意阅读统计",
    (Purpose.TRACKING, Decision.WITHDRAWN): "本来就不同意阅读统计",
    (Purpose.DIGEST, Decision.VOIDED): "没有可作废的同意或退订",
    (Purpose.TRACKING, Decision.VOIDED): "没有可作废的答复",
}
email_argument = click.argument("email", metavar="邮箱")
purpose_option = click.option(
    "--purpose",
    type=MATTER,
    default=MATTERS[Purpose.DIGEST],
    show_default=True,
    help="摘要（接收邮件）或 统计（按人统计阅读）。",
)


@click.group("consent")
def group() -> None:
    """同意记录：谁在何时以何依据同意或撤回；只增不改。"""


@group.command("list")
@click.argument("email", metavar="[邮箱]", required=False)
@click.option("--purpose", type=MATTER, help="只列 摘要 或 统计。")
@click.option("--since", type=DAY, metavar="日期", help="只列这一天以来的。")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@as_json
def list_consents(
    email: str | None,
    *,
    purpose: Purpose | None,
    since: date | None,
    limit: int,
    as_json: bool,
) -> None:
    """列出同意记录，新的在前；给出邮箱则只列他的。"""
    with installation().reading() as session:
        owner = None if email is None else audience.find_subscriber(session, email).id
        rows = audience.consents(
            session,
            subscriber_id=owner,
            purpose=purpose,
            since=datetime.combine(since, time(), clock.SHANGHAI) if since else None,
            limit=limit,
        )
        if as_json:
            show_json([_document(event, name, email) for event, name, email in rows])
            return
        show_list(
            ("时间", "姓名", "邮箱", "事项", "决定", "依据", "渠道", "经手"),
            [
                (
                    event.at,
                    name,
                    address,
                    MATTERS[event.purpose],
                    event.decision.label,
                    event.wording,
                    event.channel,
                    event.by,
                )
                for event, name, address in rows
            ],
            elastic=("依据", "姓名", "经手"),
            spare=("姓名", "渠道", "经手"),
            empty="没有同意记录。",
        )
        if len(rows) == limit:
            click.echo(f"只列出最近 {limit} 条；--limit 可改。")


@group.command("grant")
@email_argument
@click.option("--basis", required=True, help="同意的依据，例如 '电话确认 2026-11-20'。")
@purpose_option
def grant(email: str, basis: str, purpose: Purpose) -> None:
    """登记同意。"""
    say(email, Decision.GRANTED, basis, purpose)


@group.command("withdraw")
@email_argument
@click.option("--reason", required=True, help="缘由，例如 '来电要求 2026-11-20'。")
@purpose_option
def withdraw(email: str, reason: str, purpose: Purpose) -> None:
    """登记撤回：与同意一样容易；撤回摘要即退订。"""
    say(email, Decision.WITHDRAWN, reason, purpose)


@group.command("void")
@email_argument
@click.option("--reason", required=True, help="为什么作废，例如 '登记到了别人名下'。")
@purpose_option
def void(email: str, reason: str, purpose: Purpose) -> None:
    """作废登记错了的同意或撤回：此后视为从未表态，记录仍保留。"""
    say(email, Decision.VOIDED, reason, purpose)


@group.command("texts")
@as_json
def list_texts(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出现用的征询文字，及其版本与指纹。"""
    if as_json:
        show_json([_text(text) for text in audience.TEXTS])
        return
    show_table(
        ("版本", "事项", "决定", "文字", "指纹"),
        [
            (
                text.version,
                MATTERS[text.purpose],
                text.decision.label,
                text.words,
                _sha256(text.words)[:12],
            )
            for text in audience.TEXTS
        ],
    )


def say(email: str, said: Decision, wording: str, purpose: Purpose = Purpose.DIGEST) -> None:
    """Write down what a subscriber said, and tell what that means for his mail."""
    at = clock.now()
    with installation().transaction() as session:
        row = audience.find_subscriber(session, email)
        statement = Statement(said, wording, channel="cli", purpose=purpose)
        changed = audience.record_consent(session, row.id, statement, by=admin(), at=at)
        if changed:
            audit.record(
                session,
                f"consent.{said.value}",
                str(row.id),
                by=admin(),
                at=at,
                purpose=purpose.value,
            )
        barrier = audience.profile(session, row, at=at).barrier
        answer = audience.tracking_answers(session, [row.id])[row.id].tracking
    if not changed:
        click.echo(printable(f"{row.email} {_THE_SAME[purpose, said]}：没有改动。"))
    if changed or (barrier is Cause.SUPPRESSED and purpose is Purpose.DIGEST):
        click.echo(printable(f"{row.email}：{_state(purpose, barrier, answer)}。"))
    if barrier is Cause.SUPPRESSED and (purpose, said) == (Purpose.DIGEST, Decision.GRANTED):
        show = f"distribution subscriber show {row.email}"
        click.echo(
            printable(f"缘由见 {show}；可以再用的，以 distribution suppression release 恢复。")
        )


def _state(purpose: Purpose, barrier: Cause | None, answer: Tracking) -> str:
    if purpose is Purpose.TRACKING:
        return f"{purpose.label}：{answer.label}"
    return "可投递" if barrier is None else f"不投递：{barrier.label}"


def _document(event: ConsentEvent, name: str, email: str) -> dict[str, object]:
    return {
        "at": event.at,
        "email": email,
        "name": name,
        "purpose": event.purpose.value,
        "decision": event.decision.value,
        "wording": event.wording,
        "version": event.wording_version,
        "sha256": event.wording_sha256,
        "channel": event.channel,
        "by": event.by,
    }


def _text(text: ConsentText) -> dict[str, object]:
    return {
        "version": text.version,
        "purpose": text.purpose.value,
        "decision": text.decision.value,
        "words": text.words,
        "sha256": _sha256(text.words),
    }


def _sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
