"""Colours as CSS spells them, and the contrast between two of them as WCAG 2.2 defines it."""

import re
from functools import lru_cache

_NAMES = {
    "black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000",
    "blue": "#0000ff", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0",
    "navy": "#000080", "maroon": "#800000", "orange": "#ffa500", "yellow": "#ffff00",
}  # fmt: skip
_RGB = re.compile(r"rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*(?:,\s*1(?:\.0*)?\s*)?\)")

Colour = tuple[int, int, int]


@lru_cache(2_000)
def colour(value: str) -> Colour | None:
    """Read a colour; None for what is none, or lets something shine through.

    >>> colour("#FFF"), colour("rgb(1, 2, 3)"), colour("transparent")
    ((255, 255, 255), (1, 2, 3), None)
    """
    spelled = _NAMES.get(value.lower(), value.lower())
    if match := _RGB.fullmatch(spelled):
        return int(match[1]), int(match[2]), int(match[3])
    if re.fullmatch(r"#[0-9a-f]{3}", spelled):
        spelled = "#" + "".join(2 * digit for digit in spelled[1:])
    if not re.fullmatch(r"#[0-9a-f]{6}", spelled):
        return None
    return int(spelled[1:3], 16), int(spelled[3:5], 16), int(spelled[5:7], 16)


def contrast(one: Colour, other: Colour) -> float:
    """From 1 for the same to 21 for black on white.

    >>> round(contrast((0, 0, 0), (255, 255, 255)))
    21
    >>> round(contrast((89, 89, 89), (255, 255, 255)), 2)
    7.0
    """
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(parts: Colour) -> float:
    linear = [part / 255 for part in parts]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - WCAG
        for part in linear
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
