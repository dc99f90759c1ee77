"""The title of an article that is a file: a line of it, or else the file's name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from distribution.compiler.formats.folder.naming import may_be_title, titles_of
from distribution.compiler.front.sections import looks_like_section
from distribution.compiler.lines import Document, Line, Look, key, runs, weight
from distribution.compiler.sentences import is_finished

_TITLE = Look(level=1)
"""All titles look alike, whatever each file makes of its own."""
_LOOK_AHEAD = 6
_LONGEST = 60
_MOST_LINES = 3


def titled(name: str, document: Document, listed: Mapping[str, int]) -> Document:
    """The document, its title marked, or put before it where only the file's name says it.

    The contents know best, then the file, then its name.
    """
    lines = [_lower(line) for line in document.lines]
    called = [title for title in titles_of(name) if key(title) in listed]
    start, count = _listed_in(lines, listed)
    if not count and not called:
        start, count = _standing_out(lines)
        called = [title for title in titles_of(name)[-1:] if lines and may_be_title(title)]
    if count:
        marked = [replace(line, look=_TITLE) for line in lines[start : start + count]]
        return replace(document, lines=(*lines[:start], *marked, *lines[start + count :]))
    if not called:
        return document
    number = lines[0].number - 1 if lines else 0
    return replace(document, lines=(Line(number, called[-1], "文件名", _TITLE), *lines))


def title_key(document: Document) -> str:
    """The key of the lines marked as title."""
    marked = [line for line in document.lines[: 2 * _LOOK_AHEAD] if line.look == _TITLE]
    return key("".join(line.text for line in marked))


def _lower(line: Line) -> Line:
    """A heading inside an article stands below its title."""
    level = line.look.level
    return replace(line, look=replace(line.look, level=level + 1)) if level else line


def _listed_in(lines: Sequence[Line], listed: Mapping[str, int]) -> tuple[int, int]:
    """Where a title of the contents stands among the first lines, and on how many of them."""
    for one, start, count in runs(list(lines[:_LOOK_AHEAD])):
        if one in listed and all(line.block is None for line in lines[start : start + count]):
            return start, count
    return 0, 0


def _standing_out(lines: Sequence[Line]) -> tuple[int, int]:
    """The first line that may be a title, with those below it that look the same and stand out."""
    start = int(len(lines) > 1 and looks_like_section(lines[0].text) and _may_be(lines[1]))
    if len(lines) <= start or not _may_be(lines[start]):
        return 0, 0
    count, look = 1, lines[start].look
    while (
        count < _MOST_LINES
        and start + count < len(lines)
        and look.bold + look.centred + look.level
        and lines[start + count].look == look
        and _may_be(lines[start + count])
    ):
        count += 1
    return start, count


def _may_be(line: Line) -> bool:
    return (
        line.block is None
        and line.furniture is None
        and weight(line.text) <= _LONGEST
        and not is_finished(line.text)
        and not line.text.endswith(("，", "、", "；"))
    )
