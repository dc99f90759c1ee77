"""The sender against a relay that does as it is told: what becomes of each mail."""

import threading
from datetime import timedelta
from email import message_from_bytes

import pytest
from factories import (
    KEY,
    cancel,
    deliveries,
    events,
    finish,
    lease,
    leases_run_out,
    leave,
    make_readers,
    make_run,
    make_sender,
    mismatches,
    pause,
    plan,
    recover,
    resume,
    start,
    tally,
    the_run,
    waits_are_over,
)
from fake_transport import FakeTransport, Mishap, Refuse
from sqlalchemy import update

from distribution import clock, delivery
from distribution.app import App
from distribution.delivery import Envelope, Pumped, Reply
from distribution.links import Use, from_mail
from distribution.models import Delivery, Selection
from distribution.words import Cause, DeliveryState, RunState

S = DeliveryState
LONG = timedelta(minutes=5)


def pump(app: App, relay: FakeTransport, *, connections: int = 4, batch_size: int = 10) -> Pumped:
    return make_sender(app, relay, connections=connections, batch_size=batch_size).pump(LONG)


def test_every_reader_gets_one_mail(app: App) -> None:
    run_id = make_run(app, 25)
    relay = FakeTransport()

    pumped = pump(app, relay)

    assert (pumped.tried, pumped.accepted, pumped.more, pumped.trouble) == (25, 25, False, None)
    assert relay.recipients == dict.fromkeys(deliveries(app, run_id), 1)
    assert tally(app, run_id) == {"accepted": 25}
    assert {event.reply for event in events(app, run_id)} == {"250 2.0.0 queued"}
    assert finish(app) == {run_id: []}
    assert relay.closed == 1


def test_a_mail_names_its_delivery_in_its_return_path_and_message_id(app: App) -> None:
    run_id = make_run(app, 1)
    relay = FakeTransport()
    pump(app, relay)

    [row] = deliveries(app, run_id).values()
    [envelope] = relay.accepted
    token = envelope.sender.removeprefix("b-").partition("@")[0]
    assert app.keyring.verify(Use.MESSAGE, from_mail(token)) == row.id
    message = message_from_bytes(relay.bodies[0])
    assert message["To"] == "r1@fenhe.example"
    assert message["Message-ID"] == envelope.message_id == app.addresses.message_id(row.id)


def test_a_second_attempt_sends_the_same_bytes(app: App) -> None:
    make_run(app, 1)
    relay = FakeTransport({"r1@fenhe.example": [Mishap.LOST]})
    sender = make_sender(app, relay)
    sender.pump(LONG)
    with app.transaction() as session:
        session.execute(update(Delivery).values(state=S.PLANNED))
    make_sender(app, relay).pump(LONG)

    assert len(relay.bodies) == 2
    assert relay.bodies[0] == relay.bodies[1]
    assert relay.accepted[0].message_id == relay.accepted[1].message_id


OUTCOMES = [
    (Refuse(Reply(451, "4.7.1 greylisted")), S.DEFERRED, None),
    (Reply(451, "4.3.0 try later"), S.DEFERRED, None),
    (Refuse(Reply(421, "connection lost")), S.DEFERRED, None),
    (Refuse(Reply(550, "5.1.1 no such user")), S.FAILED, Cause.BAD_ADDRESS),
    (Reply(552, "5.3.4 message too big"), S.FAILED, Cause.SIZE),
    (Mishap.NON_ASCII, S.FAILED, Cause.EAI),
    (Mishap.LOST, S.IN_DOUBT, None),
    (Mishap.DROPPED, S.IN_DOUBT, None),
]


@pytest.mark.parametrize(("happens", "state", "cause"), OUTCOMES)
def test_each_outcome_leads_to_its_state(
    app: App, happens: Reply | Refuse | Mishap, state: DeliveryState, cause: Cause | None
) -> None:
    run_id = make_run(app, 3)
    relay = FakeTransport({"r2@fenhe.example": [happens]})

    pump(app, relay)

    row = deliveries(app, run_id)["r2@fenhe.example"]
    assert (row.state, row.cause, row.attempts) == (state, cause, 1)
    assert tally(app, run_id) == {"accepted": 2, state.value: 1}
    assert mismatches(app, run_id) == []


