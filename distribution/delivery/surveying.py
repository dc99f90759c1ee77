"""All readers counted over an issue as it stands, approved or not, before any run."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, topics
from distribution.delivery.drafting import NOBODY, Rehearsal, rehearse
from distribution.delivery.planning import SLICE, Recipe, wishes_of
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
    last_id: int | None = 0
    while last_id is not None:
        last_id = _count_slice(session, tally, last_id)
    coverage = tally.coverage()
    return Survey(coverage, _message_bytes(rehearsal, coverage, at))


def _count_slice(session: Session, tally: Tally, last_id: int) -> int | None:
    """Count the next subscribers; gives the last one's id, None when nobody was left."""
    found = audience.readers_after(session, last_id, SLICE)
    alike: defaultdict[Interests, list[str]] = defaultdict(list)
    for reader in found.readers:
        if reader.barrier is None:
            alike[wishes_of(reader)].append(reader.recipient)
    barred = Counter(reader.barrier for reader in found.readers if reader.barrier is not None)
    for cause, readers in barred.items():
        tally.leave_out(cause, readers)
    for wishes, recipients in alike.items():
        tally.add(wishes, recipients)
    return found.last_id


def _message_bytes(rehearsal: Rehearsal, coverage: Coverage, at: datetime) -> int | None:
    largest = coverage.largest
    if largest is None:
        return None
    try:
        return len(rehearsal.draft(largest.wishes, largest.recipient, at).message)
    except TooLarge:
        return None
