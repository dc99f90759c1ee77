"""The body of a Word file as lines, in the order of reading.

Heads and feet of pages are parts of their own and no text of the body, so they are never read.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from distribution.compiler.content import Asset, Picture, Table
from distribution.compiler.doubts import Furniture
from distribution.compiler.formats.front_tables import contents_in, places_front
from distribution.compiler.formats.ruled import cells_of as divided
from distribution.compiler.formats.ruled import is_rule
from distribution.compiler.formats.word.collecting import Collected
from distribution.compiler.formats.word.content import Note, Piece, Text, pieces_of
from distribution.compiler.formats.word.drawings import Box, Image, Lost, alternatives
from distribution.compiler.formats.word.images import Images
from distribution.compiler.formats.word.notes import Notes
from distribution.compiler.formats.word.numbering import Numbering
from distribution.compiler.formats.word.package import MC, Element, M, Package, W
from distribution.compiler.formats.word.styles import Format, Styles
from distribution.compiler.formats.word.tables import (
    Cell,
    cells_of,
    is_layout,
    paragraphs_of,
    places_pictures,
)
from distribution.compiler.formats.word.typesetting import Body, look_of, rows_of
from distribution.compiler.lines import Document, Source, tidied
from distribution.compiler.sentences import is_finished
from distribution.compiler.unreadable import UnreadableIssue

_NO_TEXT = {f"{W}{name}" for name in ("del", "moveFrom", "sdtPr", "sdtEndPr", "sectPr")}
_PARAGRAPHS = (f"{W}p", f"{M}oMathPara")
_DROP_CAPS = ("drop", "margin")


def read_word(source: Source) -> Document:
    """The lines of a .docx: a paragraph is one line, or several where it holds line breaks."""
    return _Reader(source).document()


class _Reader:
    def __init__(self, source: Source) -> None:
        self._name = source.name
        self._package = Package(source)
        self._part = self._package.main
        self._styles = Styles(self._package.related("styles"))
        self._numbering = Numbering(self._package.related("numbering"))
        self._notes = Notes(self._package)
        self._images = Images(self._package)
        self._body = Body()
        self._found = Collected()
        self._initial = ""
        self._paragraphs = self._tables = 0

    def document(self) -> Document:
        root = self._package.xml(self._package.main)
        body = root.find(f"{W}body") if root is not None else None
        if body is None:
            reason = "文件里没有 Word 文档的正文"
            raise UnreadableIssue(self._name, reason, "请确认它是 Word 文档，另存为 .docx 再导入")
        self._read(body)
        self._read_notes()
        if self._initial:
            self._found.add(self._initial, self._place())
        lines = self._body.without_pages_of_sections(self._found.lines)
        return Document(tuple(lines), self._images.assets(), tuple(self._found.complaints))

    def _read(self, parent: Element) -> None:
        """Everything in a container, which may hold further ones."""
        for child in parent:
            if child.tag in _PARAGRAPHS:
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag == f"{W}altChunk":
                problem = "这里嵌入了另一个文件，没有读入：请在 Word 中打开后另存为 .docx 再导入"
                self._found.lose(problem, self._place())
            elif child.tag == f"{MC}AlternateContent":
                before = len(self._found.lines)
                for one in alternatives(child):
                    self._read(one)
                    if len(self._found.lines) > before:
                        break
            elif child.tag not in _NO_TEXT:
                self._read(child)

    # -- paragraphs ------------------------------------------------------------------------------

    def _paragraph(self, element: Element) -> None:
        properties = element.find(f"{W}pPr")
        look = self._styles.paragraph(properties)
        pieces = pieces_of(element, self._styles, look)
        rows = rows_of(pieces, dotted=bool(look.dotted))
        self._paragraphs += bool(rows)
        place = self._place()
        text = tidied("".join(one.text for row in rows for one in row))
        if text and _is_drop_cap(properties):
            self._initial += text
            return
        if rows:
            self._begin(rows[0], look)
        if self._is_picture_with_caption(pieces, rows, look):
            self._aside(pieces, place)
            self._found.name_picture(text)
            return
        first, rest = _boxes_before(pieces) if is_finished(text) else ([], pieces)
        self._aside(first, place)
        for row in rows:
            self._add_text(row, look, place)
        self._aside(rest, place)
        if is_finished(text):
            self._read_notes()

    def _place(self) -> str:
        return f"第 {self._paragraphs} 段"

    def _is_picture_with_caption(
        self, pieces: Sequence[Piece], rows: Sequence[Sequence[Text]], look: Format
    ) -> bool:
        pictures = any(isinstance(piece, Image) for piece in pieces)
        text = tidied("".join(one.text for row in rows for one in row))
        return (
            pictures
            and len(rows) == 1
            and self._body.may_name_picture(look_of(rows[0], look), text)
        )

    def _begin(self, row: list[Text], look: Format) -> None:
        """Its number, or the large initial that stood in a frame of its own, opens a paragraph."""
        number = self._initial + self._numbering.next(look)
        self._initial = ""
        if number:
            row.insert(0, Text(number, next(one.format for one in row if one.text.strip())))

    def _add_text(self, row: Sequence[Text], look: Format, place: str) -> None:
        whole = "".join(one.text for one in row)
        text, shown = tidied(whole), look_of(row, look)
        if is_rule(text):
            return
        if self._found.ends_in_picture() and self._body.may_name_picture(shown, text):
            self._found.name_picture(text)
            return
        line = self._found.add(text, place, shown, cells=divided(whole))
        self._body.note(line, look.entry)

    # -- what stands beside the text -------------------------------------------------------------

    def _aside(self, pieces: Iterable[Piece], place: str) -> None:
        for piece in pieces:
            match piece:
                case Image():
                    self._picture(piece, place)
                case Note(kind, identifier):
                    self._notes.refer(kind, identifier)
                case Box(box):
                    self._read(box)
                case Lost(what):
                    problem = f"这里的{what}没有读入：请在 Word 中把它另存为 PNG 图片后重新插入"
                    self._found.lose(problem, place)

    def _picture(self, image: Image, place: str) -> None:
        found = self._images.find(self._part, image)
        if isinstance(found, Asset):
            self._found.add("", place, block=Picture(found.sha256))
        else:
            self._found.lose(f"这里的图片{found}：请在 Word 中把它另存为 PNG 后重新插入", place)

    def _read_notes(self) -> None:
        """The notes that the text has referred to, where its sentence has ended."""
        if self._part != self._package.main:
            return  # inside a note: its own are read behind it
        for part, note in self._notes.waiting():
            self._part, before = part, self._part
            self._read(note)
            self._part = before

    # -- tables ----------------------------------------------------------------------------------

    def _table(self, element: Element) -> None:
        self._tables += 1
        place = f"第 {self._tables} 个表格"
        grid = cells_of(element)
        if len(set(map(len, grid))) != 1:
            self._read_cells(grid)
            return
        pieces: list[list[list[Piece]]] = [[[] for _ in row] for row in grid]
        rows = [
            [self._text_of(cell, found) for cell, found in zip(*both, strict=True)]
            for both in zip(grid, pieces, strict=True)
        ]
        pictures = [
            [any(isinstance(one, Image) for one in found) for found in row] for row in pieces
        ]
        contents = self._contents_in(rows)
        if contents is not None:
            self._contents(*contents, place)
        elif places_pictures(pictures, rows):
            self._gallery(grid, pictures, rows)
        elif self._only_places(rows):
            self._read_cells(grid)
        else:
            self._data(grid, place)

    def _read_cells(self, grid: Sequence[Sequence[Cell]]) -> None:
        for cell in chain.from_iterable(grid):
            if cell.element is not None:
                self._read(cell.element)

    def _contents_in(self, rows: Sequence[Sequence[str]]) -> tuple[list[str], list[str]] | None:
        if self._body.has_begun:
            return None
        return contents_in(rows, announced=self._body.lists)

    def _only_places(self, rows: Sequence[Sequence[str]]) -> bool:
        cells = list(chain.from_iterable(rows))
        is_front = not self._body.has_begun and places_front(cells)
        return is_front or is_layout(rows) or not any(cells)

    def _gallery(
        self,
        grid: Sequence[Sequence[Cell]],
        pictures: Sequence[Sequence[bool]],
        rows: Sequence[Sequence[str]],
    ) -> None:
        """Every picture, named by the cell below it; what names none is a line."""
        named: set[tuple[int, int]] = set()
        for at, row in enumerate(grid):
            for column, cell in enumerate(row):
                if (at, column) in named or cell.element is None:
                    continue
                self._read(cell.element)
                below = rows[at + 1][column] if at + 1 < len(rows) else ""
                is_name = below and pictures[at][column] and not pictures[at + 1][column]
                if is_name and self._found.ends_in_picture():
                    self._found.name_picture(tidied(below))
                    named.add((at + 1, column))

    def _contents(self, entries: Sequence[str], aside: Sequence[str], place: str) -> None:
        for text in entries:
            self._body.note(self._found.add(tidied(text), place), None)
        for text in aside:
            self._found.add(tidied(text), place, furniture=Furniture.CONTENTS)

    def _data(self, grid: Sequence[Sequence[Cell]], place: str) -> None:
        pieces: list[Piece] = []
        rows = tuple(
            tuple(tidied(self._text_of(cell, pieces, numbered=True)) for cell in row)
            for row in grid
        )
        text = " ".join(cell for row in rows for cell in row if cell)
        self._found.add(text, place, block=Table(rows))
        self._aside(pieces, place)
        self._read_notes()

    def _text_of(self, cell: Cell, pieces: list[Piece], *, numbered: bool = False) -> str:
        """A cell's text, its paragraphs on lines of their own; what else it holds to `pieces`."""
        texts = []
        for paragraph in paragraphs_of(cell.element) if cell.element is not None else ():
            look = self._styles.paragraph(paragraph.find(f"{W}pPr"))
            found = pieces_of(paragraph, self._styles, look)
            pieces += found
            rows = ["".join(one.text for one in row) for row in rows_of(found, dotted=False)]
            if rows and numbered:
                rows[0] = self._numbering.next(look) + rows[0]
            texts += rows
        return "\n".join(map(tidied, texts))


def _is_drop_cap(properties: Element | None) -> bool:
    """A large initial is a paragraph of its own, in a frame beside the one it begins."""
    frame = properties.find(f"{W}framePr") if properties is not None else None
    return frame is not None and frame.get(f"{W}dropCap") in _DROP_CAPS


def _boxes_before(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The text boxes that stand before any text, and all other pieces."""
    text = (isinstance(one, Text) and one.text.strip() != "" for one in pieces)
    first = next((at for at, is_text in enumerate(text) if is_text), 0)
    before: list[Piece] = [one for one in pieces[:first] if isinstance(one, Box)]
    others = [one for one in pieces[:first] if not isinstance(one, Box)]
    return before, [*others, *pieces[first:]]
