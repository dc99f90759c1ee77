"""Which database a test is about, and what has come into it."""

from typing import TypeVar

import pytest
from sqlalchemy import Select, select

from distribution.app import App
from distribution.models import Alert, Base, Inbox, Lane, ReadingEvent, ReturnedMail

Row = TypeVar("Row", bound=Base)

only_sqlite = pytest.mark.parametrize("environment", ["sqlite"], indirect=True)
"""For what the database has no part in."""


def inbox(app: App) -> list[Inbox]:
    """What has come in, the oldest first."""
    return _all(app, select(Inbox).order_by(Inbox.id))


def readings(app: App) -> list[ReadingEvent]:
    """All opens and clicks that were written down, in their order."""
    return _all(app, select(ReadingEvent).order_by(ReadingEvent.id))


def returned(app: App) -> list[ReturnedMail]:
    """All mails that were understood, in their order."""
    return _all(app, select(ReturnedMail).order_by(ReturnedMail.inbox_id))


def lanes(app: App) -> dict[str, Lane]:
    """What holds up mails, or held them up last, by lane."""
    return {row.name: row for row in _all(app, select(Lane))}


def alerts(app: App) -> list[Alert]:
    """What the admins should know, the oldest first."""
    return _all(app, select(Alert).order_by(Alert.id))


def _all(app: App, query: "Select[tuple[Row]]") -> list[Row]:
    with app.reading() as session:
        rows = list(session.scalars(query))
        session.expunge_all()
    return rows
