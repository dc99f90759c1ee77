"""The table of contents: sections, titles and pages; the body only follows it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from distribution.compiler.content import Complaint
from distribution.compiler.doubts import Doubt
from distribution.compiler.front.entries import split_entry
from distribution.compiler.front.rows import BodyText, Row, heads_contents, rows_of_contents
from distribution.compiler.front.sections import looks_like_section, new_section, section_name
from distribution.compiler.lines import Line, complain, key
from distribution.compiler.sentences import joined
from distribution.compiler.unreadable import UnreadableIssue

__all__ = [
    "Contents", "Entry", "begins_contents", "heads_contents", "read_contents", "split_entry",
]  # fmt: skip

MOST_ENTRIES = 300
"""An issue has about thirty; a file with more is no issue."""

_FEWEST_ENTRIES = 2
_LOOK_AHEAD = 60
REMEDY = "目录应逐行写「标题……页码」，栏目名单独成行"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents, or several that make one title."""

    line: Line
    """The line on which it ends."""
    section: str
    title: str
    page: int | None


@dataclass(slots=True)
class Contents:
    """What the contents list."""

    entries: list[Entry] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)


def begins_contents(lines: Sequence[Line]) -> bool:
    """Whether entries follow, although no line says 目录."""
    entries = (split_entry(line.text) for line in lines[:_LOOK_AHEAD])
    return sum(entry is not None for entry in entries) >= _FEWEST_ENTRIES


def read_contents(
    lines: Sequence[Line], name: str, known: frozenset[str], before: Sequence[Line] = ()
) -> tuple[Contents, Sequence[Line]]:
    """Read the lines behind 目录; return the contents and the lines behind them.

    `known` are the keys of the sections that lead to a topic: another one is accepted with a
    complaint. `before` is the body where it stands before its contents. Without any entry the
    contents are empty, and the lines behind them are all lines.
    """
    rows, end = rows_of_contents(lines, before, known)
    if sum(row.is_entry for row in rows) > MOST_ENTRIES:
        raise UnreadableIssue(name, f"目录超过 {MOST_ENTRIES} 条，不像一期刊物", REMEDY)
    body = BodyText.of([*before, *lines[end:]], known)
    contents = Contents()
    pending: list[Row] = []
    for at, row in enumerate(rows):
        following = rows[at + 1] if at + 1 < len(rows) else None
        if row.is_entry and not _is_section_with_page(row, following, pending, body):
            _settle(contents, pending, row, body)
            pending = []
        elif key(row.title) and not heads_contents(row.line):
            pending.append(row)
    return contents, lines[end:]


def _is_section_with_page(
    row: Row, following: Row | None, pending: Sequence[Row], body: BodyText
) -> bool:
    """政策措施……1: a section's name with the page it begins on, above the first of its titles."""
    name = key(section_name(row.title))
    if following is None or not looks_like_section(row.title):
        return False
    if any(_whole(pending[at:], row) in body.printed for at in range(len(pending))):
        return False  # the last line of a title that wraps
    if name in body.known:
        return True
    heads = key(following.title) in body.below.get(name, ()) or name not in body.printed
    return heads and row.page is not None and row.page == following.page


def _settle(contents: Contents, pending: Sequence[Row], entry: Row, body: BodyText) -> None:
    """Decide which rows above an entry are sections and which are the beginning of its title."""
    count = _headings_among(pending, entry, body)
    for row in pending[:count]:
        _note_section(contents, row, body.known)
    title = ""
    for row in [*pending[count:], entry]:
        title = joined(title, row.title)
    section = contents.sections[-1] if contents.sections else ""
    if not section:
        problem = "目录中的这一条不在任何栏目之下"
        contents.complaints.append(complain(Doubt.NO_SECTION, entry.line, problem, title))
    if entry.page is None:
        problem = "目录中的这一条没有页码"
        contents.complaints.append(complain(Doubt.NO_PAGE, entry.line, problem, title))
    contents.entries.append(Entry(entry.line, section, title, entry.page))


def _headings_among(pending: Sequence[Row], entry: Row, body: BodyText) -> int:
    """How many of the pending rows stand before the title; the body's titles help to decide."""
    usual = [
        index for index, row in enumerate(pending) if key(section_name(row.title)) in body.known
    ]
    first = usual[-1] + 1 if usual else 0
    rest = pending[first:]
    if not rest:
        return first
    starts = [at for at in range(len(rest) + 1) if _whole(rest[at:], entry) in body.printed]
    if not starts:
        return len(pending) if looks_like_section(rest[-1].title) else first
    start = starts[0]
    while start < starts[-1] and looks_like_section(rest[start].title):
        start += 1  # the body prints the heading above the title, too
    return first + start


def _whole(rows: Sequence[Row], entry: Row) -> str:
    return "".join(key(row.title) for row in [*rows, entry])


def _note_section(contents: Contents, row: Row, known: frozenset[str]) -> None:
    section = section_name(row.title)
    if key(section) not in known:
        if not looks_like_section(section):
            problem = "目录中有一行既不是栏目，也不是带页码的标题"
            contents.complaints.append(complain(Doubt.CONTENTS_LINE, row.line, problem))
            return
        problem = new_section(section)
        contents.complaints.append(complain(Doubt.SECTION_NEW, row.line, problem))
    contents.sections.append(section)
