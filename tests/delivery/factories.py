"""Issues, readers and runs for the tests of delivery; each says only what matters to its test."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import runs
from once import once
from runs import SEPTEMBER, add_reader, make_issue
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from distribution import audience, delivery
from distribution.app import App
from distribution.delivery import Transport, ledger
from distribution.delivery.ledger import Leased, Result, Terms
from distribution.models import (
    Delivery,
    DeliveryEvent,
    Lane,
    Run,
    Selection,
    Slot,
    Subscriber,
    Suppression,
)
from distribution.words import Decision, DeliveryState, RunState, SuppressionReason

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=3650)
TERMS = Terms(lease=timedelta(minutes=5), handed=timedelta(minutes=11))
KEY = "2026-09"


def make_subscriber(app: App, email: str, *, consent: str = "会员协议", **wishes: object) -> int:
    """A reader who agreed to be mailed, unless `consent` is empty; gives his id."""
    with app.transaction() as session:
        return add_reader(session, app, email, SEPTEMBER, consent=consent, **wishes).id


def make_readers(app: App, count: int, domain: str = "fenhe.example") -> list[str]:
    """So many readers; gives their addresses."""
    emails = [f"r{number}@{domain}" for number in range(1, count + 1)]
    for email in emails:
        make_subscriber(app, email)
    return emails


def plan(app: App, key: str = KEY) -> int:
    return runs.plan(app, key, SEPTEMBER)


def start(app: App, run_id: int, *, expiry: timedelta = YEARS) -> None:
    runs.start(app, run_id, SEPTEMBER, expiry)


def make_run(app: App, readers: int | Sequence[str] = 3) -> int:
    """A run of a new issue that is being sent to new readers."""
    return once(app, f"run {readers}", lambda: make_run_anew(app, readers))


def make_run_anew(app: App, readers: int | Sequence[str]) -> int:
    """The same, for a test of how long it has been under way."""
    if isinstance(readers, int):
        make_readers(app, readers)
    else:
        for email in readers:
            make_subscriber(app, email)
    run_id = plan(app, make_issue(app))
    start(app, run_id)
    return run_id


def make_sender(
    app: App,
    transport: Transport | Callable[[], Transport],
    *,
    connections: int = 4,
    batch_size: int = 10,
) -> delivery.Sender:
    return delivery.Sender(
        transaction=app.transaction,
        open_transport=transport if callable(transport) else lambda: transport,
        press=delivery.Press(app.addresses),
        addresses=app.addresses,
        pace=delivery.Pace(connections, batch_size, TERMS),
    )


def same_selection(session: Session, selection_id: int, run_id: int) -> int:
    """The same articles for a reader of another run."""
    known = session.get_one(Selection, selection_id)
    facts = {column.key: getattr(known, column.key) for column in Selection.__table__.columns}
    selection = Selection(**facts | {"id": None, "run_id": run_id})
    session.add(selection)
    session.flush()
    return selection.id


# -- what the ledger says ----------------------------------------------------------------------


def deliveries(app: App, run_id: int) -> dict[str, Delivery]:
    """The rows of a run by recipient."""
    with app.reading() as session:
        rows = session.scalars(select(Delivery).where(Delivery.run_id == run_id)).all()
        session.expunge_all()
    return {row.recipient: row for row in rows}


def tally(app: App, run_id: int) -> dict[str, int]:
    """How many rows of a run are in which state."""
    return dict(Counter(row.state.value for row in deliveries(app, run_id).values()))


def the_run(app: App, run_id: int) -> Run:
    with app.reading() as session:
        run = delivery.find_run(session, run_id)
        session.expunge_all()
    return run


def events(app: App, run_id: int) -> list[DeliveryEvent]:
    """All events of a run's deliveries, in their order."""
    with app.reading() as session:
        query = (
            select(DeliveryEvent)
            .join(Delivery, Delivery.id == DeliveryEvent.delivery_id)
            .where(Delivery.run_id == run_id)
            .order_by(DeliveryEvent.id)
        )
        rows = list(session.scalars(query))
        session.expunge_all()
    return rows