def test_the_relays_words_are_kept(app: App) -> None:
    run_id = make_run(app, 1)
    pump(app, FakeTransport({"r1@fenhe.example": [Refuse(Reply(550, "5.1.1 no such user"))]}))

    assert [event.reply for event in events(app, run_id)] == ["550 5.1.1 no such user"]


def test_a_temporary_550_of_qq_is_tried_again_after_an_hour(app: App) -> None:
    run_id = make_run(app, ["10001@qq.com"])
    relay = FakeTransport({"10001@qq.com": [Reply(550, "Connection frequency limited")]})
    pump(app, relay)

    row = deliveries(app, run_id)["10001@qq.com"]
    assert (row.state, row.lane) == (S.DEFERRED, "qq")
    assert row.next_attempt_at > clock.now() + timedelta(minutes=45)

    waits_are_over(app)
    pump(app, relay)
    assert tally(app, run_id) == {"accepted": 1}


def test_a_deferred_mail_is_tried_again_when_its_time_has_come(app: App) -> None:
    run_id = make_run(app, 1)
    relay = FakeTransport({"r1@fenhe.example": [Refuse(Reply(451, "later"))] * 2})
    for attempt in (1, 2, 3):
        pump(app, relay)
        assert deliveries(app, run_id)["r1@fenhe.example"].attempts == attempt
        pump(app, relay)  # too early: nothing happens
        waits_are_over(app)

    assert relay.offered == ["r1@fenhe.example"] * 3
    assert tally(app, run_id) == {"accepted": 1}


# -- doubts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mishap", [Mishap.LOST, Mishap.DROPPED])
def test_a_doubt_stays_where_nobody_can_tell(app: App, mishap: Mishap) -> None:
    run_id = make_run(app, 1)
    relay = FakeTransport({"r1@fenhe.example": [mishap]})
    for _ in range(3):
        pump(app, relay)
        leases_run_out(app)

    assert tally(app, run_id) == {"in_doubt": 1}
    assert len(relay.offered) == 1


def test_evidence_settles_doubts_in_the_same_pump(app: App) -> None:
    run_id = make_run(app, 2)
    script = {"r1@fenhe.example": [Mishap.LOST], "r2@fenhe.example": [Mishap.DROPPED]}
    relay = FakeTransport(script, tells=True)

    pump(app, relay)
    assert tally(app, run_id) == {"accepted": 1, "planned": 1}
    pump(app, relay)

    assert relay.recipients == {"r1@fenhe.example": 1, "r2@fenhe.example": 1}
    assert tally(app, run_id) == {"accepted": 2}
    assert mismatches(app, run_id) == []


def test_many_doubts_are_asked_about_page_by_page(app: App) -> None:
    emails = make_readers(app, 7)
    run_id = make_run(app, 0)
    relay = FakeTransport({email: [Mishap.LOST] for email in emails}, tells=True)

    pump(app, relay, batch_size=2)

    assert tally(app, run_id) == {"accepted": 7}


# -- trouble -----------------------------------------------------------------------------------


def test_a_relay_that_is_down_costs_no_attempt(app: App) -> None:
    run_id = make_run(app, 5)
    relay = FakeTransport({f"r{n}@fenhe.example": [Mishap.UNAVAILABLE] for n in range(1, 6)})

    pumped = pump(app, relay)

    assert (str(pumped.trouble), pumped.accepted) == ("中继不应答", 0)
    assert tally(app, run_id) == {"planned": 5}
    assert {row.attempts for row in deliveries(app, run_id).values()} == {0}
    assert events(app, run_id) == []


def test_trouble_is_told_when_it_lasts_and_forgotten_when_it_is_over(app: App) -> None:
    make_run(app, 1)
    relay = FakeTransport({"r1@fenhe.example": [Mishap.UNAVAILABLE] * 3})
    sender = make_sender(app, relay)
    told = []
    for _ in range(4):
        with app.transaction() as session:
            session.execute(update(Delivery).values(next_attempt_at=clock.now()))
        sender.pump(LONG)
        told.append(sender.trouble is not None)

    assert told == [False, False, True, False]


