"""What comes back is judged, whether its bell rang or not, and one bad piece spoils no other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import dramatiq
import pytest
from databases import circles_seen_soon, readings, returned, waits
from ears import bells, ears, messages, silence_tickers
from processes import until
from returned_mails import bounce, make_maildir, put
from sqlalchemy import select, text, update
from worker_office import started_run

from distribution import clock, events
from distribution.app import App, open_app
from distribution.events import Client, Outcome, Request
from distribution.links import Use
from distribution.models import Delivery, Inbox
from distribution.words import DeliveryState, Returned, Signal
from workers import bounces, sending, tracking
from workers.current import set_app
from workers.in_process import ALL_QUEUES, BOUNCES, TRACKING, working
from workers.ticker import Ticker

BROWSER = Client("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "GET", False)


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    return make_maildir(tmp_path / "returned")


@pytest.fixture
def office(environment: dict[str, str], maildir: Path) -> Iterator[App]:
    """An office that has sent three mails and looks into its Maildir."""
    opened = open_app(environment | {"DISTRIBUTION_BOUNCE_MAILDIR": str(maildir)})
    started_run(opened, 3)
    opened.sender.pump(timedelta(seconds=50))
    set_app(opened)
    yield opened
    set_app(None)
    dramatiq.get_broker().flush_all()
    opened.engine.dispose()


@pytest.fixture
def no_tickers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that only a bell can make work."""
    silence_tickers(monkeypatch)


def sent_mails(app: App) -> list[int]:
    with app.reading() as session:
        accepted = select(Delivery.id).where(Delivery.state == DeliveryState.ACCEPTED)
        return list(session.scalars(accepted.order_by(Delivery.id)))


def click(app: App, *, seconds_ago: int = 60, mail: int = 0) -> int:
    """A click whose bell nobody rang; its inbox id."""
    at = clock.now() - timedelta(seconds=seconds_ago)
    request = Request(Signal.CLICK, Use.CLICK, sent_mails(app)[mail], 1, at, BROWSER)
    with app.transaction() as session:
        (received,) = events.receive(session, [request])
    assert received is not None
    return received.inbox_id


def spoil(app: App, inbox_id: int) -> None:
    with app.transaction() as session:
        session.get_one(Inbox, inbox_id).content = {"no": "request"}


def unjudged(app: App, *signals: Signal) -> list[int]:
    with app.reading() as session:
        return events.unjudged(session, signals, clock.now() + timedelta(days=1), 100)


def bounced(app: App, delivery_id: int) -> bytes:
    """The mail system's word that a mailbox does not exist."""
    return bounce("reader0@enterprise.test", to=app.addresses.return_path(delivery_id))


def forgotten_mail(app: App) -> int:
    """A bounce that was stored and not judged; its inbox id."""
    raw, at = bounced(app, sent_mails(app)[0]), clock.now() - 2 * bounces.LATE
    with app.transaction() as session:
        inbox_id, _ = events.receive_mail(session, raw, at)
    return inbox_id


def test_a_click_whose_bell_was_lost_is_judged_by_the_ticker(office: App) -> None:
    click(office)
    tracking.watch()()  # nobody works here: it is done by the ticker itself
    assert len(readings(office)) == 1
    assert unjudged(office, Signal.CLICK) == []


def test_a_click_that_has_just_come_is_left_to_its_bell(office: App) -> None:
    fresh = click(office, seconds_ago=0)
    tracking.watch()()
    assert unjudged(office, Signal.CLICK) == [fresh]


@pytest.mark.usefixtures("no_tickers")
def test_a_bell_that_rings_is_answered_by_a_worker(office: App) -> None:
    fresh = click(office, seconds_ago=0)
    with working(office, {TRACKING}):
        tracking.ring_for([fresh, fresh])
        until(lambda: len(readings(office)) == 1, "the reading")
    tracking.judge([fresh])
    assert len(readings(office)) == 1


def test_a_request_that_cannot_be_judged_spoils_no_other(office: App) -> None:
    spoilt, good = click(office), click(office)
    spoil(office, spoilt)
    look = tracking.watch()
    look()
    assert len(readings(office)) == 1
    assert good not in unjudged(office, Signal.CLICK)
    assert unjudged(office, Signal.CLICK) == [spoilt]


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_a_judge_who_waits_in_a_circle_with_a_sender_judges_again_at_once(office: App) -> None:
    clicks = [click(office, mail=0), click(office, mail=1)]
    first, second = sent_mails(office)[:2]

    with circles_seen_soon(office), ThreadPoolExecutor(1) as pool:
        with office.transaction() as sender:
            sender.execute(text("SET LOCAL deadlock_timeout = '60s'"))  # the judge loses
            sender.execute(update(Delivery).where(Delivery.id == second).values(crashes=0))
            judge = pool.submit(tracking.judge, clicks)
            assert waits(office, judge)
            sender.execute(update(Delivery).where(Delivery.id == first).values(crashes=0))
        judge.result()
    assert len(readings(office)) == 2


def test_what_cannot_be_judged_is_not_tried_at_every_tick(
    office: App, caplog: pytest.LogCaptureFixture
) -> None:
    spoil(office, click(office))
    look = tracking.watch()
    with pytest.raises(KeyError):
        look()  # the ticker tells of it, and goes on
    look()
    look()
    assert len(readings(office)) == 0
    assert caplog.records == []


