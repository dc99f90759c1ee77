"""Issues: what the compiler read, as the editor corrected it and as it was approved."""

from distribution.issues.checking import Fault, Finding, mapping
from distribution.issues.content import Contract, Limit, StoredArticle, StoredIssue, TopicReason
from distribution.issues.correcting import Correction, text_of
from distribution.issues.diffing import (
    ArticleChange,
    Change,
    Diff,
    FactChange,
    Piece,
    as_facts,
    words,
)
from distribution.issues.doubting import Told, new_sections, trust
from distribution.issues.facts import text as checked_text
from distribution.issues.refusals import (
    AlreadyApproved,
    HasReaders,
    HasRun,
    ImportedMeanwhile,
    InvalidFact,
    NotReady,
    PlacesTaken,
)
from distribution.issues.relating import Kinship, Known
from distribution.issues.searching import LONGEST as LONGEST_SEARCH
from distribution.issues.searching import Marked, Wanted, wanted
from distribution.issues.stages import Deed, fingerprint
from distribution.issues.store.articles import (
    Retopiced,
    load_issue,
    retopic,
    sections_in_use,
    went_out,
)
from distribution.issues.store.assets import asset, sizes
from distribution.issues.store.contract import (
    choose_lead,
    declare_commercial,
    drop_lead,
    lift_limit,
    limit_section,
    write_note,
    write_notice,
)
from distribution.issues.store.corrections import Desk, corrections_of, no_article, titles_of
from distribution.issues.store.deeds import (
    Way,
    deeds_of,
    issue_of_deed,
    note,
    note_once,
    stages_of,
    way_of,
)
from distribution.issues.store.issues import (
    approved_at,
    article_counts,
    article_name,
    find_issue,
    key_of,
    latest_masthead,
    list_issues,
)
from distribution.issues.store.releasing import (
    Report,
    approve,
    check,
    reopen,
    report,
    report_of,
    require_ready,
)
from distribution.issues.store.saving import Imported, Preview, preview, save_issue
from distribution.issues.store.shelf import Shelved, known_articles, shelf, shelf_state
from distribution.issues.store.texts import Hit, hits, reindex, search

__all__ = [
    "LONGEST_SEARCH",
    "AlreadyApproved",
    "ArticleChange",
    "Change",
    "Contract",
    "Correction",
    "Deed",
    "Desk",
    "Diff",
    "FactChange",
    "Fault",
    "Finding",
    "HasReaders",
    "HasRun",
    "Hit",
    "Imported",
    "ImportedMeanwhile",
    "InvalidFact",
    "Kinship",
    "Known",
    "Limit",
    "Marked",
    "NotReady",
    "Piece",
    "PlacesTaken",
    "Preview",
    "Report",
    "Retopiced",
    "Shelved",
    "StoredArticle",
    "StoredIssue",
    "Told",
    "TopicReason",
    "Wanted",
    "Way",
    "approve",
    "approved_at",
    "article_counts",
    "article_name",
    "as_facts",
    "asset",
    "check",
    "checked_text",
    "choose_lead",
    "corrections_of",
    "declare_commercial",
    "deeds_of",
    "drop_lead",
    "find_issue",
    "fingerprint",
    "hits",
    "issue_of_deed",
    "key_of",
    "known_articles",
    "latest_masthead",
    "lift_limit",
    "limit_section",
    "list_issues",
    "load_issue",
    "mapping",
    "new_sections",
    "no_article",
    "note",
    "note_once",
    "preview",
    "reindex",
    "reopen",
    "report",
    "report_of",
    "require_ready",
    "retopic",
    "save_issue",
    "search",
    "sections_in_use",
    "shelf",
    "shelf_state",
    "sizes",
    "stages_of",
    "text_of",
    "titles_of",
    "trust",
    "wanted",
    "way_of",
    "went_out",
    "words",
    "write_note",
    "write_notice",
]