def test_trouble_that_waiting_cannot_mend_is_told_at_once(app: App) -> None:
    make_run(app, 1)
    sender = make_sender(app, FakeTransport({"r1@fenhe.example": [Mishap.WRONG_SETTINGS]}))
    sender.pump(LONG)

    assert str(sender.trouble) == "中继不认识我们"


def test_one_mail_that_cannot_be_made_is_held_and_the_others_go(app: App) -> None:
    run_id = make_run(app, 5)
    with app.transaction() as session:
        broken = update(Delivery).where(Delivery.recipient == "r2@fenhe.example")
        session.execute(broken.values(recipient="r2@fenhe.example\r\nBcc: all"))

    pump(app, FakeTransport())

    assert tally(app, run_id) == {"accepted": 4, "held": 1}
    [event] = [event for event in events(app, run_id) if event.state is S.HELD]
    assert event.cause is Cause.POISON
    assert event.reply


def test_a_selection_that_cannot_be_read_keeps_no_other_mail_back(app: App) -> None:
    run_id = make_run(app, 3)
    with app.transaction() as session:
        copy = session.get_one(Selection, deliveries(app, run_id)["r1@fenhe.example"].selection_id)
        broken = Selection(
            run_id=run_id, signature="0" * 64, interests=copy.interests, choices=[[1, "whim", ""]]
        )
        session.add(broken)
        session.flush()
        one = update(Delivery).where(Delivery.recipient == "r1@fenhe.example")
        session.execute(one.values(selection_id=broken.id))

    pump(app, FakeTransport())

    assert tally(app, run_id) == {"accepted": 2, "held": 1}


def test_a_defect_is_raised_after_the_others_have_finished_their_mails(app: App) -> None:
    run_id = make_run(app, 8)
    relay = FakeTransport({"r1@fenhe.example": [Mishap.DEFECT]})

    with pytest.raises(ZeroDivisionError):
        pump(app, relay)

    assert "handed" not in tally(app, run_id)
    assert tally(app, run_id)["leased"] == 1  # the one it happened to; its lease will end
    assert len(relay.accepted) == tally(app, run_id).get("accepted", 0)
    assert relay.closed == 1


# -- meanwhile ---------------------------------------------------------------------------------


def test_who_leaves_between_lease_and_hand_over_gets_nothing(app: App) -> None:
    run_id = make_run(app, 3)

    def leave_now(envelope: Envelope) -> None:
        if envelope.recipient == "r2@fenhe.example":
            leave(app, envelope.recipient)

    relay = FakeTransport(at_begin=leave_now)
    pump(app, relay)

    assert relay.abandoned == ["r2@fenhe.example"]
    assert relay.recipients == {"r1@fenhe.example": 1, "r3@fenhe.example": 1}
    assert deliveries(app, run_id)["r2@fenhe.example"].cause is Cause.LEFT


@pytest.mark.parametrize("how", [pause, cancel])
def test_a_run_stopped_while_it_is_sent_hands_nothing_more_over(app: App, how: object) -> None:
    run_id = make_run(app, 20)

    def stop_now(_envelope: Envelope) -> None:
        if len(relay.offered) == 5:
            how(app, run_id)  # type: ignore[operator]

    relay = FakeTransport(at_begin=stop_now)
    pump(app, relay, connections=1)

    assert len(relay.accepted) == 4
    assert "leased" not in tally(app, run_id)
    if how is pause:
        resume(app, run_id)
    else:
        run_id = plan(app, KEY)
        start(app, run_id)
    pump(app, relay)
    assert set(relay.recipients.values()) == {1}
    assert len(relay.recipients) == 20


def test_a_mail_refused_after_the_run_was_cancelled_is_not_tried_again(app: App) -> None:
    run_id = make_run(app, 1)
    relay = FakeTransport(
        {"r1@fenhe.example": [Reply(451, "later")]}, at_finish=lambda _: cancel(app, run_id)
    )
    pump(app, relay)

    assert tally(app, run_id) == {"cancelled": 1}
    assert mismatches(app, run_id) == []


