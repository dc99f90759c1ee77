"""Alerts to the admins: written where something happens, told by mail a moment later, once.

What happens must not wait for a mail, nor fail by one: the two are apart. What is not urgent is
gathered for an hour, so that a morning's automatic answers are one mail and not fifty.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import digests
from distribution.delivery.store import alerts
from distribution.delivery.store.letters import add_letter
from distribution.models import Alert
from distribution.words import LetterPurpose

GATHERED = timedelta(hours=1)
MOST = 20
"""Alerts one mail tells; the next mail tells more."""
_ALL = "全部提醒：distribution alert list。"


def raise_alert(
    session: Session,
    key: str,
    title: str,
    lines: Sequence[str],
    advice: str,
    *,
    at: datetime,
    urgent: bool = False,
) -> bool:
    """Write an alert, unless one of this key was written before; it must name no person."""
    return alerts.add_alert(session, key, title, lines, advice, at=at, urgent=urgent)


def alerts_due(session: Session, *, at: datetime) -> bool:
    """Whether there is something to tell now."""
    return alerts.due(session, at - GATHERED)


def tell_alerts(
    session: Session,
    templates: Sequence[Path],
    sender_name: str,
    admins: Sequence[str],
    *,
    at: datetime,
) -> int:
    """Write what is due to each admin, as one mail; gives how many alerts it tells.

    Locked and told in one transaction: of two processes one finds nothing to tell.
    """
    waiting = alerts.take_untold(session, MOST) if alerts_due(session, at=at) else ()
    if not waiting:
        return 0
    values = {**_values(waiting), "sender_name": sender_name}
    letter = digests.render_letter(templates, "notice", values)
    content = (letter.subject, letter.text, letter.html)
    for admin in admins:
        key = f"alert:{waiting[0].id}:{sha256(admin.encode()).hexdigest()[:32]}"
        add_letter(session, key, LetterPurpose.ALERT, admin, content, at=at)
    alerts.mark_told(session, [alert.id for alert in waiting], at)
    return len(waiting)


def _values(waiting: Sequence[Alert]) -> dict[str, object]:
    """What the template of a notice wants to know."""
    first = waiting[0]
    if len(waiting) == 1:
        lead, *lines = first.lines
        return {"title": first.title, "lead": lead, "lines": lines, "advice": first.advice}
    return {
        "title": f"{len(waiting)} 条提醒：{first.title} 等",
        "lead": "以下各条只提醒这一次。",
        "lines": [f"{alert.title}。{' '.join(alert.lines)} {alert.advice}" for alert in waiting],
        "advice": _ALL,
    }
