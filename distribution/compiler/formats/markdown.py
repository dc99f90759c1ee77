"""Markdown: headings, emphasis and tables as looks and blocks; what looks plain stays plain."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from distribution.compiler.content import Complaint, Table
from distribution.compiler.doubts import Doubt
from distribution.compiler.formats.text import decode
from distribution.compiler.lines import Document, Line, Look, Source, complain, tidied

_parser = MarkdownIt("commonmark", {"html": False}).enable("table")
_parser.disable(["code", "lheading", "html_block", "html_inline"])
_parser.disable(["entity", "reference", "autolink"])
"""Indented paragraphs are no code, and a rule below a line does not make it a heading."""


def read_markdown(source: Source) -> Document:
    """The lines of a Markdown file, by its own line numbers."""
    text = decode(source.data, source.name)
    reader = _Reader()
    reader.read(_parser.parse(text))
    return Document(tuple(reader.lines), complaints=tuple(reader.complaints))


class _Reader:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.complaints: list[Complaint] = []
        self._level = 0
        self._marks: list[str] = []
        self._row = 0

    def read(self, tokens: Sequence[Token]) -> None:
        for index, token in enumerate(tokens):
            self._row = token.map[0] + 1 if token.map else self._row
            match token.type:
                case "heading_open":
                    self._level = int(token.tag[1:])
                case "heading_close":
                    self._level = 0
                case "list_item_open" if token.info:
                    self._marks.append(f"{token.info}{token.markup} ")
                case "inline" if self._is_in_table(tokens, index):
                    continue
                case "inline":
                    self._inline(token)
                case "fence" | "code_block":
                    self._plain(token)
                case "table_open":
                    self._table(tokens[index:])

    def _is_in_table(self, tokens: Sequence[Token], index: int) -> bool:
        return tokens[index - 1].type in ("th_open", "td_open")

    def _inline(self, token: Token) -> None:
        """A paragraph or heading: one line for each of its own."""
        strong = _is_strong(token.children or [])
        text = self._marks.pop() if self._marks else ""
        first = self._row
        for child in token.children or []:
            if child.type in ("softbreak", "hardbreak"):
                self._add(text, first, bold=strong)
                text, first = "", first + 1
            elif child.type == "image":
                self._lose(child, first)
            else:
                text += child.content
        self._add(text, first, bold=strong)

    def _plain(self, token: Token) -> None:
        for offset, row in enumerate(token.content.splitlines()):
            self._add(row, self._row + offset, bold=False)

    def _add(self, text: str, number: int, *, bold: bool) -> None:
        text = tidied(text)
        if text:
            number = max(number, self.lines[-1].number + 1 if self.lines else 1)
            look = Look(level=self._level, bold=bold)
            self.lines.append(Line(number, text, f"第 {number} 行", look))

    def _table(self, tokens: Sequence[Token]) -> None:
        rows: list[list[str]] = []
        for index, token in enumerate(tokens):
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline" and self._is_in_table(tokens, index):
                rows[-1].append(tidied("".join(one.content for one in token.children or [])))
        width = max(map(len, rows))
        grid = tuple((*row, *[""] * (width - len(row))) for row in rows)
        text = tidied(" ".join(" ".join(row) for row in grid))
        number = max(self._row, self.lines[-1].number + 1 if self.lines else 1)
        self.lines.append(Line(number, text, f"第 {number} 行", block=Table(grid)))

    def _lose(self, image: Token, number: int) -> None:
        line = Line(number, image.content or "图片", f"第 {number} 行")
        problem = "Markdown 只写了图片的地址，图片不在文件里：请改用含图片的 Word 文件"
        self.complaints.append(complain(Doubt.PICTURE_LOST, line, problem))


def _is_strong(children: Sequence[Token]) -> bool:
    """Whether all of it stands between one pair of bold marks."""
    return (
        len(children) > 1
        and children[0].type in ("strong_open", "text")
        and not (children[0].type == "text" and children[0].content.strip())
        and any(child.type == "strong_open" for child in children)
        and all(
            child.type != "text" or not child.content.strip() or depth
            for child, depth in _depths(children)
        )
    )


def _depths(children: Sequence[Token]) -> list[tuple[Token, int]]:
    depth, found = 0, []
    for child in children:
        depth += (child.type == "strong_open") - (child.type == "strong_close")
        found.append((child, depth))
    return found
