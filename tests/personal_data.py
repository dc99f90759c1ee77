"""A reader about whom everything is written down that can be, and a search for what is left."""

import asyncio
import base64
import json
import quopri
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from returned_mails import bounce
from runs import add_reader, make_issue, plan, start
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from distribution import audience, audit, clock, delivery, events
from distribution.app import App
from distribution.events import Client, Request
from distribution.links import Use
from distribution.models import (
    Base,
    Delivery,
    DeliveryEvent,
    Enterprise,
    Import,
    ImportRow,
    Letter,
    PrivacyRequest,
    Subscriber,
    SuppressedDomain,
)
from distribution.words import (
    Decision,
    ImportKind,
    LetterPurpose,
    Purpose,
    RequestKind,
    RowOutcome,
    Signal,
    SuppressionReason,
)

NAME, FORMER_NAME = "欧阳霜桥", "欧阳小桥"
PHONE = "0351-7654321"
WRITTEN = "Ouyang.Shuang＠太行机电.example"
KEY = audience.read_address(WRITTEN).key
UNICODE = "ouyang.shuang@太行机电.example"
FORMER = "xiaoqiao@taihang.example"
NEIGHBOUR = "neighbour@taihang.example"
HOME = "太行机电有限公司"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36"

TRACES = (
    KEY, UNICODE, WRITTEN, "ouyang.shuang", "太行机电.example", FORMER, "xiaoqiao",
    NAME, FORMER_NAME, PHONE, "03517654321", "0351 7654321",
)  # fmt: skip
"""What must be nowhere once he is erased."""


def live_a_life(app: App) -> tuple[int, int]:
    """He is imported, written to, reads, bounces, asks; gives his id and the run's number."""
    at = clock.now()
    with app.transaction() as session:
        his_id = _arrive(session, app)
        add_reader(session, app, NEIGHBOUR, at, name="邻居", enterprise=HOME)
        delivery.welcome(
            session, app.stationery, session.get_one(Subscriber, his_id), by="test", at=at
        )
    transport = app.open_transport
    asyncio.run(delivery.post_due(app.transaction, transport, app.office, at=at))
    run_id = start(app, plan(app, make_issue(app, articles=4), at), at)
    app.sender.pump(timedelta(seconds=60))
    with app.transaction() as session:
        assert delivery.finish_drained(session, app.keyring, clock.now()) == {run_id: []}
        _read(session, app, his_id)
    with app.transaction() as session:
        _be_written_about(session, app, his_id)
        _get_letters(session, his_id)
        _come_back(session, app, his_id)
    return his_id, run_id


def _arrive(session: Session, app: App) -> int:
    at = clock.now()
    row = add_reader(
        session, app, WRITTEN, at,
        name=NAME, phone=PHONE, enterprise=HOME, consent=f"{NAME} {PHONE} 来电同意",
        topics=("policy",), watch_words=("液压",),
    )  # fmt: skip
    said = audience.Statement(
        Decision.GRANTED, f"{NAME} <{KEY}> 同意", channel="web", purpose=Purpose.TRACKING
    )
    audience.record_consent(session, row.id, said, by="reader", at=at)
    file = Import(
        kind=ImportKind.SUBSCRIBERS, file_name=f"{NAME}.xlsx", fingerprint="0" * 64,
        basis=f"{NAME} 的登记表", by="test", at=at, finished_at=at,
    )  # fmt: skip
    session.add(file)
    session.flush()
    before = {"name": FORMER_NAME, "email": FORMER, "phone": ""}
    after = {"name": NAME, "email": UNICODE, "phone": PHONE}
    refused = {"email": WRITTEN, "line": [f"{UNICODE};{PHONE}"]}
    session.add_all([
        ImportRow(
            import_id=file.id, line=2, outcome=RowOutcome.CHANGED, reason=f"{FORMER_NAME} 改名",
            subscriber_id=row.id, before=before, after=after,
        ),
        ImportRow(
            import_id=file.id, line=3, outcome=RowOutcome.REFUSED, reason=f"{KEY} 重复",
            before={}, after=refused,
        ),
    ])  # fmt: skip
    return row.id


def _read(session: Session, app: App, his_id: int) -> None:
    row = session.scalars(select(Delivery).where(Delivery.subscriber_id == his_id)).one()
    seen = Client(BROWSER, "GET", prefetch=False, network="192.0.2.0/24")
    later = clock.now() + timedelta(minutes=5)
    asked = [
        Request(Signal.OPEN, Use.OPEN, row.id, 0, later, seen),
        Request(Signal.CLICK, Use.CLICK, row.id, 1, later, seen),
    ]
    kept = events.receive(session, asked)
    ids = [one.inbox_id for one in kept if one]
    assert events.judge_requests(session, ids, app.keyring.network_name) == 2


def _come_back(session: Session, app: App, his_id: int) -> None:
    """A bounce to his mail's return path, one nobody can trace, and one to his neighbour's."""
    his = session.scalars(select(Delivery).where(Delivery.subscriber_id == his_id)).one()
    theirs = session.scalars(select(Delivery).where(Delivery.subscriber_id != his_id)).first()
    assert theirs is not None
    mails = [
        bounce(KEY, to=app.addresses.return_path(his.id)),
        hidden_mail("postmaster@journal.example"),
        hidden_mail(app.addresses.return_path(theirs.id)),
    ]
    ids = [events.receive_mail(session, mail, clock.now())[0] for mail in mails]
    events.judge_mails(session, ids, app.desk, clock.now())


