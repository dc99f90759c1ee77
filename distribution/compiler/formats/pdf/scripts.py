"""Raised and lowered digits keep their meaning without their place: m², CO₂."""

from collections.abc import Sequence
from itertools import groupby
from statistics import median

from distribution.compiler.formats.pdf.page import Glyph
from distribution.compiler.indices import lowered, raised

SMALLER = 0.86
"""Of its neighbours: an index is smaller than what it belongs to."""
_RISEN, _SUNK = 0.15, 0.06
"""Of the size: how far from the baseline."""


def with_scripts(glyphs: Sequence[Glyph]) -> list[str]:
    """The characters of a row, one for one."""
    size = max(glyph.style.size for glyph in glyphs)
    if all(glyph.style.size > SMALLER * size for glyph in glyphs):
        return [glyph.text for glyph in glyphs]
    whole = [glyph for glyph in glyphs if glyph.style.size > SMALLER * size]
    base = median(glyph.base for glyph in whole)
    texts: list[str] = []
    for place, run in groupby(glyphs, key=lambda glyph: _place(glyph, base, size)):
        several = [glyph.text for glyph in run]
        text = "".join(several)
        placed = raised(text) if place > 0 else lowered(text) if place < 0 else text
        texts += several if placed == text else placed
    return texts


def _place(glyph: Glyph, base: float, size: float) -> int:
    """1 above the baseline, -1 below it, 0 on it."""
    if glyph.style.size > SMALLER * size:
        return 0
    if base - glyph.base > _RISEN * size:
        return 1
    return -1 if glyph.base - base > _SUNK * size else 0
