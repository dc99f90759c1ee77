"""Replies: what mail systems say, and what it means for the mail at hand."""

from distribution.replies.codes import reply_code
from distribution.replies.judging import Judgement, judge
from distribution.replies.providers import provider_named, provider_of, provider_of_host
from distribution.replies.returned import RecipientResult, ReturnedReport, read_returned
from distribution.replies.returned_text import readable
from distribution.replies.rules import Rule

__all__ = [
    "Judgement",
    "RecipientResult",
    "ReturnedReport",
    "Rule",
    "judge",
    "provider_named",
    "provider_of",
    "provider_of_host",
    "read_returned",
    "readable",
    "reply_code",
]
