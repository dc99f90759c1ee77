"""A mail met again: found by its delivery or address, its doubt settled, its page rebuilt."""

from datetime import timedelta
from html import unescape

import pytest
from factories import (
    deliveries,
    events,
    hand,
    lease,
    leases_run_out,
    make_run,
    mismatches,
    recover,
    settle,
    tally,
)
from runs import SEPTEMBER

from distribution import delivery
from distribution.app import App
from distribution.models import ReadingEvent
from distribution.words import DeliveryState, Signal, Verdict


def doubtful_and_accepted(app: App) -> tuple[int, int, int]:
    """A run with one mail in doubt and one accepted; gives the run and both deliveries."""
    run_id = make_run(app, 2)
    doubtful, accepted = lease(app)
    hand(app, doubtful, accepted)
    settle(app, accepted, DeliveryState.ACCEPTED)
    leases_run_out(app, doubtful.delivery_id)
    recover(app)
    assert tally(app, run_id) == {"in_doubt": 1, "accepted": 1}
    return run_id, doubtful.delivery_id, accepted.delivery_id


def test_a_mail_in_doubt_that_is_seen_again_was_accepted(app: App) -> None:
    run_id, doubtful, accepted = doubtful_and_accepted(app)

    with app.transaction() as session:
        proven = delivery.prove_accepted(session, [doubtful, accepted, 999], by="bounce")

    assert proven == {doubtful}
    assert tally(app, run_id) == {"accepted": 2}
    assert [event.by for event in events(app, run_id)][-1] == "bounce"
    assert mismatches(app, run_id) == []


def test_a_mail_that_was_clicked_before_its_doubt_is_none(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    with app.transaction() as session:
        session.add(
            ReadingEvent(
                signal=Signal.CLICK,
                run_id=run_id,
                delivery_id=row.delivery_id,
                at=SEPTEMBER,
                verdict=Verdict.HUMAN,
                rule="test",
            )
        )
    leases_run_out(app, row.delivery_id)
    recover(app)

    assert tally(app, run_id) == {"accepted": 1}
    assert [event.state for event in events(app, run_id)] == [
        DeliveryState.IN_DOUBT,
        DeliveryState.ACCEPTED,
    ]
    assert mismatches(app, run_id) == []


def test_a_settled_doubt_was_accepted_when_it_was_handed_over(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    leases_run_out(app, row.delivery_id)
    recover(app)
    settle(app, row, DeliveryState.ACCEPTED)

    [settled] = deliveries(app, run_id).values()
    assert settled.accepted_at == settled.handed_at


def test_a_result_that_comes_after_the_proof_changes_nothing(app: App) -> None:
    run_id = make_run(app, 1)
    [row] = lease(app)
    hand(app, row)
    leases_run_out(app, row.delivery_id)
    recover(app)
    with app.transaction() as session:
        delivery.prove_accepted(session, [row.delivery_id], by="click")

    assert not settle(app, row, DeliveryState.DEFERRED)
    assert tally(app, run_id) == {"accepted": 1}


def test_a_delivery_is_found_with_its_issue_and_reader(app: App) -> None:
    run_id, _, accepted = doubtful_and_accepted(app)

    with app.reading() as session:
        found = delivery.find_sent(session, [accepted, 999])

    [row] = [row for row in deliveries(app, run_id).values() if row.id == accepted]
    assert set(found) == {accepted}
    assert found[accepted].run_id == run_id
    assert found[accepted].recipient == row.recipient
    assert found[accepted].accepted_at is not None


def test_an_address_leads_to_its_newest_accepted_mail_only(app: App) -> None:
    run_id, doubtful, accepted = doubtful_and_accepted(app)
    by_id = {row.id: row for row in deliveries(app, run_id).values()}
    long_ago, just_now = SEPTEMBER - timedelta(days=9_000), SEPTEMBER + timedelta(days=9_000)

    with app.reading() as session:
        newest = delivery.latest_accepted(session, by_id[accepted].address_hash, long_ago)
        too_old = delivery.latest_accepted(session, by_id[accepted].address_hash, just_now)
        never = delivery.latest_accepted(session, by_id[doubtful].address_hash, long_ago)

    assert (newest, too_old, never) == (accepted, None, None)


def test_a_mails_page_leads_on_without_being_counted(app: App) -> None:
    run_id, _, accepted = doubtful_and_accepted(app)
    press = delivery.Press(app.addresses)
    with app.reading() as session:
        sent = delivery.find_sent(session, [accepted])[accepted]
        press.load(session, {run_id}, {sent.selection_id})
    page = unescape(press.page(accepted, run_id, sent.selection_id).html)

    assert app.addresses.run_read(run_id) + "/1" in page  # an address that may be handed on
    assert app.addresses.unsubscribe(accepted) in page
    for counted in ("/c/", "/o/"):
        assert counted not in page
    with pytest.raises(LookupError):
        press.page(accepted, run_id, 999)
