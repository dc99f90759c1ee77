"""Numbers of what came back, and the time in which it did."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta

import click
from sqlalchemy.orm import Session

from distribution import clock, reports
from distribution.cli.choices import DAY
from distribution.cli.common import Command
from distribution.errors import DistributionError
from distribution.reports import CameBack

_NUMBER = re.compile(r"(d?)(\d{1,30})")
_LARGEST = 2**63 - 1
"""The largest number a column of either database holds."""
_SHOWN = 40


class NoNumber(DistributionError):
    """Raised for what is no number of anything that came back."""

    def __init__(self, given: str) -> None:
        self.given = given
        shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
        super().__init__(
            f"{shown!r} 不是退信的编号：应为 distribution bounce list 列出的数字，"
            "投递时被拒的为 d 加数字"
        )


class BackwardTime(DistributionError):
    """Raised for a time that ends before it begins."""

    def __init__(self, since: date, until: date) -> None:
        self.since, self.until = since, until
        super().__init__(f"--until {until} 早于 --since {since}：请对调")


def find(session: Session, given: str) -> CameBack:
    """What came back under this number: of a mail, or with a d of a delivery that was refused."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", given).strip().lower())
    if found is None:
        raise NoNumber(given)
    number = int(found.group(2))
    if number > _LARGEST:
        raise reports.NothingCameBack(found.group())
    if found.group(1):
        return reports.find_refusal(session, number)
    return reports.find_returned(session, number)


def in_a_time(command: Command) -> Command:
    """The options --since and --until."""
    options: tuple[Callable[[Command], Command], ...] = (
        click.option("--until", type=DAY, metavar="日期", help="到这一天为止的（含当日）。"),
        click.option("--since", type=DAY, metavar="日期", help="这一天以来的。"),
    )
    for option in options:
        command = option(command)
    return command


def bounds(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """The first moment of it, and the first after it."""
    if since is not None and until is not None and until < since:
        raise BackwardTime(since, until)
    return (
        None if since is None else clock.end_of(since - timedelta(days=1)),
        None if until is None else clock.end_of(until),
    )
