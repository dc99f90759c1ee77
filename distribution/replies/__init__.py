"""Replies: what mail systems say, and what it means for the mail at hand."""

from distribution.replies.judging import Judgement, judge
from distribution.replies.providers import provider_of
from distribution.replies.returned import NO_SUCH_MAILBOX, ReturnedReport, read_returned
from distribution.replies.returned_text import readable

__all__ = [
    "NO_SUCH_MAILBOX",
    "Judgement",
    "ReturnedReport",
    "judge",
    "provider_of",
    "read_returned",
    "readable",
]
