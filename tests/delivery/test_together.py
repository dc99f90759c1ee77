"""A whole commit in one statement does what the ledger's verbs do one by one."""

from collections.abc import Iterator

import pytest
from factories import (
    TERMS,
    deliveries,
    events,
    hand,
    lease,
    make_run,
    pause,
    suppress,
    tally,
)

from distribution.app import App
from distribution.delivery import ledger
from distribution.statements import DirectLine, kept
from distribution.words import Cause, DeliveryState


@pytest.fixture
def line(app: App) -> Iterator[DirectLine]:
    with kept(app.engine) as line:
        if not isinstance(line, DirectLine):
            pytest.skip("SQLite takes a statement for each")
        yield line


def test_results_and_intents_of_one_commit_are_all_recorded(app: App, line: DirectLine) -> None:
    run_id = make_run(app, 4)
    first, second, third, fourth = lease(app)
    hand(app, first, second)

    moved = ledger.record_together(
        line,
        {(first.delivery_id, first.token): "250 ok 1", (second.delivery_id, "stale"): "250 ok 2"},
        [
            (third.delivery_id, third.token, "a" * 64, "main"),
            (fourth.delivery_id, "stale", "b" * 64, "main"),
        ],
        TERMS,
        "worker-a",
    )

    assert moved == {first.delivery_id, third.delivery_id}
    assert tally(app, run_id) == {"accepted": 1, "handed": 2, "leased": 1}
    rows = {row.id: row for row in deliveries(app, run_id).values()}
    assert rows[first.delivery_id].accepted_at is not None
    handed = rows[third.delivery_id]
    assert (handed.message_sha256, handed.relay) == ("a" * 64, "main")
    (event,) = events(app, run_id)
    told = (event.delivery_id, event.state, event.cause, event.reply, event.by)
    assert told == (first.delivery_id, DeliveryState.ACCEPTED, None, "250 ok 1", "worker-a")


def test_the_guard_holds_for_readers_and_runs(app: App, line: DirectLine) -> None:
    run_id = make_run(app, 2)
    first, second = lease(app)
    suppress(app, first.recipient)
    intents = [(row.delivery_id, row.token, "a" * 64, "main") for row in (first, second)]

    assert ledger.record_together(line, {}, intents, TERMS, "worker-a") == {second.delivery_id}
    assert tally(app, run_id) == {"skipped": 1, "handed": 1}
    assert deliveries(app, run_id)[first.recipient].cause is Cause.SUPPRESSED


def test_a_run_that_was_paused_hands_nothing_over(app: App, line: DirectLine) -> None:
    run_id = make_run(app, 1)
    (row,) = lease(app)
    pause(app, run_id)
    intent = (row.delivery_id, row.token, "a" * 64, "main")

    assert ledger.record_together(line, {}, [intent], TERMS, "worker-a") == set()
    assert tally(app, run_id) == {"planned": 1}
