"""From the coordinates of a PDF, which begin anywhere and may lie on their side, to the page's."""

from dataclasses import dataclass
from typing import Protocol, Self

from distribution.compiler.formats.pdf.page import Box


class Rectangle(Protocol):
    """In the coordinates of a PDF, where up is more."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Frame:
    """What is shown of a page; `turned` are the degrees by which it is turned clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int

    @classmethod
    def of(cls, box: tuple[float, float, float, float], turned: int) -> Self:
        """The frame of a crop box, whose corners may be given in any order."""
        left, right = sorted((box[0], box[2]))
        bottom, top = sorted((box[1], box[3]))
        return cls(left, bottom, right, top, turned % 360)

    @property
    def width(self) -> float:
        return self.top - self.bottom if self.turned % 180 else self.right - self.left

    @property
    def height(self) -> float:
        return self.right - self.left if self.turned % 180 else self.top - self.bottom

    def place(self, across: float, up: float) -> tuple[float, float]:
        """Points from the upper left corner of what is shown.

        >>> Frame(0, 0, 600, 800, 0).place(50, 700), Frame(0, 0, 600, 800, 90).place(50, 700)
        ((50, 100), (700, 50))
        """
        match self.turned:
            case 90:
                return up - self.bottom, across - self.left
            case 180:
                return self.right - across, up - self.bottom
            case 270:
                return self.top - up, self.right - across
        return across - self.left, self.top - up

    def right_of(self, box: Rectangle) -> float:
        """Where it ends; what `box` says too, but this is asked for every character."""
        if not self.turned:
            return float(box.right) - self.left
        return self.box(box.left, box.bottom, box.right, box.top).right

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """The same of a box."""
        (one, above), (other, below) = self.place(left, top), self.place(right, bottom)
        return Box(min(one, other), min(above, below), max(one, other), max(above, below))
