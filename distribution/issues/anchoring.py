"""What articles are known by across readings of their file, whose titles and texts may change."""

from collections.abc import Iterable, Mapping, Sequence

from distribution.compiler import Article, Block, Paragraph, Picture, article_key

_LONGEST = 300
_ALIKE = 0.5
"""Share of the text from which two articles of different titles are the same one."""
_RUN = 4
"""Characters."""


def anchors_of(
    articles: Sequence[Article], before: Sequence[tuple[str, Article]] = ()
) -> list[str]:
    """One anchor for each article: that of the same article `before`, else the key of its title.

    The same article has the same title, or else half of its text; of several the most alike.
    """
    found: dict[int, str] = {}
    taken: set[str] = set()
    for pairs in (_of_one_title, _of_one_text):
        left = {index: one for index, one in enumerate(articles) if index not in found}
        known = [(anchor, one) for anchor, one in before if anchor not in taken]
        for _, anchor, index in sorted(pairs(left, known), key=lambda pair: -pair[0]):
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


_Pairs = Iterable[tuple[float, str, int]]
"""(likeness, anchor, index) of all that may be the same."""


def _of_one_title(articles: Mapping[int, Article], before: Sequence[tuple[str, Article]]) -> _Pairs:
    titles = {index: article_key(article.title) for index, article in articles.items()}
    for anchor, old in before:
        title = article_key(old.title)
        for index, article in articles.items():
            if titles[index] == title:
                yield _likeness(_runs(old), _runs(article)), anchor, index


def _of_one_text(articles: Mapping[int, Article], before: Sequence[tuple[str, Article]]) -> _Pairs:
    texts = {index: _runs(article) for index, article in articles.items()}
    for anchor, old in before:
        text = _runs(old)
        for index in articles:
            if (likeness := _likeness(text, texts[index])) >= _ALIKE:
                yield likeness, anchor, index


def _runs(article: Article) -> set[str]:
    """Every few characters of its blocks in a row: a word changed here or there leaves most."""
    keys = filter(None, map(block_key, article.blocks))
    return {key[at : at + _RUN] for key in keys for at in range(max(1, len(key) - _RUN + 1))}


def _likeness(one: set[str], other: set[str]) -> float:
    """What they share, of the longer one's."""
    return len(one & other) / max(len(one), len(other), 1)
