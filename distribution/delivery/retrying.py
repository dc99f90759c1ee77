"""Refused and held mails by what they are stuck for, and planning those of one kind again.

A mail is held where it cannot be made, or where processes died of it again and again.
A retry keeps slot and Message-ID: it is the same mail. It goes only where the run still sends:
a finished run within its time goes on, and finishes again with another recount; one whose time
is up, or that was cancelled, is over, for its readers would get an old issue.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from distribution.delivery.going import go_on, require_going
from distribution.delivery.store import again, rows, runs, unsettled
from distribution.delivery.store.handing import add_events
from distribution.words import Cause, DeliveryState, Meaning

FAILED_FOR = (
    Cause.BAD_ADDRESS, Cause.POLICY, Cause.CONTENT, Cause.SIZE, Cause.EAI, Cause.UNKNOWN,
)  # fmt: skip
"""Causes a delivery can fail for; those known more closely have a meaning beside."""
STUCK_FOR = (*FAILED_FOR, Cause.POISON)
"""Causes a person may let it go again for."""

_EXAMPLES = 3
_TOO_LATE = "请另行通知这些读者，或等下一期"


@dataclass(frozen=True, slots=True)
class Example:
    """One of the mails that are stuck."""

    delivery_id: int
    recipient: str
    words: str
    """What the relay said, or what went wrong here; empty where processes died."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Mails of a run that are stuck for the same."""

    meaning: Meaning | None
    cause: Cause | None
    count: int
    examples: tuple[Example, ...]

    @property
    def kind(self) -> Meaning | Cause:
        """What names them: the meaning, or the cause where nothing closer is known."""
        return self.meaning or self.cause or Cause.UNKNOWN


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of the mails of a kind."""

    planned: int
    barred: dict[Cause, int]
    """Left as they are: their readers may not be mailed any more, and why."""


def failures(session: Session, run_id: int) -> list[Failure]:
    """The refused and held mails of a run by what they are stuck for, the most first."""
    runs.find_run(session, run_id)
    examples = defaultdict[object, list[Example]](list)
    for row in unsettled.stuck_examples(session, run_id, _EXAMPLES):
        examples[row[0], row[1]].append(Example(row[2], row[3], row[4]))
    return [
        Failure(row[0], row[1], row[2], tuple(examples[row[0], row[1]]))
        for row in unsettled.stuck_groups(session, run_id)
    ]


def codes_of(kind: str) -> frozenset[str]:
    """What a person calls a kind of them, as codes: by code or label, of meaning or cause.

    >>> sorted(codes_of("邮件过大"))
    ['size', 'too_large']
    >>> codes_of("没有这种")
    frozenset()
    """
    words = (*Meaning, *STUCK_FOR)
    return frozenset(word.value for word in words if kind in (word.value, word.label))


def retry(
    session: Session, run_id: int, codes: Collection[str], *, by: str, dry_run: bool = False
) -> Retried:
    """Plan the mails of these codes again, but for readers who may not be mailed now.

    Nor for those who have a correction planned: the first version must not come after it.
    A finished run goes on if there is any. Raises RunOver. With `dry_run` nothing changes.
    """
    require_going(session, run_id, _TOO_LATE)
    planned, after, left_out = 0, 0, Counter[Cause]()
    while found := again.stuck_after(session, run_id, codes, after, lock=not dry_run):
        barred = dict.fromkeys(again.corrected(session, found), Cause.ALREADY)
        barred |= rows.barred(session, found)
        left_out.update(barred.values())
        due = [delivery_id for delivery_id in found if delivery_id not in barred]
        planned += len(due) if dry_run else _plan(session, due, by)
        after = found[-1]
    if planned and not dry_run:
        go_on(session, run_id, _TOO_LATE)
    return Retried(planned, dict(left_out))


def _plan(session: Session, delivery_ids: Collection[int], by: str) -> int:
    moved = again.plan_again(session, delivery_ids, again.STUCK)
    add_events(session, dict.fromkeys(moved, ""), DeliveryState.PLANNED, None, by=by)
    return len(moved)
