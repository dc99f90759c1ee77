"""Markdown: headings, emphasis and tables as looks and blocks; what looks plain stays plain."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from distribution.compiler.content import Asset, Complaint, Picture, Table
from distribution.compiler.doubts import Doubt, Furniture
from distribution.compiler.formats.front_tables import contents_in
from distribution.compiler.formats.markdown.source import BREAK, CENTRE, prepared
from distribution.compiler.formats.pictures import keep
from distribution.compiler.formats.ruled import cells_of, is_rule
from distribution.compiler.formats.text import decode
from distribution.compiler.front.contents import heads_contents
from distribution.compiler.lines import (
    PLAIN,
    Document,
    Line,
    Look,
    Source,
    complain,
    tidied,
    weight,
)
from distribution.compiler.sentences import is_finished

_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 60}).enable("table")
_parser.disable(["code", "html_block", "html_inline", "reference", "autolink"])
"""Indented paragraphs are no code, and nothing that people see may vanish."""
_parser.validateLink = lambda url: any(mark in url for mark in "/.#:")  # type: ignore[method-assign] # theirs to replace

_STRONG = re.compile(r"\*\*([^*\n]+)\*\*")
"""Left over where bold print ends in Chinese punctuation: the standard does not see its end."""
_FEWEST_RUNNING = 40
"""Characters of a finished line: with the first of them the contents are over."""


def read_markdown(source: Source) -> Document:
    """The lines of a Markdown file, by its own line numbers."""
    text, images = prepared(decode(source.data, source.name))
    reader = _Reader(images)
    reader.read(_parser.parse(text))
    return Document(tuple(reader.lines), tuple(reader.assets.values()), tuple(reader.complaints))


class _Reader:
    def __init__(self, images: dict[str, bytes]) -> None:
        self.lines: list[Line] = []
        self.assets: dict[str, Asset] = {}
        self.complaints: list[Complaint] = []
        self._images = images
        self._level = 0
        self._mark = ""
        """The number of a list's item that has no text yet."""
        self._row = 0
        self._lists = self._has_begun = False

    def read(self, tokens: Sequence[Token]) -> None:
        for index, token in enumerate(tokens):
            self._row = token.map[0] + 1 if token.map else self._row
            match token.type:
                case "heading_open":
                    self._level = 0 if token.markup == "-" else int(token.tag[1:])
                case "heading_close":
                    self._level = 0
                case "list_item_open" | "list_item_close":
                    self._item(token)
                case "inline" if tokens[index - 1].type in ("th_open", "td_open"):
                    continue
                case "inline":
                    self._inline(token)
                case "fence":
                    self._plain(token)
                case "table_open":
                    self._table(tokens[index:])

    def _item(self, token: Token) -> None:
        """A number below which nothing stands is text nevertheless."""
        self._add(self._mark, self._row)
        opens = token.type == "list_item_open" and token.info
        self._mark = f"{token.info}{token.markup} " if opens else ""

    def _inline(self, token: Token) -> None:
        """A paragraph or heading: one line for each of its own."""
        strong = _is_strong(token.children or [])
        text, self._mark = self._mark, ""
        first = self._row
        pictures: list[Token] = []
        for child in token.children or []:
            if child.type in ("softbreak", "hardbreak"):
                self._add(text, first, bold=strong)
                text, first = "", first + 1
            elif child.type == "image":
                pictures.append(child)
            else:
                text += child.content
        self._add(text, first, bold=strong)
        for picture in pictures:
            self._picture(picture, first)

    def _plain(self, token: Token) -> None:
        for offset, row in enumerate(token.content.splitlines(), start=1):
            self._add(row, self._row + offset)

    def _add(self, text: str, number: int, *, bold: bool = False) -> None:
        for piece in text.split(BREAK):
            plain = _STRONG.sub(r"\1", piece)
            bold = bold or _STRONG.fullmatch(piece.strip()) is not None
            if tidied(plain) and not is_rule(tidied(plain)):
                look = Look(level=self._level, bold=bold, centred=CENTRE in piece)
                line = self._append(tidied(plain), number, look, cells=cells_of(plain))
                self._lists = self._lists or heads_contents(line)
                running = is_finished(line.text) and weight(line.text) >= _FEWEST_RUNNING
                self._has_begun = self._has_begun or running

    def _append(
        self,
        text: str,
        number: int,
        look: Look = PLAIN,
        block: Table | Picture | None = None,
        cells: tuple[str, ...] = (),
        furniture: Furniture | None = None,
    ) -> Line:
        number = max(number, self.lines[-1].number + 1 if self.lines else 1)
        line = Line(number, text, f"第 {number} 行", look, block, cells, furniture)
        self.lines.append(line)
        return line

    def _table(self, tokens: Sequence[Token]) -> None:
        rows: list[list[str]] = []
        pictures: list[Token] = []
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                children = token.children or []
                pictures += [one for one in children if one.type == "image"]
                text = "".join(one.content for one in children if one.type != "image")
                rows[-1].append(tidied(_STRONG.sub(r"\1", text)))
        self._block(rows)
        for picture in pictures:
            self._picture(picture, self._row)

    def _block(self, rows: list[list[str]]) -> None:
        width = max(map(len, rows))
        grid = tuple((*row, *[""] * (width - len(row))) for row in rows)
        contents = None if self._has_begun else contents_in(grid, announced=self._lists)
        if contents is None:
            text = " ".join(cell for row in grid for cell in row if cell)
            self._append(text, self._row, block=Table(grid))
            return
        entries, aside = contents
        for entry in entries:
            self._append(entry, self._row)
        for cell in aside:
            self._append(cell, self._row, furniture=Furniture.CONTENTS)

    def _picture(self, image: Token, number: int) -> None:
        data = self._images.get(str(image.attrs.get("src", "")))
        asset = keep(data) if data else None
        if asset is not None:
            self.assets[asset.sha256] = asset
            self._append("", number, block=Picture(asset.sha256))
            return
        line = Line(number, image.content or "图片", f"第 {number} 行")
        problem = "Markdown 只写了图片的地址，图片不在文件里：请改用含图片的 Word 文件"
        self.complaints.append(complain(Doubt.PICTURE_LOST, line, problem))


def _is_strong(children: Sequence[Token]) -> bool:
    """Whether all of its text stands between bold marks."""
    depth, bold = 0, False
    for child in children:
        depth += (child.type == "strong_open") - (child.type == "strong_close")
        if child.content.strip() and not depth:
            return False
        bold = bold or depth > 0
    return bold
