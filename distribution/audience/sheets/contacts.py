"""Lists of contacts: one person and address a row."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from distribution.audience.address import EmailAddress
from distribution.audience.sheets import cells as c
from distribution.audience.sheets.addresses import read_address_cell
from distribution.audience.sheets.cells import Cell
from distribution.audience.sheets.dates import read_date
from distribution.audience.sheets.headings import (
    Columns,
    ContactField,
    MissingColumn,
    Row,
    column_of_addresses,
    find_columns,
)
from distribution.audience.sheets.phones import read_phone
from distribution.audience.sheets.reading import (
    Line,
    OtherColumns,
    Reader,
    SheetReader,
    begin,
    cached,
)
from distribution.audience.suspicion import suspicions
from distribution.errors import DistributionError
from distribution.words import Cause, Edition, Frequency, MailFormat, Role, Tracking

_NO_MAPPING: Mapping[str, str] = MappingProxyType({})
_STATES = (Cause.SUPPRESSED, Cause.DEPARTED, Cause.ERASED, Cause.LEFT)
_LONGEST_ENTERPRISE, _LONGEST_BASIS = 200, 500
_GONE = re.compile(
    r"离职|离任|辞职|调离|调走|已调|去世|病故|(?<!离)退休(?!办|职工|干部|人员|管理)|联系不上"
)
"""What offices note beside somebody who should be written to no more."""
_OURS = ("结果", "原因")
"""Columns of a result file, which quote the others."""
_UNWANTED = "名单中是否订阅一列：否"
_SAY_NOTHING_OF_HIM = frozenset(
    {ContactField.ENTERPRISE, ContactField.EMAIL, ContactField.TOPICS, ContactField.WATCH_WORDS}
) | {ContactField.LEFT, ContactField.BASIS}


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What one row says of a contact; None: it says nothing, so nothing changes."""

    address: EmailAddress
    name: str
    enterprise: str | None = None
    credit_code: str | None = None
    role: Role | None = None
    phone: str | None = None
    topics: tuple[str, ...] | None = None
    """Names or codes as written, in the reader's order."""
    watch_words: tuple[str, ...] | None = None
    frequency: Frequency | None = None
    edition: Edition | None = None
    format: MailFormat | None = None
    basis: str | None = None
    """On what ground he may be written to."""
    left: str | None = None
    """He has left, and in what words the file says so."""
    tracking: Tracking | None = None
    state: Cause | None = None
    """What another installation said keeps mail from him, where a list cannot say it otherwise."""
    paused_until: date | None = None
    name_is_given: bool = True
    """False: the file has none, the local part of the address stands in."""


ContactLine = Line[ContactFacts]
ContactReader = SheetReader[ContactField, ContactFacts]


def read_contacts(
    rows: Iterable[Row],
    *,
    mapping: Mapping[str, str] = _NO_MAPPING,
    allow_smtputf8: bool = False,
) -> ContactReader:
    """The contacts of a sheet; MissingColumn where no column holds addresses.

    `mapping` leads from headings, column letters or numbers to fields. Local parts that are not
    ASCII are refused unless `allow_smtputf8`. An address that comes again is refused.
    """
    head, everything = begin(rows)
    columns = _columns(head, mapping)
    contacts = _Contacts(columns, allow_smtputf8=allow_smtputf8)
    return SheetReader(columns, everything, ContactField.EMAIL, contacts.line)


def _columns(head: list[Row], mapping: Mapping[str, str]) -> Columns[ContactField]:
    try:
        return find_columns(head, ContactField, ContactField.EMAIL, mapping)
    except MissingColumn as error:
        at = column_of_addresses(head)
        if error.headings or at is None:
            raise
    begins = next(
        number for number, cells in head if at < len(cells) and "@" in c.folded(cells[at])
    )
    note = f"没有表头：第 {at + 1} 列是邮箱，其余各列未读，可用 --map 指明"
    return Columns(None, (), {ContactField.EMAIL: at}, begins, notes=(note,))


