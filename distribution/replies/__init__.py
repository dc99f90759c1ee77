"""Replies: what mail systems say, and what it means for the mail at hand."""

from distribution.replies.judging import Judgement, judge
from distribution.replies.providers import provider_of

__all__ = ["Judgement", "judge", "provider_of"]
