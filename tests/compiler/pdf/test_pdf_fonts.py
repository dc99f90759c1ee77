"""Chinese text whose font is not in the file: no font of the system changes what is read."""

import forms
from pdf_samples import LAST, MARGIN, SIZE, Sheets
from reportlab.pdfbase.pdfmetrics import stringWidth

from distribution.compiler import Source, compile_apart, compile_issue
from distribution.compiler.formats.pdf.opening import pages_of
from distribution.compiler.formats.pdf.page import Page

TEXT = "试点今日启动，首批单位到会。"


def page_of_single_characters() -> Page:
    """Each character is a piece of text of its own: what a font cannot draw would be dropped."""
    sheets = Sheets()
    x = MARGIN
    for character in TEXT:
        sheets.put(character, x, sheets.y)
        x += stringWidth(character, forms.FONT, SIZE)
    _, page = pages_of(sheets.source().data, "单字.pdf")
    return page


def whole() -> Source:
    sheets = Sheets()
    sheets.write("政策措施", "试点工作正式启动", f"　　{TEXT}", *LAST)
    return sheets.source()


def test_every_single_character_is_read() -> None:
    assert "".join(glyph.text for glyph in page_of_single_characters().glyphs) == TEXT


def test_every_character_fills_its_square() -> None:
    """The comma of a system's font would have its ink on the left."""
    for glyph in page_of_single_characters().glyphs:
        assert abs(glyph.middle - (glyph.left + glyph.right) / 2) < 0.5, glyph.text


def test_the_font_is_at_hand_in_the_locked_room() -> None:
    assert compile_apart([whole()]).articles == compile_issue([whole()]).articles
