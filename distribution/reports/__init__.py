"""Reports: how a run went, and what happened with one reader."""

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
from distribution.reports.notes import NOTES

__all__ = [
    "NOTES",
    "ArticleFigures",
    "Books",
    "Bounced",
    "Clicked",
    "EnterpriseFigures",
    "Entry",
    "Happening",
    "History",
    "Left",
    "Opened",
    "RunReport",
    "TopicFigures",
    "articles_of",
    "deed_of",
    "deeds_about",
    "deliveries_of",
    "delivery_events_of",
    "history",
    "imports_of",
    "in_words",
    "letters_of",
    "readings_of",
    "requests_of",
    "returned_of",
    "run_report",
    "suppression_of",
]
