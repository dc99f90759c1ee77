"""What a drawing holds: pictures, text boxes, lettering, and what nobody can show."""

from collections.abc import Iterator
from dataclasses import dataclass

from distribution.compiler.formats.word.package import MC, A, Element, R, V, W

_LOST = {
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "图表",
    "http://purl.oclc.org/ooxml/drawingml/chart": "图表",
    "http://schemas.microsoft.com/office/drawing/2014/chartex": "图表",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "SmartArt 图形",
    "http://purl.oclc.org/ooxml/drawingml/diagram": "SmartArt 图形",
}
"""What Word draws anew each time, by the address of its kind."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: `relation` leads to its bytes, or out of the file if `linked`."""

    relation: str
    linked: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A text box: paragraphs of their own."""

    element: Element


@dataclass(frozen=True, slots=True)
class WordArt:
    """A line of text drawn as a shape."""

    text: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A drawing that is neither picture nor text; `what` it is, for the editor."""

    what: str


def drawn(element: Element) -> Iterator[Image | Box | WordArt | Lost]:
    """What a drawing holds, in its order; what stands inside a text box is the box's."""
    for child in element:
        if child.tag == f"{A}blip":
            embedded = child.get(f"{R}embed")
            yield Image(embedded or child.get(f"{R}link", ""), linked=not embedded)
        elif child.tag == f"{V}imagedata":
            yield Image(child.get(f"{R}id") or child.get(f"{R}pict", ""), linked=False)
        elif child.tag == f"{W}txbxContent":
            yield Box(child)
        elif child.tag == f"{V}textpath":
            yield WordArt(child.get("string", ""))
        elif child.tag == f"{A}graphicData" and child.get("uri") in _LOST:
            yield Lost(_LOST[child.get("uri")])
        elif child.tag == f"{MC}AlternateContent":
            filled = (list(drawn(one)) for one in alternatives(child))
            yield from next(filter(None, filled), [])
        else:
            yield from drawn(child)


def alternatives(element: Element) -> list[Element]:
    """The forms in which newer programmes write one thing, the best first."""
    forms = {f"{MC}Choice", f"{MC}Fallback"}
    return [child for child in element if child.tag in forms]
