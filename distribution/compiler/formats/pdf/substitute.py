"""A font for Chinese text whose own font is not in the file: every character is a square.

PDFium takes a font of the system in its place, and drops what that font cannot draw: on a server
without Chinese fonts single characters would be missing. Here only the boxes of characters are
wanted, so that a file reads the same on every machine. The font, `square.ttf`, has two glyphs, a
square and half of one for Latin text, and a character map of the many-to-one kind (OpenType cmap,
format 13).
"""

import ctypes
import struct
from functools import cache
from pathlib import Path

import pypdfium2

_FONT = Path(__file__).with_name("square.ttf")
_NAME = b"Square\0"
_HANDLE = 1
"""What PDFium knows it by; those of the system's fonts are addresses."""
_CHARSETS = (128, 129, 134, 136)
"""Japanese, Korean, simplified and traditional Chinese (Windows' numbers)."""
_HEADER, _ENTRY = 12, 16
"""Bytes of a TrueType file before its list of tables, and of one row of that list."""


class _Fonts(pypdfium2.PdfSysfontBase):  # type: ignore[misc] # untyped
    """Stands before the system's fonts; PDFium's names and parameters (fpdf_sysfontinfo.h)."""

    def MapFont(  # noqa: N802
        self, this: object, weight: int, italic: int, charset: int, pitch: int, face: object,
        exact: object,
    ) -> int | None:  # fmt: skip
        if charset in _CHARSETS:
            return _HANDLE
        found: int | None = super().MapFont(this, weight, italic, charset, pitch, face, exact)
        return found

    def GetFontData(  # noqa: N802
        self, this: object, font: int, table: int, buffer: object, size: int
    ) -> int:
        if font != _HANDLE:
            return int(super().GetFontData(this, font, table, buffer, size))
        return _given(_tables().get(table, b"") if table else _FONT.read_bytes(), buffer, size)

    def GetFaceName(self, this: object, font: int, buffer: object, size: int) -> int:  # noqa: N802
        if font != _HANDLE:
            return int(super().GetFaceName(this, font, buffer, size))
        return _given(_NAME, buffer, size)

    def GetFontCharset(self, this: object, font: int) -> int:  # noqa: N802
        return _CHARSETS[2] if font == _HANDLE else int(super().GetFontCharset(this, font))

    def DeleteFont(self, this: object, font: int) -> None:  # noqa: N802
        if font != _HANDLE:
            super().DeleteFont(this, font)


@cache
def install() -> None:
    """Let PDFium use it, for the rest of this process."""
    _Fonts().setup()


@cache
def _tables() -> dict[int, bytes]:
    """The tables of the font by their tags, which PDFium writes as numbers."""
    data = _FONT.read_bytes()
    (count,) = struct.unpack_from(">H", data, 4)
    rows = struct.iter_unpack(">LLLL", data[_HEADER : _HEADER + _ENTRY * count])
    return {tag: data[start : start + length] for tag, _, start, length in rows}


def _given(data: bytes, buffer: object, size: int) -> int:
    """Copy the data where it has room; its length either way."""
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))  # type: ignore[arg-type] # a pointer, untyped
    return len(data)
