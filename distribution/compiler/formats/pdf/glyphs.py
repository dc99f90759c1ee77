"""What PDFium says of a page: characters with their boxes, ruled lines, images.

The only module that knows PDFium. Coordinates are points from the upper left corner.
"""

import ctypes
import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from distribution.compiler.content import Asset
from distribution.compiler.formats.pictures import encode, keep
from distribution.compiler.lines import is_han
from distribution.compiler.unreadable import UnreadableIssue

MOST_PAGES = 500
_BOLD = re.compile("bold|heavy|black|demi|simhei|heiti|黑体", re.IGNORECASE)
_BOLD_WEIGHT = 600
_FILL_AND_STROKE = 2
_ASCENT = 0.88
"""Of the size: how far Chinese fonts reach above the baseline."""
_HAN_WIDTH = 0.95
_THIN = 3.0
"""Points: a filled rectangle this narrow is a ruled line."""
_UPRIGHT = 0.18
"""Radians a line of text may lean; more is a watermark."""
_SMALLEST_PICTURE = 40
_SMALLEST_SHARE, _LARGEST_SHARE = 0.01, 0.85
"""Of the page: smaller is an ornament, larger a background."""
_PRESENTED = ((0x2E80, 0x2FDF), (0xF900, 0xFAFF), (0xFB00, 0xFB06))
"""Radicals, compatibility ideographs, Latin ligatures."""
_HYPHEN = 0x02
"""What PDFium gives for a hyphen at a line's end."""


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


