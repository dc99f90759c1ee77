"""The whole way of a PDF: pages, heads, tables, columns, rows, lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from distribution.compiler.content import Complaint, Picture, Table
from distribution.compiler.doubts import Doubt, Furniture
from distribution.compiler.formats.pdf.edges import Edges, edges_of
from distribution.compiler.formats.pdf.layout import sheets_of
from distribution.compiler.formats.pdf.named import named_rows, names_in
from distribution.compiler.formats.pdf.opening import pages_of
from distribution.compiler.formats.pdf.page import Glyph, Page
from distribution.compiler.formats.pdf.paragraphs import Piece, continues, pieces_of
from distribution.compiler.formats.pdf.rows import Row
from distribution.compiler.lines import Document, Line, Look, Source, complain, tidied
from distribution.compiler.unreadable import UnreadableIssue

_FEWEST_CHARACTERS = 20
"""On a page, on the average: a scan has none, or a watermark."""
_NAMELESS = 0.3
_REMEDY = "请向排版方索取 Word 文件，或用带文字识别（OCR）的软件转换后再导入"


def read_pdf(source: Source) -> Document:
    """The lines of a PDF; a paragraph that a column or page cuts stays cut."""
    return _Reader(source.name, list(pages_of(source.data, source.name))).document()


class _Reader:
    def __init__(self, name: str, pages: Sequence[Page]) -> None:
        self._pages = pages
        self._lines: list[Line] = []
        self._complaints: list[Complaint] = []
        self._row = 0
        self._body = 0  # the index of the last line that is no furniture
        self._above: tuple[Piece, Edges] | None = None  # what ended the column before
        _refuse_scans(name, pages)
        _refuse_nameless(name, pages)

    def document(self) -> Document:
        sheets = sheets_of(self._pages)
        columns = [column for sheet in sheets for column in sheet.columns]
        names = names_in(column.rows for column in columns)
        edges = iter(edges_of(columns))
        for sheet in sheets:
            self._row = 0
            for text, kind in sheet.outside:
                self._add(sheet.page, tidied(text), furniture=kind)
            for column in sheet.columns:
                named = named_rows(column.rows, names)
                self._add_column(sheet.page, column.rows, next(edges), named)
            self._complain_of_lost(sheet.page)
        assets = {asset.sha256: asset for page in self._pages for _, asset in page.pictures}
        return Document(tuple(self._lines), tuple(assets.values()), tuple(self._complaints))

    def _add_column(
        self, page: Page, column: Sequence[Row], edges: Edges, named: Mapping[int, int]
    ) -> None:
        for piece in pieces_of(column, edges, named):
            text = tidied(piece.text)
            block = piece.rows[0].block
            if self._above is not None and continues(*self._above, piece, edges):
                line = self._lines[self._body]
                self._lines[self._body] = replace(line, text=line.text + text)
            elif self._above is not None and (table := self._whole_table(block)):
                line = self._lines[self._body]
                text = f"{line.text} {text}"
                self._lines[self._body] = replace(line, text=text, block=table)
            else:
                self._add(page, text, look=_look(piece), block=block, cells=piece.cells)
                self._body = len(self._lines) - 1
            self._above, last = None, piece
        self._above = (last, edges)

    def _complain_of_lost(self, page: Page) -> None:
        if page.lost:
            line = Line(max(1, len(self._lines)), "图片", f"第 {page.number} 页")
            problem = f"这一页有 {len(page.lost)} 幅图片太大或已损坏，无法显示"
            self._complaints.append(complain(Doubt.PICTURE_LOST, line, problem))

    def _whole_table(self, block: Table | Picture | None) -> Table | None:
        """The table that the page has cut, its head once."""
        before = self._lines[self._body].block if self._lines else None
        if not isinstance(before, Table) or not isinstance(block, Table):
            return None
        if len(before.rows[0]) != len(block.rows[0]):
            return None
        rows = list(before.rows)
        rest = block.rows[block.rows[0] == before.rows[0] :]
        if rest and not rest[0][0]:  # the page has cut a row
            rows[-1] = tuple("".join(pair) for pair in zip(rows[-1], rest[0], strict=True))
            rest = rest[1:]
        return Table((*rows, *rest))

    def _add(
        self,
        page: Page,
        text: str,
        *,
        look: Look = Look(),  # noqa: B008 - frozen
        block: Table | Picture | None = None,
        cells: tuple[str, ...] = (),
        furniture: Furniture | None = None,
    ) -> None:
        self._row += 1
        place = f"第 {page.number} 页第 {self._row} 行"
        if text or block:
            line = Line(len(self._lines) + 1, text, place, look, block, cells, furniture)
            self._lines.append(line)


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
