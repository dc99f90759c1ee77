"""SQL of the way of an issue: its steps, written down one after the other."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import staff
from distribution.issues import stages
from distribution.issues.stages import Deed
from distribution.issues.store.articles import load_issue
from distribution.models import Issue, IssueDeed, Run
from distribution.words import IssueStage, IssueStep, RunKind, RunState


@dataclass(frozen=True, slots=True)
class Way:
    """How far an issue has come."""

    stage: IssueStage
    done: frozenset[IssueStep]
    """With what it says now."""
    importers: tuple[str, ...]
    """Who brought that in, as they are called now, the last first.

    Nobody where it was imported before this was kept.
    """
    approval: Deed | None
    """What the approval that stands named; none where there is no approval, or none of its facts
    were kept."""
    fingerprint: str
    """Of what it says now."""


def way_of(session: Session, row: Issue) -> Way:
    """How far an issue has come."""
    deeds, now = deeds_of(session, row.id), fingerprint_of(session, row.id)
    run = _runs(session, [row.id]).get(row.id)
    return Way(
        stages.stage(deeds, now, approved=row.approved_at is not None, run=run),
        frozenset(deed.step for deed in deeds if deed.fingerprint == now),
        _importers(session, deeds),
        _approval(row, deeds),
        now,
    )


def stages_of(session: Session, rows: Collection[Issue]) -> dict[int, IssueStage]:
    """Where these issues stand, by their ids; only those on the desk are read for it."""
    runs = _runs(session, [row.id for row in rows])
    open_ones = [row.id for row in rows if row.approved_at is None and row.id not in runs]
    deeds = _deeds(session, open_ones)
    return {
        row.id: stages.stage(
            deeds[row.id],
            fingerprint_of(session, row.id) if deeds[row.id] else "",
            approved=row.approved_at is not None,
            run=runs.get(row.id),
        )
        for row in rows
    }


def note(
    session: Session,
    issue_id: int,
    step: IssueStep,
    *,
    by: str,
    at: datetime,
    templates: str | None = None,
    audience: int | None = None,
    fingerprint: str = "",
) -> int:
    """Write a step down; gives its number. What the issue says now, unless told otherwise."""
    row = IssueDeed(
        issue_id=issue_id,
        step=step,
        fingerprint=fingerprint or fingerprint_of(session, issue_id),
        templates=templates,
        audience=audience,
        by=by,
        at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def note_once(
    session: Session,
    issue_id: int,
    step: IssueStep,
    fingerprint: str,
    *,
    by: str,
    at: datetime,
    templates: str | None = None,
) -> Deed:
    """A step that is done with this content and these templates, if they are named.

    Written down if it was not; the issue is locked.
    """
    for deed in reversed(deeds_of(session, issue_id)):
        if (deed.step, deed.fingerprint, deed.templates) == (step, fingerprint, templates):
            return deed
    number = note(
        session, issue_id, step, by=by, at=at, templates=templates, fingerprint=fingerprint
    )
    return Deed(number, step, fingerprint, by, at, templates)


def deeds_of(session: Session, issue_id: int) -> Sequence[Deed]:
    """All that was done with an issue, the first first."""
    return _deeds(session, [issue_id])[issue_id]


def issue_of_deed(session: Session, deed_id: int) -> tuple[Issue, Deed] | None:
    """The issue of a step, and the step."""
    row = session.get(IssueDeed, deed_id)
    return None if row is None else (session.get_one(Issue, row.issue_id), _deed(row))


def fingerprint_of(session: Session, issue_id: int) -> str:
    """Of what an issue says now, see `stages.fingerprint`."""
    return stages.fingerprint(load_issue(session, issue_id))


def _importers(session: Session, deeds: Sequence[Deed]) -> tuple[str, ...]:
    """Each once, whatever he was called then."""
    names = (staff.called_now(session, deed.by, deed.at) for deed in stages.imports(deeds))
    return tuple(dict.fromkeys(names))


def _approval(row: Issue, deeds: Sequence[Deed]) -> Deed | None:
    approvals = [deed for deed in deeds if deed.step is IssueStep.APPROVED]
    last = approvals[-1] if approvals else None
    return last if last is not None and last.at == row.approved_at else None


def _deeds(session: Session, issue_ids: Collection[int]) -> defaultdict[int, list[Deed]]:
    query = select(IssueDeed).where(IssueDeed.issue_id.in_(issue_ids)).order_by(IssueDeed.id)
    found: defaultdict[int, list[Deed]] = defaultdict(list)
    for row in session.scalars(query) if issue_ids else ():
        found[row.issue_id].append(_deed(row))
    return found


def _deed(row: IssueDeed) -> Deed:
    return Deed(row.id, row.step, row.fingerprint, row.by, row.at, row.templates, row.audience)


def _runs(session: Session, issue_ids: Collection[int]) -> dict[int, RunState]:
    """The states of their regular runs, but of those cancelled; by issue."""
    query = select(Run.issue_id, Run.state).where(
        Run.issue_id.in_(issue_ids),
        Run.kind == RunKind.REGULAR,
        Run.resend_number == 0,
        Run.state != RunState.CANCELLED,
    )
    return {row[0]: row[1] for row in session.execute(query)}
