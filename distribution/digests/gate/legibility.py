"""Every text stands out from its ground, by day and by night (WCAG 2.2, 1.4.3 at level AA)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from distribution.digests.gate.colours import Colour, colour, contrast
from distribution.digests.gate.findings import HTML, Finding, Rule, error
from distribution.digests.gate.reading import Element, is_element, is_hidden
from distribution.digests.gate.styles import STYLES, declarations, rules

_ENOUGH, _ENOUGH_IF_LARGE = 4.5, 3.0
_LARGE, _LARGE_IF_BOLD = 24.0, 18.66  # px: 18 and 14 points
_SIZES = {"h1": 32.0, "h2": 24.0, "h3": 18.72, "h4": 16.0, "h5": 13.28, "h6": 10.72}
_BOLD = {"b", "strong", "th", *_SIZES}
_DARK = re.compile(r"prefers-color-scheme\s*:\s*dark")
_SELECTOR = re.compile(r"([a-z0-9]*)(?:\.([\w-]+))?(?:#([\w-]+))?", re.IGNORECASE)

_Style = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Look:
    """What an element hands down to what is in it."""

    ink: Colour
    link: Colour
    ground: Colour
    size: float = 16.0
    bold: bool = False
    coloured_by: str = "body"
    """The class or element that chose the ink."""


_DAY = _Look((0, 0, 0), (0, 0, 238), (255, 255, 255))
_NIGHT = _Look((255, 255, 255), (158, 158, 255), (18, 18, 18))
"""What browsers draw in where a mail declares that it knows the dark and says nothing else."""


def check_contrast(tree: Element) -> Iterator[Finding]:
    """Judge all visible text in the light scheme and, if the mail has one, in the dark."""
    dark = [
        (rule.selector, declarations(rule.body))
        for style in tree.iter("style")
        for rule in rules(style.text or "")
        if _DARK.search(rule.media)
    ]
    body = tree.find("body")
    found = {*_faint(body, _DAY, [], "浅色")} if body is not None else set()
    if dark and body is not None:
        found |= {*_faint(body, _NIGHT, dark, "深色")}
    yield from sorted(found)


_Rules = list[tuple[str, tuple[tuple[str, str], ...]]]


def _faint(element: Element, above: _Look, dark: _Rules, scheme: str) -> Iterator[Finding]:
    if not is_element(element) or is_hidden(element):
        return
    look = _look(element, above, _style(element, dark))
    texts = [element.text, *(child.tail for child in element)]
    shown = " ".join("".join(filter(None, texts)).split())
    is_large = look.size >= _LARGE or (look.bold and look.size >= _LARGE_IF_BOLD)
    enough = _ENOUGH_IF_LARGE if is_large else _ENOUGH
    if shown and (ratio := contrast(look.ink, look.ground)) < enough:
        inks = f"{_hex(look.ink)} 写在 {_hex(look.ground)} 上"
        sentence = (
            f"{scheme}模式下 {look.coloured_by} 的文字 {inks}，对比度 {ratio:.2f}，"
            f"至少应为 {enough}；请修改样式的颜色"
        )
        yield error(Rule.CONTRAST, HTML, sentence)
    for child in element:
        yield from _faint(child, look, dark, scheme)


def _style(element: Element, dark: _Rules) -> _Style:
    """Declared in the element, then by rules that outrank it; `bgcolor` and `color` before all."""
    style = {"background-color": element.get("bgcolor", ""), "color": element.get("color", "")}
    style |= {name: _plain(value) for name, value in declarations(element.get("style", ""))}
    if "background" in style and colour(style["background"]):
        style["background-color"] = style["background"]
    for selector, pairs in dark:
        if _matches(element, selector):
            style |= {
                name: _plain(value)
                for name, value in pairs
                if "!important" in value or not style.get(name)
            }
    return style


def _look(element: Element, above: _Look, style: _Style) -> _Look:
    is_link = element.tag == "a" and element.get("href")
    size = re.search(r"([\d.]+)px", style.get("font-size") or style.get("font", ""))
    weight = style.get("font-weight") or style.get("font", "")
    inherits = style["color"] == "inherit"
    ink = colour(style["color"]) or (above.link if is_link and not inherits else None)
    return replace(
        above,
        ink=ink or above.ink,
        coloured_by=(element.get("class") or element.tag) if ink else above.coloured_by,
        ground=colour(style["background-color"]) or above.ground,
        size=float(size[1]) if size else _SIZES.get(element.tag, above.size),
        bold=_is_bold(weight, otherwise=above.bold or element.tag in _BOLD),
    )


def _is_bold(weight: str, *, otherwise: bool) -> bool:
    if re.search(r"\b(bold|[6-9]00)\b", weight):
        return True
    return otherwise and not re.search(r"\b(normal|[1-5]00)\b", weight)


def _matches(element: Element, selector: str) -> bool:
    """Of simple selectors, and the last part of those that name what stands above."""
    parts = _simple(selector)
    if parts is None:
        return False
    tag, name, number = parts
    return (
        (not tag or element.tag == tag.lower())
        and (not name or name in element.get("class", "").split())
        and (not number or element.get("id") == number)
    )


@lru_cache(STYLES)
def _simple(selector: str) -> tuple[str, ...] | None:
    """Its tag, class and id; None for what is no simple selector."""
    match = _SELECTOR.fullmatch(selector.rsplit(maxsplit=1)[-1]) if selector else None
    return match.groups("") if match else None


def _plain(value: str) -> str:
    return value.partition("!")[0].strip()


def _hex(value: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*value)
