"""Characters of symbol fonts, which give their place in the font instead of a character."""

_SYMBOL = (
    (0x20, " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"),
    (0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"),
    (0xA1, "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…"),
    (0xC0, "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊"),
)
_WINGDINGS = {
    0x6C: "●", 0x6D: "○", 0x6E: "■", 0x6F: "□", 0x70: "□", 0x71: "□", 0x74: "◆", 0x75: "◆",
    0x76: "❖", 0x77: "◆", 0x9F: "•", 0xA7: "■", 0xA8: "□", 0xAB: "★", 0xD8: "➢", 0xDF: "←",
    0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒",
    0xFE: "☑",
}  # fmt: skip
"""Bullets, boxes, ticks and arrows: what people write with; the rest of it is pictures."""

_FONTS = {
    "symbol": {
        first + at: character
        for first, characters in _SYMBOL
        for at, character in enumerate(characters)
    },
    "wingdings": _WINGDINGS,
}
_IN_FONT = (*range(0x100), *range(0xF000, 0xF100))
"""A place in a symbol font, as Word writes it or as others do."""
_NO_CHARACTERS = (range(0x20), range(0xD800, 0xF900), range(0x110000, 0x100000000))
_UNKNOWN = "\ufffd"


def symbol(code: str, font: str) -> str:
    """The character that a font shows for a number in hexadecimal; U+FFFD for one nobody knows.

    >>> symbol("F0B1", "Symbol"), symbol("F0FC", "Wingdings"), symbol("2460", "宋体")
    ('±', '✓', '①')
    """
    try:
        number = int(code[:8], 16)
    except ValueError:
        return _UNKNOWN
    characters = _FONTS.get(font.casefold())
    if characters is not None and number in _IN_FONT:
        return characters.get(number % 0x100, _UNKNOWN)
    nameless = number < 0 or any(number in one for one in _NO_CHARACTERS)
    return _UNKNOWN if nameless else chr(number)
