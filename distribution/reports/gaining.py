"""Which topics the readers of a run took up and gave up since it started."""

from sqlalchemy.orm import Session

from distribution import topics
from distribution.models import Run
from distribution.reports import interest_store
from distribution.reports.course import InterestFigures, Interests
from distribution.reports.interests import CHANNELS, tally


def interests_of(session: Session, run: Run) -> Interests:
    """By topic, in the editors' order; nothing for a run that has not started."""
    if run.started_at is None:
        return Interests(None, None, 0, dict.fromkeys(CHANNELS, 0), ())
    until = interest_store.until(session, run.started_at)
    changes = interest_store.changes(session, run.created_at, until)
    readers = {one.subscriber_id for one in changes}
    before = interest_store.topics_at_planning(session, run.id, readers)
    found = tally(changes, before, topics.successors(session), run.started_at)
    return Interests(
        since=run.started_at,
        until=until,
        readers=found.readers,
        channels=found.channels,
        topics=tuple(
            InterestFigures(code, name, found.gained[code], found.lost[code])
            for code, name in topics.names(session).items()
            if found.gained[code] or found.lost[code]
        ),
    )
