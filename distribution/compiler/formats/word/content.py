"""What stands inside a paragraph: text in runs, breaks, pictures, notes, text boxes."""

from collections.abc import Iterator
from dataclasses import dataclass

from distribution.compiler.formats.word.package import MC, WP, A, Element, M, R, V, W
from distribution.compiler.formats.word.styles import Format, Styles

_TRANSPARENT = {
    f"{W}{name}"
    for name in ("hyperlink", "fldSimple", "smartTag", "ins", "moveTo", "customXml", "sdtContent",
                 "sdt", "dir", "bdo", "rubyBase", "ruby")
}  # fmt: skip
_CHARACTERS = {"tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}
_FOREIGN_SYMBOL = 0xF000
"""Characters of symbol fonts lie here; what they show depends on the font."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text; a tab is one."""

    text: str
    format: Format


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line inside a paragraph."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: `relation` leads to its bytes, or out of the file if `linked`."""

    relation: str
    caption: str
    linked: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A reference to a footnote or endnote."""

    kind: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Box:
    """A text box: paragraphs of their own."""

    element: Element


Piece = Text | Break | Image | Note | Box


def pieces_of(parent: Element, styles: Styles, paragraph: Format) -> Iterator[Piece]:
    """The pieces of a paragraph in their order; what was deleted or is hidden is none."""
    for child in parent:
        if child.tag == f"{W}r":
            properties = child.find(f"{W}rPr")
            run = styles.run(properties, paragraph)
            if not run.hidden:
                yield from _of_run(child, run)
        elif child.tag in _TRANSPARENT:
            yield from pieces_of(child, styles, paragraph)
        elif child.tag == f"{MC}AlternateContent":
            chosen = _chosen(child)
            if chosen is not None:
                yield from pieces_of(chosen, styles, paragraph)
        elif child.tag in (f"{M}oMath", f"{M}oMathPara"):
            yield Text("".join(one.text or "" for one in child.iter(f"{M}t")), paragraph)


def _of_run(run: Element, look: Format) -> Iterator[Piece]:
    for child in run:
        name = child.tag.removeprefix(W)
        if name in _CHARACTERS:
            yield Text(_CHARACTERS[name], look)
        elif name == "t":
            yield Text(child.text or "", look)
        elif name in ("br", "cr"):
            yield Break()
        elif name == "sym":
            yield Text(_symbol(child.get(f"{W}char", "")), look)
        elif name in ("footnoteReference", "endnoteReference"):
            yield Note(name.removesuffix("Reference"), child.get(f"{W}id", ""))
        else:
            yield from _nested(child, look)


def _nested(child: Element, look: Format) -> Iterator[Piece]:
    """What holds drawings, or runs of its own."""
    if child.tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
        yield from _drawn(child)
    elif child.tag == f"{W}ruby":
        for base in child.iterfind(f"{W}rubyBase/{W}r"):
            yield from _of_run(base, look)
    elif child.tag == f"{MC}AlternateContent":
        chosen = _chosen(child)
        if chosen is not None:
            yield from _of_run(chosen, look)


def _symbol(code: str) -> str:
    """A character given by its number; one of a symbol font is nobody's to name."""
    try:
        number = int(code, 16)
    except ValueError:
        return "\ufffd"
    return chr(number) if ord(" ") <= number < _FOREIGN_SYMBOL else "\ufffd"


def _drawn(element: Element) -> Iterator[Piece]:
    """The pictures and the text boxes of a drawing."""
    described = next(element.iter(f"{WP}docPr"), None)
    caption = described.get("descr", "") if described is not None else ""
    for blip in element.iter(f"{A}blip"):
        linked = blip.get(f"{R}embed") is None
        yield Image(blip.get(f"{R}embed") or blip.get(f"{R}link", ""), caption, linked)
    for data in element.iter(f"{V}imagedata"):
        yield Image(data.get(f"{R}id", ""), caption, linked=False)
    for box in element.iter(f"{W}txbxContent"):
        yield Box(box)


def _chosen(alternatives: Element) -> Element | None:
    """Newer programmes write a drawing twice; the first form is enough."""
    choice = alternatives.find(f"{MC}Choice")
    return choice if choice is not None else alternatives.find(f"{MC}Fallback")