class _Contacts:
    """Reads one row after the other, and remembers which addresses it has seen."""

    def __init__(self, columns: Columns[ContactField], *, allow_smtputf8: bool) -> None:
        self._email = columns.fields[ContactField.EMAIL]
        self._enterprise = columns.fields.get(ContactField.ENTERPRISE)
        self._others = OtherColumns(columns, _READERS)
        self._headings = columns.headings
        self._phones = [at for field, at in columns.further if field is ContactField.PHONE]
        self._phone = columns.fields.get(ContactField.PHONE, 0)
        silent = {at for field, at in columns.fields.items() if field in _SAY_NOTHING_OF_HIM}
        self._telling = [
            at
            for at, heading in enumerate(columns.headings)
            if at not in silent and heading not in _OURS
        ]
        self._allow_smtputf8 = allow_smtputf8
        self._seen: dict[str, int] = {}
        self._above = ""

    def line(self, number: int, cells: list[str]) -> ContactLine:
        values, refusals, notes = self._others.read(self._filled(cells))
        text = cells[self._email] if self._email < len(cells) else ""
        if "@" not in text and c.is_blank(text):
            return Line(number, cells, refusals=("没有填写邮箱", *refusals))
        try:
            found = read_address_cell(text, allow_smtputf8=self._allow_smtputf8)
        except DistributionError as error:
            return Line(number, cells, refusals=(str(error), *refusals), notes=tuple(notes))
        address = found.address
        notes += found.notes
        if first := self._seen.get(address.key):
            refusals.append(f"邮箱 {address.written} 与第 {first} 行重复")
        elif not refusals:  # a row that is refused keeps no good one out
            self._seen[address.key] = number
        odd = suspicions(address)
        notes += [one.sentence for one in odd]
        notes += self._gone(cells)
        if refusals:
            return Line(number, cells, None, tuple(refusals), tuple(notes), odd)
        if values.pop("wanted", None) is False:
            values["left"] = values.get("left") or _UNWANTED
        if values.get("name") is None:
            name = found.display_name
            values["name_is_given"] = bool(name)
            values["name"] = name or address.key.rpartition("@")[0]
            notes += [] if name else [f"没有姓名，暂记为 {values['name']}"]
        facts = _facts(address, values)
        return Line(number, cells, facts, (), tuple(notes), odd)

    def _gone(self, cells: list[str]) -> list[str]:
        """Where the row says that he is there no longer: only a person can tell."""
        return [
            f"{self._headings[at]}{c.shown(cells[at])}：是否已不在任？仍照常导入，请核对"
            for at in self._telling
            if at < len(cells) and cells[at] and _GONE.search(cells[at])
        ]

    def _filled(self, cells: list[str]) -> list[str]:
        """The row with its enterprise, where it says 同上, and all its phones in one cell."""
        if self._phones:
            every = (self._phone, *self._phones)
            texts = [cells[at] for at in every if at < len(cells) and not c.is_blank(cells[at])]
            cells = [*cells, *[""] * (self._phone + 1 - len(cells))]
            cells[self._phone] = "、".join(texts)
        at = self._enterprise
        if at is None or at >= len(cells):
            return cells
        if not c.is_ditto(cells[at]):
            self._above = cells[at]
            return cells
        return [*cells[:at], self._above, *cells[at + 1 :]]


def _facts(address: EmailAddress, values: dict[str, Any]) -> ContactFacts:
    return ContactFacts(address, **values)


@lru_cache(maxsize=16_384)
def _enterprise(text: str) -> Cell[str]:
    if c.is_blank(text):
        return Cell()
    return Cell(c.read_text("单位名称", text, _LONGEST_ENTERPRISE))


@lru_cache(maxsize=16_384)
def _name(text: str) -> Cell[str]:
    return Cell() if c.is_blank(text) else Cell(c.read_person(text))


def _left(text: str) -> Cell[str]:
    """What the file says of his leaving; 否 says nothing."""
    if c.read_yes_no("退订", text).value is False:
        return Cell()
    return c.optional("退订", text, lambda given: c.read_text("退订说明", given, _LONGEST_BASIS))


def _basis(text: str) -> Cell[str]:
    return c.optional(
        "同意依据", text, lambda given: c.read_text("同意依据", given, _LONGEST_BASIS)
    )


def _phone(text: str) -> Cell[str]:
    cell = read_phone(text)
    return cell if cell.value or not c.is_blank(text) else Cell()


def _state(text: str) -> Cell[Cause]:
    """What a list of ours says of somebody; other offices' words (在职, 正常) say nothing here."""
    return Cell(next((cause for cause in _STATES if cause.label == text.strip()), None))


_READERS: dict[ContactField, Reader] = {
    ContactField.ENTERPRISE: _enterprise,
    ContactField.NAME: _name,
    ContactField.CREDIT_CODE: cached(c.read_code),
    ContactField.ROLE: cached(c.read_role),
    ContactField.PHONE: _phone,
    ContactField.TOPICS: cached(lambda text: c.read_list("关注栏目", text)),
    ContactField.WATCH_WORDS: cached(c.read_watch_words),
    ContactField.FREQUENCY: cached(c.read_frequency),
    ContactField.EDITION: cached(c.read_edition),
    ContactField.FORMAT: cached(c.read_format),
    ContactField.BASIS: cached(_basis),
    ContactField.LEFT: cached(_left),
    ContactField.WANTED: cached(c.read_wanted),
    ContactField.TRACKING: cached(c.read_tracking),
    ContactField.STATE: cached(_state),
    ContactField.PAUSED_UNTIL: cached(lambda text: read_date("暂停至", text, end=True)),
}