def test_a_lease_lost_before_the_hand_over_sends_nothing(app: App) -> None:
    run_id = make_run(app, 1)

    def lose_it(_envelope: Envelope) -> None:
        if len(relay.offered) == 1:
            leases_run_out(app)
            recover(app)
            lease(app, token="worker-b:1")

    relay = FakeTransport(at_begin=lose_it)
    pump(app, relay)

    assert relay.abandoned == ["r1@fenhe.example"]
    assert relay.accepted == []
    assert tally(app, run_id) == {"leased": 1}


def test_a_run_that_expires_while_it_is_sent_is_closed(app: App) -> None:
    run_id = make_run(app, 2)
    relay = FakeTransport({"r1@fenhe.example": [Reply(451, "later")]})
    pump(app, relay)
    with app.transaction() as session:
        delivery.find_run(session, run_id).expires_at = clock.now()
    pump(app, relay)

    assert tally(app, run_id) == {"accepted": 1, "expired": 1}
    assert finish(app) == {run_id: []}


# -- one process -------------------------------------------------------------------------------


def test_connections_send_side_by_side(app: App) -> None:
    make_run(app, 6)
    relay = FakeTransport(together=threading.Barrier(3))
    pump(app, relay, connections=3)

    assert relay.most_at_once == 3


def test_a_second_pump_in_the_same_process_returns_at_once(app: App) -> None:
    run_id = make_run(app, 3)
    second: list[Pumped] = []
    relay = FakeTransport(at_begin=lambda _: second.append(sender.pump(LONG)))
    sender = make_sender(app, relay)

    sender.pump(LONG)

    assert second == [Pumped()] * 3
    assert tally(app, run_id) == {"accepted": 3}


def test_a_stopped_sender_finishes_the_mails_in_hand_and_gives_back_the_rest(app: App) -> None:
    run_id = make_run(app, 10)
    relay = FakeTransport(at_finish=lambda _: sender.stop())
    sender = make_sender(app, relay, connections=1)

    pumped = sender.pump(LONG)

    assert (pumped.accepted, pumped.more, sender.stopping) == (1, True, True)
    assert tally(app, run_id) == {"accepted": 1, "planned": 9}
    assert sum(row.attempts for row in deliveries(app, run_id).values()) == 1


def test_time_that_is_over_leaves_the_rest_for_the_next_pump(app: App) -> None:
    run_id = make_run(app, 3)
    pumped = make_sender(app, FakeTransport()).pump(timedelta(0))

    assert (pumped.tried, pumped.more) == (0, True)
    assert tally(app, run_id) == {"planned": 3}


def test_suspects_are_sent_with_nothing_beside_them(app: App) -> None:
    run_id = make_run(app, 12)
    lease(app, 4)
    leases_run_out(app)
    recover(app)
    beside: dict[str, list[str]] = {}

    def look(envelope: Envelope) -> None:
        rows = deliveries(app, run_id).values()
        mine = next(row for row in rows if row.recipient == envelope.recipient)
        if mine.crashes:
            under_way = [row.recipient for row in rows if row.state in (S.LEASED, S.HANDED)]
            beside[envelope.recipient] = under_way

    pump(app, FakeTransport(at_begin=look))

    assert beside == {
        f"r{number}@fenhe.example": [f"r{number}@fenhe.example"] for number in range(1, 5)
    }
    assert tally(app, run_id) == {"accepted": 12}


def test_two_senders_at_once_send_nothing_twice(app: App) -> None:
    run_id = make_run(app, 40)
    relays = [FakeTransport(), FakeTransport()]
    workers = [
        threading.Thread(target=pump, args=(app, relay), kwargs={"batch_size": 3})
        for relay in relays
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sum((relay.recipients for relay in relays), start=type(relays[0].recipients)()) == (
        dict.fromkeys(deliveries(app, run_id), 1)
    )
    assert tally(app, run_id) == {"accepted": 40}
    assert mismatches(app, run_id) == []


def test_an_interrupted_run_is_finished_by_the_next_process(app: App) -> None:
    run_id = make_run(app, 6)
    lease(app, 2, "dead:1")
    leases_run_out(app)

    relay = FakeTransport()
    pump(app, relay)
    finish(app)

    assert set(relay.recipients.values()) == {1}
    assert the_run(app, run_id).state is RunState.FINISHED
