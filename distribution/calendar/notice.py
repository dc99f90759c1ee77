"""The yearly notice of holidays, in the JSON form in which it is published by volunteers."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from distribution import own_files
from distribution.calendar.own_days import LONGEST_NAME, is_name
from distribution.calendar.workdays import FIRST_YEAR, LAST_YEAR, Day
from distribution.errors import DistributionError

MOST_BYTES = 1024 * 1024
_ALWAYS_OFF = ((1, 1), (5, 1), (10, 1))
"""Month and day: a list without them is not that of a whole year."""
_LONGEST_SOURCE = 500


class InvalidNotice(DistributionError):
    """Raised for a file that is no notice of a year.

    `number` is the faulty day's, from 1, or None where the whole is at fault.
    """

    def __init__(self, path: Path, number: int | None, why: str) -> None:
        self.path, self.number, self.why = path, number, why
        which = "" if number is None else f"days 的第 {number} 项"
        super().__init__(f"放假通知 {path} {which}不能用：{why}")


@dataclass(frozen=True, slots=True)
class Notice:
    """What was announced for a year; its days may reach into the years beside it."""

    year: int
    source: str
    """A paper's address, or the file's name."""
    days: dict[date, Day]


def read_notice(path: Path, year: int | None = None) -> Notice:
    """The notice in a file, of that year if one is given; raises InvalidNotice."""
    content = _content(path)
    found = content.get("year")
    if type(found) is not int or not FIRST_YEAR <= found <= LAST_YEAR:
        raise InvalidNotice(path, None, f"year 应为 {FIRST_YEAR} 至 {LAST_YEAR} 的整数")
    if year is not None and year != found:
        raise InvalidNotice(path, None, f"它是 {found} 年的，不是 {year} 年的")
    entries = content.get("days")
    if not isinstance(entries, list) or not entries:
        raise InvalidNotice(path, None, "days 应列出休息与上班的日子，里面没有")
    days: dict[date, Day] = {}
    for number, entry in enumerate(entries, start=1):
        when, day = _day(path, number, entry, found)
        if when in days:
            raise InvalidNotice(path, number, f"{when} 已经写过")
        days[when] = day
    for month, of_month in _ALWAYS_OFF:
        always = date(found, month, of_month)
        if always not in days or not days[always].off:
            raise InvalidNotice(path, None, f"{always} 没有列为休息，不像完整的一年，请核对")
    return Notice(found, _source(content.get("papers"), path), days)


def _content(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        why = f"读不了（{own_files.reason(error)}），请检查路径与权限"
        raise InvalidNotice(path, None, why) from error
    if len(data) > MOST_BYTES:
        raise InvalidNotice(path, None, f"超过 {MOST_BYTES // 1024} KiB，不像放假通知")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidNotice(path, None, "不是 UTF-8 文字，请另存为 UTF-8") from error
    except json.JSONDecodeError as error:
        raise InvalidNotice(path, None, f"第 {error.lineno} 行不合 JSON 的写法") from error
    except (ValueError, RecursionError) as error:
        raise InvalidNotice(path, None, "不合 JSON 的写法") from error
    if not isinstance(content, dict):
        raise InvalidNotice(path, None, '应写成 {"year": …, "days": […]}')
    return content


def _day(path: Path, number: int, entry: object, year: int) -> tuple[date, Day]:
    if not isinstance(entry, dict):
        raise InvalidNotice(path, number, '应写成 {"name": …, "date": …, "isOffDay": …}')
    name, written, off = entry.get("name"), entry.get("date"), entry.get("isOffDay")
    if not is_name(name):
        raise InvalidNotice(path, number, f"name 应为 1 至 {LONGEST_NAME} 字")
    when = _date(written)
    if when is None:
        raise InvalidNotice(path, number, f'date 应写成 "{year}-01-01" 的样子')
    if not date(year - 1, 12, 1) <= when <= date(year + 1, 1, 31):
        raise InvalidNotice(path, number, f"{when} 离 {year} 年太远，请核对")
    if not isinstance(off, bool):
        raise InvalidNotice(path, number, "isOffDay 应为 true（休息）或 false（上班）")
    return when, Day(off, str(name).strip())


def _date(written: object) -> date | None:
    """A date as the form writes it: ten characters."""
    if not isinstance(written, str) or len(written) != len("2027-01-01"):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _source(papers: object, path: Path) -> str:
    """Where it is from: the papers' addresses if it names any."""
    if isinstance(papers, list):
        named = [paper for paper in papers if isinstance(paper, str) and paper.isprintable()]
        if named and len(" ".join(named)) <= _LONGEST_SOURCE:
            return " ".join(named)
    return path.name[:_LONGEST_SOURCE]
