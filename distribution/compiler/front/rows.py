"""The rows of the contents: where they end, and what each of them is; the body helps to tell."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from distribution.compiler.front.entries import (
    LEADERS,
    LONGEST_PAGE,
    Manner,
    best_reading,
    entries_within,
    readings,
    undecorated,
)
from distribution.compiler.front.sections import section_name
from distribution.compiler.lines import Line, key, runs

_HEADINGS = frozenset(
    {"目录", "目次", "要目", "本期目录", "本期要目", "目录contents", "contents目录", "contents"}
)
_DOTS = LEADERS.replace("。", "")
_LONGEST_LINE = 120
_LONGEST_ROW = 600
"""With all the dots of a leader."""
MOST_ROWS = 700
"""Entries and sections."""
_LOOK_AHEAD = 60
_PRINTED = 10
"""A title that the body prints says more about the manner of the contents than others do."""
_MOST_LINES = 3
_TWICE = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the contents, or one of several pieces of it."""

    line: Line
    title: str
    page: int | None
    is_entry: bool
    column: int = 0


@dataclass(frozen=True, slots=True)
class BodyText:
    """What is known of a body while its contents are read."""

    printed: Mapping[str, int]
    """Keys of what it prints on a line of its own or on several, and how often."""
    below: Mapping[str, set[str]]
    """Keys of lines, and those of the lines directly below them."""
    known: frozenset[str]
    """Keys of the sections that lead to a topic."""

    @classmethod
    def of(cls, lines: Sequence[Line], known: frozenset[str]) -> "BodyText":
        """Of these lines."""
        text = [line for line in lines if line.block is None]
        below: dict[str, set[str]] = {}
        for one, following in pairwise(text):
            if not following.text.endswith("。"):
                below.setdefault(_start(one), set()).add(_start(following))
        return cls(Counter(one for one, _, _ in runs(text)), below, known)


def _start(line: Line) -> str:
    return key(line.text[:_LONGEST_LINE])


def heads_contents(line: Line) -> bool:
    """Whether it is the line 目录."""
    return len(line.text) <= _LONGEST_LINE and key(line.text) in _HEADINGS


def rows_of_contents(
    lines: Sequence[Line], before: Sequence[Line], known: frozenset[str]
) -> tuple[list[Row], int]:
    """The rows and the index at which they end; none where nothing is an entry."""
    body = BodyText.of([*before, *lines], known)
    rows, end = _rows_with_pages(lines, body)
    if not end:
        rows, end = _rows_without_pages(lines, body)
    return _by_columns(rows, [*before, *lines[end:]]), end


def _rows_with_pages(lines: Sequence[Line], body: BodyText) -> tuple[list[Row], int]:
    manner = _manner(lines, body)
    rows: list[Row] = []
    titles: set[str] = set()
    end = kept = 0
    previous = ""
    for index, line in enumerate(lines):
        if len(line.text) > _LONGEST_ROW or index - end > _LOOK_AHEAD or kept > MOST_ROWS:
            break
        found = _rows_of(line, rows, manner, body)
        this = key(found[-1].title)
        if not found[-1].is_entry:
            is_title = this in titles or previous + this in titles
            if is_title or line.text.endswith("。") or len(line.text) > _LONGEST_LINE:
                break
            previous = this
            rows += found
            continue
        if _page_alone(line.text):
            rows.pop()  # the same entry, still without its page
        rows += found
        titles |= {key(row.title) for row in found}
        end, kept, previous = index + 1, len(rows), ""
    return rows[:kept], end


def _manner(lines: Sequence[Line], body: BodyText) -> Manner | None:
    """How most of the first lines tell a title from its page."""
    votes: Counter[Manner] = Counter()
    for line in lines[:_LOOK_AHEAD]:
        voices: dict[Manner, int] = {}
        for reading in readings(line.text):
            is_printed = key(undecorated(reading.title)) in body.printed
            voice = _PRINTED if is_printed else 1
            voices[reading.manner] = max(voice, voices.get(reading.manner, 0))
        votes.update(voices)
    return max(votes, key=lambda manner: (votes[manner], -manner), default=None)


