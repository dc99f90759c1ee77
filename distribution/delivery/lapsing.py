"""What an approval is worth later: it named what the mails say, how they look, how many get them.

Asked when a run is planned, and as often as somebody wants to know beforehand. An issue that has
its run is past that, and one approved before there were such facts stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import audience, digests, issues
from distribution.delivery.store.plans import regular_run
from distribution.errors import Refused
from distribution.issues import Deed, Way
from distribution.models import Issue
from distribution.words import IssueStep

_GROWN = 10
"""Per cent: by more than so much, and the audience is another one."""


class Lapse(Enum):
    """What of an approved issue is no longer as it was."""

    CONTENT = "内容"
    TEMPLATES = "邮件模板"
    AUDIENCE = "读者"


@dataclass(frozen=True, slots=True)
class Lapsed:
    """One thing that voids an approval."""

    what: Lapse
    sentence: str


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that stands between an issue and its readers."""

    sentence: str
    command: str
    """That does it, or says more."""


class NotApproved(Refused):
    """Raised when a run is planned for an issue the editor has not released."""

    def __init__(self, key: str, sentence: str = "") -> None:
        self.key = key
        super().__init__(
            sentence
            or f"{key} 期尚未批准：先运行 distribution issue show {key} 核对，再运行 "
            f"distribution issue approve {key}"
        )


class ApprovalLapsed(NotApproved):
    """Raised when a run is planned for an issue that has changed since its approval."""

    def __init__(self, key: str, lapses: Sequence[Lapsed]) -> None:
        self.lapses = tuple(lapses)
        why = "；".join(lapse.sentence for lapse in lapses)
        super().__init__(
            key, f"{key} 期的批准已失效：{why}。请核对后再批准：distribution issue approve {key}"
        )


def require_standing(session: Session, issue: Issue, templates: Sequence[Path]) -> None:
    """Raise NotApproved, or ApprovalLapsed, where an issue must not be planned as it now is."""
    if issue.approved_at is None:
        raise NotApproved(issues.key_of(issue))
    lapses = lapses_of(session, issue, templates)
    if lapses:
        raise ApprovalLapsed(issues.key_of(issue), lapses)


def lapses_of(
    session: Session, issue: Issue, templates: Sequence[Path], *, mailable: int | None = None
) -> Sequence[Lapsed]:
    """What voids the approval of an issue; nothing where there is none, or a run already.

    `mailable`: how many may be mailed, where that was counted already.
    """
    if issue.approved_at is None or regular_run(session, issue.id) is not None:
        return ()
    way = issues.way_of(session, issue)
    approval = way.approval
    if approval is None:
        return ()
    return tuple(_lapses(session, way, approval, templates, mailable))


def missing(session: Session, issue: Issue, templates: Sequence[Path]) -> Sequence[Missing]:
    """What an issue still needs before it can be planned, in the order of doing it."""
    key = issues.key_of(issue)
    if issue.approved_at is not None:
        approve = f"distribution issue approve {key}"
        lapses = lapses_of(session, issue, templates)
        return [Missing(f"批准已失效：{one.sentence}", approve) for one in lapses]
    return list(_undone(session, issue, key))


def _undone(session: Session, issue: Issue, key: str) -> Iterator[Missing]:
    errors = sum(finding.error for finding in issues.check(session, issue))
    if errors:
        yield Missing(f"还有 {errors} 处须先处理", f"distribution issue check {key}")
    done = issues.way_of(session, issue).done
    if IssueStep.CHECKED not in done:
        yield Missing("现在的内容还没有核对完", f"distribution issue check {key} --done")
    if IssueStep.PROOFED not in done:
        yield Missing("现在的内容还没有出样刊", f"distribution digest proof {key}")
    yield Missing("还没有批准", f"distribution issue approve {key}")


def _lapses(
    session: Session, way: Way, approval: Deed, templates: Sequence[Path], mailable: int | None
) -> Iterator[Lapsed]:
    if approval.fingerprint != way.fingerprint:
        yield Lapsed(Lapse.CONTENT, "内容在批准后变了（例如合并了主题）")
    if approval.templates not in (None, digests.templates_fingerprint(templates)):
        yield Lapsed(Lapse.TEMPLATES, "邮件模板在批准后改过")
    before = approval.audience
    if before is None:
        return
    now = audience.count_mailable(session) if mailable is None else mailable
    if now * 100 > before * (100 + _GROWN):
        sentence = f"可以收信的读者由 {before} 人增至 {now} 人，多了不止 {_GROWN}%"
        yield Lapsed(Lapse.AUDIENCE, sentence)
