"""Mails that a relay has taken, and what comes back about them."""

import io
import sys
from dataclasses import dataclass
from datetime import timedelta

import pytest
from cli_office import MORNING
from returned_mails import bounce
from runs import add_reader, approve, plan, start
from sqlalchemy import select

from distribution.app import App
from distribution.models import Delivery
from distribution.words import DeliveryState

READERS = ("zhao@fenhe.example", "qian@fenhe.example")


@dataclass(frozen=True)
class Posted:
    """A delivery the relay has taken."""

    recipient: str
    return_path: str
    message_id: str


@pytest.fixture
def posted(app: App, issue: str) -> list[Posted]:
    """Deliveries of a run that have been accepted, one a reader."""
    with app.transaction() as session:
        for reader in READERS:
            add_reader(session, app, reader, MORNING)
    start(app, plan(app, approve(app, issue), MORNING), MORNING, timedelta(days=3650))
    with app.transaction() as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.recipient.desc())).all()
        for row in rows:
            row.state, row.accepted_at = DeliveryState.ACCEPTED, MORNING
        return [
            Posted(
                row.recipient, app.addresses.return_path(row.id), app.addresses.message_id(row.id)
            )
            for row in rows
        ]


def bounced(to: Posted, status: str = "5.1.1", words: str = "User unknown") -> bytes:
    """What the mail system of a reader sends back."""
    raw = bounce(
        to.recipient,
        to=to.return_path,
        status=status,
        words=f"550 {status} {words}",
        message_id=to.message_id,
    )
    return raw.replace(b"\r\n", b"\n")  # as files have it


def mbox(posted: list[Posted]) -> bytes:
    """The bounces of several mails in one file."""
    envelope = b"From MAILER-DAEMON Tue Dec  1 09:00:00 2026\n"
    return b"".join(envelope + bounced(to) + b"\n" for to in posted)


def letter(to: Posted, subject: str) -> bytes:
    """What a reader writes."""
    return (
        f"From: {to.recipient}\nTo: {to.return_path}\nSubject: {subject}\n"
        "Content-Type: text/plain; charset=utf-8\n\n\n"
    ).encode()


def give(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    """Put a text on standard input."""
    stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(text)))
    monkeypatch.setattr(sys, "stdin", stream)
