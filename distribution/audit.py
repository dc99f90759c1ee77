"""The audit trail: who did what by command line or web; append-only."""

from datetime import datetime

from sqlalchemy.orm import Session

from distribution.models import Audit


def record(
    session: Session, action: str, subject: str, *, by: str, at: datetime, **detail: object
) -> None:
    """Write down one deed, for example ("run.start", "7"); the detail must be JSON-able."""
    session.add(Audit(at=at, by=by, action=action, subject=subject, detail=detail))
