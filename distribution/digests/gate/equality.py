"""Both parts say the same: who reads plain text misses nothing."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from distribution.digests.gate.findings import HTML, TEXT, Finding, Rule, error
from distribution.digests.gate.reading import Element, is_shown, letters, tree_of, visible_runs
from distribution.digests.sheet import Sheet
from distribution.templates import Piece

_ADDRESS = re.compile(r"https?://[!-~]+")
_IN_SENTENCES = re.compile(r"https?://[^\s()<>（），。；、]+|(mailto:)?[!-~]+@[!-~]+")
_LIST_MARK = re.compile(r"^\s*[0-9]+[.)]\s")
_AFTER = ".,;:!?)]'\""
"""What may stand behind an address in a sentence."""
_SHOWN = 40


def check_pieces(sheet: Sheet) -> Iterator[Finding]:
    """Judge every article: title, source, day, summary, reason and link are in both parts."""
    for article in sheet.articles:
        for name in (f"contents-{article.id}", f"article-{article.id}"):
            tree = tree_of(f"<body>{_filled(sheet.html[name])}</body>")
            text = _filled(sheet.text[name])
            yield from _same_words(name, visible_runs(tree), text)
            if not name.startswith("contents-"):  # there the title alone is enough
                yield from _same_links(tree, text, (name, name))


def check_equality(
    tree: Element, text: str, articles: Sequence[tuple[str, str]], notes: Sequence[str] = ()
) -> Iterator[Finding]:
    """Judge a whole mail; `articles` are title and reason of each, in the order meant.

    `notes` are whatever else both parts must say, as plain text.
    """
    seen = "".join(visible_runs(tree))
    for where, content in ((HTML, seen), (TEXT, text)):
        if (missing := _first_missing(letters(content), articles)) is not None:
            sentence = f"缺少「{missing}」的标题或入选理由，或次序不对；请修改邮件模板"
            yield error(Rule.EQUALITY, where, sentence)
        for line in _lines(notes):
            if line not in _bare(content):
                sentence = f"缺少「{line[:_SHOWN]}」；请修改邮件模板"
                yield error(Rule.EQUALITY, where, sentence)
    yield from _same_links(tree, text, (HTML, TEXT))


def _same_links(tree: Element, text: str, places: tuple[str, str]) -> Iterator[Finding]:
    """Compare addresses; one with Chinese in it is percent-encoded in HTML, and not in text."""
    seen = "".join(visible_runs(tree))
    linked = {link.get("href", "").rstrip(_AFTER) for link in tree.iter("a") if is_shown(link)}
    linked = {address for address in linked if address.startswith("http")}
    readable = {unquote(address) for address in linked} - linked
    written = {address.rstrip(_AFTER) for address in _ADDRESS.findall(text)}
    for address in sorted(linked - written):
        if unquote(address) == address or unquote(address) not in text:
            yield error(
                Rule.EQUALITY, places[1], f"纯文本版缺少图文版里的链接 {address}；请修改邮件模板"
            )
    for address in sorted(written - linked):
        if address not in seen and not any(one.startswith(address) for one in readable):
            yield error(
                Rule.EQUALITY, places[0], f"图文版缺少纯文本版里的链接 {address}；请修改邮件模板"
            )


def _lines(notes: Sequence[str]) -> Iterator[str]:
    """The letters of each line, without addresses and numbers of lists: HTML does not show them."""
    for line in "\n".join(notes).splitlines():
        if bare := _bare(_LIST_MARK.sub("", line)):
            yield bare


def _bare(text: str) -> str:
    return letters(_IN_SENTENCES.sub("", text))


def _same_words(name: str, runs: list[str], text: str) -> Iterator[Finding]:
    """Take what the HTML shows out of the text, piece by piece: nothing may be missing or left."""
    words = [letters(_ADDRESS.sub("", run)) for run in runs]
    left = letters(_ADDRESS.sub("", text))
    for run in sorted(filter(None, words), key=len, reverse=True):
        if run not in left:
            sentence = f"纯文本版缺少「{run[:_SHOWN]}」；请修改邮件模板 body.txt"
            yield error(Rule.EQUALITY, name, sentence)
        left = left.replace(run, "", 1)
    if left:
        sentence = f"图文版缺少「{left[:_SHOWN]}」；请修改邮件模板 body.html"
        yield error(Rule.EQUALITY, name, sentence)


def _filled(piece: Piece) -> str:
    """With addresses that are one, and words for the rest."""
    filled = [piece[0]]
    for slot, text in zip(piece[1::2], piece[2::2], strict=True):
        filled += (f"https://{slot}.example/" if slot.endswith("_url") else f"﹙{slot}﹚", text)
    return "".join(filled)


def _first_missing(seen: str, articles: Sequence[tuple[str, str]]) -> str | None:
    """The title of an article that is not in its place; from the end, past any list of contents."""
    end = len(seen)
    for title, reason in reversed(articles):
        for words in (reason, title):
            end = seen.rfind(letters(words), 0, end)
            if end < 0:
                return title[:_SHOWN]
    return None
