"""Doubts settled by the log of the relay: by proof only."""

from datetime import timedelta

import pytest
from factories import (
    LONG_AGO,
    deliveries,
    events,
    finish,
    leave,
    mismatches,
    pause,
    run_state,
    settle,
    tally,
)
from followed_relay import QUARANTINE, Post, died, handed, in_doubt
from postfix_lines import active, alive, begun, line, taken
from sqlalchemy import select, update

from distribution import delivery
from distribution.app import App
from distribution.delivery import ledger
from distribution.delivery.ledger import Result
from distribution.delivery.store.times import present
from distribution.models import Delivery, RelayLog, RelayLogEntry
from distribution.words import Awaited, DeliveryState, RunState
from workers.following import Follower

S = DeliveryState


def test_a_mail_in_the_log_was_accepted_and_its_queue_id_is_kept(post: Post) -> None:
    row = in_doubt(post)
    post.write(taken("4XyZ1", post.message_id(row)))
    post.look()

    assert post.state(row) is S.ACCEPTED
    last = events(post.app, row.run_id)[-1]
    assert (last.state, last.reply, last.by) == (S.ACCEPTED, "relay log: 4XyZ1", "relay log")
    kept = deliveries(post.app, row.run_id)[row.recipient]
    assert kept.accepted_at == kept.handed_at
    assert finish(post.app) == {row.run_id: []}


def test_a_mail_may_be_in_the_log_before_it_is_in_doubt(post: Post) -> None:
    good, lost = handed(post)
    post.write(taken("4XyZ0", post.message_id(good)), taken("4XyZ1", post.message_id(lost)))
    post.look()
    assert post.state(lost) is S.HANDED
    with post.app.reading() as session:
        assert session.scalars(select(RelayLogEntry.delivery_id)).all() == [lost.delivery_id]

    died(post, lost)
    post.look()
    assert post.state(lost) is S.ACCEPTED


def test_a_mail_that_is_not_in_the_log_is_sent_once_more_after_quarantine(post: Post) -> None:
    row = in_doubt(post)
    post.look()
    assert (post.state(row), post.awaits(row)) == (S.IN_DOUBT, Awaited.QUARANTINE)

    post.quarantine_passes()

    assert post.state(row) is S.PLANNED
    last = events(post.app, row.run_id)[-1]
    assert (last.state, last.reply, last.by) == (S.PLANNED, "relay log: not there", "relay log")
    assert post.app.sender.pump(timedelta(seconds=30)).accepted == 1
    assert [mail.message_id for mail in post.sink.accepted] == [post.message_id(row)]
    assert mismatches(post.app, row.run_id) == []


def test_a_finished_run_goes_on_with_it_and_a_paused_one_stays_paused(post: Post) -> None:
    row = in_doubt(post)
    finish(post.app)
    assert run_state(post.app, row.run_id) is RunState.FINISHED
    post.look()
    post.quarantine_passes()

    assert run_state(post.app, row.run_id) is RunState.SENDING
    assert post.state(row) is S.PLANNED
    pause(post.app, row.run_id)
    post.look()
    assert run_state(post.app, row.run_id) is RunState.PAUSED


def test_nobody_who_has_left_meanwhile_is_sent_to(post: Post) -> None:
    row = in_doubt(post)
    leave(post.app, row.recipient)
    post.look()
    post.quarantine_passes()
    post.app.sender.pump(timedelta(seconds=30))

    assert post.state(row) is S.SKIPPED
    assert post.sink.accepted == []


def test_a_log_that_says_nothing_more_is_asked_to_show_that_it_is_alive(post: Post) -> None:
    row = in_doubt(post)
    post.look()
    post.passes(QUARANTINE)
    post.look()
    assert (post.state(row), post.awaits(row)) == (S.IN_DOUBT, Awaited.LIFE)
    assert [command[:4] for command in post.sink.commands] == ["EHLO", "QUIT"]

    post.look()
    assert len(post.sink.commands) == 2  # not again at each tick
    post.write(alive())
    post.look()
    assert post.state(row) is S.PLANNED


def test_lines_from_before_the_last_look_do_not_show_that_it_is_alive(post: Post) -> None:
    row = in_doubt(post)
    post.write(alive())
    post.passes(QUARANTINE)  # nobody looked meanwhile: when they were written is not known
    post.look()

    assert (post.state(row), post.awaits(row)) == (S.IN_DOUBT, Awaited.LIFE)


