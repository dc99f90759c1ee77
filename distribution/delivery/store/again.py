"""SQL that sends deliveries again in the slots they hold, and settles doubts by an admin's word.

Every change is guarded by the state it starts from: of two who decide at once, the admin or the
evidence, the database lets the first, and the other finds nothing to change.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Row, String, and_, case, func, select, type_coerce, update
from sqlalchemy.orm import Session

from distribution.delivery.store.times import moment, present
from distribution.models import Delivery, Run, Slot
from distribution.words import Cause, DeliveryState

CHUNK = 2_000
"""Rows changed by one statement where there may be a million."""

STUCK = (DeliveryState.FAILED, DeliveryState.HELD)
"""Where a mail stays until a person lets it go once more."""
MEANING = case((Delivery.state == DeliveryState.FAILED, Delivery.meaning))
"""SQL: what the relay meant that refused it; what one said before a mail was held is no reason."""
CLASS = func.coalesce(
    type_coerce(MEANING, String), type_coerce(Delivery.cause, String), Cause.UNKNOWN.value
)
"""SQL: the code of what it is stuck for: its meaning, or its cause where it has none."""


def hold_run(session: Session, run_id: int) -> Run:
    """A run as it is now, locked until the transaction ends; an event that names it goes on."""
    query = select(Run).where(Run.id == run_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def is_over(session: Session, run: Run) -> bool:
    """Whether a run's time is up, by the database's clock."""
    return run.expires_at is not None and run.expires_at <= present(session)


def standing(session: Session, delivery_id: int) -> Row[int, DeliveryState] | None:
    """The run of a delivery and where it stands; None where there is no such delivery."""
    query = select(Delivery.run_id, Delivery.state).where(Delivery.id == delivery_id)
    return session.execute(query).one_or_none()


def accept_doubtful(session: Session, delivery_id: int) -> None:
    """Book a doubt as accepted."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.IN_DOUBT)
        .values(
            state=DeliveryState.ACCEPTED,
            cause=None,
            meaning=None,
            consequence=None,
            accepted_at=func.coalesce(Delivery.handed_at, moment()),
            lease_until=None,
        )
        .execution_options(synchronize_session=False)
    )


def plan_again(
    session: Session, delivery_ids: Collection[int], origins: Collection[DeliveryState]
) -> list[int]:
    """Plan again what still stands where it did; gives the ids that moved.

    Its token goes: whoever had it in hand may not settle it any more. Crashes are counted anew.
    """
    again = session.scalars(
        update(Delivery)
        .where(Delivery.id.in_(delivery_ids), Delivery.state.in_(origins))
        .values(
            state=DeliveryState.PLANNED,
            cause=None,
            crashes=0,
            next_attempt_at=moment(),
            lease_token=None,
            lease_until=None,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return list(again)


def corrected(session: Session, delivery_ids: Collection[int]) -> set[int]:
    """Those of the deliveries whose reader has a correction planned: it holds what they held."""
    query = (
        select(Delivery.id)
        .join(Run, Run.id == Delivery.run_id)
        .join(
            Slot,
            and_(
                Slot.issue_id == Run.issue_id,
                Slot.subscriber_id == Delivery.subscriber_id,
                Slot.resend_number > Run.resend_number,
            ),
        )
        .where(Delivery.id.in_(delivery_ids))
    )
    return set(session.scalars(query))


def stuck_after(
    session: Session, run_id: int, codes: Collection[str], after: int, *, lock: bool
) -> Sequence[int]:
    """The next deliveries of a run that are stuck for one of these reasons, by id."""
    query = (
        select(Delivery.id)
        .where(
            Delivery.run_id == run_id,
            Delivery.state.in_(STUCK),
            CLASS.in_(codes),
            Delivery.id > after,
        )
        .order_by(Delivery.id)
        .limit(CHUNK)
    )
    return session.scalars(query.with_for_update() if lock else query).all()