def slots(app: App) -> int:
    with app.reading() as session:
        return len(session.scalars(select(Slot.subscriber_id)).all())


def mismatches(app: App, run_id: int) -> list[str]:
    with app.reading() as session:
        return delivery.verify(session, run_id)


# -- what happens ------------------------------------------------------------------------------


def lease(
    app: App,
    limit: int = 50,
    token: str = "worker-a:1",  # noqa: S107 - a name, no secret
) -> list[Leased]:
    with app.transaction() as session:
        return ledger.lease(session, limit, token, TERMS) or []


def hand(app: App, *rows: Leased) -> set[int]:
    with app.transaction() as session:
        return ledger.hand_over(session, [(row.delivery_id, row.token) for row in rows], TERMS)


def settle(app: App, row: Leased, state: DeliveryState, **more: object) -> bool:
    """Whether the result was taken."""
    result = Result(row.delivery_id, row.token, state, **more)  # type: ignore[arg-type]
    with app.transaction() as session:
        return bool(ledger.settle(session, [result], by="test"))


def recover(app: App, dead_worker: str | None = None) -> None:
    with app.transaction() as session:
        ledger.recover(session, dead_worker=dead_worker)


def cancel(app: App, run_id: int) -> None:
    with app.transaction() as session:
        delivery.cancel(session, run_id, by="test", at=SEPTEMBER)


def pause(app: App, run_id: int) -> None:
    with app.transaction() as session:
        delivery.pause(session, run_id, by="test")


def resume(app: App, run_id: int) -> None:
    with app.transaction() as session:
        delivery.resume(session, run_id)


def finish(app: App) -> dict[int, list[str]]:
    with app.transaction() as session:
        return delivery.finish_drained(session, app.keyring, SEPTEMBER)


def leave(app: App, email: str) -> None:
    """The reader withdraws his consent."""
    with app.transaction() as session:
        row = audience.find_subscriber(session, email)
        left = audience.Statement(Decision.WITHDRAWN, "退订", channel="web")
        audience.record_consent(session, row.id, left, by="reader", at=SEPTEMBER)


def suppress(app: App, email: str) -> None:
    with app.transaction() as session:
        row = audience.find_subscriber(session, email)
        session.add(
            Suppression(
                address_hash=row.address_hash,
                reason=SuppressionReason.BY_HAND,
                evidence="test",
                since=SEPTEMBER,
            )
        )


def subscriber_ids(app: App) -> list[int]:
    with app.reading() as session:
        return list(session.scalars(select(Subscriber.id).order_by(Subscriber.id)))


# -- time passes -------------------------------------------------------------------------------


def leases_run_out(app: App, *delivery_ids: int) -> None:
    """The leases of these deliveries, or of all, have ended long ago."""
    change = update(Delivery).where(Delivery.lease_until.is_not(None))
    if delivery_ids:
        change = change.where(Delivery.id.in_(delivery_ids))
    with app.transaction() as session:
        session.execute(change.values(lease_until=LONG_AGO))


def waits_are_over(app: App) -> None:
    """Whatever was deferred is due, and no lane rests any more."""
    with app.transaction() as session:
        waiting = update(Delivery).where(Delivery.state == DeliveryState.DEFERRED)
        session.execute(waiting.values(next_attempt_at=LONG_AGO))
        resting = update(Lane).where(Lane.resting_until.is_not(None))
        session.execute(resting.values(resting_until=LONG_AGO))


def time_is_up(app: App, run_id: int) -> None:
    """The run has expired."""
    with app.transaction() as session:
        session.execute(update(Run).where(Run.id == run_id).values(expires_at=LONG_AGO))


def run_state(app: App, run_id: int) -> RunState:
    return the_run(app, run_id).state
