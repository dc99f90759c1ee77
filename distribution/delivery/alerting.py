"""Alerts to the admins: written where something happens, told by mail a moment later, once.

What happens must not wait for a mail, nor fail by one: the two are apart.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import digests
from distribution.db import Transaction
from distribution.delivery.store import alerts
from distribution.delivery.store.letters import add_letter
from distribution.words import LetterPurpose

_AT_ONCE = 20


def raise_alert(
    session: Session, key: str, title: str, lines: Sequence[str], advice: str, *, at: datetime
) -> bool:
    """Write an alert, unless one of this key was written before; it must name no person."""
    return alerts.add_alert(session, key, title, lines, advice, at=at)


def alerts_untold(session: Session) -> bool:
    """Whether there is something to tell."""
    return bool(alerts.untold_alerts(session, 1))


def tell_alerts(
    transaction: Transaction,
    templates: Sequence[Path],
    sender_name: str,
    admins: Sequence[str],
    *,
    at: datetime,
) -> int:
    """Write what is untold to each admin; gives how many alerts were told by this call."""
    with transaction() as session:
        waiting = list(alerts.untold_alerts(session, _AT_ONCE))
        session.expunge_all()
    told = 0
    for alert in waiting:
        lead, *lines = alert.lines
        values = {
            "title": alert.title,
            "lead": lead,
            "lines": lines,
            "advice": alert.advice,
            "sender_name": sender_name,
        }
        letter = digests.render_letter(templates, "notice", values)
        content = (letter.subject, letter.text, letter.html)
        with transaction() as session:
            if not alerts.mark_told(session, alert.id, at):
                continue
            for admin in admins:
                key = f"alert:{alert.id}:{sha256(admin.encode()).hexdigest()[:32]}"
                add_letter(session, key, LetterPurpose.ALERT, admin, content, at=at)
        told += 1
    return told
