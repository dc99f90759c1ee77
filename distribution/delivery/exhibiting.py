"""What an issue becomes for all its readers as they are now: every digest, each once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from distribution import digests
from distribution.delivery.drafting import Rehearsal, slices
from distribution.delivery.planning import wishes_of
from distribution.digests import Exhibit, Interests
from distribution.words import MailFormat, Tracking


def exhibits(session: Session, rehearsal: Rehearsal) -> Sequence[Exhibit]:
    """The digests of all who may be mailed; where there is nobody, those of each topic."""
    wishes: Sequence[tuple[Interests, int]] = _wishes(session).most_common()
    if not wishes:
        used = {topic for stored in rehearsal.issue.articles for topic in stored.topics}
        wishes = [(Interests((topic,)), 0) for topic in sorted(used)]
    return digests.exhibits(rehearsal.sheet, rehearsal.selector, wishes)


def _wishes(session: Session) -> Counter[Interests]:
    """How many want the same; neither their format nor whether they are counted matters."""
    found: Counter[Interests] = Counter()
    for readers in slices(session):
        found.update(
            replace(wishes_of(reader), format=MailFormat.HTML, tracking=Tracking.DENIED)
            for reader in readers
            if reader.barrier is None
        )
    return found
