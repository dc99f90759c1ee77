"""Which row of a sheet is its heading, and which of its columns is which field."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from distribution.audience.sheets.cells import clean, shown
from distribution.errors import DistributionError
from distribution.words import Word

SEARCHED = 30
"""Rows among which the heading is looked for."""

Row = tuple[int, list[str]]
Field = TypeVar("Field", bound=Word)

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|【[^【】]*】")
_MARKS = re.compile(r"[\s*:：_#★☆●.-]|必填项?|选填")
_LONGEST_WITH_ENDING = 12
_LETTERS = re.compile(r"[A-Z]{1,2}")
_IGNORED = frozenset({"忽略", "不导入", "-", "ignore"})
_SEVERAL = frozenset({"phone"})
"""Fields that sheets spread over several columns, all of which are read: 办公电话, 手机."""
_OF_ONE_PERSON = frozenset({"name", "email"})
"""Where these come twice, a row is about two people, and the second has a telephone, too."""


class ContactField(Word):
    """A column of a list of contacts."""

    ENTERPRISE = "enterprise", "单位名称"
    CREDIT_CODE = "credit_code", "统一社会信用代码"
    NAME = "name", "姓名"
    ROLE = "role", "职务"
    EMAIL = "email", "邮箱"
    PHONE = "phone", "电话"
    TOPICS = "topics", "关注栏目"
    WATCH_WORDS = "watch_words", "关注词"
    FREQUENCY = "frequency", "接收频率"
    EDITION = "edition", "版本"
    FORMAT = "format", "邮件格式"
    BASIS = "basis", "同意依据"
    LEFT = "left", "退订"
    TRACKING = "tracking", "阅读统计"
    STATE = "state", "状态"
    PAUSED_UNTIL = "paused_until", "暂停至"
    WANTED = "wanted", "是否订阅"


class EnterpriseField(Word):
    """A column of a list of enterprises."""

    NAME = "name", "企业名称"
    SHORT_NAME = "short_name", "简称"
    CREDIT_CODE = "credit_code", "统一社会信用代码"
    REGION = "region", "地区"
    INDUSTRY = "industry", "行业"
    MEMBER_SINCE = "member_since", "入会日期"
    MEMBER_UNTIL = "member_until", "会籍到期"
    NOTES = "notes", "备注"
    TOPICS = "topics", "关注主题"


class MissingColumn(DistributionError):
    """Raised where a sheet lacks the one column that it cannot do without."""

    def __init__(self, field: Word, headings: Sequence[str], candidate: str = "") -> None:
        self.field, self.headings = field, tuple(headings)
        known = "、".join(headings)
        found = f"表头只有 {known}" if known else f"前 {SEARCHED} 行里没有认得的表头"
        example = candidate or (headings[0] if headings else "")
        by_name = f"--map {example}={field.label}，或写列号 " if example else ""
        super().__init__(
            f"没有找到「{field.label}」列：{found}；请用 --map 指明是哪一列，"
            f"例如 {by_name}--map B={field.label}"
        )


class UnknownMapping(DistributionError):
    """Raised for a `--map` of which one side is unknown."""

    def __init__(self, column: str, field: str, problem: str) -> None:
        self.column, self.field = column, field
        super().__init__(f"--map {column}={field} 不能用：{problem}")


@dataclass(frozen=True, slots=True)
class Columns(Generic[Field]):
    """What a sheet's columns are."""

    line: int | None
    """Of the heading; None: there is none."""
    headings: tuple[str, ...]
    fields: Mapping[Field, int]
    """The field's column, from 0."""
    begins: int = 1
    """The first line of data."""
    ignored: tuple[str, ...] = ()
    """Headings that lead to no field."""
    notes: tuple[str, ...] = ()
    further: tuple[tuple[Field, int], ...] = ()
    """Columns beside those in `fields` that belong to one of them."""


@lru_cache(maxsize=4096)
def plain_heading(text: str) -> str:
    r"""A heading as it is compared.

    >>> plain_heading("* 电子\n邮箱（必填）："), plain_heading("Ｅ-mail")
    ('电子邮箱', 'email')
    """
    narrow = unicodedata.normalize("NFKC", clean(text)).casefold()
    return _MARKS.sub("", _BRACKETS.sub("", narrow)) or _MARKS.sub("", narrow)


def find_columns(
    head: Sequence[Row], fields: type[Field], required: Field, mapping: Mapping[str, str]
) -> Columns[Field]:
    """The heading among the first rows, and its fields; `mapping`: column to field, from --map.

    MissingColumn where `required` is not found, UnknownMapping for a mapping that fits nothing.
    """
    index = _heading_row(head, fields, required, mapping)
    names = _names(head, index, fields)
    asked = _asked(names, max((len(cells) for _, cells in head), default=0), fields, mapping)
    columns: dict[Field, int] = {field: at for at, field in asked.items() if field is not None}
    again: list[tuple[Field, int]] = []
    for exact in (True, False):
        for at, name in enumerate(names):
            field = _field(name, fields, exact=exact)
            if field is None or at in asked or at in columns.values():
                continue
            if field not in columns:
                columns[field] = at
            elif exact:
                again.append((field, at))
    if required not in columns:
        raise MissingColumn(required, [name for name in names if name], _candidate(head, names))
    further = _further(again, asked)
    notes = [
        f"{shown(names[columns[field]])}和{shown(names[at])}都是{field.label}，只读前一列"
        + (f"；后一列可再导入一次：--map {at + 1}={field.label}" if field is required else "")
        for field, at in again
        if (field, at) not in further
    ]
    read = {*columns.values(), *(at for _, at in further)}
    ignored = [name for at, name in enumerate(names) if name and at not in read]
    line = None if index is None else head[index][0]
    once = tuple(dict.fromkeys(ignored))
    return Columns(line, tuple(names), columns, (line or 0) + 1, once, tuple(notes), further)


