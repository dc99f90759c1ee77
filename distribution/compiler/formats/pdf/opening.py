"""A PDF opened, its pages read one by one."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
import pypdfium2.raw as pdfium

from distribution.compiler.formats.pdf.drawings import read_drawings
from distribution.compiler.formats.pdf.frames import Frame
from distribution.compiler.formats.pdf.glyphs import glyphs_of
from distribution.compiler.formats.pdf.page import Page
from distribution.compiler.formats.pdf.substitute import install
from distribution.compiler.unreadable import UnreadableIssue

MOST_PAGES = 500
_TURNS = 0, 90, 180, 270
_AGAIN = "请重新导出 PDF，或改用 Word 文件"


def pages_of(data: bytes, name: str) -> Iterator[Page]:
    """The pages one by one; `UnreadableIssue` for a file that is broken, locked or endless."""
    with _opened(data, name) as document:
        count = len(document)
        if not count:
            raise UnreadableIssue(name, "PDF 里没有一页", _AGAIN)
        if count > MOST_PAGES:
            reason = f"PDF 有 {count} 页，最多 {MOST_PAGES} 页"
            raise UnreadableIssue(name, reason, "请只导出这一期的页")
        for number in range(count):
            yield _page(document, number, name)


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[pypdfium2.PdfDocument]:
    install()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "assword" in str(error):
            reason = "PDF 有打开密码"
            raise UnreadableIssue(name, reason, "请导出不带密码的 PDF 再导入") from error
        raise UnreadableIssue(name, "PDF 不完整或已损坏", _AGAIN) from error
    try:
        yield document
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, number: int, name: str) -> Page:
    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        raise UnreadableIssue(name, f"PDF 第 {number + 1} 页已损坏", _AGAIN) from error
    try:
        return _read(page, number + 1, name)
    finally:
        page.close()


def _read(page: pypdfium2.PdfPage, number: int, name: str) -> Page:
    """The page, turned until most of its text stands upright: some are shown on their side."""
    box, rotation = page.get_cropbox(), page.get_rotation()
    best: Page | None = None
    for turned in dict.fromkeys((rotation, *_TURNS)):
        frame = Frame.of(box, turned)
        if not 0 < frame.width * frame.height < math.inf:
            raise UnreadableIssue(name, f"PDF 第 {number} 页已损坏", _AGAIN)
        found = Page(number, frame.width, frame.height)
        found.glyphs = list(glyphs_of(page, frame))
        if best is None or found.upright > best.upright:
            best = found
            read_drawings(page, frame, found)
        if best.upright * 2 >= len(best.glyphs):
            break
    assert best is not None  # noqa: S101 - there are four turns
    return best
