"""Judges a reply by the rules of `rules.toml`: data, so that an admin can read them."""

import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from distribution.words import Cause

# Not a part of an IP address such as 5.1.1.7.
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a negative reply means for the mail it was given to."""

    cause: Cause | None
    """Why the mail has failed for good; None where trying again later can help."""
    wait: timedelta = timedelta(0)
    """The least time before the next attempt; zero leaves it to the usual back-off."""


def judge(code: int, text: str, provider: str) -> Judgement:
    """Judge a 4xx or 5xx reply of a mailbox provider.

    >>> judge(550, "Connection frequency limited", "qq").cause is None  # 550, and yet it passes
    True
    >>> judge(550, "5.1.1 no such user", "other").cause
    <Cause.BAD_ADDRESS: 'bad_address'>
    """
    enhanced = enhanced_code(text)
    for rule in _rules():
        if rule.fits(str(code), enhanced, text, provider):
            return rule.judgement
    return Judgement(Cause.UNKNOWN)  # neither 4xx nor 5xx: not a reply we can build on


def enhanced_code(text: str) -> str:
    """The first enhanced status code (RFC 3463) in a text; empty where there is none.

    >>> enhanced_code("smtp; 550-5.1.1 no such user"), enhanced_code("[5.1.1.7] refused")
    ('5.1.1', '')
    """
    found = _ENHANCED.search(text)
    return found.group(1) if found else ""


@dataclass(frozen=True, slots=True)
class _Rule:
    provider: str
    says: re.Pattern[str]
    code: str
    enhanced: str
    judgement: Judgement

    def fits(self, code: str, enhanced: str, text: str, provider: str) -> bool:
        return (
            self.provider in ("", provider)
            and code.startswith(self.code)
            and f"{enhanced}.".startswith(f"{self.enhanced}." if self.enhanced else "")
            and self.says.search(text) is not None
        )


@cache
def _rules() -> tuple[_Rule, ...]:
    text = Path(__file__).with_name("rules.toml").read_text(encoding="utf-8")
    return tuple(_rule(entry) for entry in tomllib.loads(text)["rule"])


def _rule(entry: dict[str, Any]) -> _Rule:
    cause = Cause(entry["cause"]) if "cause" in entry else None
    return _Rule(
        provider=entry.get("provider", ""),
        says=re.compile(entry.get("says", ""), re.IGNORECASE),
        code=entry.get("code", ""),
        enhanced=entry.get("enhanced", ""),
        judgement=Judgement(cause, timedelta(minutes=entry.get("wait_minutes", 0))),
    )
