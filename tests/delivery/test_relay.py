"""The sender with a real SMTP relay on loopback: states agree with the relay's accept log."""

from collections import Counter
from datetime import timedelta

import pytest
from databases import only_sqlite
from factories import (
    deliveries,
    finish,
    make_run,
    make_sender,
    make_subscriber,
    mismatches,
    plan,
    tally,
    waits_are_over,
)
from runs import make_issue
from sink import Act, Fault, Sink, Step

from distribution import delivery
from distribution.app import App
from distribution.transports import Relay, SmtpRelay, Timeouts
from distribution.transports.smtp_session import stuffed


def pump(app: App, sink: Sink) -> None:
    relay = Relay(
        sink.host,
        sink.port,
        security="none",
        connections=3,
        timeouts=Timeouts(dot=timedelta(seconds=5)),
    )
    sender = make_sender(app, lambda: SmtpRelay(relay), connections=3)
    sender.pump(timedelta(minutes=1))


def copies(sink: Sink) -> Counter[str]:
    return Counter(mail.recipient for mail in sink.accepted)


def test_a_run_leaves_by_smtp(app: App) -> None:
    run_id = make_run(app, 20)
    with Sink() as sink:
        pump(app, sink)

    assert tally(app, run_id) == {"accepted": 20}
    assert set(copies(sink).values()) == {1}
    assert {mail.message_id for mail in sink.accepted} == {
        app.addresses.message_id(row.id) for row in deliveries(app, run_id).values()
    }
    assert finish(app) == {run_id: []}


def test_a_greylisting_relay_gets_each_mail_once(app: App) -> None:
    run_id = make_run(app, 6)
    with Sink({Step.RCPT: Fault(Act.SAY, "451 4.7.1 greylisted", times=4)}) as sink:
        pump(app, sink)
        assert tally(app, run_id) == {"accepted": 2, "deferred": 4}
        waits_are_over(app)
        pump(app, sink)

    assert tally(app, run_id) == {"accepted": 6}
    assert set(copies(sink).values()) == {1}


def test_a_mailbox_outside_ascii_gets_its_digest_where_the_relay_takes_it(app: App) -> None:
    run_id = make_run(app, ["李四@fenhe.example", "zhang@fenhe.example"])
    with Sink() as sink:
        pump(app, sink)

    assert tally(app, run_id) == {"accepted": 2}
    assert set(copies(sink)) == {"李四@fenhe.example", "zhang@fenhe.example"}


def test_what_goes_out_without_a_look_would_pass_it(app: App) -> None:
    run_id = make_run(app, ["李四@fenhe.example", "zhang@fenhe.example"])
    press = delivery.Press(app.addresses)
    for row in deliveries(app, run_id).values():
        with app.reading() as session:
            press.load(session, {run_id}, {row.selection_id})
        envelope, body = press.mail(row.id, run_id, row.selection_id, row.recipient)

        assert envelope.seven_bit is row.recipient.isascii()
        assert stuffed(body, utf8=not envelope.seven_bit) == body


@only_sqlite
def test_what_is_read_for_later_mails_takes_nothing_from_those_in_hand(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.delivery.press.CACHED_SELECTIONS", 1)
    for number, topic in enumerate(("policy", "quality", "shanxi")):
        make_subscriber(app, f"{number}@fenhe.example", topics=(topic,))
    run_id = plan(app, make_issue(app))
    first, second, third = deliveries(app, run_id).values()
    press = delivery.Press(app.addresses)
    with app.reading() as session:
        press.load(session, {run_id}, {first.selection_id})
        press.load(session, {run_id}, {second.selection_id})
        for row in (first, second):
            assert press.mail(row.id, run_id, row.selection_id, row.recipient)
        press.load(session, {run_id}, {third.selection_id})
        with pytest.raises(LookupError):  # it takes up no room for ever
            press.mail(first.id, run_id, first.selection_id, first.recipient)


@pytest.mark.parametrize(
    ("step", "act", "states"),
    [
        (Step.ACCEPTED, Act.CLOSE, {"accepted": 5, "in_doubt": 1}),
        (Step.DOT, Act.CLOSE, {"accepted": 5, "in_doubt": 1}),
        (Step.BANNER, Act.CLOSE, {"planned": 6}),
    ],
)
def test_a_connection_lost_leaves_the_right_state(
    app: App, step: Step, act: Act, states: dict[str, int]
) -> None:
    run_id = make_run(app, 6)
    times = 1_000_000 if step is Step.BANNER else 1
    with Sink({step: Fault(act, times=times)}) as sink:
        pump(app, sink)

    assert tally(app, run_id) == states
    assert max(copies(sink).values(), default=0) <= 1
    assert mismatches(app, run_id) == []


def test_an_unknown_mailbox_fails_alone(app: App) -> None:
    run_id = make_run(app, 4)
    with Sink(refuse={"r2@fenhe.example": "550 5.1.1 no such user"}) as sink:
        pump(app, sink)

    assert tally(app, run_id) == {"accepted": 3, "failed": 1}
    assert "r2@fenhe.example" not in copies(sink)
