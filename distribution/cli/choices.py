"""What people type in options: words of closed sets by label or code, days, pages of a list."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Generic, TypeVar

import click
from click.shell_completion import CompletionItem

from distribution.cli.common import Command
from distribution.errors import DistributionError
from distribution.words import (
    Cause,
    Consequence,
    Edition,
    Frequency,
    MailFormat,
    Meaning,
    Membership,
    Purpose,
    Role,
    SuppressionReason,
    Word,
)

AWord = TypeVar("AWord", bound=Word)

MAILABLE = "可投递"
_SHOWN = 40
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")


class UnknownWord(DistributionError):
    """Raised for a word that is none of a closed set."""

    def __init__(self, kind: str, given: str, known: Sequence[str]) -> None:
        self.given = given
        super().__init__(f"没有{kind} {_shown(given)}：可用的有 {'、'.join(known)}")


class NothingNamed(DistributionError):
    """Raised when a change names nothing that is to be changed, or two things at odds."""


class InvalidDay(DistributionError):
    """Raised for what is no day of the calendar."""

    def __init__(self, given: str) -> None:
        self.given = given
        super().__init__(f"{_shown(given)} 不是日期：请写成 2026-12-31")


class Choice(click.ParamType, Generic[AWord]):  # type: ignore[type-arg] # no generic before 8.5
    """One word of a closed set, by its label or its code; a shell completes the labels."""

    name = "word"

    def __init__(
        self, words: Sequence[AWord], kind: str, short: Mapping[AWord, str] | None = None
    ) -> None:
        """`short`: what some words are called here, beside their labels."""
        self._kind, self._offered = (
            kind,
            {(short or {}).get(word, word.label): word for word in words},
        )
        labels_and_codes = {key: word for word in words for key in (word.label, word.value)}
        self._known = self._offered | labels_and_codes

    def convert(
        self,
        value: object,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,  # noqa: ARG002
    ) -> AWord:
        if isinstance(value, Word):
            return self._known[value.value]
        given = unicodedata.normalize("NFKC", str(value)).strip()
        if given not in self._known:
            raise UnknownWord(self._kind, str(value), list(self._offered))
        return self._known[given]

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        known = self._known if incomplete else self._offered
        return [CompletionItem(word) for word in known if word.startswith(incomplete)]


class Day(click.ParamType):  # type: ignore[type-arg] # no generic before 8.5
    """A day as people write it; the year comes first."""

    name = "day"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,  # noqa: ARG002
    ) -> date:
        if isinstance(value, date):
            return value
        found = _DAY.fullmatch("".join(unicodedata.normalize("NFKC", str(value)).split()))
        try:
            year, month, day = map(int, found.groups()) if found else (0, 0, 0)
            return date(year, month, day)
        except ValueError:
            raise InvalidDay(str(value)) from None


ROLE = Choice(tuple(Role), "职务")
EDITION = Choice(tuple(Edition), "版本")
FREQUENCY = Choice(tuple(Frequency), "接收频率")
FORMAT = Choice(tuple(MailFormat), "邮件格式")
STANDING = Choice(tuple(Membership), "会籍状态")
SUPPRESSION = Choice(tuple(SuppressionReason), "抑制缘由")
MEANING = Choice(tuple(Meaning), "含义")
CONSEQUENCE = Choice(tuple(Consequence), "后果")
MATTERS = {Purpose.DIGEST: "摘要", Purpose.TRACKING: "统计"}
MATTER = Choice(tuple(Purpose), "事项", MATTERS)
DAY = Day()

BARRIERS = (
    Cause.LEFT, Cause.SUPPRESSED, Cause.NO_CONSENT, Cause.PENDING, Cause.PAUSED, Cause.DEPARTED,
    Cause.MEMBERSHIP, Cause.ERASED,
)  # fmt: skip
"""What can keep mail from a subscriber."""


def labels(words: Sequence[Word]) -> str:
    """The words of a set, for a help text.

    >>> labels(tuple(Edition))
    '个性化、标准版'
    """
    return "、".join(word.label for word in words)


def paged(orders: Sequence[str], default: str) -> Callable[[Command], Command]:
    """The options --sort, --page and --limit of a list."""

    def with_options(command: Command) -> Command:
        for option in (
            click.option(
                "--limit", default=100, show_default=True, type=click.IntRange(1, 100_000),
                help="每页几行。",
            ),
            click.option(
                "--page", default=1, show_default=True, type=click.IntRange(1, 1_000_000),
                help="第几页。",
            ),
            click.option(
                "--sort", "order", default=default, show_default=True, type=click.Choice(orders),
                help=f"按什么排序：{'、'.join(orders)}。", metavar="次序",
            ),
        ):  # fmt: skip
            command = option(command)
        return command

    return with_options


def _shown(given: str) -> str:
    return repr(given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…")
