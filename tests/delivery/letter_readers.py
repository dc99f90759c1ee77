"""Readers who are to be asked, or have agreed, and the letters written to them."""

import asyncio
from datetime import datetime

from fake_transport import FakeTransport
from runs import add_reader
from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import clock, delivery
from distribution.app import App
from distribution.models import Letter, Subscriber
from distribution.words import LetterPurpose, LetterState

READER = "an.ran@fenhe.example"


def pending(app: App, email: str = READER, **facts: object) -> int:
    """A reader whose address somebody gave; his number."""
    at = clock.now()
    with app.transaction() as session:
        row = add_reader(session, app, email, at, name="安然", consent="", **facts)
        assert delivery.request_consent(session, row, by="test", at=at)
        return row.id


def ask(app: App, reader: int, at: datetime | None = None) -> int:
    """The number of a letter that asks him to confirm."""
    with app.transaction() as session:
        return delivery.ask_to_confirm(
            session,
            app.stationery,
            session.get_one(Subscriber, reader),
            by="test",
            at=at or clock.now(),
        )


def welcome(app: App, reader: int) -> int:
    """The number of his welcome."""
    with app.transaction() as session:
        row = session.get_one(Subscriber, reader)
        return delivery.welcome(session, app.stationery, row, by="test", at=clock.now())


def say_yes(app: App, letter: int, at: datetime | None = None) -> tuple[delivery.Standing, bool]:
    """What a click on the page's button does."""
    with app.transaction() as session:
        found, now = delivery.confirm(session, app.stationery, letter, at=at or clock.now())
        return found.standing, now


def post(app: App, relay: FakeTransport) -> dict[LetterState, int]:
    """What became of the letters that were due."""
    at = clock.now()
    return asyncio.run(delivery.post_due(app.transaction, lambda: relay, app.office, at=at))


def letter(session: Session, number: int) -> Letter:
    """One letter."""
    return session.get_one(Letter, number)


def written(app: App, purpose: LetterPurpose) -> list[Letter]:
    """All letters of one kind."""
    with app.reading() as session:
        found = list(session.scalars(select(Letter).where(Letter.purpose == purpose)))
        session.expunge_all()
    return found
