"""The lines of an article as blocks: paragraphs joined over breaks, tables and pictures between."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from distribution.compiler.account import Homes
from distribution.compiler.article.credits import MOST_ABOVE, is_author, is_credit, is_subtitle
from distribution.compiler.body.looks import Looks
from distribution.compiler.body.paragraphs import Placed, belong_together, doubled
from distribution.compiler.body.signatures import signature_of
from distribution.compiler.content import Complaint, Paragraph, Picture, Table
from distribution.compiler.doubts import Doubt
from distribution.compiler.lines import Line, complain, is_han, narrow
from distribution.compiler.sentences import (
    ORDINAL,
    gap,
    is_finished,
    is_heading,
    level_of,
    names_photographer,
)

_CAPTION = re.compile(
    r"(?:图表|附图|附表|图|表|照片|图片|fig(?:ure)?\.?|table) ?[0-9一二三四五六七八九十]{1,3}",
    re.IGNORECASE,
)
_LONGEST_CAPTION = 60
_LISTS = ("：", ":", "；")
_FEWEST_ROWS = 2
_SEAM_ABOVE, _SEAM_BELOW = 10, 20
"""Characters on both sides of a seam that a complaint shows."""


def blocks_of(
    lines: Iterable[Line], looks: Looks, homes: Homes
) -> tuple[list[Placed], list[Complaint]]:
    """The blocks the lines make, and what was doubtful about joining them."""
    rows = list(lines)
    maker = _Maker(looks, homes, _levels_of_headings(rows), signature_of(rows))
    for line in _captioned(_with_tables(rows)):
        maker.add(line)
    maker.close()
    return maker.placed, [*maker.complaints, *_about_joins(maker.joins)]


class _Maker:
    """Holds one paragraph open, and the blocks that stand in the middle of it."""

    def __init__(
        self, looks: Looks, homes: Homes, levels: frozenset[str], signature: frozenset[int]
    ) -> None:
        self.placed: list[Placed] = []
        self.complaints: list[Complaint] = []
        self.joins: list[tuple[Line, Line]] = []
        self._looks, self._homes = looks, homes
        self._levels, self._signature = levels, signature
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
        if not self._signature.isdisjoint((last.number, line.number)):
            return False
        if len(self._pieces) == 1 and self._above.endswith(_LISTS) and _are_items(last, line):
            return False
        heading = self._looks.is_heading(last), self._looks.is_heading(line)
        if len(self._pieces) == 1 and len(self.placed) < MOST_ABOVE and _stands_above(last):
            return False
        numbered = is_heading(last.text) and level_of(last.text) in self._levels
        return heading[0] == heading[1] and belong_together(last.text, line.text, heading=numbered)

    @property
    def _above(self) -> str:
        block = self.placed[-1].block if self.placed else None
        return block.text if isinstance(block, Paragraph) else ""

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
        self.joins.append((last, line))


def _are_items(line: Line, following: Line) -> bool:
    """Whether both are single clauses: 甲市增长一成； below 其中：."""
    ends = line.text.endswith("；") and following.text.endswith(("；", "。"))
    return ends and line.text.count("；") == 1 and "；" not in following.text[:-1]


def _levels_of_headings(lines: Sequence[Line]) -> frozenset[str]:
    """How headings without a stop are numbered here.

    Where most items of a kind are prose or end in a stop, what looks like one is a torn line.
    """
    items = [line.text for line in lines if line.block is None and level_of(line.text)]
    levels = Counter(map(level_of, items))
    bare = (text for text in items if is_heading(text) and not is_finished(text))
    headings = Counter(map(level_of, bare))
    return frozenset(
        level
        for level in headings
        if 2 * headings[level] > levels[level] - 1 and (level != ORDINAL or levels[level] > 1)
    )


def _stands_above(line: Line) -> bool:
    """An author or a subtitle between title and text, which no stop ends."""
    return is_credit(line.text) or is_subtitle(line.text) or is_author(line.text)


def _about_joins(joins: Sequence[tuple[Line, Line]]) -> list[Complaint]:
    """One for all, with the first seam; an editor sees there whether the rest may be right."""
    if not joins:
        return []
    problem = f"有 {len(joins)} 处跨页或跨栏的段落已接成一段"
    above, below = joins[0]
    return [complain(Doubt.JOINED, below, problem, seam(above.text, below.text))]


def seam(text: str, following: str) -> str:
    """Where two pieces were joined.

    >>> seam("首批试点企业的平均交付周期缩短", "15%以上。")
    '…业的平均交付周期缩短｜15%以上。'
    """
    before = text if len(text) <= _SEAM_ABOVE else "…" + text[-_SEAM_ABOVE:]
    behind = following if len(following) <= _SEAM_BELOW else following[:_SEAM_BELOW] + "…"
    return f"{before}｜{behind}"


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
        bare = above is not None and above.block is not None and not above.block.caption
        if above is not None and bare and (_is_caption(line) or names_photographer(line.text)):
            result[-1] = _with_caption(above, line.text)
        elif _is_caption(line):
            waiting = line
        else:
            result.append(line)
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
