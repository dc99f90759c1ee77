"""The way of an issue: what was done with what it says now, and who brought that in."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from distribution.compiler import article_to_json, masthead_to_json
from distribution.issues.content import StoredIssue
from distribution.words import IssueStage, IssueStep, RunState

_OF_RUNS = {
    RunState.SEALED: IssueStage.SEALED,
    RunState.SENDING: IssueStage.SENDING,
    RunState.PAUSED: IssueStage.SENDING,
    RunState.FINISHED: IssueStage.CLOSED,
}
"""What a run's state says; before it is sealed an issue is where it was."""
_ON_THE_DESK = {
    IssueStep.PROOFED: IssueStage.PROOFED,
    IssueStep.CHECKED: IssueStage.CHECKED,
    IssueStep.IMPORTED: IssueStage.IMPORTED,
}
"""The furthest first."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A step of an issue, and what it looked like then."""

    id: int
    step: IssueStep
    fingerprint: str
    by: str
    at: datetime
    templates: str | None = None
    """The hash of the templates it was proofed or approved with."""
    audience: int | None = None
    """Readers who could be mailed when it was approved."""


def fingerprint(issue: StoredIssue) -> str:
    """The SHA-256 of all that its mails are made of, but for templates and readers."""
    articles = [
        [article_to_json(one.article), list(one.topics), one.must_carry, one.lead]
        for one in issue.articles
    ]
    facts = [masthead_to_json(issue.masthead), articles, asdict(issue.contract)]
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def stage(
    deeds: Sequence[Deed], now: str, *, approved: bool, run: RunState | None = None
) -> IssueStage:
    """Where an issue stands whose content has the fingerprint `now`.

    A deed counts while the issue is what it was then. Its run goes before: what was sent is sent.
    """
    if run in _OF_RUNS:
        return _OF_RUNS[run]
    if approved:
        return IssueStage.APPROVED
    done = {deed.step for deed in deeds if deed.fingerprint == now}
    return next((said for step, said in _ON_THE_DESK.items() if step in done), IssueStage.IMPORTED)


def imports(deeds: Sequence[Deed]) -> Sequence[Deed]:
    """Which brought in what the issue says, the last first: who did them does not look afresh.

    All imports since it was last approved before the last import; a correction is none, and an
    import of before there were deeds is nobody's.

    >>> when = datetime(2026, 9, 1)
    >>> way = [("imported", "A"), ("approved", "B"), ("imported", "C"), ("imported", "D"),
    ...     ("approved", "B"), ("checked", "E")]
    >>> deeds = [Deed(n, IssueStep(step), "", by, when) for n, (step, by) in enumerate(way)]
    >>> [deed.by for deed in imports(deeds)]
    ['D', 'C']
    """
    found: list[Deed] = []
    for deed in reversed(deeds):
        if deed.step is IssueStep.APPROVED and found:
            break
        if deed.step is IssueStep.IMPORTED:
            found.append(deed)
    return found
