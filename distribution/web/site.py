"""What all pages share."""

from dataclasses import dataclass, field

from anyio import CapacityLimiter

from distribution.app import App
from distribution.health import Examiner
from distribution.web.collecting import Announcer, GroupCommit, Opens
from distribution.web.fetching import Kept
from distribution.web.library import Library
from distribution.webhooks import Fetch

AT_ONCE = 4
"""Threads for providers alone: one that is slow to answer us keeps no page waiting."""


@dataclass(frozen=True)
class Hooks:
    """What the calls of providers share."""

    announcer: Announcer
    fetch: Fetch
    certificates: Kept
    threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(AT_ONCE))
    confirmed: set[str] = field(default_factory=set)
    """Event ids of subscriptions that have begun."""


@dataclass(frozen=True)
class Site:
    """An installation as its pages see it."""

    app: App
    library: Library
    clicks: GroupCommit
    opens: Opens
    hooks: Hooks
    examiner: Examiner
