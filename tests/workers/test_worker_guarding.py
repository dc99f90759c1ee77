"""Workers look at the tripwires: at the end of a stint, and when something has come back."""

from collections.abc import Iterator

import pytest
from databases import alerts, only_sqlite
from runs import plan_for, start, status_of
from runs import relay_settings as settings_for
from sink import Sink
from sqlalchemy import select

from distribution import clock, delivery, events
from distribution.app import App, open_app
from distribution.delivery import Count, counts
from distribution.models import Delivery
from distribution.words import DeliveryState, RunState, Wire
from workers import bounces, sending
from workers.current import set_app

COMPLAINT = """\
From: abuse@provider.example\r
To: {path}\r
Content-Type: multipart/report; report-type=feedback-report; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
A complaint.\r
--b\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: abuse\r
User-Agent: provider/1\r
Version: 1\r
\r
--b\r
Content-Type: message/rfc822\r
\r
From: digest@journal.test\r
Message-ID: {message_id}\r
\r
--b--\r
"""


@pytest.fixture
def opened(environment: dict[str, str]) -> Iterator[tuple[App, Sink]]:
    """An installation whose relay refuses ten of sixty readers, for a reason nobody knows."""
    refuse = {f"reader{number}@enterprise.test": "550 5.0.0 no" for number in range(10)}
    with Sink(refuse=refuse) as sink:
        app = open_app(environment | settings_for(sink))
        set_app(app)
        yield app, sink
        set_app(None)
        app.engine.dispose()


@only_sqlite
def test_a_run_that_trips_a_wire_with_its_last_mails_is_paused_and_not_finished(
    opened: tuple[App, Sink],
) -> None:
    app, _ = opened
    run_id = start(app, plan_for(app, 60), clock.now())
    before = counts.numbers().get((Count.TRIPPED, Wire.REFUSED), 0)

    sending.send()

    status = status_of(app, run_id)
    assert (status.run.state, status.count(DeliveryState.FAILED)) == (RunState.PAUSED, 10)
    assert [alert.urgent for alert in alerts(app)] == [True]
    assert counts.numbers()[Count.TRIPPED, Wire.REFUSED] == before + 1


def complaints(app: App) -> list[int]:
    """Three of them have come in, and are not judged yet."""
    with app.transaction() as session:
        query = select(Delivery.id).where(Delivery.state == DeliveryState.ACCEPTED).limit(3)
        mails = [
            COMPLAINT.format(
                path=app.addresses.return_path(row), message_id=app.addresses.message_id(row)
            )
            for row in session.scalars(query)
        ]
        return [events.receive_mail(session, mail.encode(), clock.now())[0] for mail in mails]


@only_sqlite
def test_complaints_pause_a_run_when_they_come(opened: tuple[App, Sink]) -> None:
    app, _ = opened
    run_id = start(app, plan_for(app, 40), clock.now())
    sending.look(app)  # as each stint begins
    app.sender.pump(sending.STINT)
    came = complaints(app)

    bounces.judge(came[:2])
    assert alerts(app) == []
    assert status_of(app, run_id).run.state is RunState.SENDING
    bounces.judge(came[2:])
    assert status_of(app, run_id).run.state is RunState.PAUSED
    assert any("3 封被投诉" in alert.lines[0] for alert in alerts(app))


@only_sqlite
def test_complaints_of_a_run_that_is_over_are_told_once(opened: tuple[App, Sink]) -> None:
    app, _ = opened
    run_id = start(app, plan_for(app, 40), clock.now())
    sending.send()
    assert status_of(app, run_id).run.state is RunState.FINISHED

    came = complaints(app)
    bounces.judge(came)
    bounces.judge(came)
    [alert] = alerts(app)
    assert (alert.urgent, "3 封被投诉" in alert.lines[0]) == (True, True)
    assert status_of(app, run_id).run.state is RunState.FINISHED


@only_sqlite
def test_complaints_of_a_run_that_was_stopped_on_its_way_are_told_as_well(
    opened: tuple[App, Sink],
) -> None:
    app, _ = opened
    run_id = start(app, plan_for(app, 40), clock.now())
    app.sender.pump(sending.STINT)
    with app.transaction() as session:
        delivery.cancel(session, run_id, by="test", at=clock.now())
    bounces.judge(complaints(app))
    assert ["3 封被投诉" in alert.lines[0] for alert in alerts(app)] == [True]
