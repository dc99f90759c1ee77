"""Closed sets: an ASCII code for the database, a Chinese label for people.

What an editor may change, such as the topics, is a table and not here.
"""

from distribution.words.content import (
    CorrectionKind,
    Omission,
    Reason,
    RuleField,
    TopicOrigin,
)
from distribution.words.month import GroupRobot, Hold, IssueStage, IssueStep, SlotState, StaffRole
from distribution.words.people import (
    Decision,
    Edition,
    Frequency,
    ImportKind,
    LeavingReason,
    MailFormat,
    Membership,
    Purpose,
    RequestKind,
    Role,
    RowOutcome,
    SuppressionReason,
    TopicsFrom,
    Tracking,
)
from distribution.words.returned import (
    Consequence,
    FoundBy,
    Meaning,
    Returned,
    Signal,
    Verdict,
)
from distribution.words.sending import (
    Addressees,
    Awaited,
    Cause,
    DeliveryState,
    LetterPurpose,
    LetterState,
    RunKind,
    RunState,
    Wire,
)
from distribution.words.word import Word

__all__ = [
    "Addressees",
    "Awaited",
    "Cause",
    "Consequence",
    "CorrectionKind",
    "Decision",
    "DeliveryState",
    "Edition",
    "FoundBy",
    "Frequency",
    "GroupRobot",
    "Hold",
    "ImportKind",
    "IssueStage",
    "IssueStep",
    "LeavingReason",
    "LetterPurpose",
    "LetterState",
    "MailFormat",
    "Meaning",
    "Membership",
    "Omission",
    "Purpose",
    "Reason",
    "RequestKind",
    "Returned",
    "Role",
    "RowOutcome",
    "RuleField",
    "RunKind",
    "RunState",
    "Signal",
    "SlotState",
    "StaffRole",
    "SuppressionReason",
    "TopicOrigin",
    "TopicsFrom",
    "Tracking",
    "Verdict",
    "Wire",
    "Word",
]
