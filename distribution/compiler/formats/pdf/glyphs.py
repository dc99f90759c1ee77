"""The characters of a page, as PDFium finds them."""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import pypdfium2
import pypdfium2.raw as pdfium

from distribution.compiler.formats.pdf.frames import Frame
from distribution.compiler.formats.pdf.page import MARKS, Glyph, Style
from distribution.compiler.lines import is_han

_BOLD = re.compile("bold|heavy|black|demi|simhei|heiti|黑体", re.IGNORECASE)
_BOLD_WEIGHTS = range(600, 1001)
"""PDFium makes a weight of the width of stems; some fonts state nonsense."""
_FILL_AND_STROKE = 2
_HAN_WIDTH = 0.95
_UPRIGHT = 0.18
"""Radians a line of text may lean; more is a watermark."""
_PRESENTED = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0xFB00, 0xFB06))
"""Radicals, compatibility ideographs, Latin ligatures."""
_HYPHEN = 0x02
"""What PDFium gives for a hyphen at a line's end."""
_NAMELESS = "\ufffd"
_SMALLEST, _LARGEST = 0.1, 1000.0
"""Points; what a broken file states beyond them is no size."""
_LONGEST_FONT_NAME = 256


def glyphs_of(page: pypdfium2.PdfPage, frame: Frame) -> Iterator[Glyph]:
    """The characters in the order of the file, without blanks and what lies off the sheet."""
    try:
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return  # a page without readable text; an issue of such pages is told to be a scan
    try:
        yield from _Reader(text.raw, frame).glyphs()
    finally:
        text.close()


class _Reader:
    """Asks PDFium about one character after the other."""

    def __init__(self, text: object, frame: Frame) -> None:
        self._text, self._frame = text, frame
        self._styles: dict[int | None, Style] = {}
        self._bold_fonts: dict[int | None, bool] = {}
        self._box = pdfium.FS_RECTF()
        self._across, self._up = ctypes.c_double(), ctypes.c_double()
        self._matrix = pdfium.FS_MATRIX()

    def glyphs(self) -> Iterator[Glyph]:
        spaced = False
        for index in range(pdfium.FPDFText_CountChars(self._text)):
            code = pdfium.FPDFText_GetUnicode(self._text, index)
            if code in (0, 10, 13) or pdfium.FPDFText_IsGenerated(self._text, index) == 1:
                continue
            character = "-" if code == _HYPHEN else usual(code)
            if character.isspace():
                spaced = True
                continue
            glyph = self._glyph(index, character, spaced=spaced)
            if glyph is not None:
                yield glyph
                spaced = False

    def _glyph(self, index: int, character: str, *, spaced: bool) -> Glyph | None:
        """None off the sheet, where nobody sees it."""
        pdfium.FPDFText_GetLooseCharBox(self._text, index, self._box)
        pdfium.FPDFText_GetCharOrigin(self._text, index, self._across, self._up)
        left, base = self._frame.place(self._across.value, self._up.value)
        right = self._frame.right_of(self._box)
        if not (right >= 0 and left <= self._frame.width and 0 <= base <= self._frame.height):
            return None
        style = self._style(index)
        if is_han(character[0]):  # some boxes enclose the ink alone
            right = max(right, left + _HAN_WIDTH * style.size)
        middle = self._middle_of_ink(index) if character in MARKS else (left + right) / 2
        return Glyph(character, left, right, base, style, spaced, middle)

    def _middle_of_ink(self, index: int) -> float:
        left, right, low, high = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(self._text, index, left, right, low, high)
        box = self._frame.box(left.value, low.value, right.value, high.value)
        return (box.left + box.right) / 2

    def _style(self, index: int) -> Style:
        holder = pdfium.FPDFText_GetTextObject(self._text, index)
        address = ctypes.cast(holder, ctypes.c_void_p).value
        style = self._styles.get(address)
        if style is None:
            style = self._styles[address] = self._new_style(index, holder)
        return style

    def _new_style(self, index: int, holder: object) -> Style:
        matrix = self._matrix
        pdfium.FPDFText_GetMatrix(self._text, index, matrix)
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        bold = self._is_bold_font(index, holder)
        if holder and not bold:
            bold = pdfium.FPDFTextObj_GetTextRenderMode(holder) == _FILL_AND_STROKE
        size = abs(pdfium.FPDFText_GetFontSize(self._text, index) * scale)
        if not _SMALLEST <= size <= _LARGEST:  # or no number at all
            size = _SMALLEST
        return Style(round(size, 1), bold, self._is_upright(matrix.a, matrix.b))

    def _is_upright(self, along: float, up: float) -> bool:
        if not (math.isfinite(along) and math.isfinite(up)):
            return True
        angle = math.atan2(up, along) - math.radians(self._frame.turned)
        return abs(math.remainder(angle, 2 * math.pi)) < _UPRIGHT

    def _is_bold_font(self, index: int, holder: object) -> bool:
        font = pdfium.FPDFTextObj_GetFont(holder) if holder else None
        address = ctypes.cast(font, ctypes.c_void_p).value if font else None
        bold = self._bold_fonts.get(address)
        if bold is None:
            buffer = ctypes.create_string_buffer(_LONGEST_FONT_NAME)
            if font:
                pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
            named = _BOLD.search(buffer.value.decode("utf-8", "replace")) is not None
            bold = named or pdfium.FPDFText_GetFontWeight(self._text, index) in _BOLD_WEIGHTS
            self._bold_fonts[address] = bold
        return bold


@lru_cache(maxsize=1 << 14)
def usual(code: int) -> str:
    """The character; radicals and ligatures, which browsers print for characters, taken back.

    >>> usual(0x2F47), usual(0xFB01), usual(0xD800)
    ('日', 'fi', '�')
    """
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:  # noqa: PLR2004 - no characters
        return _NAMELESS
    special = any(first <= code <= last for first, last in _PRESENTED)
    return unicodedata.normalize("NFKC", chr(code)) if special else chr(code)
