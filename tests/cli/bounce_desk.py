"""Mails of a run in the hands of a relay, and what comes back of them to the admin's desk."""

from datetime import timedelta

import pytest
from cli_office import MORNING
from returned_mails import bounce
from runs import add_reader, make_issue, plan, start
from sqlalchemy import select, update

from distribution import audience, clock, events
from distribution.app import App
from distribution.models import Delivery, DeliveryEvent, Inbox, ReturnedMail
from distribution.words import (
    Consequence,
    DeliveryState,
    Meaning,
    Returned,
    Signal,
    SuppressionReason,
)

ZHAO, QIAN, SUN = (f"{name}@fenhe.example" for name in ("zhao", "qian", "sun"))
WORKS = "汾河数控设备厂"
TALK = "550 5.7.1 Message refused, see https://mail.example/" + "help/" * 30


@pytest.fixture
def mailed(app: App) -> dict[str, int]:
    """Deliveries of a run that a relay has accepted, by their readers."""
    with app.transaction() as session:
        for email in (ZHAO, QIAN, SUN):
            add_reader(session, app, email, MORNING, enterprise=WORKS, phone="0351-0000001")
    run_id = start(app, plan(app, make_issue(app), MORNING), MORNING, timedelta(days=3650))
    with app.transaction() as session:
        accepted = {"state": DeliveryState.ACCEPTED, "accepted_at": MORNING}
        session.execute(update(Delivery).where(Delivery.run_id == run_id).values(**accepted))
        return {row.recipient: row.id for row in session.scalars(select(Delivery))}


def came(app: App, raw: bytes) -> str:
    """A mail comes back and is judged; gives its number."""
    with app.transaction() as session:
        number, _ = events.receive_mail(session, raw, clock.now())
        events.judge_mails(session, [number], app.desk, clock.now())
    return str(number)


def bounced(
    app: App, mailed: dict[str, int], to: str, status: str = "5.1.1", words: str = ""
) -> str:
    """A mail system sends a mail back; gives the number of what came."""
    words = words or f"550 {status} User unknown"
    path = app.addresses.return_path(mailed[to])
    return came(app, bounce(to, to=path, status=status, words=words))


def refused(app: App, mailed: dict[str, int], to: str) -> str:
    """A mail system refuses a mail while it is sent; gives its number."""
    with app.transaction() as session:
        row = session.get_one(Delivery, mailed[to])
        row.state, row.meaning = DeliveryState.FAILED, Meaning.BAD_ADDRESS
        row.consequence = Consequence.SUPPRESSED
        for state, said in ((DeliveryState.DEFERRED, "450 later"), (row.state, "550 gone")):
            at = clock.now()
            session.add(
                DeliveryEvent(delivery_id=row.id, at=at, state=state, reply=said, by="ledger")
            )
    return f"d{mailed[to]}"


def rows(out: str) -> list[list[str]]:
    return [line.split() for line in out.splitlines()]


def suppress(app: App, email: str, reason: SuppressionReason) -> None:
    with app.transaction() as session:
        found = audience.find_subscriber(session, email)
        audience.suppress(session, found.address_hash, reason, evidence="依据", at=MORNING)


def many(app: App, like: int, count: int) -> None:
    """Bounces of as many readers of as many enterprises at as many domains."""
    with app.transaction() as session:
        model = session.get_one(Delivery, like)
        for number in range(count):
            email = f"reader@d{number}.example"
            reader = add_reader(session, app, email, MORNING, enterprise=f"第 {number} 机械厂")
            mail = Delivery(
                run_id=model.run_id, subscriber_id=reader.id, selection_id=model.selection_id,
                recipient=email, address_hash=reader.address_hash, lane=f"d{number}.example",
                next_attempt_at=MORNING, state=DeliveryState.ACCEPTED, accepted_at=MORNING,
            )  # fmt: skip
            session.add(mail)
            raw = Inbox(signal=Signal.MAIL, at=MORNING, content={}, judged_at=MORNING)
            session.add(raw)
            session.flush()
            session.add(
                ReturnedMail(
                    inbox_id=raw.id,
                    kind=Returned.BOUNCE,
                    delivery_id=mail.id,
                    lane=mail.lane,
                    meaning=Meaning.BAD_ADDRESS,
                    consequence=Consequence.NONE,
                    at=MORNING,
                )
            )
