"""SQL of the drill: about its own run, in its own database."""

from sqlalchemy import Engine, inspect, select, text, update
from sqlalchemy.orm import Session

from distribution.db import database_time
from distribution.models import Delivery
from distribution.words import DeliveryState


def hasten(session: Session, run_id: int) -> None:
    """Try deferred mails again now: nobody watches a drill for hours."""
    session.execute(
        update(Delivery)
        .where(Delivery.run_id == run_id, Delivery.state == DeliveryState.DEFERRED)
        .values(next_attempt_at=database_time())
        .execution_options(synchronize_session=False)
    )


def states(session: Session, run_id: int) -> dict[str, DeliveryState]:
    """Where each reader's mail stands."""
    query = select(Delivery.recipient, Delivery.state).where(Delivery.run_id == run_id)
    return {row[0]: row[1] for row in session.execute(query)}


def doubts(session: Session, run_id: int) -> dict[str, int]:
    """The deliveries in doubt, by their recipients."""
    query = select(Delivery.recipient, Delivery.id).where(
        Delivery.run_id == run_id, Delivery.state == DeliveryState.IN_DOUBT
    )
    return {row[0]: row[1] for row in session.execute(query)}


def tables(engine: Engine) -> list[str]:
    """The tables of a database."""
    return inspect(engine).get_table_names()


def drop_all(engine: Engine) -> None:
    """Leave a database that was empty as empty as it was."""
    quoted = ", ".join(f'"{name}"' for name in tables(engine))
    if quoted:
        with engine.begin() as connection:
            connection.execute(text(f"DROP TABLE {quoted} CASCADE"))
