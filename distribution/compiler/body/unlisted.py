"""Articles that no contents name: told by looks, by a section's heading, by a dateline."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from distribution.compiler.article.agencies import is_media
from distribution.compiler.article.datelines import read_dateline
from distribution.compiler.body.looks import Looks, rounded, stands_out, usual_size
from distribution.compiler.body.signatures import is_signatory
from distribution.compiler.lines import PLAIN, Line, is_han, key, weight
from distribution.compiler.sentences import begins_item, is_day, is_finished, is_heading, joined

_SHORTEST, _LONGEST = 6, 60
"""Characters of a title that only its place betrays."""
_NO_TITLES_END = "。！？!?；;，,、：:…．"
_NEVER_INSIDE = ("。", "；")
_PAUSES = "，、：,:"
_ECHO, _ECHO_REACH = 4, 40
"""Characters that a title and the text below it have in common; where they are looked for."""
_OPENS = re.compile("近日|日前|近期|今年|去年|目前|随着|为了?|由|记者|据|本[报刊]|[0-9]{1,4}[年月]")
_MOST_LINES = 3
_LONGEST_SECTION = 10
_FEWEST_BEFORE = 40
"""Characters of text that an article has before the next one may begin inside it."""


@dataclass(frozen=True, slots=True)
class Guess:
    """An article that begins here: `count` lines of title from index `start`."""

    start: int
    count: int
    title: str
    sure: bool
    """Whether its look says so; else it is only its place."""


def is_title_like(line: Line) -> bool:
    """Whether a line could be a title by its length and its end."""
    length = weight(line.text)
    return (
        _SHORTEST <= length <= _LONGEST
        and not line.text.endswith(tuple(_NO_TITLES_END))
        and not any(stop in line.text for stop in _NEVER_INSIDE)
        and not begins_item(line.text)
        and sum(map(is_han, line.text)) * 2 >= length
    )


def within(lines: Sequence[Line], looks: Looks, month: date) -> list[Guess]:
    """The articles that begin inside the text of one that the contents name."""
    found: list[Guess] = []
    behind = 0
    for start, count in _runs(lines, looks.is_title):
        if start >= behind:
            found.append(_guess(lines, start, count, sure=True))
            behind = start + count
    taken = {index for guess in found for index in range(guess.start, guess.start + guess.count)}
    written = 0
    for index, line in enumerate(lines):
        if index in taken:
            written = 0
        elif written >= _FEWEST_BEFORE and _announces(lines, index, month):
            found.append(_guess(lines, index, 1, sure=False))
            written = 0
        else:
            written += weight(line.text)
    return sorted(found, key=lambda guess: guess.start)


def echoing(lines: Sequence[Line], guesses: Sequence[Guess]) -> list[Line]:
    """Lines that may be titles, for the text below says their words again; no proof."""
    taken = {index for guess in guesses for index in range(guess.start, guess.start + guess.count)}
    return [
        line
        for index, line in enumerate(lines)
        if index and index not in taken and _is_echoed(lines, index)
    ]


def throughout(
    lines: Sequence[Line], sections: frozenset[str], month: date
) -> tuple[list[Guess], dict[int, str]]:
    """The articles of a body without contents, and its section headings by index."""
    headings = {index: key(line.text) for index, line in enumerate(lines) if _names(line, sections)}
    size = usual_size(lines)
    look = _titles_look(lines, headings, size)
    found: list[Guess] = []
    if look is not None:
        for start, count in _runs(lines, lambda line: rounded(line.look, size) == look):
            begin = start
            while begin < start + count and _heads_a_section(lines, begin, start + count):
                headings[begin] = key(lines[begin].text)
                begin += 1
            if begin < start + count and begin not in headings:
                found.append(_guess(lines, begin, start + count - begin, sure=True))
        _note_other_headings(lines, found, headings, look)
        return found, headings
    for index, line in enumerate(lines):
        if index in headings or not is_title_like(line):
            continue
        announced = _announces(lines, index, month, strictly=False)
        if index - 1 in headings or announced or _is_echoed(lines, index):
            found.append(_guess(lines, index, 1, sure=False))
    return found, headings


def _names(line: Line, sections: frozenset[str]) -> bool:
    return (
        weight(line.text) <= _LONGEST_SECTION + 4
        and key(line.text) in sections
        and not line.text.endswith(tuple("。！？；，"))
    )


def _titles_look(lines: Sequence[Line], headings: dict[int, str], size: float) -> object:
    """The commonest look that stands out from running text and has text below it."""
    looks: Counter[object] = Counter()
    for index, line in enumerate(lines[:-1]):
        look = rounded(line.look, size)
        out = look != PLAIN and (stands_out(look, size) or look.centred)
        follows = rounded(lines[index + 1].look, size)
        if out and index not in headings and follows != look and not stands_out(follows, size):
            looks[look] += 1
    return looks.most_common(1)[0][0] if looks else None


def _heads_a_section(lines: Sequence[Line], index: int, end: int) -> bool:
    """A short heading directly above another one of the same look."""
    name = key(lines[index].text)
    return index + 1 < end and 1 < len(name) <= _LONGEST_SECTION and all(map(is_han, name))


def _note_other_headings(
    lines: Sequence[Line], found: Sequence[Guess], headings: dict[int, str], look: object
) -> None:
    """A short line of another striking look directly above a title heads a section."""
    size = usual_size(lines)
    for guess in found:
        index = guess.start - 1
        if index < 0 or index in headings or rounded(lines[index].look, size) == look:
            continue
        name = key(lines[index].text)
        short = 1 < len(name) <= _LONGEST_SECTION and all(map(is_han, name))
        if short and stands_out(lines[index].look, size):
            headings[index] = name


def _runs(lines: Sequence[Line], recognised: Callable[[Line], bool]) -> Iterator[tuple[int, int]]:
    """(start, count) of neighbouring lines that all look like titles: a title on several lines."""
    start = 0
    while start < len(lines):
        count = 0
        while (
            start + count < len(lines)
            and count < _MOST_LINES
            and recognised(lines[start + count])
            and not lines[start + count].text.endswith(("。", "；", "，"))
        ):
            count += 1
        if count:
            yield start, count
        start += max(count, 1)


def _announces(lines: Sequence[Line], index: int, month: date, *, strictly: bool = True) -> bool:
    """Whether a finished paragraph stands above this line and a dateline below it.

    A whole dateline, agency and day, is enough: no sentence is cut in front of one.
    """
    line = lines[index]
    if index + 1 >= len(lines) or not is_title_like(line) or is_heading(line.text):
        return False
    dateline = read_dateline(lines[index + 1].text, month)
    whole = dateline.source and dateline.date and dateline.length
    above = lines[index - 1].text if index else "。"
    if not _is_closed(above) and (not whole or above.endswith(tuple(_PAUSES))):
        return False
    if strictly:
        named = dateline.source is not None and dateline.length > 0
        return named and (dateline.date is not None or is_media(dateline.source or ""))
    return dateline.source is not None or dateline.date is not None


def _is_closed(text: str) -> bool:
    """Whether an article may end so."""
    return is_finished(text) or is_day(text) or is_signatory(text)


def _is_echoed(lines: Sequence[Line], index: int) -> bool:
    """A line between two paragraphs, without a pause, whose words the next one repeats."""
    line = lines[index]
    if index + 1 >= len(lines) or not is_title_like(line) or is_heading(line.text):
        return False
    dated = line.text[0].isdigit()  # 2026年全省装备企业: a sentence that a break has cut
    if dated or any(pause in line.text for pause in _PAUSES):
        return False
    if index and not _is_closed(lines[index - 1].text):
        return False
    title, text = key(line.text), key(lines[index + 1].text[:_ECHO_REACH])
    if text[:_ECHO] not in title and not _OPENS.match(text):
        return False
    return any(
        title[at : at + _ECHO] in text and all(map(is_han, title[at : at + _ECHO]))
        for at in range(len(title) - _ECHO + 1)
    )


def _guess(lines: Sequence[Line], start: int, count: int, *, sure: bool) -> Guess:
    title = ""
    for line in lines[start : start + count]:
        title = joined(title, line.text) if title else line.text
    return Guess(start, count, title, sure)
