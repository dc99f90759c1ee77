"""Alerts for the robots of groups: which are due, in what words, and when to try again.

A robot is told at least once: whoever dies between its answer and our note of it tells the same
again. It is a group that reads it, and a second line does no harm.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution.delivery.alerting import ALL, GATHERED
from distribution.delivery.store import posts
from distribution.models import Alert
from distribution.words import GroupRobot

YOUNG = timedelta(days=1)
"""What is older is told to no robot: it may have been set up only now."""
_PLAIN = str.maketrans("[]<>*`", "［］＜＞＊｀")
"""Without what a robot takes for a link or a mention: others' words are among the lines."""
_HANDS = timedelta(minutes=2)
"""So long a message is one process's."""
_MOST = 20
"""Alerts of one message; the next tells more."""
_ROOM = 4_000
"""Bytes that every robot takes, see `transports.robots`."""
_TITLE = 60
"""Characters: so much of _MOST of them has room."""
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))


@dataclass(frozen=True, slots=True)
class Message:
    """What a robot is to say, and of which alerts."""

    alert_ids: Collection[int]
    title: str
    text: str


def message_due(session: Session, robot: GroupRobot, *, at: datetime) -> Message | None:
    """Take what a robot is to tell now; None where there is nothing."""
    until = at + _HANDS
    ids = posts.take_again(session, robot, _MOST, at=at, until=until) or posts.take_new(
        session, robot, _MOST, young=at - YOUNG, old=at - GATHERED, until=until
    )
    if not ids:
        return None
    alerts = posts.taken(session, ids)
    more = f" 等 {len(alerts)} 条" if len(alerts) > 1 else ""
    return Message(ids, f"{alerts[0].title}{more}", _text(alerts))


def note_told(
    session: Session, robot: GroupRobot, message: Message, trouble: str, *, at: datetime
) -> None:
    """Keep what came of it; with trouble it is tried again, a few times."""
    waits = _WAITS if trouble else ()
    posts.settle(session, robot, message.alert_ids, trouble or "ok", at=at, waits=waits)


def _text(alerts: Sequence[Alert]) -> str:
    """All of each; of many that are too long together the titles, so that none is cut off."""
    whole = "\n\n".join(
        "\n".join((f"**{_plain(alert.title)}**", *map(_plain, alert.lines), alert.advice))
        for alert in alerts
    )
    if len(alerts) == 1 or len(whole.encode()) <= _ROOM:
        return whole
    return "\n".join([*(f"· {_plain(alert.title[:_TITLE])}" for alert in alerts), ALL])


def _plain(words: str) -> str:
    return words.translate(_PLAIN)
