"""The figures of a run's course: over time, by provider, in its readers' topics, beside others."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from distribution.words import RunKind

Known = int | None
"""How readers read; None where too few stand behind it to be told, see `discretion`."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Mails a relay took within a stretch of time."""

    start: datetime
    accepted: int


@dataclass(frozen=True, slots=True)
class Pace:
    """When mails were accepted, in stretches of the same width, without a gap between them."""

    width: timedelta
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class LaneFigures:
    """How the mails to one provider fared."""

    lane: str
    label: str
    planned: int
    accepted: int
    refused: int
    """Deliveries that ended as failed or expired."""
    bounced: int
    """As `Bounced.total`."""


@dataclass(frozen=True, slots=True)
class InterestFigures:
    """How many readers of a run took up a topic since its start, and how many gave it up."""

    code: str
    name: str
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Interests:
    """How readers of a run changed their topics since its start, until the next regular run's.

    Each reader counts once for a topic, by how it ended; a change taken back is none.
    """

    since: datetime | None
    until: datetime | None
    """None: till now."""
    readers: int
    channels: dict[str, int]
    """Readers by the way they did it: link, page, office; one of two ways counts in both."""
    topics: tuple[InterestFigures, ...]


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """What is compared of one run."""

    run_id: int
    issue_key: str
    kind: RunKind
    started_at: datetime | None
    accepted: int
    agreed: Known
    opened: Known
    opened_at_most: Known
    clicked: Known
    bounced: int
    left: int