def _further(
    again: Sequence[tuple[Field, int]], asked: Mapping[int, Field | None]
) -> tuple[tuple[Field, int], ...]:
    """Of the columns that repeat a field those that are read together with the first."""
    if any(field.value in _OF_ONE_PERSON for field, _ in again):
        return ()
    wanted = asked.values()
    return tuple((f, at) for f, at in again if f.value in _SEVERAL and f not in wanted)


def column_of_addresses(head: Sequence[Row]) -> int | None:
    """The only column of a sheet without headings in which addresses stand."""
    with_at = {
        at
        for _, cells in head
        for at, cell in enumerate(cells)
        if "@" in unicodedata.normalize("NFKC", cell)
    }
    return with_at.pop() if len(with_at) == 1 else None


def _heading_row(
    head: Sequence[Row], fields: type[Field], required: Field, mapping: Mapping[str, str]
) -> int | None:
    """The row that names most fields, the required one above all; of rows alike the first."""
    mapped = {plain_heading(column) for column in mapping}
    placed = required in {_wanted(wanted, fields) for wanted in mapping.values()}
    best, best_score = None, (False, 0, 0)
    for index, (_, cells) in enumerate(head):
        if any("@" in plain_heading(cell) for cell in cells):
            continue
        exact = {_field(cell, fields) for cell in cells} - {None}
        found = exact | {_field(cell, fields, exact=False) for cell in cells} - {None}
        hits = sum(plain_heading(cell) in mapped for cell in set(cells) if cell)
        score = (required in found or hits > 0, len(found) + hits, len(exact))
        if score > best_score and (score[0] or placed or score[1] > 1):
            best, best_score = index, score
    return best


def _names(head: Sequence[Row], index: int | None, fields: type[Field]) -> list[str]:
    """The headings; of two rows of them, what the lower leaves open stands in the upper."""
    if index is None:
        return []
    names = [" ".join(clean(cell).split()) for cell in head[index][1]]
    above = head[index - 1][1] if index else []
    if len({clean(cell) for cell in above} - {""}) < 2:  # noqa: PLR2004 -- one text is a title
        return names
    for at, cell in enumerate(above):
        if _field(cell, fields) is None:
            continue
        names += [""] * (at + 1 - len(names))
        names[at] = names[at] or " ".join(clean(cell).split())
    return names


def _asked(
    names: Sequence[str], width: int, fields: type[Field], mapping: Mapping[str, str]
) -> dict[int, Field | None]:
    """What --map says of columns; None: leave the column out."""
    asked: dict[int, Field | None] = {}
    plain = [plain_heading(name) for name in names]
    for column, wanted in mapping.items():
        field = _wanted(wanted, fields)
        if field is None and wanted.strip() not in _IGNORED:
            labels = "、".join(one.label for one in fields)
            raise UnknownMapping(column, wanted, f"没有这个字段，可写 {labels}、忽略")
        at = _place(column, plain, width)
        if at is None:
            raise UnknownMapping(
                column, wanted, f"没有这一列，表头有 {'、'.join(filter(None, names))}"
            )
        asked[at] = field
    return asked


def _wanted(wanted: str, fields: type[Field]) -> Field | None:
    """The field that the right side of a --map names: by code, label or any usual heading."""
    named = (one for one in fields if wanted.strip() in (one.value, one.label))
    return next(named, None) or _field(wanted, fields)


def _place(column: str, plain: Sequence[str], width: int) -> int | None:
    """The column by its heading, its letters (B) or its number from 1."""
    if (name := plain_heading(column)) in plain:
        return plain.index(name)
    key = column.strip().upper()
    place = 0
    if key.isdecimal() and key.isascii():
        place = int(key[:6])
    elif _LETTERS.fullmatch(key):
        for letter in key:
            place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1 if 0 < place <= width else None


def _candidate(head: Sequence[Row], names: Sequence[str]) -> str:
    """The heading over the only column of addresses, for the sentence that asks for --map."""
    at = column_of_addresses(head)
    return names[at] if at is not None and at < len(names) else ""


def _field(cell: str, fields: type[Field], *, exact: bool = True) -> Field | None:
    name = plain_heading(cell)
    if not name:
        return None
    if exact:
        return _known(fields).get(name)
    if len(name) > _LONGEST_WITH_ENDING:
        return None
    return next((field for end, field in _endings(fields) if name.endswith(end)), None)


@cache
def _known(fields: type[Field]) -> dict[str, Field]:
    also = _content()[_table(fields)]
    return {
        plain_heading(name): field
        for field in fields
        for name in (field.value, field.label, *also.get(field.value, []))
    }


@cache
def _endings(fields: type[Field]) -> list[tuple[str, Field]]:
    table = _content()[f"{_table(fields)}_ending"]
    return [(ending, fields(code)) for code, endings in table.items() for ending in endings]


def _table(fields: type[Word]) -> str:
    return "contacts" if fields is ContactField else "enterprises"


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("headings.toml").read_text(encoding="utf-8"))