def _rows_of(
    line: Line, rows: Sequence[Row], manner: Manner | None, body: BodyText
) -> Sequence[Row]:
    """What a line is: one entry, several, the page of the entry above, or something else."""
    pieces = entries_within(line.text)
    if len(pieces) > 1:
        several = [best_reading(piece, manner, body.printed) for piece in pieces]
        entries = [
            Row(line, one.title, one.page, is_entry=True, column=column)
            for column, one in enumerate(several)
            if one is not None
        ]
        if len(entries) == len(pieces):
            return entries
    reading = best_reading(line.text, manner, body.printed)
    if reading:
        return [Row(line, reading.title, reading.page, is_entry=True)]
    page, above = _page_alone(line.text), rows[-1] if rows else None
    if page and above and above.page is None:
        led = any(dot in line.text for dot in _DOTS)
        dotted = manner is Manner.DOTTED
        if above.is_entry or led or (not dotted and key(above.title) not in body.known):
            return [Row(line, above.title, page, is_entry=True)]
    return list(_other_rows(line, body.known))


def _other_rows(line: Line, known: frozenset[str]) -> Iterator[Row]:
    """The names of several sections, side by side above two columns, or any other line."""
    words = line.text.split()
    if len(words) > 1 and all(key(section_name(word)) in known for word in words):
        for column, word in enumerate(words):
            yield Row(line, word, None, is_entry=False, column=column)
    else:
        yield Row(line, line.text, None, is_entry=False)


def _page_alone(text: str) -> int | None:
    """The page, where it stands on a line of its own below its title."""
    bare = text.strip(LEADERS + "()（） ")
    return int(bare) if bare.isdecimal() and len(bare) <= LONGEST_PAGE else None


def _rows_without_pages(lines: Sequence[Line], body: BodyText) -> tuple[list[Row], int]:
    """Contents that name no pages: titles are what stands again as a line of the body."""
    rows: list[Row] = []
    titles: set[str] = set()
    index = end = kept = 0
    while index < len(lines):
        line = lines[index]
        this = _start(line)
        if this in titles or line.text.endswith("。") or len(line.text) > _LONGEST_LINE:
            break
        count = _lines_of_title(lines, index, body)
        title = " ".join(one.text for one in lines[index : index + count])
        is_section = key(section_name(line.text)) in body.known
        is_entry = count > 0 and not is_section
        rows.append(Row(line, undecorated(title or line.text), None, is_entry=is_entry))
        index += max(count, 1)
        if is_entry:
            titles.add(key(title))
            end, kept = index, len(rows)
    return rows[:kept], end


def _lines_of_title(lines: Sequence[Line], index: int, body: BodyText) -> int:
    """How many lines from here stand again elsewhere; 0 for none, or for a section's name.

    A name that is no title stands above the next line both in the contents and in the body.
    """
    for count in range(_MOST_LINES, 0, -1):
        joined = "".join(key(line.text) for line in lines[index : index + count])
        if body.printed.get(joined, 0) >= _TWICE:
            return count
    return 0


def _by_columns(rows: list[Row], body: Sequence[Line]) -> list[Row]:
    """Rows in two columns, in the order in which the body prints their titles."""
    if not any(row.column and row.is_entry for row in rows):
        return rows
    places = {one: start for one, start, _ in reversed(list(runs(list(body))))}

    def steps_back(some: Sequence[Row]) -> int:
        at = [places[key(row.title)] for row in some if row.is_entry and key(row.title) in places]
        return sum(one > following for one, following in pairwise(at))

    down = sorted(rows, key=lambda row: row.column)
    return min([replace(row, column=0) for row in rows], down, key=steps_back)
