"""What an editor may write into an issue: lengths, days, numbers, no control characters."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from distribution.issues.content import Limit
from distribution.issues.refusals import InvalidFact

_TEXTS = {
    "title": ("标题", 300), "section": ("栏目", 100), "source": ("来源", 100),
    "summary": ("摘要", 1000), "publication": ("刊名", 100), "phone": ("电话", 100),
    "email": ("邮箱", 320), "website": ("网址", 300), "postcode": ("邮编", 20),
    "address": ("地址", 200), "reason": ("理由", 500), "label": ("标签", 20),
}  # fmt: skip
_MAY_BE_EMPTY = {"source", "phone", "email", "website", "postcode", "address", "label"}
_NUMBERS = {"page": ("页码", 9999), "number": ("期号", 999), "total_number": ("总期号", 99_999)}
_PROSE = {"note": "卷首语", "notice": "联合会通知"}
_LONGEST_PROSE = 2000
_COUNTS = {"least": ("至少", 0, 20), "most": ("至多", 1, 50)}
_LONGEST_LIST = 20
_DAY = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?")
_MONTH = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})月?")
_YEARS = range(1950, 2101)


def checked(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are stored (JSON's terms); InvalidFact for what cannot be."""
    return {name: _checked(name, value) for name, value in facts.items()}


def text(name: str, given: str) -> str:
    """A line of text without blanks around; for example the reason of a deed."""
    what, longest = _TEXTS[name]
    line = " ".join(given.split(" ")).strip()
    if not line and name not in _MAY_BE_EMPTY:
        raise InvalidFact(what, "不能为空：请写出文字")
    if len(line) > longest:
        raise InvalidFact(what, f"有 {len(line)} 个字，最多 {longest} 个：请写短些")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in line):
        raise InvalidFact(what, "含有换行或控制字符：请写成一行文字")
    return line


def prose(name: str, given: str) -> str:
    r"""Text of several lines in Markdown, without blank ones around.

    >>> prose("note", "\r\n各位读者：\r\n新年好。\r\n")
    '各位读者：\n新年好。'
    """
    what = _PROSE[name]
    lines = "\n".join(line.rstrip() for line in given.splitlines()).strip("\n")
    if not lines:
        raise InvalidFact(what, "不能为空：请写出文字，不要了用 --off")
    if len(lines) > _LONGEST_PROSE:
        raise InvalidFact(what, f"有 {len(lines)} 个字，最多 {_LONGEST_PROSE} 个：请写短些")
    if any(unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t" for one in lines):
        raise InvalidFact(what, "含有控制字符：请删去后再试")
    return lines


def limit(section: str, given: Mapping[str, str], before: Limit | None = None) -> Limit:
    """A section's limit: what is given of `least`, `most` and `label`, the rest as before.

    >>> limit("政策措施", {"most": "5"}, Limit("政策措施", 2, None, "本省要闻"))
    Limit(section='政策措施', least=2, most=5, label='本省要闻')
    """
    facts: dict[str, Any] = {name: _count(name, given[name]) for name in _COUNTS if name in given}
    if "label" in given:
        facts["label"] = text("label", given["label"])
    found = replace(before or Limit(section), section=section, **facts)
    if not found.least and found.most is None:
        raise InvalidFact("限额", "没有限定篇数：请给出 --least 或 --most，不要了用 --off")
    if found.most is not None and found.least > found.most:
        raise InvalidFact("限额", f"不对：至少 {found.least} 篇，却至多 {found.most} 篇")
    if facts.get("label") and not found.least:
        raise InvalidFact("标签", "只用于至少要有的文章：请同时给出 --least")
    return found if found.least else replace(found, label="")


def _count(name: str, given: str) -> int | None:
    """Empty for none: at least no article, at most any number."""
    what, smallest, largest = _COUNTS[name]
    plain = unicodedata.normalize("NFKC", given).strip()
    if not plain:
        return None if name == "most" else 0
    if not re.fullmatch("[0-9]{1,9}", plain) or not smallest <= int(plain) <= largest:
        expected = f" {given!r} 不对：应为 {smallest} 到 {largest} 的数字，空着表示不限"
        raise InvalidFact(what, expected)
    return int(plain)


def _checked(name: str, value: Any) -> Any:  # noqa: ANN401 - as JSON has it
    if name in _TEXTS:
        line = text(name, value)
        return (line or None) if name == "source" else line
    if name in _NUMBERS:
        return _number(name, value)
    if name == "date":
        return _day(value)
    if name == "month":
        return _first_of_month(value)
    if name == "publishers":
        return _publishers(value)
    return value


def _number(name: str, given: str) -> int | None:
    what, largest = _NUMBERS[name]
    plain = unicodedata.normalize("NFKC", given).strip()
    if not plain:
        return None
    if not re.fullmatch("[0-9]{1,9}", plain) or not 1 <= int(plain) <= largest:
        raise InvalidFact(what, f" {given!r} 不对：应为 1 到 {largest} 的数字，空着表示没有")
    return int(plain)


def _day(given: str) -> str | None:
    plain = "".join(unicodedata.normalize("NFKC", given).split())
    if not plain:
        return None
    found = _DAY.fullmatch(plain)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise InvalidFact(
            "日期", f" {given!r} 不对：应如 2026-11-03 或 2026年11月3日，空着表示没有"
        )
    return day.isoformat()


def _first_of_month(given: str) -> str:
    found = _MONTH.fullmatch("".join(unicodedata.normalize("NFKC", given).split()))
    if found is None or int(found[1]) not in _YEARS or not 1 <= int(found[2]) <= 12:  # noqa: PLR2004
        raise InvalidFact("月份", f" {given!r} 不对：应如 2026-11 或 2026年11月")
    return date(int(found[1]), int(found[2]), 1).isoformat()


def _publishers(given: tuple[str, ...]) -> list[str]:
    if not given or len(given) > _LONGEST_LIST:
        raise InvalidFact("主办单位", f"应有 1 至 {_LONGEST_LIST} 个，用逗号隔开")
    return [text("publication", one) for one in given]
