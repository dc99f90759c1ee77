"""SQL of domains and the hosts that take their mail: noted from the readers, looked up in turn."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from distribution.db import among, database_time, upsert
from distribution.delivery.store.times import moment, present
from distribution.models import MailDomain, Subscriber

_KEPT = timedelta(days=30)
"""How long an answer holds, whatever its own time to live: a lane needs no more."""
_FIRST_RETRY, _LAST_RETRY = timedelta(hours=1), timedelta(days=7)
_CLAIM = timedelta(minutes=10)
"""A domain that was taken is not given to another worker within this time."""
_DOUBLINGS = 8


def domains_after(session: Session, subscriber_id: int, limit: int) -> tuple[set[str], int]:
    """Domains of the next subscribers behind an id, and the last one's id: 0 behind the last."""
    query = (
        select(Subscriber.id, Subscriber.domain, Subscriber.erased_at.is_(None))
        .where(Subscriber.id > subscriber_id)
        .order_by(Subscriber.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    return {row[1] for row in rows if row[2]}, rows[-1][0] if rows else 0


def note_domains(session: Session, domains: Iterable[str]) -> None:
    """Keep in mind to look these up, where they are new."""
    now = present(session)
    rows = [{"domain": domain, "next_look_at": now} for domain in sorted(domains)]
    if rows:
        session.execute(upsert(session, MailDomain).on_conflict_do_nothing(), rows)


def take_domains(session: Session, limit: int) -> list[str]:
    """Domains whose time to be looked up has come; for a while nobody else gets them.

    One of which no reader is left is forgotten instead.
    """
    due = (
        select(MailDomain.domain)
        .where(MailDomain.next_look_at <= moment())
        .order_by(MailDomain.next_look_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(MailDomain)
        .where(MailDomain.domain.in_(due.scalar_subquery()))
        .values(next_look_at=database_time(_CLAIM))
        .returning(MailDomain.domain, MailDomain.looked_up_at)
        .execution_options(synchronize_session=False)
    ).all()
    left = _without_readers(session, [row[0] for row in taken if row[1] is not None])
    session.execute(delete(MailDomain).where(MailDomain.domain.in_(left)))
    return sorted(row[0] for row in taken if row[0] not in left)


def keep_exchange(session: Session, domain: str, exchange: str) -> None:
    """Write down which host takes a domain's mail; "" where DNS names none."""
    _change(
        session,
        domain,
        exchange=exchange,
        looked_up_at=database_time(),
        next_look_at=database_time(_KEPT),
        failures=0,
    )


def keep_failure(session: Session, domain: str) -> None:
    """DNS did not answer: what is known stays, and it is asked again, later each time."""
    known = session.get(MailDomain, domain)
    if known is None:
        return
    wait = min(_FIRST_RETRY * 2 ** min(known.failures, _DOUBLINGS), _LAST_RETRY)
    _change(session, domain, failures=known.failures + 1, next_look_at=database_time(wait))


def exchanges_of(session: Session, domains: Collection[str]) -> dict[str, str]:
    """The hosts that take mail of these domains, as far as they are known."""
    if not domains:
        return {}
    query = select(MailDomain.domain, MailDomain.exchange)
    found = session.execute(query.where(among(session, MailDomain.domain, domains)))
    return {row[0]: row[1] for row in found}


def _without_readers(session: Session, domains: Collection[str]) -> set[str]:
    if not domains:
        return set()
    live = (Subscriber.domain.in_(domains), Subscriber.erased_at.is_(None))
    return set(domains) - set(session.scalars(select(Subscriber.domain).where(*live).distinct()))


def _change(session: Session, domain: str, **facts: object) -> None:
    session.execute(
        update(MailDomain)
        .where(MailDomain.domain == domain)
        .values(**facts)
        .execution_options(synchronize_session=False)
    )