def test_a_mail_that_came_twice_is_understood_once(office: App, maildir: Path) -> None:
    first = sent_mails(office)[0]
    put(maildir, "1.a", bounced(office, first))
    put(maildir, "2.b", bounced(office, first).replace(b"\r\n", b"\n"))
    bounces.fetch()
    bounces.fetch()
    (mail,) = returned(office)
    assert (mail.kind, mail.delivery_id) == (Returned.BOUNCE, first)
    assert list((maildir / "new").iterdir()) == []


@pytest.mark.usefixtures("no_tickers")
def test_the_folder_is_looked_into_by_whoever_works(office: App, maildir: Path) -> None:
    put(maildir, "1.a", bounced(office, sent_mails(office)[0]))
    look = bounces.watch()
    with working(office, {BOUNCES}):
        look()
        until(lambda: len(returned(office)) == 1, "the bounce")


def test_the_folder_is_looked_into_now_and_then(office: App, maildir: Path) -> None:
    look = bounces.watch()
    with ears(BOUNCES):
        look()
        look()
        assert bells(BOUNCES) == [("collect", [])]
    put(maildir, "1.a", bounced(office, sent_mails(office)[0]))
    look()
    assert returned(office) == []
    bounces.watch()()  # nobody works here: it is done by the ticker itself
    assert len(returned(office)) == 1


def test_more_mail_than_is_fetched_at_once_is_rung_for_again(
    office: App, maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounces, "AT_ONCE", 2)
    for position, row in enumerate(sent_mails(office)):
        put(maildir, f"{position}.m", bounced(office, row))
    with ears(BOUNCES):
        for rung, understood in (1, 2), (1, 3):
            bounces.fetch()
            assert bells(BOUNCES) == [("collect", [])] * rung
            assert len(returned(office)) == understood


def test_many_lost_bells_are_rung_again_in_portions(
    office: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.unjudged.AT_ONCE", 2)
    one, two, three = (click(office) for _ in range(3))
    with ears(TRACKING):
        tracking.watch()()
        assert [args for _, args in bells(TRACKING)] == [[[one, two]], [[three]]]


def test_a_worker_forgets_how_the_acts_of_nobody_came(office: App) -> None:
    with office.reading() as session:
        run_id = session.scalars(select(Delivery.run_id)).first()
    at = clock.now() - timedelta(minutes=10)
    asked = Request(Signal.CLICK, Use.RUN_CLICK, run_id, 1, at, BROWSER)
    with office.transaction() as session:
        events.receive(session, [asked])
    look = tracking.watch()
    look()  # nobody hears the bell: it is judged here, and forgotten in one go
    (event,) = readings(office)
    assert (event.delivery_id, event.agent, event.rule) == (None, "", "nothing-against")


def test_a_ticker_looks_after_all_queues_of_its_worker(office: App, maildir: Path) -> None:
    click(office)
    put(maildir, "1.a", bounced(office, sent_mails(office)[0]))
    broker, ticker = dramatiq.get_broker(), Ticker(0)
    worker = dramatiq.Worker(broker, queues={TRACKING, BOUNCES})  # it ticks and does not work
    ticker.after_worker_boot(broker, worker)
    until(lambda: len(readings(office)) == len(returned(office)) == 1, "the reading and the bounce")
    ticker.before_worker_shutdown(broker, worker)


def test_messages_carry_ids_or_nothing(office: App) -> None:
    clicked, mail = click(office), forgotten_mail(office)
    with ears(*ALL_QUEUES):
        sending.ring_if_due()  # all is sent, and the run is to be finished
        tracking.ring_for([clicked, clicked])
        tracking.watch()()
        bounces.watch()()
        assert bells(*ALL_QUEUES) == [
            ("send_due", []),
            ("judge_requests", [[clicked, clicked]]),
            ("judge_requests", [[clicked]]),
            ("collect", []),
            ("judge_mails", [[mail]]),
        ]
        found = messages(*ALL_QUEUES)
    called = {message["actor_name"] for message in found}
    assert called == dramatiq.get_broker().get_declared_actors()
    assert not [message for message in found if message["kwargs"] or message["options"]]


def test_a_mail_that_cannot_be_judged_spoils_no_other(
    office: App, maildir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    judge = events.judge_mails

    def fail_for_the_first(session: object, inbox_ids: list[int], *more: object) -> list[Outcome]:
        if inbox_ids == [1]:
            raise ZeroDivisionError
        return judge(session, inbox_ids, *more)  # type: ignore[arg-type] # passed on as it came

    monkeypatch.setattr(events, "judge_mails", fail_for_the_first)
    for position, row in enumerate(sent_mails(office)):
        put(maildir, f"{position}.m", bounced(office, row))
    bounces.fetch()
    assert [mail.inbox_id for mail in returned(office)] == [2, 3]
    assert unjudged(office, Signal.MAIL) == [1]
    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.mark.usefixtures("office")
def test_a_folder_that_is_none_is_a_warning(
    maildir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    maildir.rename(maildir.with_name("elsewhere"))
    bounces.collect()
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert str(maildir) in record.getMessage()
