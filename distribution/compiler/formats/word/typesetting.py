"""How lines of Word look, and what that says about them before the contents are read."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from distribution.compiler.doubts import Furniture
from distribution.compiler.formats.front_tables import LEADER, is_section_like
from distribution.compiler.formats.word.content import Break, Piece, Text
from distribution.compiler.formats.word.styles import Format
from distribution.compiler.front.contents import MOST_ENTRIES, heads_contents, split_entry
from distribution.compiler.lines import Line, Look, key, weight
from distribution.compiler.sentences import is_finished

_NUMBERED_CAPTION = re.compile(
    r"(?:附?[图表]|图表|照片|fig|table)[. ]*[0-9一二三四五六七八九十]", re.IGNORECASE
)
_LONGEST_CAPTION = 40
_NO_CAPTIONS_END = tuple("。！？；：，、.!?;:,")
_FEWEST_RUNNING = 40
"""Characters of a finished paragraph: with the first of them the body has begun."""
_NOWHERE = re.compile(r"错误[!！][^。.]{2,12}[。.]|Error! [A-Z][a-z ]{2,40}\.")
"""What Word prints where a page number's mark has gone."""


def rows_of(pieces: Iterable[Piece], *, dotted: bool) -> list[list[Text]]:
    """The text between the breaks of a paragraph, without blank rows.

    The last tab of a `dotted` one, which Word prints as a leader, becomes a leader.
    """
    rows: list[list[Text]] = [[]]
    for piece in pieces:
        match piece:
            case Text():
                rows[-1].append(piece)
            case Break():
                rows.append([])
    rows = [row for row in rows if any(one.text.strip() for one in row)]
    return [_with_leader(row) for row in rows] if dotted else rows


def _with_leader(row: list[Text]) -> list[Text]:
    tabs = [at for at, one in enumerate(row) if one.text == "\t"]
    if not tabs:
        return row
    leader = replace(row[tabs[-1]], text=LEADER)
    behind = [replace(one, text=_NOWHERE.sub("", one.text)) for one in row[tabs[-1] + 1 :]]
    return [*row[: tabs[-1]], leader, *behind]


def look_of(row: Sequence[Text], paragraph: Format) -> Look:
    """How a row is printed: bold if all of it is, in the size of most of it."""
    visible = [one for one in row if one.text.strip()]
    sizes: Counter[float] = Counter()
    for one in visible:
        sizes[one.format.size or 0.0] += len(one.text)
    return Look(
        level=paragraph.level or 0,
        bold=all(one.format.bold for one in visible),
        centred=bool(paragraph.centred),
        size=sizes.most_common(1)[0][0] if sizes else 0.0,
    )


class Body:
    """What is known of the lines read so far."""

    def __init__(self) -> None:
        self.has_begun = False
        """Whether running text has come: title page and contents are over."""
        self.lists = False
        """Whether the word 目录 has come."""
        self._sizes: Counter[float] = Counter()
        self._listed: set[str] = set()
        self._entries: dict[int, int] = {}

    def note(self, line: Line, entry: int | None) -> None:
        """Take in a line of text; `entry` is its level in the contents that Word made."""
        self._sizes[line.look.size] += weight(line.text)
        if entry is not None:
            self._entries[line.number] = entry
        if not self.has_begun:
            self.lists = self.lists or heads_contents(line)
            self.has_begun = is_finished(line.text) and weight(line.text) >= _FEWEST_RUNNING
            listed = split_entry(line.text, dotted=False) or split_entry(line.text)
            if listed and len(self._listed) < MOST_ENTRIES:
                self._listed.add(key(listed[0]))

    def may_name_picture(self, look: Look, text: str) -> bool:
        """Whether a line at a picture is its caption: short, centred, plain, and no title.

        A numbered caption is known by its number, wherever it comes from.
        """
        usual = self._sizes.most_common(1)[0][0] if self._sizes else look.size
        plain = look.centred and not (look.bold or look.level or look.size > usual)
        this = key(text)
        return (
            bool(this)
            and plain
            and len(text) <= _LONGEST_CAPTION
            and not text.endswith(_NO_CAPTIONS_END)
            and not _NUMBERED_CAPTION.match(text)
            and not any(title.startswith(this) for title in self._listed)
        )

    def without_pages_of_sections(self, lines: Sequence[Line]) -> list[Line]:
        """Word's own contents give sections a page and list headings inside articles, too."""
        levels = self._entries
        top = min(levels.values(), default=0)
        highest = [line for line in lines if levels.get(line.number) == top]
        sections = 2 * sum(is_section_like(_title(line)) for line in highest) > len(highest)
        if len(set(levels.values())) < 2:  # noqa: PLR2004 - one level says nothing
            return list(lines)
        articles = top + 1 if sections else top
        return [
            replace(line, text=_title(line))
            if sections and levels.get(line.number) == top
            else replace(line, furniture=Furniture.CONTENTS)
            if levels.get(line.number, 0) > articles
            else line
            for line in lines
        ]


def _title(line: Line) -> str:
    entry = split_entry(line.text, dotted=False) or split_entry(line.text)
    return entry[0] if entry else line.text
