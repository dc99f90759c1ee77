"""An issue in the mailboxes of a few readers, and what comes back from them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import func, select, update

from distribution import audience, clock, delivery, events, issues
from distribution.app import App
from distribution.delivery import Sent
from distribution.events import Client, Outcome, Request
from distribution.issues import Article, Masthead, ReadIssue
from distribution.links import Addresses, Keyring, Use
from distribution.models import (
    Audit,
    ConsentEvent,
    Delivery,
    Inbox,
    ReadingEvent,
    ReturnedMail,
    Suppression,
)
from distribution.words import Decision, DeliveryState, Purpose, Signal

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)
GRANTED, UNKNOWN, DENIED = "yes@fenhe.example", "silent@fenhe.example", "no@fenhe.example"
ARTICLES = 4
BOUNDARY = "=_of-the-mail-system"


# -- what goes out -------------------------------------------------------------------------------


def make_issue(app: App, label: str = "09") -> str:
    """An approved issue of short articles; gives its key."""
    masthead = Masthead(
        "山西机电信息", 2026, label, 9, 300, date(2026, 9, 1), publishers=("联合会",)
    )
    articles = tuple(
        Article(
            position=number,
            section="政策法规",
            page=number,
            title=f"第 {number} 篇",
            source=None,
            date=None,
            summary=f"第 {number} 篇的摘要。",
            paragraphs=("正文。",),
        )
        for number in range(1, ARTICLES + 1)
    )
    at = clock.now()
    with app.transaction() as session:
        read = ReadIssue(masthead, articles, ())
        key = issues.save_issue(session, read, b"source", f"{label}.txt", at).key
        issues.approve(session, key, by="test", at=at)
    return key


def make_reader(app: App, email: str) -> int:
    """A reader who agreed to be mailed; GRANTED and DENIED have spoken about tracking too."""
    with app.transaction() as session:
        new = audience.NewSubscriber(audience.read_address(email), email, consent="会员协议")
        hasher = app.keyring.address_hash
        at = clock.now()
        reader = audience.add_subscriber(session, new, hasher, by="test", at=at).id
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
    return delivery.plan(app.transaction, key, app.recipe, by="test", at=clock.now())


def sent_to(app: App, *emails: str) -> list[Sent]:
    """The mails of a new issue that a relay has accepted, one for each of these new readers."""
    for email in emails:
        make_reader(app, email)
    run_id = plan(app, make_issue(app))
    delivery.start(app.transaction, run_id, at=clock.now(), expiry=timedelta(days=1))
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
        return events.judge_requests(session, inbox_ids)


def readings(app: App) -> list[ReadingEvent]:
    """All opens and clicks that were written down, in their order."""
    with app.reading() as session:
        rows = list(session.scalars(select(ReadingEvent).order_by(ReadingEvent.id)))
        session.expunge_all()
    return rows


def inbox(app: App) -> list[Inbox]:
    """What lies in the inbox, in its order."""
    with app.reading() as session:
        rows = list(session.scalars(select(Inbox).order_by(Inbox.id)))
        session.expunge_all()
    return rows


# -- mails ---------------------------------------------------------------------------------------


def strangers(app: App) -> Addresses:
    """The same installation, but for its key."""
    return Addresses(Keyring.of(["another-secret-0123456789"]), app.addresses.base_url, "a.example")


def bounce(
    recipient: str,
    *,
    to: str = "postmaster@magazine.example",
    status: str = "5.1.1",
    action: str = "failed",
    message_id: str = "",
) -> bytes:
    """A delivery status notification (RFC 3464) about a recipient; none where that is empty."""
    about = f"Final-Recipient: rfc822; {recipient}\n" if recipient else ""
    said = f"Diagnostic-Code: smtp; 550 {status} <{recipient}>: as the mail system says\n"
    result = f"{about}Action: {action}\nStatus: {status}\n{said}"
    copy = f"Message-ID: {message_id}\n" if message_id else ""
    return report(
        f"From: MAILER-DAEMON@mx.fenhe.example\nTo: {to}\nSubject: Undelivered\n",
        "delivery-status",
        f"Reporting-MTA: dns; mx.fenhe.example\n\n{result}",
        f"From: digest@magazine.example\n{copy}Subject: x\n",
    )


def complaint(message_id: str = "", *, to: str = "fbl@magazine.example", about: str = "") -> bytes:
    """A feedback report (RFC 5965) of a mailbox provider."""
    original = f"Original-Rcpt-To: {about}\n" if about else ""
    copy = f"Message-ID: {message_id}\n" if message_id else ""
    return report(
        f"From: feedback@mailbox.example\nTo: {to}\nSubject: complaint\n",
        "feedback-report",
        f"Feedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\n{original}",
        f"From: digest@magazine.example\n{copy}Subject: x\n",
    )


def report(head: str, kind: str, fields: str, copy: str) -> bytes:
    """A multipart/report of three parts (RFC 6522)."""
    lines = (
        f"{head}Date: Tue, 1 Sep 2026 09:00:00 +0800\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="{BOUNDARY}"\n\n'
        f"--{BOUNDARY}\nContent-Type: text/plain\n\nAbout a mail of yours.\n"
        f"--{BOUNDARY}\nContent-Type: message/{kind}\n\n{fields}\n"
        f"--{BOUNDARY}\nContent-Type: message/rfc822\n\n{copy}\n--{BOUNDARY}--\n"
    )
    return lines.replace("\n", "\r\n").encode()


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
        return events.judge_mails(session, ids, app.addresses, clock.now())


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


def returned(app: App) -> list[ReturnedMail]:
    """All mails that were understood, in their order."""
    with app.reading() as session:
        rows = list(session.scalars(select(ReturnedMail).order_by(ReturnedMail.inbox_id)))
        session.expunge_all()
    return rows


def audits(app: App, action: str) -> int:
    """How often a deed was written down."""
    with app.reading() as session:
        query = select(func.count()).select_from(Audit).where(Audit.action == action)
        return session.scalar(query) or 0


def long_ago() -> datetime:
    """Before all runs."""
    return datetime(2020, 1, 1, tzinfo=UTC)
