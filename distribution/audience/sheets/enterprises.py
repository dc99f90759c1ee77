"""Lists of enterprises: one a row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from distribution.audience.industries import InvalidIndustry, read_industry
from distribution.audience.regions import is_known, read_region
from distribution.audience.sheets import cells as c
from distribution.audience.sheets.cells import Cell
from distribution.audience.sheets.dates import read_date
from distribution.audience.sheets.headings import Columns, EnterpriseField, Row, find_columns
from distribution.audience.sheets.reading import (
    Line,
    OtherColumns,
    Reader,
    SheetReader,
    begin,
    cached,
)
from distribution.audience.wording import InvalidText, name_key
from distribution.errors import DistributionError

_NO_MAPPING: Mapping[str, str] = MappingProxyType({})
_LONGEST_NAME, _LONGEST_SHORT_NAME, _LONGEST_NOTES = 200, 40, 2000
_LONGEST_PLACE = 12
"""Characters of a place name; what is longer and unknown is an address that names no city."""


@dataclass(frozen=True, slots=True)
class EnterpriseFacts:
    """What one row says of an enterprise; None: it says nothing, so nothing changes."""

    name: str
    short_name: str | None = None
    credit_code: str | None = None
    region: str | None = None
    industry: str | None = None
    """GB/T 4754: "C" or "C35"."""
    member_since: date | None = None
    member_until: date | None = None
    """The last day."""
    without_end: bool = False
    """The file says that the membership has no end: 长期."""
    notes: str | None = None
    topics: tuple[str, ...] | None = None
    """What its contacts get who chose nothing; names or codes as written."""


EnterpriseLine = Line[EnterpriseFacts]
EnterpriseReader = SheetReader[EnterpriseField, EnterpriseFacts]


def read_enterprises(
    rows: Iterable[Row], *, mapping: Mapping[str, str] = _NO_MAPPING
) -> EnterpriseReader:
    """The enterprises of a sheet; MissingColumn where no column holds names.

    A name or a credit code that comes again is refused.
    """
    head, everything = begin(rows)
    columns = find_columns(head, EnterpriseField, EnterpriseField.NAME, mapping)
    return SheetReader(columns, everything, EnterpriseField.NAME, _Enterprises(columns).line)


class _Enterprises:
    """Reads one row after the other, and remembers which enterprises it has seen."""

    def __init__(self, columns: Columns[EnterpriseField]) -> None:
        self._name = columns.fields[EnterpriseField.NAME]
        self._until = columns.fields.get(EnterpriseField.MEMBER_UNTIL)
        self._others = OtherColumns(columns, _READERS)
        self._seen: dict[str, int] = {}

    def line(self, number: int, cells: list[str]) -> EnterpriseLine:
        values, refusals, notes = self._others.read(cells)
        text = cells[self._name] if self._name < len(cells) else ""
        if c.is_blank(text):
            return Line(number, cells, refusals=("没有填写企业名称", *refusals))
        try:
            name = c.read_text("企业名称", text, _LONGEST_NAME)
        except InvalidText as error:
            return Line(number, cells, refusals=(str(error), *refusals), notes=tuple(notes))
        refusals += self._repeated(number, name, values.get("credit_code"))
        if refusals:
            return Line(number, cells, None, tuple(refusals), tuple(notes))
        until = cells[self._until] if self._until is not None and self._until < len(cells) else ""
        facts = _facts(name, values | {"without_end": c.is_forever(until)})
        return Line(number, cells, facts, (), tuple(notes))

    def _repeated(self, number: int, name: str, code: str | None) -> list[str]:
        """Why the row repeats an earlier one; names cannot be codes, so one dictionary does."""
        keys = {f"名称 {name}": f"={name_key(name)}"} | ({f"信用代码 {code}": code} if code else {})
        lines = {what: self._seen.get(key) for what, key in keys.items()}
        if not any(lines.values()):
            self._seen |= dict.fromkeys(keys.values(), number)
        return [f"{what} 与第 {line} 行重复" for what, line in lines.items() if line]


def _facts(name: str, values: dict[str, Any]) -> EnterpriseFacts:
    return EnterpriseFacts(name, **values)


def _region(text: str) -> Cell[str]:
    try:
        region = read_region(text)
    except DistributionError as error:
        return Cell(None, (f"未导入：{error}",))
    if is_known(region) or len(region) <= _LONGEST_PLACE:
        return Cell(region)
    return Cell(None, (f"地区{c.shown(text)}看不出是哪个市，未导入",))


def _industry(text: str) -> Cell[str]:
    try:
        return Cell(read_industry(text))
    except InvalidIndustry as error:
        return Cell(None, (f"未导入：{error}",))


def _until(text: str) -> Cell[date]:
    return Cell() if c.is_forever(text) else read_date("会籍到期", text, end=True)


def _text(kind: str, longest: int) -> Reader:
    return lambda text: c.optional(kind, text, lambda given: c.read_text(kind, given, longest))


_READERS: dict[EnterpriseField, Reader] = {
    EnterpriseField.SHORT_NAME: cached(_text("简称", _LONGEST_SHORT_NAME)),
    EnterpriseField.CREDIT_CODE: cached(c.read_code),
    EnterpriseField.REGION: cached(_region),
    EnterpriseField.INDUSTRY: cached(_industry),
    EnterpriseField.MEMBER_SINCE: cached(lambda text: read_date("入会日期", text)),
    EnterpriseField.MEMBER_UNTIL: cached(_until),
    EnterpriseField.NOTES: cached(_text("备注", _LONGEST_NOTES)),
    EnterpriseField.TOPICS: cached(lambda text: c.read_list("关注主题", text)),
}
