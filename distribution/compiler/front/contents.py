"""The table of contents: sections, titles and pages; the body only follows it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from distribution.compiler.body.paragraphs import joined
from distribution.compiler.content import Complaint
from distribution.compiler.doubts import Doubt
from distribution.compiler.lines import Line, complain, is_han, key, runs
from distribution.compiler.unreadable import UnreadableIssue

MOST_ENTRIES = 300
"""An issue has about thirty; a file with more is no issue."""

_HEADINGS = frozenset({"目录", "目次", "本期目录", "目录contents", "contents目录"})
_DOTS = "·•・‧∙⋅⋯…．."
_LEADERS = _DOTS + "。_—-─"
_FEWEST_DOTS = 2
_FEWEST_ENTRIES = 2
_LONGEST_PAGE = 3
_LONGEST_SECTION = 10
_LONGEST_LINE = 120
_LOOK_AHEAD = 60
_REMEDY = "目录应逐行写「标题……页码」，栏目名单独成行"


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


@dataclass(frozen=True, slots=True)
class _Row:
    line: Line
    title: str
    page: int | None
    is_entry: bool


def heads_contents(line: Line) -> bool:
    """Whether it is the line 目录."""
    return len(line.text) <= _LONGEST_LINE and key(line.text) in _HEADINGS


def begins_contents(lines: Sequence[Line]) -> bool:
    """Whether entries follow, although no line says 目录."""
    entries = (split_entry(line.text) for line in lines[:_LOOK_AHEAD])
    return sum(entry is not None for entry in entries) >= _FEWEST_ENTRIES


def split_entry(text: str, *, dotted: bool = True) -> tuple[str, int | None] | None:
    """Title and page of an entry; None for a line without dots (or, if allowed, blanks) between.

    >>> split_entry("试点启动····· 12"), split_entry("试点启动……………（3）")
    (('试点启动', 12), ('试点启动', 3))
    >>> split_entry("政策措施"), split_entry("试点启动 7"), split_entry("试点启动 7", dotted=False)
    (None, None, ('试点启动', 7))
    """
    bare = text.rstrip(" ）)")
    head = bare.rstrip("0123456789０１２３４５６７８９")
    digits = bare[len(head) :]
    if len(digits) > _LONGEST_PAGE:
        return None
    page = int(digits) if digits else None
    head = head.rstrip(" （(")
    title = head.rstrip(_LEADERS + " ")
    dots = sum(3 if dot in "…⋯" else 1 for dot in head[len(title) :] if dot != " ")
    if not title or not key(title):
        return None
    if dots >= _FEWEST_DOTS + (page is None):
        return title, page
    blank = bare[: len(bare) - len(digits)].endswith(" ")
    return (title, page) if digits and blank and not dots and not dotted else None


def read_contents(
    lines: Sequence[Line], name: str, known: frozenset[str]
) -> tuple[Contents, Sequence[Line]]:
    """Read the lines behind 目录; return the contents and the lines of the body.

    `known` are the keys of the sections that lead to a topic: another one is accepted with a
    complaint.
    """
    rows, end = _rows(lines, name, known)
    body = lines[end:]
    printed = {one for one, _, _ in runs(list(body))}
    contents = Contents()
    pending: list[_Row] = []
    for row in rows:
        if row.is_entry:
            _settle(contents, pending, row, printed, known)
            pending = []
        else:
            pending.append(row)
    return contents, body


def _rows(lines: Sequence[Line], name: str, known: frozenset[str]) -> tuple[list[_Row], int]:
    """The rows of the contents and the index at which the body begins."""
    dotted = any(split_entry(line.text) for line in lines[:_LOOK_AHEAD])
    rows: list[_Row] = []
    titles: set[str] = set()
    end = entries = 0
    previous = ""
    for index, line in enumerate(lines):
        if len(line.text) > _LONGEST_LINE:
            break
        row = _row(line, rows[-1] if rows else None, known, dotted=dotted)
        this = key(row.title)
        is_title = this in titles or previous + this in titles
        if not row.is_entry and (is_title or line.text.endswith("。")):
            break
        if row.is_entry:
            if _page_alone(line.text):
                rows.pop()  # the same entry, still without its page
            titles.add(this)
            end, entries = index + 1, entries + 1
        if entries > MOST_ENTRIES:
            raise UnreadableIssue(name, f"目录超过 {MOST_ENTRIES} 条，不像一期刊物", _REMEDY)
        rows.append(row)
        previous = "" if row.is_entry else this
    if not entries:
        raise UnreadableIssue(name, "「目录」之下没有一条带页码的标题", _REMEDY)
    while not rows[-1].is_entry:
        rows.pop()
    return rows, end


def _row(line: Line, above: _Row | None, known: frozenset[str], *, dotted: bool) -> _Row:
    split = split_entry(line.text, dotted=dotted)
    if split:
        return _Row(line, *split, is_entry=True)
    page = _page_alone(line.text)
    if page and above and above.page is None:
        led = any(dot in line.text for dot in _DOTS)
        if above.is_entry or led or (not dotted and key(above.title) not in known):
            return _Row(line, above.title, page, is_entry=True)
    return _Row(line, line.text, None, is_entry=False)


def _page_alone(text: str) -> int | None:
    """The page, where it stands on a line of its own below its title."""
    bare = text.strip(_LEADERS + "()（） ")
    return int(bare) if bare.isdecimal() and len(bare) <= _LONGEST_PAGE else None


def _settle(
    contents: Contents,
    pending: Sequence[_Row],
    entry: _Row,
    printed: set[str],
    known: frozenset[str],
) -> None:
    """Decide which rows above an entry are sections and which are the beginning of its title."""
    count = _headings_among(pending, entry, printed, known)
    for row in pending[:count]:
        _note_section(contents, row.line, known)
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


def _headings_among(
    pending: Sequence[_Row], entry: _Row, printed: set[str], known: frozenset[str]
) -> int:
    """How many of the pending rows stand before the title; the body's titles help to decide."""
    usual = [index for index, row in enumerate(pending) if key(section_name(row.title)) in known]
    first = usual[-1] + 1 if usual else 0
    rest = pending[first:]
    if not rest:
        return first
    looks_like_section = _looks_like_section(rest[-1].title)
    if looks_like_section and key(entry.title) in printed:
        return len(pending)
    for start in range(len(rest)):
        whole = "".join(key(row.title) for row in [*rest[start:], entry])
        if whole in printed:
            return first + start
    if looks_like_section or key(entry.title) in printed:
        return len(pending)
    return first


def _looks_like_section(text: str) -> bool:
    name = key(text)
    return 1 < len(name) <= _LONGEST_SECTION and all(map(is_han, name))


def _note_section(contents: Contents, line: Line, known: frozenset[str]) -> None:
    section = section_name(line.text)
    if key(section) not in known:
        if not _looks_like_section(section):
            problem = "目录中有一行既不是栏目，也不是带页码的标题"
            contents.complaints.append(complain(Doubt.CONTENTS_LINE, line, problem))
            return
        problem = new_section(section)
        contents.complaints.append(complain(Doubt.SECTION_NEW, line, problem))
    contents.sections.append(section)


def section_name(text: str) -> str:
    """The name without what decorates it.

    >>> section_name("【政 策 措 施】"), section_name("栏目：质量管理")
    ('政策措施', '质量管理')
    """
    name = key(text).removeprefix("栏目") or key(text)
    return name if all(map(is_han, name)) and name else text.strip()


def new_section(section: str) -> str:
    """The sentence that asks what a section is about."""
    return (
        f"栏目「{section}」还没有对应的主题：distribution issue section map {section} --topic 主题"
    )
