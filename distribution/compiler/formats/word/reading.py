"""The body of a Word file as lines, in the order of reading."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

from distribution.compiler.content import Asset, Complaint, Picture, Table
from distribution.compiler.doubts import Doubt
from distribution.compiler.formats.pictures import keep
from distribution.compiler.formats.word.content import (
    Box,
    Break,
    Image,
    Note,
    Piece,
    Text,
    pieces_of,
)
from distribution.compiler.formats.word.numbering import Numbering
from distribution.compiler.formats.word.package import MC, Element, Package, W
from distribution.compiler.formats.word.styles import Format, Styles
from distribution.compiler.formats.word.tables import cells_of, holds_contents, is_layout
from distribution.compiler.lines import Document, Line, Look, Source, complain, tidied
from distribution.compiler.unreadable import UnreadableIssue

_CONTAINERS = {
    f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")
}
_NO_CAPTION = re.compile(
    r"(?:图片|图像|picture|image|graphic) ?[0-9]*|.*\.[a-z]{3,4}", re.IGNORECASE
)
_LONGEST_CAPTION = 80
_DEEPEST = 12


def read_word(source: Source) -> Document:
    """The lines of a .docx: a paragraph is one line, or several where it holds line breaks."""
    return _Reader(source).document()


class _Reader:
    def __init__(self, source: Source) -> None:
        self._name = source.name
        self._package = Package(source)
        self._relations = self._package.relations(self._package.main)
        self._styles = Styles(self._package.related("styles"))
        self._numbering = Numbering(self._package.related("numbering"))
        self._notes = {kind: self._package.related(f"{kind}s") for kind in ("footnote", "endnote")}
        self._lines: list[Line] = []
        self._assets: dict[str, Asset] = {}
        self._complaints: list[Complaint] = []
        self._paragraphs = self._tables = 0

    def document(self) -> Document:
        root = self._package.xml(self._package.main)
        body = root.find(f"{W}body") if root is not None else None
        if body is None:
            reason = "文件里没有 Word 文档的正文"
            raise UnreadableIssue(self._name, reason, "请确认它是 Word 文档，另存为 .docx 再导入")
        self._read(body)
        return Document(tuple(self._lines), tuple(self._assets.values()), tuple(self._complaints))

    def _read(self, parent: Element, depth: int = 0) -> None:
        """Everything in a container, which may hold further ones."""
        if depth > _DEEPEST:
            return
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                self._table(child, depth)
            elif child.tag in _CONTAINERS or child.tag == f"{MC}AlternateContent":
                chosen = child.find(f"{MC}Choice")
                self._read(child if chosen is None else chosen, depth + 1)

    def _paragraph(self, element: Element, depth: int) -> None:
        look = self._styles.paragraph(element.find(f"{W}pPr"))
        pieces = list(pieces_of(element, self._styles, look))
        rows = _rows(pieces)
        if any(tidied("".join(one.text for one in row)) for row in rows):
            self._paragraphs += 1
            number = self._numbering.next(look)
            if number:
                rows[0].insert(0, Text(number, look))
        place = f"第 {self._paragraphs} 段"
        for row in rows:
            self._add_text(row, look, place)
        for piece in pieces:
            match piece:
                case Image():
                    self._picture(piece, place)
                case Note(kind, identifier):
                    self._note(kind, identifier, depth)
                case Box(box):
                    self._read(box, depth + 1)

    def _add_text(self, row: Sequence[Text], look: Format, place: str) -> None:
        text = "".join(one.text for one in row)
        if tidied(text):
            cells = tuple(filter(None, map(tidied, text.split("\t"))))
            self._add(tidied(text), place, _look(row, look), cells=cells if len(cells) > 1 else ())

    def _add(
        self,
        text: str,
        place: str,
        look: Look = Look(),  # noqa: B008 - frozen
        block: Table | Picture | None = None,
        cells: tuple[str, ...] = (),
    ) -> Line:
        line = Line(len(self._lines) + 1, text, place, look, block, cells)
        self._lines.append(line)
        return line

    def _picture(self, image: Image, place: str) -> None:
        target = self._relations.get(image.relation)
        data = None
        if target is not None and not (image.linked or target.external):
            data = self._package.bytes_of(target.part)
        asset = keep(data) if data is not None else None
        if asset is None:
            linked = image.linked or (target is not None and target.external)
            reason = "只是一个链接，不在文件里" if linked else "的格式无法在网页上显示"
            problem = f"这里的图片{reason}：请在 Word 中把它另存为 PNG 后重新插入"
            line = Line(len(self._lines), image.caption or "图片", place)
            self._complaints.append(complain(Doubt.PICTURE_LOST, line, problem))
            return
        self._assets[asset.sha256] = asset
        caption = tidied(image.caption)
        if _NO_CAPTION.fullmatch(caption) or len(caption) > _LONGEST_CAPTION:
            caption = ""
        self._add("", place, block=Picture(asset.sha256, caption))

    def _note(self, kind: str, identifier: str, depth: int) -> None:
        """The text of a note, below the paragraph that refers to it."""
        root = self._notes[kind]
        for note in root if root is not None else ():
            if note.get(f"{W}id") == identifier:
                self._read(note, depth + 1)

    def _table(self, element: Element, depth: int) -> None:
        cells = cells_of(element)
        if is_layout(cells):
            for cell in chain.from_iterable(cells):
                if cell.element is not None:
                    self._read(cell.element, depth + 1)
            return
        rows = tuple(
            tuple(self._text_of(cell.element) if cell.element is not None else "" for cell in row)
            for row in cells
        )
        self._tables += 1
        place = f"第 {self._tables} 个表格"
        if not any(map(any, rows)):
            self._pictures_in(element, place)
        elif holds_contents(rows):
            for row in rows:
                filled = tuple(filter(None, row))
                self._add(" ".join(filled), place, cells=filled if len(filled) > 1 else ())
        else:
            text = " ".join(" ".join(filter(None, row)) for row in rows)
            self._add(tidied(text), place, block=Table(rows))
            self._pictures_in(element, place)

    def _pictures_in(self, element: Element, place: str) -> None:
        for paragraph in element.iter(f"{W}p"):
            for piece in pieces_of(paragraph, self._styles, Format()):
                if isinstance(piece, Image):
                    self._picture(piece, place)

    def _text_of(self, cell: Element) -> str:
        texts = []
        for paragraph in cell.iter(f"{W}p"):
            look = self._styles.paragraph(paragraph.find(f"{W}pPr"))
            pieces = pieces_of(paragraph, self._styles, look)
            text = "".join(_plain(piece) for piece in pieces)
            texts.append(self._numbering.next(look) + text if text.strip() else "")
        return tidied(" ".join(texts))


def _plain(piece: Piece) -> str:
    match piece:
        case Text(text):
            return text
        case Break():
            return " "
    return ""


def _rows(pieces: Sequence[Piece]) -> list[list[Text]]:
    """The pieces of text between the breaks of a paragraph."""
    rows: list[list[Text]] = [[]]
    for piece in pieces:
        match piece:
            case Text():
                rows[-1].append(piece)
            case Break():
                rows.append([])
    return rows


def _look(row: Sequence[Text], paragraph: Format) -> Look:
    visible = [one for one in row if one.text.strip()]
    sizes: Counter[float] = Counter()
    for one in visible:
        sizes[one.format.size or 0.0] += len(one.text)
    return Look(
        level=paragraph.level or 0,
        bold=all(one.format.bold for one in visible),
        centred=bool(paragraph.centred),
        size=sizes.most_common(1)[0][0] if sizes else 0.0,
    )
