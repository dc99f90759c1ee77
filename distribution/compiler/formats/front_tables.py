"""Tables that place the title page or the contents on the page, before running text begins."""

import re
from collections.abc import Iterator, Sequence

from distribution.compiler.front.contents import heads_contents, split_entry
from distribution.compiler.lines import Line, compact, key

LEADER = "……"
_ISSUE = re.compile(r"第[0-9〇零○一二三四五六七八九十百]+(?:[-—~、至][0-9]+)?期|总第|增刊")
_PAGE = re.compile(r"[（(·.…]*(?:第|P\.?)?([0-9]{1,3})页?[)）·.…]*", re.IGNORECASE)
_PAGE_LABELS = ("页码", "页", "页次", "page")
_FEWEST_ENTRIES, _FEWEST_PAGES = 2, 3
_LONGEST_SECTION = 10

Rows = Sequence[Sequence[str]]


def places_front(cells: Sequence[str]) -> bool:
    """Whether these cells, each with a line feed between its paragraphs, are of the front."""
    rows = [row for cell in cells for row in cell.split("\n")]
    entries = [entry for row in rows if (entry := split_entry(row)) and entry[1] is not None]
    return (
        any(heads_contents(Line(0, row)) for row in rows)
        or any(_ISSUE.search(compact(row)) for row in rows)
        or len(entries) >= _FEWEST_ENTRIES
    )


def contents_in(rows: Rows, *, announced: bool) -> tuple[list[str], list[str]] | None:
    """The lines of contents that stand in columns of titles and pages, and what heads these.

    None for any other table: pages never go back, and unless the word 目录 has `announced` them
    there are several. Sections stand in rows of their own or in a column of theirs.
    """
    heads = [row for row in rows[:1] if any(key(cell) in _PAGE_LABELS for cell in row)]
    rest = rows[len(heads) :]
    width = max(map(len, rows), default=0)
    columns = [at for at in range(1, width) if _are_pages([row[at] for row in rest])]
    pages = [int(page[1]) for at in columns for row in rest if (page := _PAGE.fullmatch(row[at]))]
    if len(pages) < (1 if announced else _FEWEST_PAGES) or pages != sorted(pages):
        return None
    lines: list[str] = []
    aside = [cell for row in heads for cell in row if cell]
    for begin, end in zip([0, *(at + 1 for at in columns)], columns, strict=False):
        titles = [list(row[begin:end]) for row in rest]
        aside += _ordinals(titles)
        if all(_PAGE.fullmatch(cell) for row in titles for cell in row if cell):
            return None
        lines += _entries(titles, [row[end] for row in rest])
    return lines, aside


def _are_pages(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_PAGE.fullmatch(cell) for cell in filled)


def _ordinals(titles: Sequence[list[str]]) -> list[str]:
    """Take away a column that only counts the entries."""
    first = [row[0] for row in titles]
    others = any(cell for row in titles for cell in row[1:])
    if not others or not all(cell.strip("、.．").isdecimal() for cell in first if cell):
        return []
    for row in titles:
        row[0] = ""
    return list(filter(None, first))


def _entries(titles: Sequence[Sequence[str]], pages: Sequence[str]) -> Iterator[str]:
    main = max(range(len(titles[0])), key=lambda at: (max(len(row[at]) for row in titles), at))
    for row, page in zip(titles, pages, strict=True):
        yield from filter(None, row[:main])
        title = " ".join(filter(None, row[main:]))
        digits = _PAGE.fullmatch(page)
        if title:
            yield f"{title}{LEADER}{digits[1]}" if digits else title
        elif digits:
            yield f"{LEADER}{digits[1]}"


def is_section_like(text: str) -> bool:
    """Whether a line of the contents could name a section."""
    return 1 < len(key(text)) <= _LONGEST_SECTION
