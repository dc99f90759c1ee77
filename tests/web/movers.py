"""Readers who name another address, and the letters that go there."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from web_office import Visitor, letters_in

from distribution import audience, clock, delivery
from distribution.models import Letter
from distribution.words import LetterPurpose, SuppressionReason

NEW = "an.neu@fenhe.example"


def send(visitor: Visitor, address: str = NEW) -> Any:  # noqa: ANN401 - a response
    return visitor.client.post(visitor.link("preferences"), data={"do": "move", "email": address})


def answer(visitor: Visitor, after: timedelta = timedelta(0)) -> int:
    """What a worker does next."""
    app, at = visitor.app, clock.now() + after
    return delivery.answer_moves(app.transaction, app.stationery, at=at)


def ask(visitor: Visitor, address: str = NEW) -> Any:  # noqa: ANN401 - a response
    """The answer to somebody who names a new address, once a worker has looked at it too."""
    found = send(visitor, address)
    answer(visitor)
    return found


def moving(visitor: Visitor) -> list[Letter]:
    return [one for one in letters_in(visitor.app) if one.purpose is LetterPurpose.MOVING]


def suppress(visitor: Visitor, address: str = NEW) -> None:
    with visitor.app.transaction() as session:
        key, why = visitor.app.keyring.address_hash(address), SuppressionReason.HARD_BOUNCE
        audience.suppress(session, key, why, evidence="550", at=clock.now())


def make_older(visitor: Visitor, by: timedelta) -> None:
    with visitor.app.transaction() as session:
        for letter in moving(visitor):
            older = update(Letter).where(Letter.id == letter.id)
            session.execute(older.values(created_at=letter.created_at - by))
