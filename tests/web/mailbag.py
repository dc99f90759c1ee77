"""Every mail an installation has written: digests and letters, as they would arrive."""

import email
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage

from runs import add_reader
from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import NewSubscriber
from distribution.delivery import Press, Told
from distribution.models import Delivery, Letter

WRITTEN_TO = "ding.yi@fenhe.example"
NEW_ADDRESS = "ding.yi@xinchang.example"
STRANGER = "wu.ming@luan.example"


def write_letters(app: App, at: datetime | None = None) -> None:
    """One letter of every kind a reader can get; now, unless said otherwise."""
    at, stationery, hasher = at or clock.now(), app.stationery, app.keyring.address_hash
    with app.transaction() as session:
        asked = add_reader(session, app, "geng@fenhe.example", at, name="庚", consent="")
        delivery.request_consent(session, asked, by="test", at=at)
        delivery.ask_to_confirm(session, stationery, asked, by="test", at=at)
        row = add_reader(session, app, WRITTEN_TO, at, name="丁一", topics=("quality",))
        delivery.welcome(session, stationery, row, by="test", at=at)
        told = Told("left", "已退订", ("您好。",), "unsubscribe", "查看与恢复")
        delivery.tell(session, stationery, row, told, at=at)
        address = audience.read_address(NEW_ADDRESS)
        delivery.ask_to_move(session, stationery, row, address, at=at)
        delivery.ask_for_copy(session, stationery, row, at=at)
        new = NewSubscriber(audience.read_address(STRANGER), name="无名")
        audience.sign_up(session, new, hasher, at=at)
    delivery.answer_moves(app.transaction, stationery, at=at)
    delivery.answer_sign_ups(app.transaction, stationery, at=at)


def mails(app: App) -> Iterator[EmailMessage]:
    """All of them."""
    press, at = Press(app.addresses), clock.now()
    with app.reading() as session:
        raw = [delivery.message_of(letter, app.office, at=at) for letter in _letters(session)]
        for row in session.scalars(select(Delivery)):
            press.load(session, {row.run_id}, {row.selection_id})
            raw.append(press.mail(row.id, row.run_id, row.selection_id, row.recipient)[1])
    for content in raw:
        message = email.message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        yield message


def _letters(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter)))
