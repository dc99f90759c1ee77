"""An HTML part as its readers meet it: a tree, and what of it is visible."""

import re
from functools import lru_cache
from typing import Any, TypeAlias

from lxml import html as lxml_html
from lxml.etree import Comment, ParserError

from distribution.digests.gate.styles import STYLES, declarations

__all__ = [
    "Comment",
    "Element",
    "is_element",
    "is_hidden",
    "is_shown",
    "letters",
    "tree_of",
    "visible_runs",
]

_UNSEEN = {"head", "style", "script", "title", "template"}
_INLINE = {"a", "b", "strong", "i", "em", "span", "font", "u", "small", "sup", "sub", "code"}
Element: TypeAlias = Any  # of lxml, which has no types


def tree_of(html: str) -> Element:
    """The document; one without any element is an empty one."""
    try:
        return lxml_html.document_fromstring(html)
    except (ParserError, ValueError):  # nothing in it, or what no document can hold
        return lxml_html.document_fromstring("<html></html>")


def is_element(node: Element) -> bool:
    """Comments and processing instructions are nodes, too."""
    return isinstance(node.tag, str)


def is_hidden(element: Element) -> bool:
    """Whether it and all in it are not shown."""
    return element.tag in _UNSEEN or _hides(element.get("style", ""))


@lru_cache(STYLES)
def _hides(style: str) -> bool:
    return dict(declarations(style)).get("display", "").startswith("none")


def is_shown(element: Element) -> bool:
    """Whether a reader can see it: neither it nor what it stands in is hidden."""
    return not any(map(is_hidden, (element, *element.iterancestors())))


def visible_runs(element: Element) -> list[str]:
    """The visible text, cut where a block ends or a line breaks."""
    parts: list[str] = []
    _flow(element, parts)
    return [run for run in "".join(parts).split("\0") if run.strip()]


def _flow(element: Element, parts: list[str]) -> None:
    if is_element(element) and not is_hidden(element):
        edge = "" if element.tag in _INLINE else "\0"
        parts += (edge, element.text or "")
        for child in element:
            _flow(child, parts)
            parts.append(child.tail or "")
        parts.append(edge)


def letters(text: str) -> str:
    r"""Letters and digits only: all that is left alone by wrapping, markup and punctuation.

    >>> letters("【质量管理】\n 第 3 页")
    '质量管理第3页'
    """
    return re.sub(r"[\W_]+", "", text)
