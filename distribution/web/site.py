"""What all pages share."""

from dataclasses import dataclass

from distribution.app import App
from distribution.web.collecting import GroupCommit, Opens
from distribution.web.library import Library


@dataclass(frozen=True)
class Site:
    """An installation as its pages see it."""

    app: App
    library: Library
    clicks: GroupCommit
    opens: Opens
