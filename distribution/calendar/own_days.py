"""The house's own days off and working days: a file that a person writes, checked whole."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from distribution import own_files
from distribution.calendar.workdays import Day
from distribution.errors import DistributionError
from distribution.own_files import UnusableFile

MOST_BYTES = 64 * 1024
MOST_DAYS = 2_000
LONGEST_NAME = 40
_NEEDED = {"date": "日期，例如 2027-02-08", "off": "true（休息）或 false（上班）", "name": "名称"}


class InvalidDays(DistributionError):
    """Raised for a file of days that cannot be used.

    `number` is the faulty entry's, from 1, or None where the whole file is at fault.
    """

    def __init__(self, path: Path, number: int | None, why: str) -> None:
        self.path, self.number, self.why = path, number, why
        which = "" if number is None else f"第 {number} 个 [[day]] "
        super().__init__(f"休息日文件 {path} {which}不能用：{why}")


def read_days(path: Path) -> dict[date, Day]:
    """The days of a file; raises InvalidDays."""
    days: dict[date, Day] = {}
    for number, entry in enumerate(_entries(path), start=1):
        when, day = _day(path, number, entry)
        if when in days:
            raise InvalidDays(path, number, f"{when} 写了两次，请留一次")
        days[when] = day
    return days


def _entries(path: Path) -> list[Any]:
    try:
        content = own_files.read_toml(path, MOST_BYTES)
    except UnusableFile as error:
        raise InvalidDays(path, None, str(error)) from error
    entries = content.get("day", [])
    if set(content) - {"day"} or not isinstance(entries, list):
        raise InvalidDays(path, None, "每一天应以单独一行 [[day]] 开头，此外不能有别的内容")
    if len(entries) > MOST_DAYS:
        raise InvalidDays(path, None, f"有 {len(entries)} 天，最多 {MOST_DAYS} 天")
    return entries


def _day(path: Path, number: int, entry: object) -> tuple[date, Day]:
    if not isinstance(entry, dict):
        raise InvalidDays(path, number, "应写成 名称 = 值，请以 [[day]] 开头")
    for key in entry.keys() - _NEEDED.keys():
        raise InvalidDays(path, number, f"没有 {key!r} 这一项，可用的是 {'、'.join(_NEEDED)}")
    for key, expected in _NEEDED.items():
        if key not in entry:
            raise InvalidDays(path, number, f"缺少 {key}：请写明{expected}")
    when, off, name = entry["date"], entry["off"], entry["name"]
    if not isinstance(when, date) or isinstance(when, datetime):
        raise InvalidDays(path, number, "date 应为不带引号的日期，例如 2027-02-08")
    if not isinstance(off, bool):
        raise InvalidDays(path, number, "off 应为 true（休息）或 false（上班）")
    if not is_name(name):
        raise InvalidDays(path, number, f'name 应为 1 至 {LONGEST_NAME} 字，例如 "春节"')
    return when, Day(off, name.strip())


def is_name(name: object) -> bool:
    """Whether it can be the name of a day."""
    return isinstance(name, str) and 0 < len(name.strip()) <= LONGEST_NAME and name.isprintable()
