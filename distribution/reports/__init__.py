"""Reports: how a run went, what came back, and what happened with one reader."""

from distribution.reports.bounce_figures import NO_CLASS, BounceReport, Counts
from distribution.reports.bounce_figures import NOTES as BOUNCE_NOTES
from distribution.reports.bounce_store import Scope, bounce_report
from distribution.reports.counting import run_report
from distribution.reports.deeds import deed_of, in_words
from distribution.reports.figures import (
    ArticleFigures,
    Books,
    Bounced,
    Clicked,
    EnterpriseFigures,
    Left,
    Opened,
    RunReport,
    TopicFigures,
)
from distribution.reports.history import Entry, Happening, History, history
from distribution.reports.history_store import (
    articles_of,
    deeds_about,
    deliveries_of,
    delivery_events_of,
    imports_of,
    letters_of,
    readings_of,
    requests_of,
    returned_of,
    suppression_of,
)
from distribution.reports.lane_store import LaneBooks, lane_books, runs_waiting
from distribution.reports.notes import NOTES
from distribution.reports.originals import Original
from distribution.reports.returned_store import (
    address_hash,
    came_back,
    find_refusal,
    find_returned,
    original,
    replies_to,
)
from distribution.reports.returning import (
    KINDS,
    CameBack,
    Kind,
    NothingCameBack,
    NotJudged,
    Wanted,
    WhileSending,
)
from distribution.reports.unreachable_store import BOUNCED, Unreachable, unreachable

__all__ = [
    "BOUNCED",
    "BOUNCE_NOTES",
    "KINDS",
    "NOTES",
    "NO_CLASS",
    "ArticleFigures",
    "Books",
    "BounceReport",
    "Bounced",
    "CameBack",
    "Clicked",
    "Counts",
    "EnterpriseFigures",
    "Entry",
    "Happening",
    "History",
    "Kind",
    "LaneBooks",
    "Left",
    "NotJudged",
    "NothingCameBack",
    "Opened",
    "Original",
    "RunReport",
    "Scope",
    "TopicFigures",
    "Unreachable",
    "Wanted",
    "WhileSending",
    "address_hash",
    "articles_of",
    "bounce_report",
    "came_back",
    "deed_of",
    "deeds_about",
    "deliveries_of",
    "delivery_events_of",
    "find_refusal",
    "find_returned",
    "history",
    "imports_of",
    "in_words",
    "lane_books",
    "letters_of",
    "original",
    "readings_of",
    "replies_to",
    "requests_of",
    "returned_of",
    "run_report",
    "runs_waiting",
    "suppression_of",
    "unreachable",
]
