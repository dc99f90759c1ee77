"""Returned mail on an IMAP server: each mail is kept, judged and put away, whatever happens."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import dramatiq
import pytest
from databases import only_sqlite, returned
from ears import bells, ears, silence_tickers
from imap import Box, Wire, environ_of
from processes import until
from returned_mails import bounce, make_maildir, put
from sqlalchemy import func, select
from worker_office import started_run

from distribution import clock, events
from distribution.app import App, open_app
from distribution.db import DatabaseUnusable
from distribution.models import Delivery, Inbox
from distribution.words import DeliveryState, Returned
from workers import bounces
from workers.bounces import Standing
from workers.current import set_app
from workers.in_process import BOUNCES, queues_on_redis, working
from workers.ticker import Ticker

PROCESSED, UNCLEAR, FAILED = "bounces/processed", "bounces/unclear", "bounces/failed"
ABSENT = (
    b"From: li@fenhe.example\r\nTo: x@magazine.example\r\nSubject: Out of office\r\n"
    b"Auto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
)
NO_MAIL = b"Buy milk\r\n\r\nand bread\r\n"


@pytest.fixture
def office(environment: dict[str, str], wire: Wire) -> Iterator[App]:
    """An office that has sent three mails and whose returned mail lies on a server."""
    opened = open_app(environment | environ_of(wire))
    started_run(opened, 3)
    opened.sender.pump(timedelta(seconds=50))
    set_app(opened)
    yield opened
    set_app(None)
    dramatiq.get_broker().flush_all()
    opened.engine.dispose()


@pytest.fixture(autouse=True)
def _nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounces, "standing", Standing())


@pytest.fixture
def no_tickers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that only a bell can make work."""
    silence_tickers(monkeypatch)


def bounced(app: App) -> list[bytes]:
    """The mail systems' word that mailboxes do not exist, one for each mail that was sent."""
    with app.reading() as session:
        query = select(Delivery.id, Delivery.recipient).where(
            Delivery.state == DeliveryState.ACCEPTED
        )
        rows = session.execute(query.order_by(Delivery.id)).all()
    return [bounce(row.recipient, to=app.addresses.return_path(row.id)) for row in rows]


def kept(app: App) -> int:
    with app.reading() as session:
        return session.scalars(select(func.count(Inbox.id))).one()


def test_what_is_understood_lies_apart_from_what_a_person_should_see(office: App, box: Box) -> None:
    ours, foreign = bounced(office)[0], bounce("sun@li.example", to="b-x@li.example")
    box.put(ours, foreign, ABSENT, NO_MAIL)

    bounces.fetch()

    assert box.mails(PROCESSED) == [ours, ABSENT]
    assert box.mails(UNCLEAR) == [foreign, NO_MAIL]
    assert box.mails() == []
    assert [mail.kind for mail in returned(office)] == [
        Returned.BOUNCE,
        Returned.BOUNCE,
        Returned.AUTO_REPLY,
        Returned.UNREADABLE,
    ]


def test_a_mail_that_comes_again_is_known_and_put_to_the_other(office: App, box: Box) -> None:
    mail = bounced(office)[0]
    for _ in (1, 2):
        box.put(mail, NO_MAIL)
        bounces.fetch()

    assert box.mails(PROCESSED) == [mail, mail]
    assert box.mails(UNCLEAR) == [NO_MAIL, NO_MAIL]
    assert len(returned(office)) == kept(office) == 2


def test_a_mail_that_was_kept_by_a_process_that_died_is_judged_and_put_away(
    office: App, box: Box
) -> None:
    mail = bounced(office)[0]
    with office.transaction() as session:
        events.receive_mail(session, mail, clock.now())
    box.put(mail)

    bounces.fetch()

    assert box.mails(PROCESSED) == [mail]
    assert len(returned(office)) == kept(office) == 1


