"""A page as it is printed: characters with their boxes, ruled lines, images.

Coordinates are points from the upper left corner of what is shown.
"""

from dataclasses import dataclass, field

from distribution.compiler.content import Asset

_ASCENT = 0.88
"""Of the size: how far Chinese fonts reach above the baseline."""
MARKS = "，。、；：！？．“”‘’（）《》〈〉「」『』【】〔〕［］"
"""Full-width punctuation: its ink fills half of its box, and layouts push two boxes together."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text is printed."""

    size: float
    bold: bool
    upright: bool


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character."""

    text: str
    left: float
    right: float
    base: float
    """The height of its baseline; boxes differ from font to font and from glyph to glyph."""
    style: Style
    spaced: bool
    """Whether a printed blank stands before it."""
    middle: float
    """Of its ink: it tells the order where boxes overlap."""

    @property
    def top(self) -> float:
        return self.base - _ASCENT * self.style.size

    @property
    def bottom(self) -> float:
        return self.base + (1 - _ASCENT) * self.style.size


@dataclass(frozen=True, slots=True)
class Box:
    """A ruled line or the outline of an image."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, glyph: Glyph) -> bool:
        """Whether the middle of the character lies inside."""
        across, down = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
        return self.left < across < self.right and self.top < down < self.bottom


@dataclass(slots=True)
class Page:
    """What stands on a page."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    pictures: list[tuple[Box, Asset]] = field(default_factory=list)
    lost: list[Box] = field(default_factory=list)
    """Images that nobody can show."""
    images: int = 0
    """All images, the small and the large ones too."""

    @property
    def upright(self) -> int:
        """How many of its characters stand upright."""
        return sum(glyph.style.upright for glyph in self.glyphs)
