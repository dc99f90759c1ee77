"""Alerts to the office: written where something happens, told by mail a moment later, once.

What happens must not wait for a mail, nor fail by one: the two are apart. What is not urgent is
gathered for an hour, so that a morning's automatic answers are one mail and not fifty. Trouble of
a lane is not told through it: whose mailbox lies there is left out, and where nobody else is to be
told the alert waits until a lane that was stopped goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import digests
from distribution.delivery.mail_domains import lanes_of
from distribution.delivery.store import alerts
from distribution.delivery.store.lanes import held_lanes
from distribution.delivery.store.letters import add_letter
from distribution.models import Alert
from distribution.words import LetterPurpose

GATHERED = timedelta(hours=1)
_MOST = 100
"""Alerts one mail tells; the next mail tells more."""
ALL = "全部提醒：distribution alert list。"


@dataclass(frozen=True, slots=True)
class Readership:
    """Who in the office is told: mail addresses, each once."""

    admins: Sequence[str]
    editors: Sequence[str] = ()
    """Of what concerns their work too."""

    @property
    def all(self) -> Sequence[str]:
        """Everybody, the admins first.

        >>> Readership(["a@x.example"], ["b@x.example", "a@x.example"]).all
        ['a@x.example', 'b@x.example']
        """
        return list(dict.fromkeys([*self.admins, *self.editors]))

    @property
    def of_everything(self) -> Sequence[str]:
        """Who is told of everything: the admins, or the editors where there is none."""
        return list(dict.fromkeys(self.admins or self.editors))


def raise_alert(  # noqa: PLR0913 - what is told, and to whom
    session: Session,
    key: str,
    title: str,
    lines: Sequence[str],
    advice: str,
    *,
    at: datetime,
    urgent: bool = False,
    editors: bool = False,
    lane: str = "",
) -> bool:
    """Write an alert, unless one of this key was written before; it must name no person.

    With `editors` they are told as well; trouble of a `lane` is not told through it.
    """
    row = {"key": key, "title": title[:200], "lines": list(lines), "advice": advice, "at": at}
    return alerts.add_alert(session, row | {"urgent": urgent, "editors": editors, "lane": lane})


def alerts_due(session: Session, *, at: datetime) -> bool:
    """Whether there is something to tell now."""
    return alerts.due(session, at - GATHERED)


def tell_alerts(
    session: Session,
    templates: Sequence[Path],
    sender_name: str,
    readers: Readership,
    *,
    at: datetime,
) -> int:
    """Write what is due to each of the office, as one mail; gives how many alerts were told.

    Locked and told in one transaction: of two processes one finds nothing to tell.
    """
    waiting = alerts.take_untold(session, _MOST) if alerts_due(session, at=at) else ()
    shares = _shares(session, waiting, readers)
    for address, share in shares.items():
        values = {**_values(share), "sender_name": sender_name}
        letter = digests.render_letter(templates, "notice", values)
        add_letter(
            session,
            f"alert:{share[0].id}:{sha256(address.encode()).hexdigest()[:32]}",
            LetterPurpose.ALERT,
            address,
            (letter.subject, letter.text, letter.html),
            at=at,
        )
    told = {alert.id for share in shares.values() for alert in share}
    alerts.mark_told(session, told, at)
    return len(told)


def _shares(
    session: Session, waiting: Sequence[Alert], readers: Readership
) -> Mapping[str, Sequence[Alert]]:
    """What each address is told; who is told nothing is not in it."""
    if not waiting:
        return {}
    in_trouble = {lane.name for lane in held_lanes(session) if lane.stopped_at is not None}
    lanes = lanes_of(session, readers.all)
    shares: dict[str, list[Alert]] = {}
    for alert in waiting:
        people = readers.all if alert.editors else readers.of_everything
        elsewhere = [address for address in people if lanes[address] != alert.lane]
        told = elsewhere or ([] if alert.lane in in_trouble else people)
        for address in told:
            shares.setdefault(address, []).append(alert)
    return shares


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
        "advice": ALL,
    }
