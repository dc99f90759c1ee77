"""An issue in the mailboxes of a few readers, and what comes back from them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import runs
from runs import add_reader, make_issue
from sqlalchemy import func, select, update

from distribution import audience, clock, delivery, events
from distribution.app import App
from distribution.delivery import Sent
from distribution.events import Client, Outcome, Request
from distribution.links import Addresses, Keyring, Use
from distribution.models import (
    Audit,
    ConsentEvent,
    Delivery,
    Suppression,
)
from distribution.words import Decision, DeliveryState, Purpose, Signal

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)
GRANTED, UNKNOWN, DENIED = "yes@fenhe.example", "silent@fenhe.example", "no@fenhe.example"


# -- what goes out -------------------------------------------------------------------------------


def make_reader(app: App, email: str) -> int:
    """A reader who agreed to be mailed; GRANTED and DENIED have spoken about tracking too."""
    with app.transaction() as session:
        reader = add_reader(session, app, email, clock.now()).id
    if email in (GRANTED, DENIED):
        say(app, reader, Decision.GRANTED if email == GRANTED else Decision.WITHDRAWN)
    return reader


def say(app: App, reader: int, decision: Decision, purpose: Purpose = Purpose.TRACKING) -> None:
    """A reader's word, by default on being counted."""
    said = audience.Statement(decision, "我同意或不同意", channel="web", purpose=purpose)
    with app.transaction() as session:
        audience.record_consent(session, reader, said, by="reader", at=clock.now())


def plan(app: App, key: str) -> int:
    """A run of an issue to all who may be mailed."""
    return runs.plan(app, key, clock.now())


def sent_to(app: App, *emails: str) -> list[Sent]:
    """The mails of a new issue that a relay has accepted, one for each of these new readers."""
    for email in emails:
        make_reader(app, email)
    run_id = plan(app, make_issue(app))
    runs.start(app, run_id, clock.now())
    app.sender.pump(timedelta(seconds=50))
    by_recipient = {mail.recipient: mail for mail in mails_of(app, run_id)}
    return [by_recipient[email] for email in emails]


def mails_of(app: App, run_id: int) -> list[Sent]:
    """Every mail of a run."""
    with app.reading() as session:
        ids = list(session.scalars(select(Delivery.id).where(Delivery.run_id == run_id)))
        return list(delivery.find_sent(session, ids).values())


def put_in_doubt(app: App, mail: Sent) -> None:
    """Forget what the relay answered."""
    doubt = update(Delivery).where(Delivery.id == mail.delivery_id)
    with app.transaction() as session:
        session.execute(doubt.values(state=DeliveryState.IN_DOUBT, accepted_at=None))


def put_back_into_handing(app: App, mail: Sent, at: datetime) -> None:
    """The relay has the mail since then and has not answered yet."""
    handing = update(Delivery).where(Delivery.id == mail.delivery_id)
    with app.transaction() as session:
        session.execute(handing.values(state=DeliveryState.HANDED, accepted_at=None, handed_at=at))


def state_of(app: App, mail: Sent) -> DeliveryState:
    """Where the delivery stands."""
    with app.reading() as session:
        query = select(Delivery.state).where(Delivery.id == mail.delivery_id)
        return session.scalars(query).one()


# -- opens and clicks ----------------------------------------------------------------------------


def later(mail: Sent, after: timedelta) -> datetime:
    """So long after the relay accepted a mail."""
    return (mail.accepted_at or clock.now()) + after


def click(
    mail: Sent,
    position: int = 1,
    *,
    after: timedelta = timedelta(minutes=5),
    agent: str = BROWSER,
    method: str = "GET",
    prefetch: bool = False,
) -> Request:
    """A reader follows the link of an article."""
    seen = Client(agent, method, prefetch)
    return Request(Signal.CLICK, Use.CLICK, mail.delivery_id, position, later(mail, after), seen)


def run_click(mail: Sent, position: int = 1) -> Request:
    """Somebody follows the link of an article that does not say who he is."""
    seen = Client(BROWSER, "GET", prefetch=False)
    at = later(mail, timedelta(minutes=5))
    return Request(Signal.CLICK, Use.RUN_CLICK, mail.run_id, position, at, seen)


def opening(
    mail: Sent, *, after: timedelta = timedelta(minutes=5), agent: str = BROWSER
) -> Request:
    """A mail program asks for the pixel."""
    seen = Client(agent, "GET", prefetch=False)
    return Request(Signal.OPEN, Use.OPEN, mail.delivery_id, 0, later(mail, after), seen)


def receive(app: App, *requests: Request) -> list[int]:
    """Inbox ids of requests that all lead somewhere."""
    with app.transaction() as session:
        kept = events.receive(session, requests)
    assert None not in kept
    return [received.inbox_id for received in kept if received is not None]


def judge(app: App, inbox_ids: Sequence[int]) -> int:
    """Judge requests, in one transaction."""
    with app.transaction() as session:
        return events.judge_requests(session, inbox_ids, app.keyring.network_name)


# -- mails ---------------------------------------------------------------------------------------


def strangers(app: App) -> Addresses:
    """The same installation, but for its key."""
    return Addresses(Keyring.of(["another-secret-0123456789"]), app.addresses.base_url, "a.example")


def letter(to: str, subject: str, text: str = "", **headers: str) -> bytes:
    """A mail that somebody wrote."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "reader@fenhe.example", to, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def arrive(app: App, *mails: bytes) -> list[int]:
    """Inbox ids of mails."""
    with app.transaction() as session:
        return [events.receive_mail(session, raw, clock.now())[0] for raw in mails]


def judge_mails(app: App, *mails: bytes) -> list[Outcome]:
    """Receive and judge mails."""
    ids = arrive(app, *mails)
    with app.transaction() as session:
        return events.judge_mails(session, ids, app.desk, clock.now())


def suppressed(app: App) -> dict[str, str]:
    """Evidence by address hash."""
    with app.reading() as session:
        rows = session.execute(select(Suppression.address_hash, Suppression.evidence))
        return {row.address_hash: row.evidence for row in rows}


def departures(app: App) -> list[tuple[int, str, int | None]]:
    """Who left, over which channel, led by which mail."""
    query = select(ConsentEvent).where(
        ConsentEvent.purpose == Purpose.DIGEST, ConsentEvent.decision == Decision.WITHDRAWN
    )
    with app.reading() as session:
        rows = session.scalars(query.order_by(ConsentEvent.id))
        return [(row.subscriber_id, row.channel, row.delivery_id) for row in rows]


def audits(app: App, action: str) -> int:
    """How often a deed was written down."""
    with app.reading() as session:
        query = select(func.count()).select_from(Audit).where(Audit.action == action)
        return session.scalar(query) or 0


def long_ago() -> datetime:
    """Before all runs."""
    return datetime(2020, 1, 1, tzinfo=UTC)
