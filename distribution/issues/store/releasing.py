"""Between the editor's desk and the readers: doubts, check, approval, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import topics
from distribution.compiler import Account, ReadIssue, complaint_from_json
from distribution.issues import facts
from distribution.issues.anchoring import anchors_of
from distribution.issues.checking import Finding, findings
from distribution.issues.content import StoredIssue
from distribution.issues.correcting import Correction, corrected
from distribution.issues.doubting import Told, doubts_of
from distribution.issues.refusals import HasRun, NotReady
from distribution.issues.store import compilations, texts
from distribution.issues.store.articles import load_issue
from distribution.issues.store.corrections import titles_of
from distribution.issues.store.issues import find_issue, key_of
from distribution.models import Issue, Run
from distribution.words import RunState


@dataclass(frozen=True, slots=True)
class Report:
    """The compiler's report: where everything went, and what to doubt."""

    account: Account
    doubts: tuple[Told, ...]
    unplaced: tuple[Correction, ...]
    """Corrections that did not find what they are about."""


def report(session: Session, row: Issue) -> Report:
    """What the compiler said when the issue was last imported, as it now stands."""
    found = compilations.compiled(session, row.id)
    state = compilations.state(session, row)
    complaints = [complaint_from_json(complaint) for complaint in row.complaints]
    doubts = doubts_of(complaints, found.anchors, state, topics.known_sections(session))
    return Report(found.account, tuple(doubts), state.unplaced)


def report_of(read: ReadIssue, known_sections: Sequence[str]) -> Report:
    """What the compiler says of a file that nobody has imported."""
    anchors = anchors_of(read.articles)
    state = corrected(read.masthead, list(zip(anchors, read.articles, strict=True)), ())
    doubts = doubts_of(read.complaints, anchors, state, known_sections)
    return Report(read.account, tuple(doubts), ())


def check(session: Session, row: Issue) -> list[Finding]:
    """What stands between the issue and its approval (errors first), and what else to know."""
    told = report(session, row)
    stored = load_issue(session, row.id)
    return findings(
        key_of(row),
        stored.masthead,
        stored.articles,
        told.doubts,
        told.unplaced,
        stored.contract,
        _lost_lead(session, row, stored),
    )


def _lost_lead(session: Session, row: Issue, stored: StoredIssue) -> str:
    """The title of the lead article, or what is left of it, where it is no more in the issue."""
    anchor = row.lead_anchor
    if anchor is None or any(entry.lead for entry in stored.articles):
        return ""
    return titles_of(session, row).get(anchor, anchor)


def require_ready(session: Session, row: Issue) -> None:
    """Raise NotReady while errors stand between an issue and its approval."""
    errors = [finding for finding in check(session, row) if finding.error]
    if errors:
        raise NotReady(key_of(row), errors)


def approve(
    session: Session,
    key: str,
    *,
    by: str,
    at: datetime,
    override: str | None = None,
    again: bool = False,
) -> bool:
    """Release an issue for sending; False where it was approved before, unless `again`.

    Raises NotReady while errors stand, unless `override` says why they may; that is kept.
    """
    row = find_issue(session, key, lock=True)
    if row.approved_at is not None and not again:
        return False
    reason = facts.text("reason", override) if override is not None else row.approved_despite
    errors = [finding for finding in check(session, row) if finding.error]
    if errors and reason is None:
        raise NotReady(key_of(row), errors)
    row.approved_at, row.approved_by = at, by
    row.approved_despite = reason if errors else None
    texts.index_issue(session, row.id)
    return True


def reopen(session: Session, key: str) -> bool:
    """Let an approved issue be corrected again; False where it is open. Raises HasRun.

    Nothing may be on its way meanwhile. Once a run is finished its mails lead to the issue's
    articles by their places, so from then on these stay, see `articles.put_articles`.
    """
    row = find_issue(session, key, lock=True)
    if row.approved_at is None:
        return False
    over = (RunState.CANCELLED, RunState.FINISHED)
    query = select(Run.id).where(Run.issue_id == row.id, Run.state.not_in(over))
    run_id = session.scalar(query.order_by(Run.id).limit(1))
    if run_id is not None:
        raise HasRun(key_of(row), run_id)
    row.approved_at = row.approved_by = row.approved_despite = None
    return True
