"""SQL of issues that may leave in a slot."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from distribution import issues
from distribution.calendar.choosing import OLDEST, Candidate, age
from distribution.models import Issue, Run
from distribution.words import RunKind, RunState

_HAS_RUN = exists().where(
    Run.issue_id == Issue.id, Run.kind == RunKind.REGULAR, Run.state != RunState.CANCELLED
)


def candidates(session: Session) -> Sequence[Candidate]:
    """Approved issues without a regular run, the newest first."""
    query = select(Issue).where(Issue.approved_at.is_not(None), ~_HAS_RUN)
    return [_candidate(issue) for issue in session.scalars(_newest_first(query)).all()]


def waiting(session: Session) -> Sequence[Candidate]:
    """Issues without a regular run that nobody has approved, the newest first."""
    query = select(Issue).where(Issue.approved_at.is_(None), ~_HAS_RUN)
    return [_candidate(issue) for issue in session.scalars(_newest_first(query)).all()]


def by_hand(session: Session) -> Sequence[tuple[Candidate, int]]:
    """Issues that a person has planned a regular run of, not started yet: with the run."""
    query = (
        select(Issue, Run.id)
        .join(Run, Run.issue_id == Issue.id)
        .where(Run.kind == RunKind.REGULAR)
        .where(Run.state.in_((RunState.PLANNING, RunState.PLANNED, RunState.SEALED)))
        .order_by(Run.id)
    )
    return [(_candidate(row[0]), row[1]) for row in session.execute(query)]


def by_hand_in_words(session: Session) -> str:
    """Why there may be no candidate: a person has planned the run himself."""
    planned = [f"{one.key} 期已有尚未开始的批次 {run_id}" for one, run_id in by_hand(session)]
    return "；".join(planned)


def none_in_words(session: Session, month: date) -> str:
    """Why there is no candidate for a month, where something is near to being one."""
    newest = waiting(session)[:1]
    unapproved = [f"{one.key} 期还没有批准" for one in newest if age(month, one.month) <= OLDEST]
    return "；".join(filter(None, [*unapproved, by_hand_in_words(session)]))


def key_of(session: Session, issue_id: int) -> str:
    """What people call an issue."""
    return issues.key_of(session.get_one(Issue, issue_id))


def _candidate(issue: Issue) -> Candidate:
    return Candidate(issue.id, issues.key_of(issue), issue.month, issue.approved_at)


def _newest_first(query: Select[Issue]) -> Select[Issue]:
    return query.order_by(Issue.month.desc(), Issue.label.desc())
