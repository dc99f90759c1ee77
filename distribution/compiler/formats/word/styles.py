"""How paragraphs and runs look, through the inheritance of styles (ECMA-376 part 1, 17.7)."""

import re
from dataclasses import dataclass, fields
from typing import Self

from distribution.compiler.formats.word.package import Element, W

_HEADING = re.compile(r"(?:heading|标题) ?([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录|contents) ?([1-9])", re.IGNORECASE)
_TITLES = ("title", "标题")
_BODY_LEVEL = 9
_SIZE = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)(pt)?")
"""In half points, or in points if it says so."""
_DOTS = ("dot", "middleDot")
_DEEPEST = 20
_DEFAULT_SIZE = 10.0
_FALSE = ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Format:
    """What a style or a paragraph or a run says; None where it leaves it to others."""

    level: int | None = None
    """Of a heading, 1 the highest; 0 for what says that it is none."""
    entry: int | None = None
    """The level of a line in the contents that Word itself makes."""
    bold: bool | None = None
    hidden: bool | None = None
    centred: bool | None = None
    size: float | None = None
    """In points."""
    script: str | None = None
    """superscript, subscript or baseline."""
    dotted: bool | None = None
    """Whether its last tab is printed as a row of dots."""
    number: str | None = None
    """The list it is counted in."""
    depth: int | None = None

    def over(self, other: Self) -> "Format":
        """This one where it says something, else the other."""
        mine = {one.name: getattr(self, one.name) for one in fields(self)}
        return Format(
            **{
                name: getattr(other, name) if value is None else value
                for name, value in mine.items()
            }
        )


class Styles:
    """The styles of a file."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._known: dict[str, Format] = {}
        self._default = ""
        self.defaults = Format(size=_DEFAULT_SIZE)
        if root is None:
            return
        for style in root.iter(f"{W}style"):
            identifier = style.get(f"{W}styleId", "")
            self._styles[identifier] = style
            if style.get(f"{W}default") in ("1", "true") and style.get(f"{W}type") == "paragraph":
                self._default = identifier
        for properties in root.iterfind(f"{W}docDefaults/{W}rPrDefault/{W}rPr"):
            self.defaults = of_run(properties).over(self.defaults)

    def paragraph(self, properties: Element | None) -> Format:
        """A paragraph's format, its style's included."""
        own, style = Format(), self._default
        if properties is not None:
            own = of_paragraph(properties)
            style = value(properties, "pStyle") or style
        return own.over(self.named(style)).over(self.defaults)

    def run(self, properties: Element | None, paragraph: Format) -> Format:
        """A run's format within its paragraph."""
        if properties is None:
            return paragraph
        style = value(properties, "rStyle")
        inherited = self.named(style).over(paragraph) if style else paragraph
        return of_run(properties).over(inherited)

    def named(self, identifier: str, depth: int = 0) -> Format:
        """What a style says, with all it is based on."""
        if identifier in self._known:
            return self._known[identifier]
        style = self._styles.get(identifier)
        if style is None or depth > _DEEPEST:
            return Format()
        found = _of_name(value(style, "name").strip())
        for properties in style.iterfind(f"{W}rPr"):
            found = of_run(properties).over(found)
        for properties in style.iterfind(f"{W}pPr"):
            found = of_paragraph(properties).over(found)
        basis = value(style, "basedOn")
        if basis:
            found = found.over(self.named(basis, depth + 1))
        self._known[identifier] = found
        return found


def of_paragraph(properties: Element) -> Format:
    """What a w:pPr says."""
    outline, alignment = value(properties, "outlineLvl"), value(properties, "jc")
    leaders = [tab.get(f"{W}leader") for tab in properties.iterfind(f"{W}tabs/{W}tab")]
    number = properties.find(f"{W}numPr")
    depth = value(number, "ilvl") if number is not None else ""
    return Format(
        level=(int(outline) + 1) % (_BODY_LEVEL + 1) if re.fullmatch("[0-9]", outline) else None,
        centred=alignment == "center" if alignment else None,
        dotted=any(leader in _DOTS for leader in leaders) if leaders else None,
        number=(value(number, "numId") or None) if number is not None else None,
        depth=int(depth) if depth.isdecimal() else None,
    )


def of_run(properties: Element) -> Format:
    """What a w:rPr says."""
    size = _SIZE.fullmatch(value(properties, "sz"))
    return Format(
        bold=_toggle(properties, "b"),
        hidden=_toggle(properties, "vanish"),
        size=float(size[1]) / (1 if size[2] else 2) if size else None,
        script=value(properties, "vertAlign") or None,
    )


def value(parent: Element, name: str) -> str:
    """The w:val of a child; nothing where there is none."""
    child = parent.find(f"{W}{name}")
    return child.get(f"{W}val", "") if child is not None else ""


def _toggle(properties: Element, name: str) -> bool | None:
    child = properties.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val", "1") not in _FALSE


def _of_name(name: str) -> Format:
    """What the names say that Word itself gives to styles, in English and in Chinese."""
    heading, entry = _HEADING.fullmatch(name), _CONTENTS.fullmatch(name)
    if heading:
        return Format(level=int(heading[1]))
    return Format(
        level=1 if name.lower() in _TITLES else None, entry=int(entry[1]) if entry else None
    )
