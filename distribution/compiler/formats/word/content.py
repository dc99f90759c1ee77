"""What stands inside a paragraph: text in runs, breaks, drawings, notes, fields."""

from collections.abc import Iterator
from dataclasses import dataclass

from distribution.compiler.formats.word.drawings import (
    Box,
    Image,
    Lost,
    WordArt,
    alternatives,
    drawn,
)
from distribution.compiler.formats.word.equations import equation, field_equation
from distribution.compiler.formats.word.package import MC, Element, M, W
from distribution.compiler.formats.word.styles import Format, Styles
from distribution.compiler.formats.word.symbols import symbol
from distribution.compiler.indices import lowered, raised

_NO_TEXT = {
    f"{W}{name}"
    for name in ("pPr", "rPr", "del", "moveFrom", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr",
                 "fldData", "rubyPr", "rt")
}  # fmt: skip
_CHARACTERS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}
_DRAWINGS = {"drawing", "pict", "object"}


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text; a tab is one."""

    text: str
    format: Format


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line inside a paragraph."""


@dataclass(frozen=True, slots=True)
class Note:
    """A reference to a footnote or endnote."""

    kind: str
    identifier: str


Piece = Text | Break | Image | Note | Box | Lost


def pieces_of(paragraph: Element, styles: Styles, look: Format) -> list[Piece]:
    """The pieces of a paragraph in their order; what was deleted or is hidden is none."""
    return list(_Pieces(paragraph, styles, look).inside(paragraph))


class _Pieces:
    """One paragraph on its way, with the fields that are open."""

    def __init__(self, paragraph: Element, styles: Styles, look: Format) -> None:
        self._styles, self._look = styles, look
        self._whole = _whole_fields(paragraph)
        self._instructions: list[list[str] | None] = []
        """Of the open fields; None for one whose result has begun."""

    def inside(self, parent: Element) -> Iterator[Piece]:
        for child in parent:
            if child.tag == f"{W}r":
                run = self._styles.run(child.find(f"{W}rPr"), self._look)
                if not run.hidden:
                    yield from self._of_run(child, run)
            elif child.tag == f"{MC}AlternateContent":
                yield from self._first_filled(child, self._look, runs=False)
            elif child.tag in (f"{M}oMath", f"{M}oMathPara"):
                yield Text(equation(child), self._look)
            elif child.tag not in _NO_TEXT:
                yield from self.inside(child)

    def _of_run(self, run: Element, look: Format) -> Iterator[Piece]:
        for child in run:
            name = child.tag.removeprefix(W)
            if name == "fldChar":
                yield from self._field(child, look)
            elif name == "instrText" and self._is_instruction():
                self._instructions[-1].append(child.text or "")  # type: ignore[union-attr] # just asked
            elif not self._is_instruction():
                yield from self._visible(name, child, look)

    def _visible(self, name: str, child: Element, look: Format) -> Iterator[Piece]:
        if name in _CHARACTERS:
            yield Text(_CHARACTERS[name], look)
        elif name in _DRAWINGS:
            yield from _drawn(child, look)
        elif child.tag == f"{MC}AlternateContent":
            yield from self._first_filled(child, look, runs=True)
        match name:
            case "t":
                yield Text(_placed(child.text or "", look), look)
            case "br" | "cr":
                yield Break()
            case "sym":
                code, font = child.get(f"{W}char", ""), child.get(f"{W}font", "")
                yield Text(symbol(code, font), look)
            case "footnoteReference" | "endnoteReference":
                yield Note(name.removesuffix("Reference"), child.get(f"{W}id", ""))
            case "ruby":
                for base in child.iterfind(f"{W}rubyBase"):
                    yield from self.inside(base)

    def _first_filled(self, element: Element, look: Format, *, runs: bool) -> Iterator[Piece]:
        for one in alternatives(element):
            pieces = list(self._of_run(one, look) if runs else self.inside(one))
            if pieces:
                yield from pieces
                return

    def _field(self, mark: Element, look: Format) -> Iterator[Piece]:
        """A field is begin, instruction, separate, result, end; only its result is printed."""
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin" and mark in self._whole:
            self._instructions.append([])
        elif kind == "separate" and self._instructions:
            self._instructions[-1] = None
        elif kind == "end" and self._instructions:
            instruction = self._instructions.pop()
            if instruction is not None and not self._is_instruction():
                yield Text(field_equation("".join(instruction)), look)

    def _is_instruction(self) -> bool:
        return None is not (self._instructions[-1] if self._instructions else None)


def _whole_fields(paragraph: Element) -> set[Element]:
    """The beginnings whose separation or end is in the same paragraph.

    Of others nothing is hidden: a field that a damaged file never ends would hide its text.
    """
    whole: set[Element] = set()
    open_fields: list[Element] = []
    for mark in paragraph.iter(f"{W}fldChar"):
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            open_fields.append(mark)
        elif open_fields:
            whole.add(open_fields[-1])
            if kind == "end":
                open_fields.pop()
    return whole


def _drawn(drawing: Element, look: Format) -> Iterator[Piece]:
    """What a drawing holds; lettering is a line of its own."""
    for one in drawn(drawing):
        if isinstance(one, WordArt):
            yield from (Break(), Text(one.text, look), Break())
        else:
            yield one


def _placed(text: str, look: Format) -> str:
    """Raised and lowered digits keep their meaning without their place: m², CO₂."""
    match look.script:
        case "superscript":
            return raised(text)
        case "subscript":
            return lowered(text)
    return text
