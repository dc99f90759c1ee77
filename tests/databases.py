"""Which database a test is about, and what has come into it."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from sqlalchemy import Select, select, text

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
    """What the admins should know, the oldest first, but that runs began and are through."""
    return _all(app, select(Alert).where(~Alert.key.like("run:%")).order_by(Alert.id))


def waits(app: App, other: "Future[Any]") -> bool:
    """Whether the other one stands before a lock; False where it is done already."""
    if app.engine.dialect.name == "sqlite":
        return True  # there only one may write at all
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    while not other.done():
        with app.reading() as session:
            if session.scalar(query):
                return True
    return False


@contextmanager
def circles_seen_soon(app: App) -> Iterator[None]:
    """PostgreSQL looks for those who wait in a circle after so short a time."""
    change = f"ALTER DATABASE {app.engine.url.database} "
    _alter(app, change + "SET deadlock_timeout = '300ms'")
    try:
        yield
    finally:
        _alter(app, change + "RESET deadlock_timeout")


def _alter(app: App, change: str) -> None:
    with app.transaction() as session:
        session.execute(text(change))
    app.engine.dispose()


def _all(app: App, query: "Select[tuple[Row]]") -> list[Row]:
    with app.reading() as session:
        rows = list(session.scalars(query))
        session.expunge_all()
    return rows
