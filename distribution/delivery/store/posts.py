"""SQL of what groups' robots are to tell: taken by one process, tried again, or given up."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from distribution.db import upsert
from distribution.models import Alert, AlertPost
from distribution.words import GroupRobot


def take_new(
    session: Session,
    robot: GroupRobot,
    limit: int,
    *,
    young: datetime,
    old: datetime,
    until: datetime,
) -> set[int]:
    """Alerts no older than `young` of which this robot knows nothing: urgent ones, or `old` ones.

    They are this process's until `until`; of two processes each gets others.
    """
    known = exists().where(AlertPost.alert_id == Alert.id, AlertPost.robot == robot)
    query = (
        select(Alert.id)
        .where(Alert.at >= young, or_(Alert.urgent, Alert.at < old), ~known)
        .order_by(Alert.id)
        .limit(limit)
    )
    rows = [
        {
            "alert_id": alert_id,
            "robot": robot,
            "attempts": 1,
            "next_attempt_at": until,
            "answer": "",
        }
        for alert_id in session.scalars(query)
    ]
    if not rows:
        return set()
    added = upsert(session, AlertPost).values(rows).on_conflict_do_nothing()
    return set(session.scalars(added.returning(AlertPost.alert_id)))


def take_again(
    session: Session, robot: GroupRobot, limit: int, *, at: datetime, until: datetime
) -> set[int]:
    """Alerts whose next try is due, or whose process died."""
    due = (
        select(AlertPost.alert_id)
        .where(AlertPost.robot == robot, AlertPost.next_attempt_at <= at)
        .order_by(AlertPost.alert_id)
        .limit(limit)
    )
    taken = (
        update(AlertPost)
        .where(
            AlertPost.robot == robot,
            AlertPost.alert_id.in_(due.scalar_subquery()),
            AlertPost.next_attempt_at <= at,
        )
        .values(next_attempt_at=until, attempts=AlertPost.attempts + 1)
        .returning(AlertPost.alert_id)
    )
    return set(session.scalars(taken.execution_options(synchronize_session=False)))


def taken(session: Session, alert_ids: Collection[int]) -> Sequence[Alert]:
    """These alerts, the oldest first."""
    return session.scalars(select(Alert).where(Alert.id.in_(alert_ids)).order_by(Alert.id)).all()


def settle(
    session: Session,
    robot: GroupRobot,
    alert_ids: Collection[int],
    answer: str,
    *,
    at: datetime,
    waits: Sequence[timedelta],
) -> None:
    """What the robot answered; without `waits` they are told, else each try has its wait.

    Who has tried as often as there are waits gives up.
    """
    of_these = (AlertPost.robot == robot, AlertPost.alert_id.in_(alert_ids))
    for post in session.scalars(select(AlertPost).where(*of_these)):
        post.answer = answer[:200]
        more = post.attempts <= len(waits)
        post.next_attempt_at = at + waits[post.attempts - 1] if more else None
