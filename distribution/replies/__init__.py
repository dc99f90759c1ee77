"""Replies: what mail systems say, and what it means for the mail at hand."""

from distribution.replies.codes import reply_code
from distribution.replies.consequences import COUNTED, IN_A_ROW, consequence_of
from distribution.replies.judging import Judgement, judge
from distribution.replies.lanes import (
    Limits,
    is_provider,
    lane_label,
    lane_named,
    lane_of,
    limits_of,
    rests_of,
)
from distribution.replies.own import InvalidRules, read_rules
from distribution.replies.personal import PersonalLetter, read_personal
from distribution.replies.providers import (
    provider_named,
    provider_of,
    provider_of_host,
)
from distribution.replies.returned import RecipientResult, ReturnedReport, read_returned
from distribution.replies.returned_text import readable, words_of
from distribution.replies.rules import Rule, Said, rule_named
from distribution.replies.webhook_readers import NOTICE_READERS, read_aliyun, read_ses

__all__ = [
    "COUNTED",
    "IN_A_ROW",
    "NOTICE_READERS",
    "InvalidRules",
    "Judgement",
    "Limits",
    "PersonalLetter",
    "RecipientResult",
    "ReturnedReport",
    "Rule",
    "Said",
    "consequence_of",
    "is_provider",
    "judge",
    "lane_label",
    "lane_named",
    "lane_of",
    "limits_of",
    "provider_named",
    "provider_of",
    "provider_of_host",
    "read_aliyun",
    "read_personal",
    "read_returned",
    "read_rules",
    "read_ses",
    "readable",
    "reply_code",
    "rests_of",
    "rule_named",
    "words_of",
]
