"""All readers counted over an issue as it stands, approved or not, before any run."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import topics
from distribution.audience import Reader
from distribution.delivery.drafting import NOBODY, Rehearsal, rehearse, slices
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


def survey(session: Session, issue_id: int, recipe: Recipe, *, at: datetime) -> Survey:
    """Count every subscriber over an issue; raises digests.BrokenTemplate.

    A slice of readers at a time; those of a slice who want the same are counted at once.
    """
    rehearsal = rehearse(session, issue_id, recipe)
    tally = Tally(
        rehearsal.issue,
        rehearsal.selector,
        rehearsal.composer,
        personal_of(rehearsal.addresses, NOBODY, NOBODY, Tracking.GRANTED),
        {topic.code: topic.name for topic in topics.all_topics(session)},
        leading_nowhere=topics_leading_nowhere(session),
    )
    for readers in slices(session):
        _count_slice(tally, readers)
    coverage = tally.coverage()
    return Survey(coverage, _message_bytes(rehearsal, coverage, at))


def _count_slice(tally: Tally, readers: Sequence[Reader]) -> None:
    alike: defaultdict[Interests, list[str]] = defaultdict(list)
    for reader in readers:
        if reader.barrier is None:
            alike[wishes_of(reader)].append(reader.recipient)
    barred = Counter(reader.barrier for reader in readers if reader.barrier is not None)
    for cause, count in barred.items():
        tally.leave_out(cause, count)
    for wishes, recipients in alike.items():
        tally.add(wishes, recipients)


def _message_bytes(rehearsal: Rehearsal, coverage: Coverage, at: datetime) -> int | None:
    largest = coverage.largest
    if largest is None:
        return None
    try:
        return len(rehearsal.draft(largest.wishes, largest.recipient, at).message)
    except TooLarge:
        return None
