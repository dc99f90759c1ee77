"""The rules that judge replies: data in TOML files, so that an admin can read them.

A rule fits when all it names do:
  says      phrases, one of which the text holds (lower-case; runs of blanks are one)
  pattern   a regular expression searched in the text, for what phrases cannot say
  without   phrases of which the text holds none
  provider  code of providers.toml
  code      SMTP reply code, or its beginning (RFC 5321 4.2.1)
  enhanced  enhanced status code (RFC 3463), or its beginning
  phase     command that was refused: rcpt, mail, data, connect
and tells: means (words.Meaning), dead (the address itself is; bad_address and bad_domain are,
unless they say otherwise), doubtful (believed only of a known command), wait_minutes (the least
wait where trying again helps), source, an example.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from distribution.words import Meaning

FOLDER = Path(__file__).with_name("rules")
PROVIDERS = ("qq", "netease", "aliyun", "china", "abroad", "google", "microsoft", "yahoo")
TEXTS = (
    "rate_limit", "filtered", "sender_auth", "reputation", "content", "size", "domain", "mailbox",
    "address",
)  # fmt: skip
CERTAIN = ("certain",)
VAGUE = ("refusal", "network")
CODES = ("enhanced", "reply")
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Said:
    """What a mail system said, made ready for the rules."""

    text: str
    """Lower-case, blanks single, cut."""
    code: str = ""
    enhanced: str = ""
    provider: str = ""
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; see above."""

    name: str
    means: Meaning
    dead: bool
    doubtful: bool
    says: tuple[str, ...]
    pattern: re.Pattern[str] | None
    without: tuple[str, ...]
    provider: str
    code: str
    enhanced: str
    phase: str
    wait: timedelta | None
    source: str
    example: str

    def fits(self, said: Said) -> bool:
        """Whether all that the rule names does."""
        text = said.text
        return (
            (not self.code or said.code.startswith(self.code))
            and (not self.enhanced or f"{said.enhanced}.".startswith(f"{self.enhanced}."))
            and (not self.phase or self.phase == said.phase)
            and (not self.provider or self.provider == said.provider)
            and (not self.says or _holds(text, self.says))
            and (self.pattern is None or self.pattern.search(text) is not None)
            and not _holds(text, self.without)
        )

    def fitting(self, said: Said) -> str:
        """The words that made it fit: a phrase, or what the pattern found; empty for codes only."""
        held = (phrase for phrase in self.says if phrase in said.text)
        phrase = max(held, key=len, default="")
        found = self.pattern.search(said.text) if self.pattern else None
        return found.group() if found else phrase


def ready(text: str) -> str:
    r"""A text as the rules read it: the codes of a reply's later lines are left out.

    >>> ready("User\n  Unknown, that’s all")
    "user unknown, that's all"
    >>> ready("550-5.2.1 too\n550 5.2.1 fast")
    '550-5.2.1 too fast'
    """
    line = " ".join(text[:LONGEST_TEXT].split()).lower().replace("’", "'")
    first = _CODES.search(line)
    if first is None:
        return line
    again = re.compile(rf"(?<!<<<) {first.group(1)}[ -]{re.escape(first.group(2))} ")
    return line[: first.end()] + again.sub(" ", line[first.end() :])


def _holds(text: str, phrases: tuple[str, ...]) -> bool:
    for phrase in phrases:  # noqa: SIM110 - half as long as any() takes, and the dearest line
        if phrase in text:
            return True
    return False


_CODES = re.compile(r"\b([245]\d\d)[ -]([245]\.\d{1,3}\.\d{1,3}) ")


@cache
def rules_of(files: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules of some files, in their order."""
    return tuple(rule for file in files for rule in _read(file))


def rule_named(name: str, own: Sequence[Rule] = ()) -> Rule | None:
    """The rule of this name, an admin's or ours; None where there is none any more.

    >>> rule_named("qq-1").name
    'qq-1'
    """
    everything = (*own, *rules_of(PROVIDERS + TEXTS + CERTAIN + VAGUE + CODES))
    return next((rule for rule in everything if rule.name == name), None)


def _read(file: str) -> Iterator[Rule]:
    content = tomllib.loads((FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
    for number, entry in enumerate(content["rule"], start=1):
        yield rule_of(f"{file}-{number}", {**content.get("all", {}), **entry})


def rule_of(name: str, entry: Mapping[str, Any], flags: int = 0) -> Rule:
    """The rule an entry of a file says, `flags` are those of its pattern."""
    means = Meaning(entry["means"])
    dead = entry.get("dead", means in (Meaning.BAD_ADDRESS, Meaning.BAD_DOMAIN))
    wait = entry.get("wait_minutes")
    return Rule(
        name=name,
        means=means,
        dead=dead,
        doubtful=entry.get("doubtful", False),
        says=tuple(entry.get("says", ())),
        pattern=re.compile(entry["pattern"], flags) if "pattern" in entry else None,
        without=tuple(entry.get("without", ())),
        provider=entry.get("provider", ""),
        code=str(entry.get("code", "")),
        enhanced=entry.get("enhanced", ""),
        phase=entry.get("phase", ""),
        wait=None if wait is None else timedelta(minutes=wait),
        source=entry["source"],
        example=entry["example"],
    )