def test_a_log_without_any_mail_of_ours_may_be_the_wrong_one(post: Post) -> None:
    _, row = handed(post)
    died(post, row)
    post.write(taken("4XyZ1", "<foreign@example.com>"))
    post.look()
    post.quarantine_passes()

    assert (post.state(row), post.awaits(row)) == (S.IN_DOUBT, Awaited.NOT_OURS)


def test_a_message_that_was_begun_waits_for_its_end_however_long_it_takes(post: Post) -> None:
    row = in_doubt(post)
    post.write(begun("4XyZ1", post.message_id(row)))
    post.look()
    post.quarantine_passes()
    assert (post.state(row), post.awaits(row)) == (S.IN_DOUBT, Awaited.BEGUN)

    post.write(active("4XyZ1"))
    post.look()
    assert post.state(row) is S.ACCEPTED


def test_a_message_broken_off_was_not_taken(post: Post) -> None:
    row = in_doubt(post)
    broken = line("smtpd", "lost connection after DATA content (99 bytes) from app.test[192.0.2.1]")
    post.write(begun("4XyZ1", post.message_id(row)), broken)
    post.look()
    post.quarantine_passes()

    assert post.state(row) is S.PLANNED


@pytest.mark.parametrize("relay", [None, "other"])
def test_the_log_of_another_relay_proves_nothing_missing(post: Post, relay: str | None) -> None:
    row = in_doubt(post)
    with post.app.transaction() as session:
        session.execute(update(Delivery).values(relay=relay))
    post.look()
    post.quarantine_passes()

    assert (post.state(row), post.awaits(row)) == (S.IN_DOUBT, Awaited.LOG)


@pytest.mark.parametrize(
    ("stopped", "state", "awaited"),
    [
        (timedelta(0), S.IN_DOUBT, Awaited.LIFE),
        (timedelta(days=1), S.PLANNED, None),  # it has been followed no more since then
    ],
)
def test_what_another_host_follows_as_the_same_relay_may_be_another_one(
    post: Post, stopped: timedelta, state: DeliveryState, awaited: Awaited | None
) -> None:
    row, known = in_doubt(post), post.row
    words = {"path": known.path, "relay": known.relay, "place": {}, "begun": {}, "gap": ""}
    with post.app.transaction() as session:
        died_at = present(session) - stopped
        times = {"continuous_since": LONG_AGO, "read_at": died_at, "ours_at": died_at}
        session.add(RelayLog(host="the-one-that-died", **words, **times))
    post.look()
    post.quarantine_passes()

    assert (post.state(row), post.awaits(row)) == (state, awaited)


def test_a_late_reply_of_the_worker_stands_against_the_log(post: Post) -> None:
    row = in_doubt(post)
    post.look()
    assert settle(post.app, row, S.ACCEPTED)
    post.quarantine_passes()

    assert post.state(row) is S.ACCEPTED


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_a_doubt_its_worker_is_just_settling_is_passed_over(post: Post) -> None:
    row = in_doubt(post)
    post.write(taken("4XyZ1", post.message_id(row)))
    with post.app.transaction() as session:
        late = Result(row.delivery_id, row.token, S.ACCEPTED)
        assert ledger.settle(session, [late], by="worker")
        post.look()  # would wait for ever
        assert post.state(row) is S.IN_DOUBT

    assert [event.by for event in events(post.app, row.run_id)][-1] == "worker"


def test_two_who_follow_the_same_log_read_it_once(post: Post) -> None:
    row = in_doubt(post)
    with post.app.reading() as session:
        log = session.scalars(select(RelayLog)).one()
        before = delivery.LogStanding(log.id, log.place, log.begun, log.read_at, log.read_at)
    post.write(taken("4XyZ1", post.message_id(row)))
    post.look()
    news = delivery.News({"inode": 1, "offset": 9, "tail": ""}, {}, {}, True, True, "", True)
    with post.app.transaction() as session:
        assert not delivery.note_news(session, before, news)

    assert post.row.place != news.place
    assert tally(post.app, row.run_id) == {"accepted": 2}


def test_nothing_is_followed_where_mail_goes_into_a_folder(app: App) -> None:
    Follower().look(app)
    with app.reading() as session:
        assert delivery.relay_logs(session) == []
