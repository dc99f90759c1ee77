"""Rows that the contents name: a title fills a line, however little its print tells it apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from distribution.compiler.formats.pdf.rows import Row
from distribution.compiler.front.contents import split_entry
from distribution.compiler.lines import is_han, key

_MOST_ROWS = 4
_LONGEST_TITLE = 120
_LONGEST_SECTION = 10
_NO_TITLES_END = ("。", "；", "，")
_NO_SECTIONS_END = (*_NO_TITLES_END, "！", "？", "：", "、")


@dataclass(frozen=True, slots=True)
class Names:
    """The keys of titles and sections."""

    titles: set[str] = field(default_factory=set)
    sections: set[str] = field(default_factory=set)


def names_in(columns: Iterable[Sequence[Row]]) -> Names:
    """What the rows that end with dots and a page name; longer titles begin some rows above."""
    names = Names()
    for rows in columns:
        pending: list[str] = []
        for row in rows:
            title = _entry(row)
            if title is None:
                pending = [*pending, row.text][-_MOST_ROWS + 1 :]
                continue
            names.sections.update(key(text) for text in pending if _may_be_section(text))
            for start in range(len(pending) + 1):
                several = [*pending[start:], title]
                if len(several) == 1 or not _may_be_section(several[0]):
                    names.titles.add(key("".join(several)))
            pending = []
    return names


def _entry(row: Row) -> str | None:
    """The title of a row of the contents."""
    last = row.torn[-1] if row.torn else ""
    split = split_entry(row.text, dotted=not last.isdecimal())
    return split[0] if split and split[1] else None


def _may_be_section(text: str) -> bool:
    name = key(text)
    return 1 < len(name) <= _LONGEST_SECTION and all(map(is_han, name))


def named_rows(rows: Sequence[Row], names: Names) -> dict[int, int]:
    """How many rows, from which index, make a title or the name of a section."""
    found: dict[int, int] = {}
    behind = 0
    for start in range(len(rows)):
        if start >= behind and (count := _count(rows[start : start + _MOST_ROWS], names)):
            found[start] = count
            behind = start + count
    return found


def _count(rows: Sequence[Row], names: Names) -> int:
    name = key(rows[0].text)
    if name in names.sections and not rows[0].text.endswith(_NO_SECTIONS_END):
        return 1
    joined = ""
    for count, row in enumerate(rows, start=1):
        joined += key(row.text)
        if row.block or len(joined) > _LONGEST_TITLE:
            break
        if joined in names.titles and not row.text.endswith(_NO_TITLES_END):
            return count
    return 0
