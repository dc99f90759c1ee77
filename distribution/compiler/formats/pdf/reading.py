"""The whole way of a PDF: pages, heads, tables, columns, rows, lines."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from distribution.compiler.content import Asset, Picture, Table
from distribution.compiler.doubts import Furniture
from distribution.compiler.formats.pdf.columns import gutter_of, in_order
from distribution.compiler.formats.pdf.glyphs import Glyph, Page, pages_of
from distribution.compiler.formats.pdf.heads import heads_of
from distribution.compiler.formats.pdf.paragraphs import (
    Edges,
    Piece,
    continues,
    edges_of,
    pieces_of,
)
from distribution.compiler.formats.pdf.rows import Row, merged, segments_of
from distribution.compiler.formats.pdf.tables import tables_of
from distribution.compiler.lines import Document, Line, Look, Source, tidied
from distribution.compiler.unreadable import UnreadableIssue

_FEWEST_CHARACTERS = 20
"""On a page, on the average: a scan has none, or a watermark."""
_NAMELESS = 0.3
_ABOUT = 6.0
"""Points: gutters this near to each other are one."""
_REMEDY = "请向排版方索取 Word 文件，或用带文字识别（OCR）的软件转换后再导入"


def read_pdf(source: Source) -> Document:
    """The lines of a PDF; a paragraph that a column or page cuts stays cut."""
    return _Reader(source.name, list(pages_of(source.data, source.name))).document()


class _Reader:
    def __init__(self, name: str, pages: Sequence[Page]) -> None:
        self._pages = pages
        self._lines: list[Line] = []
        self._row = 0
        self._body = 0  # the index of the last line that is no furniture
        self._above: tuple[Piece, Edges] | None = None  # what ended the column before
        _refuse_scans(name, pages)
        _refuse_nameless(name, pages)

    def document(self) -> Document:
        segments = [_segments(page) for page in self._pages]
        rows = [merged(several) for several in segments]
        heads = heads_of(self._pages, rows)
        columns: list[list[Row]] = []
        belongs: list[int] = []
        bodies: list[list[Row]] = []
        for page_rows, found, several in zip(rows, heads, segments, strict=True):
            outer = [page_rows[index] for index in found]
            bodies.append([one for one in several if not any(_within(one, row) for row in outer)])
        usual = _usual_gutter(bodies)
        for number, body in enumerate(bodies):
            for column in in_order(body, usual):
                columns.append(merged(column))
                belongs.append(number)
        shown = edges_of(columns)
        for number, page in enumerate(self._pages):
            self._row = 0
            self._add_heads(page, rows[number], heads[number])
            for column, edges, home in zip(columns, shown, belongs, strict=True):
                if home == number:
                    self._add_column(page, column, edges)
            self._add_leaning(page)
        assets = {asset.sha256: asset for page in self._pages for _, asset in page.pictures}
        return Document(tuple(self._lines), tuple(assets.values()))

    def _add_heads(self, page: Page, rows: Sequence[Row], heads: dict[int, Furniture]) -> None:
        for index, kind in heads.items():
            self._add(page, tidied(rows[index].text), furniture=kind)

    def _add_column(self, page: Page, column: Sequence[Row], edges: Edges) -> None:
        for piece in pieces_of(column, edges):
            text = tidied(piece.text)
            if self._above is not None and continues(*self._above, piece, edges):
                line = self._lines[self._body]
                self._lines[self._body] = replace(line, text=line.text + text)
            else:
                block = piece.rows[0].block
                self._add(page, text, look=_look(piece), block=block)
                self._body = len(self._lines) - 1
            self._above, last = None, piece
        self._above = (last, edges)

    def _add_leaning(self, page: Page) -> None:
        """A watermark: text that leans belongs to no line, but nothing is dropped in silence."""
        leaning = [glyph.text for glyph in page.glyphs if not glyph.style.upright]
        if leaning:
            self._add(page, tidied("".join(leaning)), furniture=Furniture.RUNNING_HEAD)

    def _add(
        self,
        page: Page,
        text: str,
        *,
        look: Look = Look(),  # noqa: B008 - frozen
        block: Table | Picture | None = None,
        furniture: Furniture | None = None,
    ) -> None:
        self._row += 1
        place = f"第 {page.number} 页第 {self._row} 行"
        if text or block:
            line = Line(len(self._lines) + 1, text, place, look, block, furniture=furniture)
            self._lines.append(line)


def _usual_gutter(bodies: Sequence[Sequence[Row]]) -> float | None:
    """Where most pages that have a gutter have it."""
    gutters = [gutter for body in bodies if (gutter := gutter_of(body)) is not None]
    common = Counter(round(gutter / _ABOUT) for gutter in gutters).most_common(1)
    return common[0][0] * _ABOUT if common and common[0][1] > 1 else None


def _segments(page: Page) -> list[Row]:
    """Text, tables and pictures of a page, each with its place on it."""
    tables, rest = tables_of(page)
    upright = [glyph for glyph in rest if glyph.style.upright]
    pictures = [
        Row("", box.left, box.top, box.right, box.bottom, 10.0, bold=False, block=_picture(asset))
        for box, asset in page.pictures
    ]
    return [*segments_of(upright), *tables, *pictures]


def _picture(asset: Asset) -> Picture:
    return Picture(asset.sha256)


def _within(segment: Row, row: Row) -> bool:
    middle = (segment.top + segment.bottom) / 2
    return not segment.block and row.top <= middle <= row.bottom


def _look(piece: Piece) -> Look:
    longest = max(piece.rows, key=lambda row: len(row.text))
    bold = all(row.bold for row in piece.rows)
    return Look(bold=bold, centred=piece.centred, size=longest.size)


def _characters(pages: Iterable[Page]) -> list[Glyph]:
    return [glyph for page in pages for glyph in page.glyphs]


def _refuse_scans(name: str, pages: Sequence[Page]) -> None:
    if len(_characters(pages)) >= _FEWEST_CHARACTERS * len(pages):
        return
    if any(page.images for page in pages):
        raise UnreadableIssue(name, "PDF 是扫描件，只有图像，没有文字", _REMEDY)
    raise UnreadableIssue(name, "PDF 里几乎没有文字", _REMEDY)


def _refuse_nameless(name: str, pages: Sequence[Page]) -> None:
    glyphs = _characters(pages)
    nameless = sum("\ue000" <= glyph.text <= "\uf8ff" or glyph.text == "\ufffd" for glyph in glyphs)
    if nameless > _NAMELESS * len(glyphs):
        reason = "PDF 的字体没有写明文字编码，复制出来全是乱码"
        raise UnreadableIssue(name, reason, _REMEDY)
