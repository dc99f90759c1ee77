"""Refused mails: counted by what they were refused for, and tried again where it may help."""

from collections.abc import Callable

import pytest
from factories import (
    cancel,
    deliveries,
    events,
    finish,
    lease,
    leases_run_out,
    leave,
    make_run,
    mismatches,
    pause,
    recover,
    run_state,
    settle,
    slots,
    suppress,
    tally,
    the_run,
    time_is_up,
    waits_are_over,
)

from distribution import delivery
from distribution.app import App
from distribution.delivery import Retried
from distribution.delivery.ledger import POISON_AT
from distribution.replies import judge
from distribution.words import Cause, DeliveryState, Meaning, RunState

S = DeliveryState
TOO_LARGE = "552 5.3.4 message size exceeds fixed limit"


def refused(app: App) -> int:
    """A run of which three were refused for policy, one is too large, one is still to go."""
    run_id = make_run(app, 5)
    rows = lease(app, 4)
    for row in rows[:3]:
        settle(app, row, S.FAILED, cause=Cause.POLICY, reply="554 5.7.1 not wanted here")
    settle(app, rows[3], S.FAILED, cause=Cause.SIZE, reply=TOO_LARGE)
    return run_id


def finished(app: App) -> int:
    """As `refused`, with nothing left to go."""
    run_id = refused(app)
    [row] = lease(app)
    settle(app, row, S.FAILED, cause=Cause.EAI)
    assert finish(app) == {run_id: []}
    return run_id


def die_of_it(app: App) -> None:
    """Lease the only mail, and leave it."""
    assert len(lease(app)) == 1
    leases_run_out(app)
    recover(app)


def retry(app: App, run_id: int, kind: str, *, dry_run: bool = False) -> Retried:
    codes = delivery.codes_of(kind)
    with app.transaction() as session:
        return delivery.retry(session, run_id, codes, by="admin", dry_run=dry_run)


def test_refused_mails_are_counted_with_examples_and_the_relays_words(app: App) -> None:
    run_id = refused(app)
    with app.reading() as session:
        policy, size = delivery.failures(session, run_id)

    assert (policy.kind, policy.cause, policy.count) == (Cause.POLICY, Cause.POLICY, 3)
    assert [one.recipient for one in policy.examples] == [f"r{n}@fenhe.example" for n in (1, 2, 3)]
    assert {one.words for one in policy.examples} == {"554 5.7.1 not wanted here"}
    assert (size.count, [one.words for one in size.examples]) == (1, [TOO_LARGE])


def test_a_kind_is_planned_again_in_its_slots_and_nothing_else_is(app: App) -> None:
    run_id = refused(app)

    assert retry(app, run_id, "对方策略拒收") == Retried(3, {})

    assert tally(app, run_id) == {"planned": 4, "failed": 1}
    assert slots(app) == 5
    again = [event for event in events(app, run_id) if event.state is S.PLANNED]
    assert [event.by for event in again] == ["admin"] * 3
    assert {row.cause for row in deliveries(app, run_id).values()} == {None, Cause.SIZE}
    assert mismatches(app, run_id) == []
    assert len(lease(app)) == 4


def test_a_second_retry_finds_nothing(app: App) -> None:
    run_id = refused(app)
    retry(app, run_id, "policy")
    before = len(events(app, run_id))

    assert retry(app, run_id, "policy") == Retried(0, {})
    assert len(events(app, run_id)) == before


def test_a_trial_counts_and_changes_nothing(app: App) -> None:
    run_id = finished(app)

    assert retry(app, run_id, "policy", dry_run=True) == Retried(3, {})
    assert tally(app, run_id) == {"failed": 5}
    assert run_state(app, run_id) is RunState.FINISHED


def test_what_the_relay_meant_names_the_kind_before_the_cause(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    full = judge(552, "5.2.2 mailbox full", row.lane)
    settle(app, row, S.FAILED, cause=Cause.UNKNOWN, judgement=full)

    assert deliveries(app, run_id)[row.recipient].meaning is Meaning.MAILBOX_FULL
    assert retry(app, run_id, "unknown") == Retried(0, {})
    assert retry(app, run_id, "邮箱已满") == Retried(1, {})


def test_one_label_may_be_a_meaning_and_a_cause(app: App) -> None:
    run_id = refused(app)

    assert Meaning.TOO_LARGE.label == Cause.SIZE.label
    assert retry(app, run_id, Cause.SIZE.label) == Retried(1, {})


def test_a_mail_that_was_held_goes_again_at_a_persons_word_also_after_the_end(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    settle(app, row, S.DEFERRED, judgement=judge(451, "4.2.2 mailbox full", row.lane))
    waits_are_over(app)
    for _ in range(POISON_AT):
        die_of_it(app)
    assert finish(app) == {run_id: []}
    with app.reading() as session:
        [held] = delivery.failures(session, run_id)
    assert (held.kind, held.meaning, held.count) == (Cause.POISON, None, 1)

    assert retry(app, run_id, Cause.POISON.label) == Retried(1, {})

    assert run_state(app, run_id) is RunState.SENDING
    for _ in range(POISON_AT - 1):
        die_of_it(app)
    assert tally(app, run_id) == {"planned": 1}
    assert mismatches(app, run_id) == []


def test_nobody_who_left_or_is_out_of_use_is_tried_again(app: App) -> None:
    run_id = refused(app)
    leave(app, "r1@fenhe.example")
    suppress(app, "r2@fenhe.example")

    for dry_run in (True, False):
        done = retry(app, run_id, "policy", dry_run=dry_run)
        assert done == Retried(1, {Cause.LEFT: 1, Cause.SUPPRESSED: 1})
    assert deliveries(app, run_id)["r1@fenhe.example"].state is S.FAILED
    assert deliveries(app, run_id)["r2@fenhe.example"].state is S.FAILED


def test_a_finished_run_goes_on_and_finishes_again(app: App) -> None:
    run_id = finished(app)

    retry(app, run_id, "policy")

    run = the_run(app, run_id)
    assert (run.state, run.finished_at) == (RunState.SENDING, None)
    for row in lease(app):
        settle(app, row, S.FAILED, cause=Cause.POLICY)
    assert finish(app) == {run_id: []}


def test_a_finished_run_stays_finished_where_nothing_is_tried_again(app: App) -> None:
    run_id = finished(app)

    assert retry(app, run_id, "content") == Retried(0, {})
    assert run_state(app, run_id) is RunState.FINISHED


def test_a_paused_run_stays_paused(app: App) -> None:
    run_id = refused(app)
    pause(app, run_id)

    assert retry(app, run_id, "policy").planned == 3
    assert run_state(app, run_id) is RunState.PAUSED
    assert lease(app) == []


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(("end", "why"), [(cancel, "已取消"), (time_is_up, "已过投递期限")])
def test_nothing_is_tried_again_of_a_run_that_is_over(
    app: App, end: Callable[[App, int], None], why: str, *, dry_run: bool
) -> None:
    run_id = refused(app)
    end(app, run_id)
    before = tally(app, run_id)

    with pytest.raises(delivery.RunOver, match=why):
        retry(app, run_id, "policy", dry_run=dry_run)
    assert tally(app, run_id) == before


def test_a_kind_too_large_for_one_statement_is_tried_again_whole(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.delivery.store.again.CHUNK", 2)
    run_id = refused(app)
    leave(app, "r1@fenhe.example")

    assert retry(app, run_id, "policy") == Retried(2, {Cause.LEFT: 1})
