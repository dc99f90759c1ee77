"""What is drawn on a page: ruled lines and images, as PDFium finds them."""

import ctypes
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from distribution.compiler.content import Asset
from distribution.compiler.formats.pdf.frames import Frame
from distribution.compiler.formats.pdf.page import Box, Page
from distribution.compiler.formats.pictures import MOST_PIXELS, encode, keep

_THIN = 3.0
"""Points: a filled rectangle this narrow is a ruled line."""
_SMALLEST_SIDE = 24.0
"""Points: two rows of text; smaller is an ornament."""
_FEWEST_PIXELS = 8
_LARGEST_SHARE = 0.85
"""Of the page: larger is a background, or the page itself, scanned."""
_DEEPEST = 5
"""Drawings in drawings."""
_MOST_OBJECTS = 200_000
_CORNERS = (4, 5)
"""Segments of a rectangle's outline, closed or not."""

Matrix = tuple[float, float, float, float, float, float]
_AS_IT_IS: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def read_drawings(page: pypdfium2.PdfPage, frame: Frame, found: Page) -> None:
    """Note the lines and images of a page."""
    _Drawings(page, frame, found).read()


class _Drawings:
    def __init__(self, page: pypdfium2.PdfPage, frame: Frame, found: Page) -> None:
        self._page, self._frame, self._found = page, frame, found
        self._left = _MOST_OBJECTS

    def read(self) -> None:
        count = pdfium.FPDFPage_CountObjects(self._page.raw)
        self._read_all(
            (pdfium.FPDFPage_GetObject(self._page.raw, index) for index in range(count)), _AS_IT_IS
        )

    def _read_all(self, objects: Iterator[object], matrix: Matrix, depth: int = 0) -> None:
        for one in objects:
            self._left -= 1
            if self._left < 0:
                return
            if not one:
                continue
            match pdfium.FPDFPageObj_GetType(one):
                case pdfium.FPDF_PAGEOBJ_PATH:
                    if (box := self._box(one, matrix)) is not None:
                        self._found.rules += _rules(box, one)
                case pdfium.FPDF_PAGEOBJ_IMAGE:
                    self._found.images += 1
                    if (box := self._box(one, matrix)) is not None:
                        self._take(one, box)
                case pdfium.FPDF_PAGEOBJ_FORM if depth < _DEEPEST:
                    count = pdfium.FPDFFormObj_CountObjects(one)
                    inner = (pdfium.FPDFFormObj_GetObject(one, index) for index in range(count))
                    self._read_all(inner, _times(_matrix(one), matrix), depth + 1)

    def _box(self, one: object, matrix: Matrix) -> Box | None:
        """Where it stands on the page; None for what has no extent."""
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not pdfium.FPDFPageObj_GetBounds(one, left, bottom, right, top):
            return None
        corners = [
            self._frame.place(*_moved(across, up, matrix))
            for across in (left.value, right.value)
            for up in (bottom.value, top.value)
        ]
        xs, ys = zip(*corners, strict=True)
        return Box(min(xs), min(ys), max(xs), max(ys))

    def _take(self, one: object, box: Box) -> None:
        found = self._found
        image = pypdfium2.PdfObject(one, page=self._page, pdf=self._page.pdf)
        if not isinstance(image, pypdfium2.PdfImage):
            return
        share = box.width * box.height / (found.width * found.height)
        if min(box.width, box.height) < _SMALLEST_SIDE or share > _LARGEST_SHARE:
            return
        try:
            width, height = image.get_px_size()
        except pypdfium2.PdfiumError:
            width = height = MOST_PIXELS
        if min(width, height) < _FEWEST_PIXELS:
            return
        asset = _asset(image) if width * height <= MOST_PIXELS else None
        if asset is None:
            found.lost.append(box)
        else:
            found.pictures.append((box, asset))


def _asset(image: pypdfium2.PdfImage) -> Asset | None:
    """A JPEG byte for byte, everything else drawn with its mask."""
    try:
        filters = image.get_filters()
        if filters and filters[-1] == "DCTDecode":
            asset = keep(bytes(image.get_data(decode_simple=True)))
            if asset is not None:
                return asset
        picture: Image.Image = image.get_bitmap(render=True).to_pil()
    except (pypdfium2.PdfiumError, UnicodeDecodeError):  # the name of a filter may be broken too
        return None
    return encode(picture)


def _rules(box: Box, path: object) -> Iterator[Box]:
    """A thin path is a line; a stroked rectangle has four."""
    if box.width <= _THIN or box.height <= _THIN:
        if max(box.width, box.height) > _THIN:
            yield box
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    if stroke.value and pdfium.FPDFPath_CountSegments(path) in _CORNERS:
        yield Box(box.left, box.top, box.right, box.top)
        yield Box(box.left, box.bottom, box.right, box.bottom)
        yield Box(box.left, box.top, box.left, box.bottom)
        yield Box(box.right, box.top, box.right, box.bottom)


def _matrix(one: object) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(one, matrix):
        return _AS_IT_IS
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    """First the inner, then the outer."""
    a, b, c, d, e, f = inner
    return (
        a * outer[0] + b * outer[2],
        a * outer[1] + b * outer[3],
        c * outer[0] + d * outer[2],
        c * outer[1] + d * outer[3],
        *_moved(e, f, outer),
    )


def _moved(across: float, up: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * across + c * up + e, b * across + d * up + f
