"""SQL of what the logs of relays tell. Times are the database's."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from distribution.db import among, upsert
from distribution.delivery.states import FINAL
from distribution.models import Delivery, RelayLog, RelayLogEntry
from distribution.words import DeliveryState


@dataclass(frozen=True, slots=True)
class Suspect:
    """A delivery in doubt, as a log is asked about it."""

    delivery_id: int
    run_id: int
    token: str
    crashes: int
    relay: str | None
    handed_at: datetime | None
    queue_id: str | None
    """Under which its relay's log shows it as accepted."""


def log_named(session: Session, host: str, path: str, relay: str) -> RelayLog:
    """The books of a log on a host; begun where there are none."""
    names = {"host": host, "path": path, "relay": relay}
    query = select(RelayLog).filter_by(**names)
    known = session.scalars(query).one_or_none()
    if known is not None:
        return known
    begin = upsert(session, RelayLog).values(**names, place={}, begun={}, gap="")
    session.execute(begin.on_conflict_do_nothing())  # another process may begin it as well
    return session.scalars(query).one()


def locked_log(session: Session, log_id: int) -> RelayLog:
    """The books of a log, which nobody else changes before this transaction ends."""
    query = select(RelayLog).where(RelayLog.id == log_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def logs(session: Session) -> Sequence[RelayLog]:
    """All that are or were followed."""
    order = (RelayLog.relay, RelayLog.host, RelayLog.path)
    return session.scalars(select(RelayLog).order_by(*order)).all()


def unsettled(session: Session, delivery_ids: Collection[int]) -> set[int]:
    """Of these, the deliveries a log may still tell something new about."""
    if not delivery_ids:
        return set()
    found = among(session, Delivery.id, delivery_ids)
    return set(session.scalars(select(Delivery.id).where(found, Delivery.state.not_in(FINAL))))


def keep_entries(session: Session, log_id: int, queue_ids: Mapping[int, str], at: datetime) -> None:
    """Note that these deliveries were accepted, by their queue ids; what is known stands."""
    rows = [
        {"delivery_id": delivery_id, "relay_log_id": log_id, "queue_id": queue_id, "at": at}
        for delivery_id, queue_id in sorted(queue_ids.items())
    ]
    for start in range(0, len(rows), 500):
        entries = upsert(session, RelayLogEntry).values(rows[start : start + 500])
        session.execute(entries.on_conflict_do_nothing())


def drop_settled_entries(session: Session) -> None:
    """Forget entries of deliveries that are settled."""
    settled = (
        select(RelayLogEntry.delivery_id)
        .join(Delivery, Delivery.id == RelayLogEntry.delivery_id)
        .where(Delivery.state.in_(FINAL))
    )
    forget = delete(RelayLogEntry).where(RelayLogEntry.delivery_id.in_(settled))
    session.execute(forget.execution_options(synchronize_session=False))


def suspects(
    session: Session,
    *,
    after: int = 0,
    limit: int = 1_000,
    delivery_ids: Collection[int] | None = None,
    lock: bool = False,
) -> list[Suspect]:
    """The first deliveries in doubt behind the id `after`, or these, with what a log has shown.

    With `lock` nobody else changes them any more; what somebody is just changing is passed over.
    """
    query = (
        select(
            Delivery.id,
            Delivery.run_id,
            Delivery.lease_token,
            Delivery.crashes,
            Delivery.relay,
            Delivery.handed_at,
            RelayLogEntry.queue_id,
        )
        .outerjoin(RelayLogEntry, RelayLogEntry.delivery_id == Delivery.id)
        .where(Delivery.state == DeliveryState.IN_DOUBT, Delivery.id > after)
        .order_by(Delivery.id)
        .limit(limit)
    )
    if delivery_ids is not None:
        query = query.where(among(session, Delivery.id, delivery_ids))
    if lock:
        query = query.with_for_update(of=Delivery, key_share=True, skip_locked=True)
    return [Suspect(row[0], row[1], row[2] or "", *row[3:]) for row in session.execute(query)]
