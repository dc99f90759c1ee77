"""`distribution subscriber show`: all that is held of one contact."""

from collections.abc import Iterator

import click
from sqlalchemy.orm import Session

from distribution import audience, clock
from distribution.audience import Fact, Profile
from distribution.cli.choices import MAILABLE
from distribution.cli.common import as_json, installation, show_json, show_table
from distribution.models import Claim, ConsentEvent
from distribution.words import Cause, Purpose

email_argument = click.argument("email", metavar="邮箱")


@click.command("show")
@email_argument
@as_json
def show(email: str, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """查看一位订阅者的全部资料，以及能否向他投递。"""
    present(email, as_json=as_json)


def present(email: str, *, as_json: bool) -> None:
    """Show a subscriber as a table or as one JSON document."""
    with installation().reading() as session:
        found = audience.profile(session, audience.find_subscriber(session, email), at=clock.now())
        if as_json:
            show_json(_document(found, session))
        else:
            claim = audience.claim_of(session, found.subscriber)
            show_table(("项目", "内容"), list(_rows(found, claim)))


def standing(why: str | None) -> str:
    """May he be mailed, in a word."""
    return MAILABLE if why is None else f"不投递：{Cause(why).label}"


def _rows(found: Profile, claim: Claim | None) -> Iterator[tuple[str, object]]:
    row = found.subscriber
    yield "姓名", row.name
    yield "邮箱", row.email
    yield "电话", row.phone
    yield "单位", f"{_enterprise(found)}，本人填写，待核对" if claim else _enterprise(found)
    yield "职务", row.role.label
    yield "版本", row.edition.label
    yield "接收频率", row.frequency.label
    yield "邮件格式", row.format.label
    yield "关注主题", _topics(found)
    yield "关注词", "、".join(found.watch_words)
    yield "状态", standing(found.barrier)
    for fact in found.facts:
        yield "  不投递缘由", _fact(fact)
    last = {event.purpose: event for event in found.consents}  # the oldest first
    for purpose in Purpose:
        yield purpose.label, _consent(last.get(purpose))
    yield "入册", row.created_at


def _enterprise(found: Profile) -> str | None:
    home = found.enterprise
    if home is None:
        return None
    stands = audience.membership(
        home.member_since,
        home.member_until,
        suspended=home.suspended_at is not None,
        today=clock.today(),
    )
    return f"{home.name}（{stands.label}）"


def _topics(found: Profile) -> str:
    if found.topics:
        return "、".join(topic.name for topic in found.topics)
    names = "、".join(topic.name for topic in found.default_topics)
    return f"{names}（{found.topics_from.label}）" if names else found.topics_from.label


def _fact(fact: Fact) -> str:
    since = f"，自 {clock.for_people(fact.since)}" if fact.since else ""
    until = f"，至 {clock.last_day_before(fact.until)}（含当日）" if fact.until else ""
    return f"{fact.cause.label}{since}{until}" + (f"：{fact.detail}" if fact.detail else "")


def _consent(event: ConsentEvent | None) -> str | None:
    """What somebody last said to one purpose."""
    if event is None:
        return None
    return f"{clock.for_people(event.at)} {event.decision.label}：{event.wording}"


def _document(found: Profile, session: Session) -> dict[str, object]:
    row = found.subscriber
    answers = audience.tracking_answers(session, [row.id])
    return {
        "email": row.email,
        "name": row.name,
        "phone": row.phone,
        "enterprise": found.enterprise.name if found.enterprise else None,
        "unchecked": audience.claim_of(session, row) is not None,
        "role": row.role.value,
        "edition": row.edition.value,
        "frequency": row.frequency.value,
        "format": row.format.value,
        "topics": [topic.code for topic in found.topics],
        "default_topics": [topic.code for topic in found.default_topics],
        "topics_from": found.topics_from.value,
        "watch_words": list(found.watch_words),
        "mailable": found.barrier is None,
        "barrier": found.barrier.value if found.barrier else None,
        "facts": [
            {
                "cause": fact.cause.value,
                "since": fact.since,
                "until": fact.until,
                "detail": fact.detail,
            }
            for fact in found.facts
        ],
        "tracking": answers[row.id].tracking.value,
        "paused_until": row.paused_until,
        "departed_at": row.departed_at,
        "created_at": row.created_at,
        "consents": [
            {
                "purpose": event.purpose.value,
                "decision": event.decision.value,
                "wording": event.wording,
                "channel": event.channel,
                "by": event.by,
                "at": event.at,
            }
            for event in found.consents
        ],
    }
