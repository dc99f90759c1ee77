"""SQL of which ledger this is, whether it is trusted, and which ids it may give away."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, String, case, exists, func, literal, select, update
from sqlalchemy.orm import Session

from distribution.db import database_time, upsert
from distribution.delivery.states import OPEN
from distribution.models import Delivery, Installation, Issue, Letter, Run
from distribution.words import DeliveryState, LetterPurpose, LetterState, RunState

_ONLY = 1
NAMED_IN_MAILS = (Run, Delivery, Letter)
"""Their ids stand in links and Message-IDs: who had one in a mail must never meet another's."""
_Named = type[Run] | type[Delivery] | type[Letter]
_OVER = (RunState.FINISHED, RunState.CANCELLED)
_LONG_AGO = timedelta(days=1)


def trusted() -> ColumnElement[bool]:
    """SQL: nobody takes this ledger for an older copy that came back."""
    return ~exists().where(Installation.suspect != "")


def suspicion(session: Session) -> str:
    """Why the ledger is not trusted; empty where it is."""
    return session.scalar(select(Installation.suspect)) or ""


def find(session: Session) -> Installation | None:
    """Which ledger this is, where anybody has ever asked."""
    return session.get(Installation, _ONLY)


def hold(session: Session) -> Installation:
    """Which ledger this is, locked until the transaction ends; it gets its name here."""
    query = select(Installation).with_for_update().execution_options(populate_existing=True)
    known = session.scalars(query).one_or_none()
    if known is not None:
        return known
    begin = upsert(session, Installation).values(
        id=_ONLY, name=secrets.token_hex(16), epoch=1, position=0, suspect="", first_id=0
    )
    session.execute(begin.on_conflict_do_nothing())  # another process may begin it as well
    return session.scalars(query).one()


def given_id(session: Session, table: _Named) -> int | None:
    """The id a new row must be given here; None: the next one, as the database counts.

    Only on SQLite, which begins behind the highest id of a table: PostgreSQL is told once.
    """
    if session.get_bind().dialect.name != "sqlite":
        return None
    first = session.scalar(select(Installation.first_id)) or 0
    return first if first > last_id(session, table) else None


def last_id(session: Session, table: _Named) -> int:
    """The highest id there is; 0 where there is none."""
    return session.scalar(select(func.max(table.id))) or 0


def lift_ids(session: Session, after: int, first: int) -> None:
    """Give the deliveries behind the id `after` others, from `first` on; nobody knows them yet."""
    session.execute(
        update(Delivery)
        .where(Delivery.id > after)
        .values(id=Delivery.id - (after + 1) + first)
        .execution_options(synchronize_session=False)
    )


def begin_ids_at(session: Session, first: int) -> None:
    """Give away no lower ids from now on, see `given_id`."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in NAMED_IN_MAILS:
        sequence = func.pg_get_serial_sequence(table.__tablename__, "id")
        session.execute(select(func.setval(sequence, first, literal(value=False))))


def highest_id(session: Session) -> int:
    """Of all that is named in mails."""
    return max(last_id(session, table) for table in NAMED_IN_MAILS)


def doubt_open(session: Session, token: str) -> list[int]:
    """Put in doubt all that a run could still send; gives the ids.

    The rows get the token where they have none: who settles them must name one.
    """
    unfinished = select(Run.id).where(Run.state.not_in(_OVER))
    doubtful = session.scalars(
        update(Delivery)
        .where(Delivery.run_id.in_(unfinished), Delivery.state.in_(OPEN))
        .values(
            state=DeliveryState.IN_DOUBT,
            cause=None,
            lease_token=func.coalesce(Delivery.lease_token, literal(token, String())),
            lease_until=None,
            handed_at=case((Delivery.state == DeliveryState.HANDED, Delivery.handed_at)),
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return list(doubtful)


def forget_relays(session: Session) -> None:
    """Let no log prove that a mail in doubt was not taken.

    It may have been handed over again since the copy was made, when nobody knows: what a log did
    not show after the hand-over known here says nothing. What it does show is proof as ever.
    """
    session.execute(
        update(Delivery)
        .where(Delivery.state == DeliveryState.IN_DOUBT)
        .values(relay=None)
        .execution_options(synchronize_session=False)
    )


def doubt_letters(session: Session) -> int:
    """Take letters that wait for lost: who posts asks for evidence first, else they are in doubt.

    Alerts go on waiting: an admin may well be told twice.
    """
    open_letters = Letter.state.in_((LetterState.WAITING, LetterState.HANDED))
    lost = session.scalars(
        update(Letter)
        .where(open_letters, Letter.purpose != LetterPurpose.ALERT)
        .values(state=LetterState.HANDED, handed_at=database_time(-_LONG_AGO))
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    )
    return len(list(lost))


def unstarted_runs(session: Session) -> Sequence[int]:
    """Runs that were not started here, but may have been since the copy was made."""
    waiting = (RunState.PLANNING, RunState.PLANNED, RunState.SEALED)
    return session.scalars(select(Run.id).where(Run.state.in_(waiting)).order_by(Run.id)).all()


def issues_without_run(session: Session) -> Sequence[Issue]:
    """Approved issues of which no run is known, the oldest first."""
    known = exists().where(Run.issue_id == Issue.id).correlate(Issue)
    query = select(Issue).where(Issue.approved_at.is_not(None), ~known)
    return session.scalars(query.order_by(Issue.year, Issue.label)).all()
