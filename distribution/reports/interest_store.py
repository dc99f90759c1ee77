"""SQL that finds how readers of a run changed their topics after it was planned."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.db import among
from distribution.models import Audit, Delivery, Run, Selection
from distribution.reports.interests import Change, change_of
from distribution.words import RunKind

_DEEDS = ("reader.preferences", "subscriber.interests", "subscriber.bulk")


def until(session: Session, started_at: datetime) -> datetime | None:
    """When the next regular run began; None: none has."""
    query = (
        select(Run.started_at)
        .where(Run.kind == RunKind.REGULAR, Run.started_at > started_at)
        .order_by(Run.started_at)
        .limit(1)
    )
    return session.scalar(query)


def changes(session: Session, since: datetime, before: datetime | None) -> list[Change]:
    """Each time somebody's topics were changed in that time, in order."""
    query = select(Audit.id, Audit.action, Audit.subject, Audit.detail, Audit.at).where(
        Audit.at >= since, Audit.action.in_(_DEEDS)
    )
    if before is not None:
        query = query.where(Audit.at < before)
    found = (_change(*row[1:]) for row in session.execute(query.order_by(Audit.id)))
    return [one for one in found if one is not None]


def _change(action: str, subject: str, detail: Mapping[str, Any], at: datetime) -> Change | None:
    return change_of(action, int(subject), detail, at)


def topics_at_planning(
    session: Session, run_id: int, readers: set[int]
) -> dict[int, tuple[str, ...]]:
    """The topics the mails of these readers were made for; who got none of the run is left out."""
    query = (
        select(Delivery.subscriber_id, Selection.interests)
        .join(Selection, Selection.id == Delivery.selection_id)
        .where(Delivery.run_id == run_id, among(session, Delivery.subscriber_id, readers))
    )
    return {row[0]: tuple(row[1].get("topics", ())) for row in session.execute(query)}
