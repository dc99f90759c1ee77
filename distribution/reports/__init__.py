"""Reports: how a run went, counted from the ledger and from what came back."""

from distribution.reports.counting import run_report
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
from distribution.reports.notes import NOTES

__all__ = [
    "NOTES",
    "ArticleFigures",
    "Books",
    "Bounced",
    "Clicked",
    "EnterpriseFigures",
    "Left",
    "Opened",
    "RunReport",
    "TopicFigures",
    "run_report",
]
