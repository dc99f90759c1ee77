"""The compiler: files of one issue become masthead, articles, an account, and doubts.

It knows no database: it runs in a process of its own that may not do much else.
"""

from distribution.compiler.article.facts import text_facts
from distribution.compiler.article.figures import Figure, key_figures
from distribution.compiler.compiling import USUAL_SECTIONS, compile_issue, read_issue
from distribution.compiler.content import (
    Account,
    Article,
    Asset,
    Block,
    Complaint,
    Contact,
    Masthead,
    Paragraph,
    Picture,
    ReadIssue,
    Table,
)
from distribution.compiler.doubts import FURNITURE_LABELS, Doubt, Furniture, confidence
from distribution.compiler.lines import Source
from distribution.compiler.lines import key as article_key
from distribution.compiler.room import LIMITS, Limits, compile_apart
from distribution.compiler.unreadable import UnreadableIssue
from distribution.compiler.wire import (
    account_from_json,
    account_to_json,
    article_from_json,
    article_to_json,
    block_from_json,
    block_to_json,
    complaint_from_json,
    complaint_to_json,
    masthead_from_json,
    masthead_to_json,
)

__all__ = [
    "FURNITURE_LABELS",
    "LIMITS",
    "USUAL_SECTIONS",
    "Account",
    "Article",
    "Asset",
    "Block",
    "Complaint",
    "Contact",
    "Doubt",
    "Figure",
    "Furniture",
    "Limits",
    "Masthead",
    "Paragraph",
    "Picture",
    "ReadIssue",
    "Source",
    "Table",
    "UnreadableIssue",
    "account_from_json",
    "account_to_json",
    "article_from_json",
    "article_key",
    "article_to_json",
    "block_from_json",
    "block_to_json",
    "compile_apart",
    "compile_issue",
    "complaint_from_json",
    "complaint_to_json",
    "confidence",
    "key_figures",
    "masthead_from_json",
    "masthead_to_json",
    "read_issue",
    "text_facts",
]
