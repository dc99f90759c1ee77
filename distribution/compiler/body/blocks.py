"""The lines of an article as blocks: paragraphs joined over breaks, tables and pictures between."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from distribution.compiler.account import Homes
from distribution.compiler.article.credits import MOST_ABOVE, is_credit, is_subtitle
from distribution.compiler.body.looks import Looks
from distribution.compiler.body.paragraphs import Placed, belong_together, doubled
from distribution.compiler.content import Complaint, Paragraph, Picture, Table
from distribution.compiler.doubts import Doubt
from distribution.compiler.lines import Line, complain, is_han, narrow
from distribution.compiler.sentences import begins_item, gap, is_finished, is_heading, level_of

_CAPTION = re.compile(
    r"(?:图表|附图|附表|图|表|照片|图片|fig(?:ure)?\.?|table) ?[0-9一二三四五六七八九十]{1,3}",
    re.IGNORECASE,
)
_LONGEST_CAPTION = 60
_FEWEST_ROWS = 2


def blocks_of(
    lines: Iterable[Line], looks: Looks, homes: Homes
) -> tuple[list[Placed], list[Complaint]]:
    """The blocks the lines make, and what was doubtful about joining them."""
    rows = list(lines)
    maker = _Maker(looks, homes, _levels_of_headings(rows))
    for line in _captioned(_with_tables(rows)):
        maker.add(line)
    maker.close()
    return maker.placed, [*maker.complaints, *_about_joins(maker.joins)]


class _Maker:
    """Holds one paragraph open, and the blocks that stand in the middle of it."""

    def __init__(self, looks: Looks, homes: Homes, levels: frozenset[str]) -> None:
        self.placed: list[Placed] = []
        self.complaints: list[Complaint] = []
        self.joins: list[Line] = []
        self._looks, self._homes, self._levels = looks, homes, levels
        self._pieces: list[Line] = []
        self._texts: list[str] = []
        self._held: list[Placed] = []

    def add(self, line: Line) -> None:
        if line.block is not None:
            self._held.append(Placed(line, line.block))
        elif self._pieces and self._continues(line):
            self._join(line)
        else:
            self.close()
            self._pieces, self._texts = [line], [line.text]

    def close(self) -> None:
        """End the paragraph; the blocks that interrupted it follow it."""
        if self._pieces:
            self.placed.append(Placed(self._pieces[0], Paragraph("".join(self._texts))))
        self.placed += self._held
        self._pieces, self._texts, self._held = [], [], []

    def _continues(self, line: Line) -> bool:
        last = self._pieces[-1]
        heading = self._looks.is_heading(last), self._looks.is_heading(line)
        if len(self._pieces) == 1 and len(self.placed) < MOST_ABOVE and _stands_above(last):
            return False
        numbered = is_heading(last.text) and level_of(last.text) in self._levels
        return heading[0] == heading[1] and belong_together(last.text, line.text, heading=numbered)

    def _join(self, line: Line) -> None:
        last = self._pieces[-1]
        repeat = doubled(last.text, line.text)
        if repeat:
            self._texts[-1] = self._texts[-1].removesuffix(repeat)
            self._homes.double(last, len(repeat))
            problem = f"分页处重复的「{repeat}」已去掉一个，请核对"
            self.complaints.append(complain(Doubt.DOUBLED, line, problem))
        elif last.text[-1] == line.text[0] and is_han(last.text[-1]):
            problem = f"分页处的「{last.text[-1]}」字连续出现两次，未作改动，请核对"
            self.complaints.append(complain(Doubt.DOUBLED_KEPT, line, problem))
        self._texts.append(gap(self._texts[-1], line.text) + line.text)
        self._pieces.append(line)
        self.joins.append(line)


def _levels_of_headings(lines: Sequence[Line]) -> frozenset[str]:
    """How headings without a stop are numbered here.

    Where most items of a kind are prose or end in a stop, what looks like one is a torn line.
    """
    items = [line.text for line in lines if line.block is None and begins_item(line.text)]
    levels = Counter(map(level_of, items))
    bare = (text for text in items if is_heading(text) and not is_finished(text))
    headings = Counter(map(level_of, bare))
    return frozenset(level for level in headings if 2 * headings[level] > levels[level] - 1)


def _stands_above(line: Line) -> bool:
    """An author or a subtitle between title and text, which no stop ends."""
    return is_credit(line.text) or is_subtitle(line.text)


def _about_joins(joins: Sequence[Line]) -> list[Complaint]:
    if not joins:
        return []
    problem = f"有 {len(joins)} 处跨页或跨栏的段落已接成一段"
    return [complain(Doubt.JOINED, joins[0], problem)]


def _with_tables(lines: Iterable[Line]) -> list[Line]:
    """Neighbouring lines that tabs or bars divide into as many cells are the rows of a table."""
    result: list[Line] = []
    for width, run in groupby(lines, key=lambda line: 0 if line.block else len(line.cells)):
        rows = list(run)
        if width < _FEWEST_ROWS or len(rows) < _FEWEST_ROWS:
            result += rows
            continue
        table = Table(tuple(row.cells for row in rows))
        result.append(replace(rows[0], block=table))
    return result


def _captioned(lines: Sequence[Line]) -> list[Line]:
    """A line such as 图 1 … directly above or below a block names it."""
    result: list[Line] = []
    waiting: Line | None = None
    for line in lines:
        if line.block is not None:
            caption = waiting.text if waiting and not line.block.caption else ""
            result.append(_with_caption(line, caption) if caption else line)
            if waiting and not caption:
                result.insert(-1, waiting)
            waiting = None
            continue
        if waiting:
            result.append(waiting)
            waiting = None
        above = result[-1] if result else None
        if not _is_caption(line):
            result.append(line)
        elif above is not None and above.block is not None and not above.block.caption:
            result[-1] = _with_caption(above, line.text)
        else:
            waiting = line
    return [*result, waiting] if waiting else result


def _is_caption(line: Line) -> bool:
    text = narrow(line.text)
    return (
        len(text) <= _LONGEST_CAPTION
        and _CAPTION.match(text) is not None
        and not text.endswith(("。", ";", ",", ":"))
    )


def _with_caption(line: Line, caption: str) -> Line:
    block = line.block
    if isinstance(block, Table | Picture):
        return replace(line, block=replace(block, caption=caption))
    return line
