"""Issues: a file of one issue becomes masthead, articles, and what was not understood."""

from distribution.issues.content import (
    Article,
    Complaint,
    Contact,
    Masthead,
    ReadIssue,
    StoredArticle,
    StoredIssue,
)
from distribution.issues.reader import read_issue
from distribution.issues.store import (
    AlreadyApproved,
    Imported,
    approve,
    article_counts,
    find_issue,
    key_of,
    list_issues,
    load_issue,
    save_issue,
)
from distribution.issues.unreadable import UnreadableIssue

__all__ = [
    "AlreadyApproved",
    "Article",
    "Complaint",
    "Contact",
    "Imported",
    "Masthead",
    "ReadIssue",
    "StoredArticle",
    "StoredIssue",
    "UnreadableIssue",
    "approve",
    "article_counts",
    "find_issue",
    "key_of",
    "list_issues",
    "load_issue",
    "read_issue",
    "save_issue",
]