@dataclass(slots=True)
class Page:
    """A page as it is printed."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    pictures: list[tuple[Box, Asset]] = field(default_factory=list)
    images: int = 0
    """All images, the small and the large ones too."""


def pages_of(data: bytes, name: str) -> Iterator[Page]:
    """The pages one by one; `UnreadableIssue` for a file that is broken, locked or endless."""
    with _opened(data, name) as document:
        count = len(document)
        if not count:
            raise UnreadableIssue(name, "PDF 里没有一页", "请重新导出 PDF，或改用 Word 文件")
        if count > MOST_PAGES:
            reason = f"PDF 有 {count} 页，最多 {MOST_PAGES} 页"
            raise UnreadableIssue(name, reason, "请只导出这一期的页")
        for number in range(count):
            yield _page(document, number, name)


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "assword" in str(error):
            reason = "PDF 有打开密码"
            raise UnreadableIssue(name, reason, "请导出不带密码的 PDF 再导入") from error
        reason = "PDF 不完整或已损坏"
        raise UnreadableIssue(name, reason, "请重新导出 PDF，或改用 Word 文件") from error
    try:
        yield document
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, number: int, name: str) -> Page:
    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        reason = f"PDF 第 {number + 1} 页已损坏"
        raise UnreadableIssue(name, reason, "请重新导出 PDF，或改用 Word 文件") from error
    try:
        found = Page(number + 1, *page.get_size())
        _read_text(page, found)
        _read_objects(page, found)
        return found
    finally:
        page.close()


def _read_text(page: pypdfium2.PdfPage, found: Page) -> None:
    text = page.get_textpage()
    try:
        found.glyphs = list(_glyphs(text.raw, found))
    finally:
        text.close()


def _glyphs(text: object, page: Page) -> Iterator[Glyph]:
    styles: dict[int | None, Style] = {}
    box, across, down = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    spaced = False
    for index in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        generated = pdfium.FPDFText_IsGenerated(text, index) == 1
        if code in (0, 10, 13) or generated:
            continue
        character = "-" if code == _HYPHEN else _usual(code)
        if character.isspace():
            spaced = True
            continue
        pdfium.FPDFText_GetLooseCharBox(text, index, box)
        pdfium.FPDFText_GetCharOrigin(text, index, across, down)
        left, right, base = across.value, box.right, page.height - down.value
        if right < 0 or left > page.width or base < 0 or base > page.height:
            continue  # outside of the sheet: nobody sees it
        address = ctypes.cast(pdfium.FPDFText_GetTextObject(text, index), ctypes.c_void_p).value
        style = styles.get(address)
        if style is None:
            style = styles[address] = _style(text, index)
        if is_han(character[0]):  # some boxes enclose the ink alone
            right = max(right, left + _HAN_WIDTH * style.size)
        yield Glyph(character, left, right, base, style, spaced)
        spaced = False


def _usual(code: int) -> str:
    """The character; radicals and ligatures, which browsers print for characters, taken back.

    >>> _usual(0x2F47), _usual(0xFB01)
    ('日', 'fi')
    """
    special = any(first <= code <= last for first, last in _PRESENTED)
    return unicodedata.normalize("NFKC", chr(code)) if special else chr(code)


def _style(text: object, index: int) -> Style:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, index, matrix)
    scale = (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
    angle = float(pdfium.FPDFText_GetCharAngle(text, index))
    angle = min(angle, abs(angle - 2 * 3.141592653589793))
    holder = pdfium.FPDFText_GetTextObject(text, index)
    bold = pdfium.FPDFText_GetFontWeight(text, index) >= _BOLD_WEIGHT
    if holder:
        bold = bold or pdfium.FPDFTextObj_GetTextRenderMode(holder) == _FILL_AND_STROKE
        bold = bold or _BOLD.search(_font_name(holder)) is not None
    size = float(pdfium.FPDFText_GetFontSize(text, index)) * scale
    return Style(round(size, 1), bold, angle < _UPRIGHT)


def _font_name(holder: object) -> str:
    font = pdfium.FPDFTextObj_GetFont(holder)
    if not font:
        return ""
    buffer = ctypes.create_string_buffer(256)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace")


def _read_objects(page: pypdfium2.PdfPage, found: Page) -> None:
    kinds = [pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE]
    for one in page.get_objects(filter=kinds, max_depth=4):
        try:
            left, bottom, right, top = one.get_bounds()
        except pypdfium2.PdfiumError:
            continue  # an object without extent
        box = Box(left, found.height - top, right, found.height - bottom)
        if one.type == pdfium.FPDF_PAGEOBJ_PATH:
            found.rules += _rules(box, one)
        else:
            found.images += 1
            _take_picture(one, box, found)


def _rules(box: Box, path: pypdfium2.PdfObject) -> Iterator[Box]:
    """A thin path is a line; a stroked rectangle has four."""
    if box.width <= _THIN or box.height <= _THIN:
        if max(box.width, box.height) > _THIN:
            yield box
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path.raw, fill, stroke)
    if stroke.value and pdfium.FPDFPath_CountSegments(path.raw) in (4, 5):
        yield Box(box.left, box.top, box.right, box.top)
        yield Box(box.left, box.bottom, box.right, box.bottom)
        yield Box(box.left, box.top, box.left, box.bottom)
        yield Box(box.right, box.top, box.right, box.bottom)


def _take_picture(image: pypdfium2.PdfImage, box: Box, found: Page) -> None:
    share = box.width * box.height / (found.width * found.height)
    if not _SMALLEST_SHARE <= share <= _LARGEST_SHARE:
        return
    width, height = image.get_px_size()
    if min(width, height) < _SMALLEST_PICTURE:
        return
    asset = _asset(image)
    if asset is not None:
        found.pictures.append((box, asset))


def _asset(image: pypdfium2.PdfImage) -> Asset | None:
    filters = image.get_filters()
    if filters and filters[-1] == "DCTDecode":
        asset = keep(bytes(image.get_data(decode_simple=True)))
        if asset is not None:
            return asset
    try:
        bitmap = image.get_bitmap()
    except pypdfium2.PdfiumError:
        return None
    try:
        picture: Image.Image = bitmap.to_pil()
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        return encode(picture)
    finally:
        bitmap.close()