def hidden_mail(to: str) -> bytes:
    """A mail that shows his address in base64, quoted-printable and an encoded word only."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "MAILER-DAEMON@mx.example", to, f"退信 {UNICODE}"
    mail.set_content(f"收件人 {NAME} <{KEY}> 不存在。\n" * 3, cte="base64")
    mail.add_attachment(b"x", maintype="text", subtype="plain", cte="quoted-printable")
    quoted = "".join(f"={byte:02X}" for byte in UNICODE.encode())
    raw = mail.as_bytes().replace(b"\n\nx", f"\n\n{quoted}".encode())
    assert not any(trace.encode() in raw for trace in TRACES)
    return raw


def _get_letters(session: Session, his_id: int) -> None:
    """The relay named him, a proof goes to his address under no number, he wrote to the editors."""
    at, reply = clock.now(), f"250 2.1.5 <{KEY.upper()}> {NAME}"
    session.execute(update(Letter).where(Letter.subscriber_id == his_id).values(reply=reply))
    content = (f"样刊 {NAME}", f"{NAME} <{KEY}>", f"<p>{PHONE}</p>")
    delivery.add_letter(session, "proof", LetterPurpose.PROOF, KEY, content, at=at)
    written, editor = (f"读者来信 {NAME}", PHONE), "editor@federation.example"
    delivery.pass_on(session, "answer", editor, (his_id, KEY), written, at=at)
    address = audience.read_address(WRITTEN)
    delivery.add_proof_reader(session, delivery.EDITORS, address, by="test", at=at)


def _be_written_about(session: Session, app: App, his_id: int) -> None:
    at = clock.now()
    row = session.get_one(Subscriber, his_id)
    his = session.scalars(select(Delivery).where(Delivery.subscriber_id == his_id)).one()
    reply = f"550 5.1.1 <{KEY.upper()}>: {NAME}"
    session.execute(
        update(DeliveryEvent).where(DeliveryEvent.delivery_id == his.id).values(reply=reply)
    )
    audience.suppress(
        session, row.address_hash, SuppressionReason.BY_HAND, evidence=f"{NAME}：{PHONE}", at=at
    )
    former = app.keyring.address_hash(FORMER)
    audience.suppress(session, former, SuppressionReason.BY_HAND, evidence=f"{NAME} 停用", at=at)
    audit.record(session, "suppression.add", former, by="test", at=at, reason=NAME)
    session.add(
        SuppressedDomain(
            domain="other.example", reason=SuppressionReason.BY_HAND,
            evidence=f"{KEY} 的旧域名", since=at,
        )
    )  # fmt: skip
    session.get_one(Enterprise, row.enterprise_id).notes = f"找 {NAME}，电话 0351 7654321"
    audit.record(
        session, "subscriber.change", str(his_id), by="test", at=at,
        name=[FORMER_NAME, NAME], email=[FORMER, WRITTEN], nested={"到": [UNICODE]},
    )  # fmt: skip
    audit.record(session, "other.deed", "all", by="test", at=at, told=f"见 {KEY}、{UNICODE}")
    audit.record(session, "suppression.add", row.address_hash, by="test", at=at, reason=NAME)
    session.add(
        PrivacyRequest(
            kind=RequestKind.CORRECTION, address_hash=former, note=NAME, asked_at=at,
            due_at=at + timedelta(days=15), done_at=at, answer="已更正", by="test",
        )
    )  # fmt: skip
    session.flush()
    session.add(
        PrivacyRequest(
            kind=RequestKind.ERASURE, subscriber_id=his_id, address_hash=row.address_hash,
            note=f"{NAME} 用 {KEY} 来信", asked_at=at, due_at=at + timedelta(days=15), by="test",
        )
    )  # fmt: skip
    session.flush()


# -- what is left --------------------------------------------------------------------------------


def traces_in_database(app: App) -> list[str]:
    """Where in which table something of him is found: all columns, text, documents and bytes."""
    found = []
    with app.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                found += [
                    f"{table.name}.{column}: {trace}"
                    for column, value in row.items()
                    for text in _texts(value)
                    for trace in TRACES
                    if trace.lower() in text.lower()
                ]
    return sorted(set(found))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
        yield quopri.decodestring(value).decode("utf-8", "replace")
        for line in value.split():
            try:
                yield base64.b64decode(line, validate=True).decode("utf-8", "replace")
            except ValueError:
                continue
    elif isinstance(value, dict | list):
        yield json.dumps(value, ensure_ascii=False)
    elif isinstance(value, str):
        yield value


def traces_in_files(folder: Path) -> list[str]:
    """Which files below a folder hold something of him, as text in any usual form."""
    found = set()
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes().lower()
        for trace in (*TRACES, "7654321"):
            forms = (trace, json.dumps(trace)[1:-1])
            if any(form.lower().encode() in content for form in forms):
                found.add(f"{path.name}: {trace}")
    return sorted(found)


def his_mails(app: App) -> list[Path]:
    """Files of the outbox that are addressed to him."""
    receiver = f"X-Receiver: <{KEY}>".lower().encode()
    folder = app.settings.home / "outbox"
    return [path for path in folder.iterdir() if receiver in path.read_bytes().lower()]
