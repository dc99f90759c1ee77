"""Somebody's word that an issue may go out: whose it may be, and what it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, digests, issues, staff
from distribution.delivery.gating import GateClosed
from distribution.delivery.inspecting import inspect_usual
from distribution.delivery.lapsing import Lapse, Lapsed, lapses_of
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
    """Raised where mails would be other ones than those shown to who approves the issue."""

    def __init__(self, key: str, what: Lapse) -> None:
        self.key, self.what = key, what
        super().__init__(
            f"{key} 期没有批准：{what.value}在您查看时被改过，"
            f"请再看一次：distribution issue approve {key}"
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody looks at before he gives his word, and what that then names."""

    content: str
    """The issue's fingerprint."""
    templates: str
    """Theirs."""
    audience: int
    """Readers who could be mailed. Counting millions takes seconds: nothing is locked meanwhile."""


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
    seen: Seen | None = None,
) -> Approved:
    """Release an issue for sending, or once more where that has lapsed.

    `seen`: see `sight_of`, where somebody has looked. Above so many readers by another person than
    those who imported it. Raises staff.NotOnStaff and MayNotApprove, ImportedByHimself,
    ChangedMeanwhile, issues.NotReady, and GateClosed.
    """
    row = issues.find_issue(session, key, lock=True)
    key, seen = issues.key_of(row), seen or sight_of(session, row, recipe)
    lapses = lapses_of(session, row, recipe.templates, mailable=seen.audience)
    if row.approved_at is not None and not lapses:
        return Approved(key, False, (), seen.audience)
    require_voucher(session, row, seen.audience, above=above, by=by)
    if seen.content != issues.way_of(session, row).fingerprint:
        raise ChangedMeanwhile(key, Lapse.CONTENT)
    issues.approve(session, key, by=by, at=at, override=override, again=True)
    errors = inspect_usual(session, row.id, recipe).errors
    if errors:
        raise GateClosed(key, errors, "请先改正；")
    if seen.templates != digests.templates_fingerprint(recipe.templates):
        raise ChangedMeanwhile(key, Lapse.TEMPLATES)
    issues.note(
        session, row.id, IssueStep.APPROVED, by=by, at=at,
        templates=seen.templates, audience=seen.audience,
    )  # fmt: skip
    return Approved(key, True, lapses, seen.audience)


def sight_of(session: Session, issue: Issue, recipe: Recipe) -> Seen:
    """What an approval of an issue would name now; asked before its mails are looked at."""
    return Seen(
        issues.way_of(session, issue).fingerprint,
        digests.templates_fingerprint(recipe.templates),
        audience.count_mailable(session),
    )


def require_voucher(session: Session, issue: Issue, readers: int, *, above: int, by: str) -> None:
    """Whether somebody's word is enough for this issue, which so many readers could get.

    Raises staff.NotOnStaff and MayNotApprove; ImportedByHimself where above so many readers
    somebody else has to look.
    """
    staff.require_approver(session, by)
    importers = issues.way_of(session, issue).importers
    if readers > above and by in importers:
        working = staff.working(session, *staff.APPROVERS)
        others = [person.name for person in working if person.name not in importers]
        raise ImportedByHimself(issues.key_of(issue), by, importers, others)
