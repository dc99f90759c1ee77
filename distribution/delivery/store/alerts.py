"""SQL of alerts: what the admins should know, written once per key."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from distribution.db import upsert
from distribution.models import UNTOLD, Alert


def add_alert(session: Session, row: Mapping[str, object]) -> bool:
    """Write an alert; False where one of its key was written before."""
    added = upsert(session, Alert).values(dict(row)).on_conflict_do_nothing().returning(Alert.id)
    return session.scalar(added) is not None


def alert_known(session: Session, key: str) -> bool:
    """Whether an alert of this key was written."""
    return session.scalar(select(Alert.id).where(Alert.key == key)) is not None


def due(session: Session, before: datetime) -> bool:
    """Whether an alert that nobody was told is urgent, or as old as that."""
    pressing = select(Alert.id).where(UNTOLD, or_(Alert.urgent, Alert.at < before)).limit(1)
    return session.scalar(pressing) is not None


def take_untold(session: Session, limit: int) -> Sequence[Alert]:
    """Lock alerts that nobody was told, urgent ones first, then the oldest."""
    query = (
        select(Alert)
        .where(UNTOLD)
        .order_by(Alert.urgent.desc(), Alert.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).all()


def mark_told(session: Session, alert_ids: Collection[int], at: datetime) -> None:
    """They go out with this transaction."""
    told = update(Alert).where(Alert.id.in_(alert_ids)).values(told_at=at)
    session.execute(told.execution_options(synchronize_session=False))


def list_alerts(session: Session, limit: int) -> Sequence[Alert]:
    """Alerts, the newest first."""
    return session.scalars(select(Alert).order_by(Alert.id.desc()).limit(limit)).all()
