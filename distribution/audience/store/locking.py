"""SQL of who waits for whom: those who change one contact or enterprise, and a list of thousands.

The order is always: the tables, enterprises and contacts, runs and their deliveries, what was typed
on the web (`sign_ups`), topics, letters. So nobody waits in a circle. Who comes from a mail, a
letter or from what was typed looks first whose it is, without a lock; a row that comes to refer to
one of these locks it too.
"""

from collections.abc import Collection

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from distribution.models import Enterprise, Subscriber


def join_audience(session: Session) -> None:
    """Say that contacts will be changed or planned for: before the first of them is looked at.

    Many do so at once; only a list waits for them, and they for its chunk, see `hold_audience`.
    """
    _lock_tables(session, "ROW EXCLUSIVE")


def hold_audience(session: Session) -> None:
    """Keep others from adding or changing contacts until this transaction ends.

    Only PostgreSQL has to be told; who reads and the ledger go on meanwhile. And it
    must look addresses up in the index, though what it knows of a table that is filling says
    that reading all of it is cheaper.
    """
    _lock_tables(session, "SHARE ROW EXCLUSIVE")
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))


def lock_subscriber(session: Session, subscriber_id: int) -> None:
    """Let one transaction at a time change what belongs to a subscriber.

    Not FOR UPDATE, which would keep out the foreign-key checks of a ledger that holds deliveries
    this transaction is going to refer to.
    """
    join_audience(session)
    row = select(Subscriber.id).where(Subscriber.id == subscriber_id)
    session.execute(row.with_for_update(key_share=True))


def lock_subscribers(session: Session, subscriber_ids: Collection[int]) -> None:
    """The same for several: by ascending id, so that two who do so wait for each other in turn."""
    join_audience(session)
    rows = select(Subscriber.id).where(Subscriber.id.in_(subscriber_ids)).order_by(Subscriber.id)
    session.execute(rows.with_for_update(key_share=True)).all()


def lock_enterprise(session: Session, enterprise_id: int) -> None:
    """Let one transaction at a time change what belongs to an enterprise."""
    join_audience(session)
    row = select(Enterprise.id).where(Enterprise.id == enterprise_id)
    session.execute(row.with_for_update(key_share=True))


def _lock_tables(session: Session, mode: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE enterprises, subscribers IN {mode} MODE"))
