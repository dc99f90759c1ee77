"""What an editor writes to the readers, from Markdown to a mail's HTML and its text part.

Of Markdown there are paragraphs, emphasis, lists, links and line breaks; headings are paragraphs
in bold. Everything else is text and stays as it was typed: tags, templates, tables, quotations,
pictures' marks, links that lead to no web or mail address. Unlike in other Markdown every line end
is one, and an indent of full-width blanks begins a paragraph: so Chinese offices type.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from distribution.digests.wording import clean
from distribution.templates import COLUMNS, wrap

CLASSES = {"p": "wp", "ul": "wl", "ol": "wl", "li": "wi", "a": "wa"}
"""Names for the style sheet of `base.html`; strong, em and br have none."""
_ATTRIBUTES = {  # with the start of a list, or "2026. 新年" would be item 1
    "a": {"href"},
    "ol": {"start"},
    "*": set[str](),  # nh3 would allow title and lang
}
_SCHEMES = {"http", "https", "mailto"}
_LINK = re.compile(r"(https?://[^\s/?#]|mailto:[^\s@]+@[^\s@])", re.IGNORECASE)
_LEFT_OUT = (
    *("blockquote", "code", "fence", "hr", "html_block", "lheading", "reference"),
    *("backticks", "entity", "html_inline", "image"),
)
"""Rules of CommonMark that would take text away, or make what mail programs draw badly."""
_NO_LIST_IN_ITS_MARK = re.compile(r"((?:[-*+]|[0-9]{1,9}[.)]) [0-9]{0,9})(?=[-*+.)](?: |$))")
_DEEPEST = 12
"""Blanks of an indent that count: six lists in each other. Deeper ones the parser would drop."""


@dataclass(frozen=True, slots=True)
class Prose:
    """One text in both parts of a mail; both are empty where nothing was written."""

    html: Markup
    """Safe. Only p, br, strong, em, ul, ol, li and a, with classes of ours."""
    text: str
    """Wrapped, without a line end behind the last line."""


def read(markdown: str) -> Prose:
    r"""Read what an editor wrote; there is no text that cannot be read.

    >>> prose = read("各位读者：\n\n**请看**[网站](https://a.example)。\n\n- 一\n- 二")
    >>> print(prose.text)
    各位读者：
    <BLANKLINE>
    请看网站（https://a.example）。
    <BLANKLINE>
      - 一
      - 二
    """
    tokens = _PARSER.parse(_tidied(markdown))
    html = nh3.clean(
        _PARSER.renderer.render(tokens, _PARSER.options, {}),
        tags={*CLASSES, "strong", "em", "br"},
        clean_content_tags=set(),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel=None,
        set_tag_attribute_values={tag: {"class": name} for tag, name in CLASSES.items()},
    )
    blocks = _blocks(SyntaxTreeNode(tokens).children, "")
    # Safe: nh3 has just gone over it.
    return Prose(Markup(html.strip()), "\n\n".join(filter(None, blocks)))  # noqa: S704


def _tidied(markdown: str) -> str:
    """Nothing unprintable, and no list in another but by indents that are not too deep."""
    lines = []
    for line in markdown.splitlines():
        plain = clean(line)
        indent = min(len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" ")), _DEEPEST)
        if line.startswith("\u3000"):
            lines.append("")
        lines.append(" " * indent + _NO_LIST_IN_ITS_MARK.sub(r"\1\\", plain, count=1))
    return "\n".join(lines)


def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "breaks": True}).disable(_LEFT_OUT)
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.core.ruler.push("plain", _plain)
    return parser


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Only what a mail program opens; the rest is no link but text."""
        return _LINK.match(url) is not None


def _emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
    """CommonMark's, but stars count beside Chinese punctuation too: **注意：**请带证件."""
    start = state.pos
    if not emphasis.tokenize(state, silent):
        return False
    if state.src[start] == "*":
        before, after = state.src[:start][-1:], state.src[state.pos : state.pos + 1]
        for delimiter in state.delimiters[start - state.pos :]:
            delimiter.open |= bool(after.strip())
            delimiter.close |= bool(before.strip())
    return True


def _plain(state: StateCore) -> None:
    """Let headings be paragraphs in bold, and see to what is inside of paragraphs."""
    bold = False
    for token in state.tokens:
        if token.type == "inline":
            children = token.children or []
            if bold and children:
                opening = Token("strong_open", "strong", 1)
                children = [opening, *children, Token("strong_close", "strong", -1)]
            token.children = list(_with_words(_flat(children)))
        bold = token.type == "heading_open"
        if token.type in ("heading_open", "heading_close"):
            token.type, token.tag = token.type.replace("heading", "paragraph"), "p"


def _flat(tokens: Iterable[Token]) -> Iterator[Token]:
    """Emphasis inside of emphasis says nothing; a thousand of them would be too deep a page."""
    depth = Counter[str]()
    for token in tokens:
        depth[token.tag] += token.nesting
        if not token.nesting or depth[token.tag] == (token.nesting > 0):
            yield token


def _with_words(tokens: Iterable[Token]) -> Iterator[Token]:
    """A link without words shows its address, and one with a title shows it behind the words."""
    link = last = Token("", "", 0)
    for token in tokens:
        if token.type == "link_open":
            link = token
        elif token.type == "link_close":
            if last is link:
                yield Token("text", "", 0, content=str(link.attrs["href"]))
            if title := link.attrs.pop("title", ""):
                yield Token("text", "", 0, content=f"（{title}）")
        yield token
        last = token


def _blocks(nodes: Iterable[SyntaxTreeNode], margin: str) -> list[str]:
    """Paragraphs and lists as lines of text, each line led by the margin."""
    return [
        _list(node, margin) if node.type.endswith("_list") else _paragraph(node, margin)
        for node in nodes
    ]


def _list(node: SyntaxTreeNode, margin: str) -> str:
    first, items = int(node.attrs.get("start", 1)), []
    for number, item in enumerate(node.children, first):
        mark = f"  {number}. " if node.type == "ordered_list" else "  - "
        inner = margin + " " * len(mark)
        words = "\n".join(_blocks(item.children, inner))
        items.append(f"{margin}{mark}{words.removeprefix(inner)}".rstrip())
    return "\n".join(items)


def _paragraph(node: SyntaxTreeNode, margin: str) -> str:
    lines = _inline(node).split("\n")
    return "\n".join(margin + wrap(line, COLUMNS, margin) for line in lines)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    words = "".join(map(_inline, node.children)) or node.content
    if node.type != "link":
        return words
    address = str(node.attrs["href"]).removeprefix("mailto:")
    return address if words == address or node.info == "auto" else f"{words}（{address}）"


_PARSER = _parser()
