"""Notices to the office: what it should know beforehand, once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from distribution import audience, audit, digests
from distribution.clock import SHANGHAI
from distribution.delivery.store import alerts
from distribution.delivery.store.letters import add_letter
from distribution.models import Enterprise
from distribution.words import LetterPurpose

_SHOWN = 200
"""Enterprises one letter names; who has more should look at the list."""


def notice_endings(
    session: Session,
    templates: Sequence[Path],
    sender_name: str,
    people: Sequence[str],
    *,
    by: str,
    at: datetime,
) -> Sequence[Enterprise]:
    """Write to these which memberships will end; returns those that were told of now.

    The robots are to say it as well. Letters and the note that they were told are of one
    transaction: nobody is told twice, and nothing is taken for told that was not.
    """
    today = at.astimezone(SHANGHAI).date()
    ending = audience.endings(session, today=today)
    if not ending:
        return ()
    values = _values(ending, today, sender_name)
    letter = digests.render_letter(templates, "notice", values)
    named = ",".join(f"{row.id}:{row.member_until}" for row, _ in ending)
    for address in people:
        key = sha256(f"{address}\0{named}".encode()).hexdigest()
        add_letter(
            session,
            f"membership-ending:{key}",
            LetterPurpose.MEMBERSHIP_ENDING,
            address,
            (letter.subject, letter.text, letter.html),
            at=at,
        )
    _tell_robots(session, named, values, at)
    for row, _ in ending:
        until = str(row.member_until)
        audit.record(session, audience.NOTICED, str(row.id), by=by, at=at, until=until)
    return [row for row, _ in ending]


def _tell_robots(session: Session, named: str, values: Mapping[str, Any], at: datetime) -> None:
    """As an alert that people have in their letters already."""
    row = {name: values[name] for name in ("title", "advice")}
    row |= {"lines": [values["lead"], *values["lines"]], "urgent": False, "editors": False}
    row |= {"key": f"membership-ending:{sha256(named.encode()).hexdigest()}", "lane": ""}
    alerts.add_alert(session, row | {"at": at, "told_at": at})


def _values(
    ending: Sequence[tuple[Enterprise, int]], today: date, sender_name: str
) -> dict[str, object]:
    lines = [
        f"{row.name}：{row.member_until}（{_days(row.member_until, today)}），联系人 {contacts} 位"
        for row, contacts in ending[:_SHOWN]
    ]
    if len(ending) > _SHOWN:
        lines.append(f"……另有 {len(ending) - _SHOWN} 家")
    return {
        "title": f"{len(ending)} 家会员企业的会籍即将到期",
        "lead": "到期次日起，这些企业的联系人不再收到摘要邮件；续期后自动恢复，不必逐人处理。",
        "lines": lines,
        "advice": "查看：distribution enterprise list --ending；"
        "续期：distribution enterprise change 单位名称 --until 日期。",
        "sender_name": sender_name,
    }


def _days(until: date | None, today: date) -> str:
    if until is None or until == today:
        return "就在今天"
    return f"还有 {(until - today).days} 天"
