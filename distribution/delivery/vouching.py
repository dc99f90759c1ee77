"""Somebody's word that an issue may go out: whose it may be, and what it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, digests, issues, staff
from distribution.delivery.gating import GateClosed
from distribution.delivery.inspecting import inspect_usual
from distribution.delivery.lapsing import Lapsed, lapses_of
from distribution.delivery.planning import Recipe
from distribution.errors import Refused
from distribution.models import Issue
from distribution.words import IssueStep

_NAMED = 3


class ImportedByHimself(Refused):
    """Raised where whoever brought in what many would get would approve it himself."""

    def __init__(self, key: str, by: str, importers: Sequence[str], others: Sequence[str]) -> None:
        self.key, self.by = key, by
        self.importers, self.others = tuple(importers), tuple(others)
        who = f"例如 {'、'.join(others[:_NAMED])}" if others else "换一位编辑，用自己的系统账号"
        super().__init__(
            f"{key} 期的内容由 {'、'.join(importers)} 导入，读者多，须由另一人批准，"
            f"{by} 不能批准：请另一人（{who}）运行 distribution issue approve {key}"
        )


class ChangedMeanwhile(Refused):
    """Raised where an issue says something else than what was shown to who approves it."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"{key} 期没有批准：内容在您查看时被改过，请再看一次：distribution issue approve {key}"
        )


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of an approval."""

    key: str
    changed: bool
    """False where the issue stood approved before."""
    lapses: Sequence[Lapsed]
    """Of the approval before, where that did not stand any more."""
    audience: int
    """Readers who can be mailed: the approval names them."""


def approve_issue(
    session: Session,
    key: str,
    recipe: Recipe,
    *,
    above: int,
    by: str,
    at: datetime,
    override: str | None = None,
    seen: str = "",
) -> Approved:
    """Release an issue for sending, or once more where that has lapsed.

    `seen` is the fingerprint of what was looked at, where that was before. Above so many readers
    by another person than those who imported it. Raises staff.NotOnStaff and MayNotApprove,
    ImportedByHimself, ChangedMeanwhile, issues.NotReady, and GateClosed.
    """
    row = issues.find_issue(session, key, lock=True)
    key = issues.key_of(row)
    lapses = lapses_of(session, row, recipe.templates)
    if row.approved_at is not None and not lapses:
        return Approved(key, False, (), audience.count_mailable(session))
    count = require_voucher(session, row, above=above, by=by)
    if seen and seen != issues.way_of(session, row).fingerprint:
        raise ChangedMeanwhile(key)
    issues.approve(session, key, by=by, at=at, override=override, again=True)
    errors = inspect_usual(session, row.id, recipe).errors
    if errors:
        raise GateClosed(key, errors, "请先改正；")
    templates = digests.templates_fingerprint(recipe.templates)
    approved = IssueStep.APPROVED
    issues.note(session, row.id, approved, by=by, at=at, templates=templates, audience=count)
    return Approved(key, True, lapses, count)


def require_voucher(session: Session, issue: Issue, *, above: int, by: str) -> int:
    """Whether somebody's word is enough for this issue; gives how many could get it.

    Raises staff.NotOnStaff and MayNotApprove; ImportedByHimself where above so many readers
    somebody else has to look.
    """
    staff.require_approver(session, by)
    count, importers = audience.count_mailable(session), issues.way_of(session, issue).importers
    if count > above and by in importers:
        working = staff.working(session, *staff.APPROVERS)
        others = [person.name for person in working if person.name not in importers]
        raise ImportedByHimself(issues.key_of(issue), by, importers, others)
    return count
