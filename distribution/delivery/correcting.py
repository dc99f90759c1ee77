"""A correction: the issue as it now is, once more to those who got it wrong, with the reason.

It is a run of its own under the next resend number, so each reader and mailbox gets one copy of
each correction. What it says is frozen with its plan, and it waits for an approval of its own.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, digests, issues, topics
from distribution.db import Transaction
from distribution.delivery import planning
from distribution.delivery.lapsing import NotApproved
from distribution.delivery.planning import Recipe, enlist, pass_at_once
from distribution.delivery.steering import WrongState
from distribution.delivery.store import plans, successors
from distribution.delivery.store.runs import find_run, issue_of
from distribution.digests import Sheet
from distribution.errors import Refused
from distribution.models import Run
from distribution.words import Addressees, DeliveryState, RunKind, RunState

LONGEST_REASON = 200
"""Characters: it is a line above the mail, not a part of it."""

_S = DeliveryState
_PAUSE_FIRST = "更正：内容要改的先取消（distribution run cancel），内容不改的先暂停"
_THROUGH = frozenset({RunState.PAUSED, RunState.FINISHED, RunState.CANCELLED})
"""Nothing of it leaves meanwhile."""
_STATES: dict[Addressees, frozenset[DeliveryState]] = {
    # Not those who wait still, nor whom a cancelled run never reached: a run of theirs will.
    Addressees.ALL: frozenset({_S.ACCEPTED, _S.FAILED, _S.IN_DOUBT, _S.HELD, _S.EXPIRED}),
    Addressees.ACCEPTED: frozenset({_S.ACCEPTED}),
    Addressees.FAILED: frozenset({_S.FAILED}),
    Addressees.IN_DOUBT: frozenset({_S.IN_DOUBT}),
}


class OneIsOpen(Refused):
    """Raised where a correction of the issue is under way already."""

    def __init__(self, key: str, run: Run) -> None:
        self.key, self.run_id, self.state = key, run.id, run.state
        super().__init__(
            f"{key} 期已有一个更正，批次 {run.id}（{run.state.label}）：没有改动；"
            f"不要它，先运行 distribution run cancel {run.id}"
        )


class NobodyToCorrect(Refused):
    """Raised where a run has no mail that stands so."""

    def __init__(self, run_id: int, addressees: Addressees) -> None:
        self.run_id, self.addressees = run_id, addressees
        super().__init__(f"批次 {run_id} 没有可以更正的投递（{addressees.label}）：没有改动")


class NothingPutRight(Refused):
    """Raised where the mails would say what those of the run said."""

    def __init__(self, key: str, run_id: int) -> None:
        self.key, self.run_id = key, run_id
        super().__init__(
            f"{key} 期的邮件与批次 {run_id} 投出的一字不差，没有改动：先运行 "
            f"distribution issue reopen {key} --reason 缘由，改正后重新批准；"
            "确要照原样再投，请加 --again"
        )


class StillInHands(Refused):
    """Raised where mails of a run are being handed over: who gets one would miss the correction."""

    def __init__(self, run_id: int, count: int) -> None:
        self.run_id, self.count = run_id, count
        super().__init__(f"批次 {run_id} 还有 {count} 封正在交付：没有改动，请稍后再试")


class ReasonNotShown(Refused):
    """Raised where the installation's own templates do not say that a mail is a correction."""

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(
            f"本装置的邮件模板 digest/{file} 没有写出更正：没有改动；"
            "请照自带的模板，在开头加上 {% if correction %}…{% endif %} 一段"
        )


@dataclass(frozen=True, slots=True)
class Errand:
    """What a correction says, and to whom."""

    reason: str
    addressees: Addressees = Addressees.ALL
    again: bool = False
    """Though nothing was put right."""


