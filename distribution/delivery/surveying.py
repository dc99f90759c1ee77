"""All readers counted over an issue as it stands, approved or not, before any run."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import topics
from distribution.audience import Reader
from distribution.delivery.drafting import NOBODY, Rehearsal, rehearse, slices
from distribution.delivery.mail_domains import lanes_of
from distribution.delivery.planning import Recipe, wishes_of
from distribution.delivery.press import personal_of
from distribution.delivery.store.surveys import topics_leading_nowhere
from distribution.digests import Coverage, Interests, Tally, TooLarge
from distribution.words import Tracking


@dataclass(frozen=True, slots=True)
class Survey:
    """What approval of an issue would mean."""

    coverage: Coverage
    largest_message: int | None
    """Bytes of the mail with the longest HTML part; None where it would be refused."""
    lanes: Mapping[str, int]
    """Readers who may be mailed, by the lane of their addresses."""


def survey(session: Session, issue_id: int, recipe: Recipe, *, at: datetime) -> Survey:
    """Count every subscriber over an issue; raises BrokenTemplate."""
    return survey_rehearsed(session, rehearse(session, issue_id, recipe), lambda _: None, at=at)


def survey_rehearsed(
    session: Session,
    rehearsal: Rehearsal,
    look_at: Callable[[Iterable[Interests]], None],
    *,
    at: datetime,
) -> Survey:
    """Count every subscriber over an issue; `look_at` sees what those want who may be mailed.

    A slice of readers at a time; those of a slice who want the same are counted at once.
    """
    tally = Tally(
        rehearsal.issue,
        rehearsal.selector,
        rehearsal.composer,
        personal_of(rehearsal.addresses, NOBODY, NOBODY, Tracking.GRANTED),
        {topic.code: topic.name for topic in topics.all_topics(session)},
        leading_nowhere=topics_leading_nowhere(session),
    )
    lanes = Counter[str]()
    for readers in slices(session):
        look_at(_count_slice(tally, readers))
        welcome = [reader.recipient for reader in readers if reader.barrier is None]
        lanes.update(lanes_of(session, welcome).values())
    coverage = tally.coverage()
    return Survey(coverage, _message_bytes(rehearsal, coverage, at), lanes)


def _count_slice(tally: Tally, readers: Sequence[Reader]) -> Iterable[Interests]:
    """What they want, each once and in their order."""
    alike: defaultdict[Interests, list[str]] = defaultdict(list)
    for reader in readers:
        if reader.barrier is None:
            alike[wishes_of(reader)].append(reader.recipient)
    barred = Counter(reader.barrier for reader in readers if reader.barrier is not None)
    for cause, count in barred.items():
        tally.leave_out(cause, count)
    for wishes, recipients in alike.items():
        tally.add(wishes, recipients)
    return alike


def _message_bytes(rehearsal: Rehearsal, coverage: Coverage, at: datetime) -> int | None:
    largest = coverage.largest
    if largest is None:
        return None
    try:
        return len(rehearsal.draft(largest.wishes, largest.recipient, at).message)
    except TooLarge:
        return None
