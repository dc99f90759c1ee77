"""SQL of alerts: what the admins should know, written once per key."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from distribution.db import upsert
from distribution.models import UNTOLD, Alert


def add_alert(
    session: Session, key: str, title: str, lines: Sequence[str], advice: str, *, at: datetime
) -> bool:
    """Write an alert; False where one of this key was written before."""
    row = {"key": key, "title": title[:200], "lines": list(lines), "advice": advice, "at": at}
    added = upsert(session, Alert).values(row).on_conflict_do_nothing().returning(Alert.id)
    return session.scalar(added) is not None


def untold_alerts(session: Session, limit: int) -> Sequence[Alert]:
    """Alerts that nobody was told by mail, the oldest first."""
    return session.scalars(select(Alert).where(UNTOLD).order_by(Alert.id).limit(limit)).all()


def mark_told(session: Session, alert_id: int, at: datetime) -> bool:
    """It goes out with this transaction; False where another process was faster."""
    told = update(Alert).where(UNTOLD, Alert.id == alert_id).values(told_at=at)
    return session.scalar(told.returning(Alert.id)) is not None


def list_alerts(session: Session, limit: int) -> Sequence[Alert]:
    """Alerts, the newest first."""
    return session.scalars(select(Alert).order_by(Alert.id.desc()).limit(limit)).all()