def count(session: Session, run_id: int, addressees: Addressees) -> int:
    """Whom a correction of a run would be for, before it is asked who may be mailed now.

    Raises WrongState, StillInHands and NobodyToCorrect.
    """
    run = find_run(session, run_id)
    if run.state not in _THROUGH:
        raise WrongState(run_id, run.state, _PAUSE_FIRST)
    for late in successors.open_successors(
        session, run.issue_id, RunKind.LATE, (RunState.SENDING,)
    ):
        raise WrongState(late.id, late.state, _PAUSE_FIRST)  # its readers would miss it
    if in_hands := successors.count_addressees(session, run, {_S.LEASED, _S.HANDED}):
        raise StillInHands(run_id, in_hands)
    count = successors.count_addressees(session, run, _STATES[addressees])
    if not count:
        raise NobodyToCorrect(run_id, addressees)
    return count


def plan(
    transaction: Transaction, run_id: int, errand: Errand, recipe: Recipe, *, by: str, at: datetime
) -> int:
    """Plan a correction of a run, or go on planning it; gives its number.

    Raises as `count`, NotApproved, OneIsOpen, NothingPutRight, ReasonNotShown, GateClosed.
    """
    with transaction() as session:
        count(session, run_id, errand.addressees)
        correction_id = _open_run(session, run_id, errand, recipe, by=by, at=at)
    while _plan_slice(transaction, correction_id, recipe):
        pass
    return correction_id


def _open_run(
    session: Session, run_id: int, errand: Errand, recipe: Recipe, *, by: str, at: datetime
) -> int:
    original = find_run(session, run_id)
    key = issues.key_of(issue_of(session, original))
    issue = issues.find_issue(session, key, lock=True)  # nobody reopens it meanwhile
    if issue.approved_at is None:
        raise NotApproved(key)
    asked = (run_id, errand.reason, errand.addressees)
    for begun in successors.open_successors(session, issue.id, RunKind.CORRECTION):
        same = (begun.original_id, begun.reason, begun.addressees) == asked
        if same and begun.state is RunState.PLANNING:
            return begun.id
        raise OneIsOpen(key, begun)
    before = _rendered(session, issue.id, original.reason or "", recipe)
    if before.sha256 == original.sheet_sha256 and not errand.again:
        raise NothingPutRight(key, run_id)
    sheet = _sheet(session, issue.id, errand.reason, recipe)
    plans.keep_sheet(session, sheet)
    run = plans.add_run(
        session,
        issue.id,
        sheet.sha256,
        kind=RunKind.CORRECTION,
        resend_number=successors.next_resend_number(session, issue.id),
        by=by,
        at=at,
    )
    run.original_id, run.reason, run.addressees = asked
    run.discovery = list(plans.most_read_topics(session, issue))
    run.origin = asdict(recipe.addresses.origin)
    session.flush()
    return run.id


def _rendered(session: Session, issue_id: int, reason: str, recipe: Recipe) -> Sheet:
    content, names = issues.load_issue(session, issue_id), topics.names(session)
    return digests.render_sheet(
        content,
        names,
        recipe.templates,
        recipe.publication,
        correction=reason,
        honeypot=recipe.honeypot,
    )


def _sheet(session: Session, issue_id: int, reason: str, recipe: Recipe) -> Sheet:
    """The issue as it now is, with the reason above it."""
    sheet = _rendered(session, issue_id, reason, recipe)
    shown = {
        "subject.txt": [sheet.subject["own"], sheet.subject["whole"]],
        "body.txt": [sheet.text["top"]],
        "body.html": [sheet.html["top"]],
    }
    for file, pieces in shown.items():
        if not all("更正" in "".join(piece) for piece in pieces):
            raise ReasonNotShown(file)
    pass_at_once(issues.load_issue(session, issue_id), sheet, recipe)
    return sheet


def _plan_slice(transaction: Transaction, correction_id: int, recipe: Recipe) -> bool:
    """Plan the next of them; False when nobody is left."""
    with transaction() as session:
        audience.join_audience(session)  # nobody is taken back with his list meanwhile
        run = find_run(session, correction_id, lock=True)
        if run.state is not RunState.PLANNING or not run.original_id or not run.addressees:
            return False
        original = find_run(session, run.original_id)
        states = _STATES[run.addressees]
        found = successors.addressees(session, original, states, run.cursor, planning.SLICE)
        if not found:
            run.state = RunState.PLANNED
            return False
        enlist(session, run, audience.readers_among(session, found), recipe)
        run.cursor = found[-1]
        return True
