"""Reports: how a run went, what came back, and what happened with one reader."""

from distribution.reports.alarming import tell_bounces, too_much_back
from distribution.reports.annual import BoardReport
from distribution.reports.board import board_report
from distribution.reports.board_page import year_page
from distribution.reports.board_tables import sentence as year_sentence
from distribution.reports.board_tables import year_tables
from distribution.reports.board_workbook import year_workbook
from distribution.reports.bounce_figures import NO_CLASS, BounceReport, Counts, meaning_label
from distribution.reports.bounce_figures import NOTES as BOUNCE_NOTES
from distribution.reports.bounce_store import Scope, bounce_report
from distribution.reports.counting import run_report
from distribution.reports.course import (
    Bucket,
    EarlierRun,
    InterestFigures,
    Interests,
    Known,
    LaneFigures,
    Pace,
)
from distribution.reports.deeds import deed_of, in_words
from distribution.reports.discretion import FEW, TOO_FEW
from distribution.reports.figures import (
    ArticleFigures,
    Books,
    Bounced,
    Clicked,
    EnterpriseFigures,
    Left,
    Opened,
    Rest,
    RunReport,
    TopicFigures,
    range_of,
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
from distribution.reports.interests import CHANNELS as INTEREST_CHANNELS
from distribution.reports.lane_store import LaneBooks, lane_books, runs_waiting
from distribution.reports.mailing import (
    Letterhead,
    NobodyToTell,
    NotStarted,
    reports_due,
    send_report,
)
from distribution.reports.notes import FIGURES, NOTES, Figure, footnotes, note
from distribution.reports.originals import Original
from distribution.reports.page import run_page
from distribution.reports.reading import popularity
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
from distribution.reports.tables import HIDDEN, Table
from distribution.reports.unreachable_store import BOUNCED, Unreachable, unreachable
from distribution.reports.visit import EnterpriseReport
from distribution.reports.visit_page import enterprise_page, enterprise_tables, enterprise_workbook
from distribution.reports.visit_page import sentence as enterprise_sentence
from distribution.reports.visiting import enterprise_report
from distribution.reports.workbook import run_workbook

__all__ = [
    "BOUNCED",
    "BOUNCE_NOTES",
    "FEW",
    "FIGURES",
    "HIDDEN",
    "INTEREST_CHANNELS",
    "KINDS",
    "NOTES",
    "NO_CLASS",
    "TOO_FEW",
    "ArticleFigures",
    "BoardReport",
    "Books",
    "BounceReport",
    "Bounced",
    "Bucket",
    "CameBack",
    "Clicked",
    "Counts",
    "EarlierRun",
    "EnterpriseFigures",
    "EnterpriseReport",
    "Entry",
    "Figure",
    "Happening",
    "History",
    "InterestFigures",
    "Interests",
    "Kind",
    "Known",
    "LaneBooks",
    "LaneFigures",
    "Left",
    "Letterhead",
    "NobodyToTell",
    "NotJudged",
    "NotStarted",
    "NothingCameBack",
    "Opened",
    "Original",
    "Pace",
    "Rest",
    "RunReport",
    "Scope",
    "Table",
    "TopicFigures",
    "Unreachable",
    "Wanted",
    "WhileSending",
    "address_hash",
    "articles_of",
    "board_report",
    "bounce_report",
    "came_back",
    "deed_of",
    "deeds_about",
    "deliveries_of",
    "delivery_events_of",
    "enterprise_page",
    "enterprise_report",
    "enterprise_sentence",
    "enterprise_tables",
    "enterprise_workbook",
    "find_refusal",
    "find_returned",
    "footnotes",
    "history",
    "imports_of",
    "in_words",
    "lane_books",
    "letters_of",
    "meaning_label",
    "note",
    "original",
    "popularity",
    "range_of",
    "readings_of",
    "replies_to",
    "reports_due",
    "requests_of",
    "returned_of",
    "run_page",
    "run_report",
    "run_workbook",
    "runs_waiting",
    "send_report",
    "suppression_of",
    "tell_bounces",
    "too_much_back",
    "unreachable",
    "year_page",
    "year_sentence",
    "year_tables",
    "year_workbook",
]
