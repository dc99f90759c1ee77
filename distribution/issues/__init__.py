"""Issues: what the compiler read, as the editor corrected it and as it was approved."""

from distribution.issues.content import StoredArticle, StoredIssue
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

__all__ = [
    "AlreadyApproved",
    "Imported",
    "StoredArticle",
    "StoredIssue",
    "approve",
    "article_counts",
    "find_issue",
    "key_of",
    "list_issues",
    "load_issue",
    "save_issue",
]
