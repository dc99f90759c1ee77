"""What articles are known by across readings of their file, whose titles and texts may change."""

from collections.abc import Iterable, Sequence

from distribution.compiler import Article, Block, Paragraph, Picture, article_key

_LONGEST = 300
_ALIKE = 0.5
"""Share of the text from which two articles of different titles are the same one."""


def anchors_of(
    articles: Sequence[Article], before: Sequence[tuple[str, Article]] = ()
) -> list[str]:
    """One anchor for each article: that of the same article `before`, else the key of its title.

    The same article has the same title, or else half of its text; of several the most alike.
    """
    found: dict[int, str] = {}
    taken: set[str] = set()
    for _, anchor, index in sorted(_pairs(articles, before), key=lambda pair: -pair[0]):
        if index not in found and anchor not in taken:
            found[index] = anchor
            taken.add(anchor)
    taken.update(anchor for anchor, _ in before)  # corrections may still speak of these
    for index, article in enumerate(articles):
        if index not in found:
            found[index] = unused(article_key(article.title), taken)
            taken.add(found[index])
    return [found[index] for index in range(len(articles))]


def unused(title_key: str, taken: Iterable[str]) -> str:
    """The key, or where it is taken the key with a number behind it.

    >>> unused("试点启动", {"试点启动", "试点启动#2"})
    '试点启动#3'
    """
    anchor = plain = title_key[:_LONGEST]
    count = 1
    while anchor in taken:
        count += 1
        anchor = f"{plain}#{count}"
    return anchor


def block_key(block: Block) -> str:
    """What a block says, whatever its blanks and marks."""
    match block:
        case Paragraph(text):
            return article_key(text)
        case Picture(sha256, _):
            return sha256
    return article_key("".join(cell for row in block.rows for cell in row))


def _pairs(
    articles: Sequence[Article], before: Sequence[tuple[str, Article]]
) -> Iterable[tuple[float, str, int]]:
    """(likeness, anchor, index) of all that may be the same; an equal title outweighs any text."""
    texts = [set(map(block_key, article.blocks)) for article in articles]
    titles = [article_key(article.title) for article in articles]
    for anchor, old in before:
        old_text, old_title = set(map(block_key, old.blocks)), article_key(old.title)
        for index, text in enumerate(texts):
            likeness = _likeness(old_text, text)
            if old_title == titles[index]:
                yield 1 + likeness, anchor, index
            elif likeness >= _ALIKE:
                yield likeness, anchor, index


def _likeness(one: set[str], other: set[str]) -> float:
    """Characters they share, of the longer one's."""
    longest = max(sum(map(len, one)), sum(map(len, other)))
    return sum(map(len, one & other)) / longest if longest else 0