def test_a_mail_that_another_process_judges_is_left_to_it(
    office: App, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = bounced(office)[0]
    box.put(mail)
    with monkeypatch.context() as busy:
        busy.setattr(events, "judge_mails", lambda *_: [])
        bounces.fetch()
    assert box.mails() == [mail]

    bounces.fetch()

    assert box.mails(PROCESSED) == [mail]
    assert len(returned(office)) == 1


def failing_first(function: Callable[..., object], error: Exception) -> Callable[..., object]:
    calls: list[object] = []

    def call(*words: object) -> object:
        calls.append(words)
        if len(calls) == 1:
            raise error
        return function(*words)

    return call


@pytest.mark.parametrize("name", ["receive_mail", "judge_mails"])
def test_a_mail_that_cannot_be_dealt_with_spoils_no_other(
    office: App, box: Box, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    mails = bounced(office)
    box.put(*mails)
    monkeypatch.setattr(events, name, failing_first(getattr(events, name), ZeroDivisionError()))

    bounces.fetch()

    assert box.mails(FAILED) == mails[:1]
    assert box.mails(PROCESSED) == mails[1:]
    assert kept(office) == (2 if name == "receive_mail" else 3)


@pytest.mark.parametrize("name", ["receive_mail", "judge_mails", "understood"])
def test_while_the_database_is_away_every_mail_stays(
    office: App,
    box: Box,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    mails = bounced(office)
    box.put(*mails)
    with monkeypatch.context() as away:
        away.setattr(
            events, name, failing_first(getattr(events, name), DatabaseUnusable("it is away"))
        )
        bounces.collect()
    assert [record.getMessage() for record in caplog.records] == ["collecting mail: it is away"]
    assert box.mails() == mails

    bounces.collect()

    assert box.mails(PROCESSED) == mails
    assert len(returned(office)) == kept(office) == 3


def test_a_server_that_is_away_is_told_once_and_does_not_hold_up_the_folder(
    environment: dict[str, str],
    office: App,
    wire: Wire,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    mails = bounced(office)
    maildir = make_maildir(tmp_path / "returned")
    both = environ_of(wire) | {"DISTRIBUTION_BOUNCE_MAILDIR": str(maildir)}
    opened = open_app(environment | both)
    set_app(opened)
    with caplog.at_level("INFO", "workers.bounces"):
        for number, mail in enumerate(mails):
            wire.away = number != 2
            put(maildir, f"{number}.m", mail)
            bounces.collect()
    set_app(office)
    opened.engine.dispose()

    assert len(returned(office)) == 3
    trouble, well = [record.getMessage() for record in caplog.records]
    assert trouble.startswith("collecting mail: 收退信的 IMAP 服务器 127.0.0.1:")
    assert well == "collecting mail: IMAP 127.0.0.1 works again"


def test_a_full_mailbox_is_told_once_and_the_mails_are_judged_all_the_same(
    office: App, box: Box, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    mails = bounced(office)
    wire.before = lambda command: b"NO [OVERQUOTA] full" if b"UID MOVE" in command else None
    with caplog.at_level("WARNING"):
        for mail in mails:
            box.put(mail)
            bounces.collect()

    assert len(returned(office)) == 3
    assert box.mails() == mails
    (record,) = caplog.records
    assert "OVERQUOTA" in record.getMessage()
    wire.before = lambda _command: None
    bounces.collect()
    assert box.mails(PROCESSED) == mails


@only_sqlite
def test_a_hundred_are_fetched_for_a_bell_and_the_next_is_rung(
    office: App, box: Box, wire: Wire
) -> None:
    box.put(*(NO_MAIL + b"%d\r\n" % number for number in range(500)))

    with ears(BOUNCES):
        bounces.fetch()
        assert bells(BOUNCES) == [("collect", [])]
    assert kept(office) == len(box.mails(UNCLEAR)) == 100
    dramatiq.get_broker().flush_all()
    with working(office, {BOUNCES}):
        bounces.collect.send()
        until(lambda: wire.count(b"UID MOVE") == 500, "the last mail")
    assert kept(office) == len(box.mails(UNCLEAR)) == 500
    assert wire.count(b"UID FETCH") == 500


@pytest.mark.usefixtures("no_tickers")
def test_a_mail_is_fetched_as_soon_as_the_server_tells(office: App, box: Box, wire: Wire) -> None:
    first, second, third = bounced(office)
    box.put(first)
    with working(office, {BOUNCES}):
        until(lambda: box.mails(PROCESSED) == [first], "what lay there before")
        until(lambda: wire.count(b"IDLE"), "somebody who listens")
        box.put(second)
        until(lambda: box.mails(PROCESSED) == [first, second], "the second mail")
        box.put(third)
        until(lambda: box.mails(PROCESSED) == [first, second, third], "the third mail")
    assert not [thread for thread in threading.enumerate() if thread.name == "listener"]
    assert len(returned(office)) == 3


@pytest.mark.usefixtures("no_tickers")
def test_a_listener_takes_up_a_line_that_was_cut(
    office: App, box: Box, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.listening.FIRST", 0.01)
    mail = bounced(office)[0]
    with working(office, {BOUNCES}):
        until(lambda: wire.count(b"IDLE"), "somebody who listens")
        wire.away = True
        wire.cut()
        box.put(mail)
        wire.away = False
        until(lambda: box.mails(PROCESSED) == [mail], "the mail that came meanwhile")


def test_where_the_server_does_not_tell_it_is_asked(
    office: App, box: Box, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.without = {"IDLE"}
    ticker = next(m for m in dramatiq.get_broker().middleware if isinstance(m, Ticker))
    monkeypatch.setattr(ticker, "_seconds", 0.05)
    mail = bounced(office)[0]
    with working(office, {BOUNCES}):
        box.put(mail)
        until(lambda: box.mails(PROCESSED) == [mail], "the mail")
    assert wire.count(b"IDLE") == 0


def test_nobody_logs_in_again_and_again_with_a_wrong_password(
    environment: dict[str, str], wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    opened = open_app(environment | environ_of(wire, bounce_imap_password="wrong"))
    set_app(opened)
    for _ in range(5):
        bounces.collect()
    with working(opened, {BOUNCES}):
        bounces.collect()
    set_app(None)
    opened.engine.dispose()

    assert wire.logins == 1
    (record,) = [record for record in caplog.records if record.name == "workers.bounces"]
    assert "请检查 bounce_imap_username 与 bounce_imap_password" in record.getMessage()


def test_on_redis_returned_mail_is_fetched_by_hosts_that_know_a_mailbox(
    environment: dict[str, str], wire: Wire
) -> None:
    with_server, without = open_app(environment | environ_of(wire)), open_app(environment)

    assert BOUNCES in queues_on_redis(with_server.settings)
    assert BOUNCES not in queues_on_redis(without.settings)
    with_server.engine.dispose()
    without.engine.dispose()
