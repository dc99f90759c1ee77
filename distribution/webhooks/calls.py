"""What a provider posts to us, and what an adapter makes of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from distribution.config import Settings
from distribution.errors import DistributionError

OLDEST = timedelta(hours=1)
"""SNS tries for an hour at most (3,600 seconds over all its retries)."""
AHEAD = timedelta(minutes=5)
"""How far a provider's clock may be before ours."""

Fetch = Callable[[str], bytes]
"""Gives what stands at an address; raises CannotFetch."""


class NotGenuine(DistributionError):
    """Raised for a call that is not known to be its provider's; the reason is for the log only."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"不能证明是服务商发来的通知（{reason}）：没有保存")


class CannotFetch(DistributionError):
    """Raised where an address of the provider does not answer: the call may come again."""

    exit_code = 1

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"取不到服务商网址上的内容（{reason}）：请检查服务器能否访问外网")


@dataclass(frozen=True, slots=True)
class Call:
    """One POST, as it came."""

    url: str
    """That the provider was told, made of the settings: the Host header is anybody's."""
    headers: Mapping[str, str]
    """Their names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider tells of a mail; proved to be its word."""

    event_id: str
    """Names it among all of its source: it is the same when it comes again."""
    at: datetime
    """When it was signed."""
    raw: bytes
    """What its reader reads, see `replies.NOTICE_READERS`."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A subscription that begins when somebody fetches an address of the provider."""

    event_id: str
    subject: str
    """What is subscribed to."""
    url: str


@dataclass(frozen=True, slots=True)
class Unneeded:
    """Genuine, and nothing to keep."""

    kind: str


Heard = Notice | Invitation | Unneeded


@dataclass(frozen=True, slots=True)
class Provider:
    """An adapter: who is believed is for the settings to say."""

    configured: Callable[[Settings], bool]
    hear: Callable[[Call, Settings, datetime, Fetch], Heard]
    """Raises NotGenuine; and CannotFetch where the certificate cannot be had."""


def document(text: bytes | str) -> dict[str, Any]:
    """A JSON object; raises NotGenuine for whatever else was given."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise NotGenuine("not JSON") from None
    if not isinstance(found, dict):
        raise NotGenuine("not a JSON object")
    return found


def refuse_untimely(at: datetime, now: datetime, oldest: timedelta = OLDEST) -> None:
    """Raise NotGenuine for what was signed too long ago to be anything but a repetition."""
    if not -AHEAD <= now - at <= oldest:
        raise NotGenuine("signed too long ago, or in the future")
