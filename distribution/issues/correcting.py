"""What an editor did to an issue, done again on whatever its file now says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from distribution.compiler import Article, Masthead, Paragraph, Table, text_facts
from distribution.issues.anchoring import block_key
from distribution.words import CorrectionKind

_BEGINNING = 40
"""Characters by which a block is found again after its file has changed."""
_ARTICLE_FACTS = ("title", "section", "source", "page", "summary")
_MASTHEAD_FACTS = ("publication", "number", "total_number")
_CONTACT_FACTS = ("phone", "email", "website", "postcode", "address")


@dataclass(frozen=True, slots=True)
class Correction:
    """One deed: `value` holds the new facts, in JSON's terms."""

    id: int
    kind: CorrectionKind
    anchor: str | None
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edited:
    """An article as the editor left it."""

    anchor: str
    article: Article
    topics: tuple[str, ...] | None = None
    """Codes an editor chose; None leaves it to section and words."""
    must_carry: bool = False
    by_hand: frozenset[str] = frozenset()
    """Names of the facts an editor wrote."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """An issue with all corrections on it."""

    masthead: Masthead
    articles: tuple[Edited, ...]
    unplaced: tuple[Correction, ...] = ()
    """Corrections that did not find what they are about."""
    gone: Mapping[str, str | None] = field(default_factory=dict)
    """Anchors of merged and dropped articles: what took them in, or None."""
    seen: frozenset[str] = frozenset()
    """Fingerprints of the doubts somebody has looked at."""


def corrected(
    masthead: Masthead,
    compiled: Sequence[tuple[str, Article]],
    corrections: Sequence[Correction],
) -> Corrected:
    """Apply the corrections in their order; `compiled` are articles by their anchors."""
    desk = _Desk(masthead, [Edited(anchor, article) for anchor, article in compiled])
    unplaced = tuple(correction for correction in corrections if not desk.apply(correction))
    articles = tuple(
        replace(edited, article=replace(edited.article, position=position))
        for position, edited in enumerate(desk.articles, start=1)
    )
    return Corrected(desk.masthead, articles, unplaced, desk.gone, frozenset(desk.seen))


def beginning(article: Article, at: int) -> str:
    """What tells the block `at` (from 1) of an article from its others."""
    return block_key(article.blocks[at - 1])[:_BEGINNING]


class _Desk:
    """The issue under correction; every deed answers whether it found its place."""

    def __init__(self, masthead: Masthead, articles: list[Edited]) -> None:
        self.masthead, self.articles = masthead, articles
        self.gone: dict[str, str | None] = {}
        self.seen: set[str] = set()

    def apply(self, correction: Correction) -> bool:
        value = correction.value
        if correction.kind is CorrectionKind.MASTHEAD:
            self.masthead = _with_masthead_facts(self.masthead, value)
        elif correction.kind is CorrectionKind.SEEN:
            self.seen.add(value["doubt"])
        else:
            index = self._index(correction.anchor)
            return index is not None and self._apply_to(index, correction.kind, value)
        return True

    def _apply_to(self, index: int, kind: CorrectionKind, value: Mapping[str, Any]) -> bool:
        match kind:
            case CorrectionKind.MERGE:
                return self._merge(index, value)
            case CorrectionKind.SPLIT:
                return self._split(index, value)
            case CorrectionKind.MOVE:
                return self._move(index, value)
            case CorrectionKind.DROP:
                self.gone[self.articles.pop(index).anchor] = None
            case _:
                self.articles[index] = _with_facts(self.articles[index], value)
        return True

    def _index(self, anchor: str | None) -> int | None:
        anchors = [edited.anchor for edited in self.articles]
        return anchors.index(anchor) if anchor in anchors else None

    def _merge(self, index: int, value: Mapping[str, Any]) -> bool:
        other = self._index(value["takes"])
        if other is None or other == index:
            return False
        one, two = self.articles[index], self.articles[other]
        article = replace(one.article, blocks=one.article.blocks + two.article.blocks)
        if not one.article.blocks:  # a title that lost its text gets what the text says of it
            article = replace(
                article,
                source=article.source or two.article.source,
                date=article.date or two.article.date,
                summary=article.summary or two.article.summary,
            )
        self.articles[index] = replace(
            one, article=article, must_carry=one.must_carry or two.must_carry
        )
        self.gone[self.articles.pop(other).anchor] = one.anchor
        return True

    def _split(self, index: int, value: Mapping[str, Any]) -> bool:
        one = self.articles[index]
        at = _found_again(one.article, value)
        if at is None or self._index(value["anchor"]) is not None:
            return False
        first, second = one.article.blocks[: at - 1], one.article.blocks[at - 1 :]
        head = replace(one.article, blocks=first)
        if "summary" not in one.by_hand:
            head = replace(head, summary=text_facts(head.paragraphs, self.masthead.month).summary)
        tail = replace(one.article, title=value["title"], blocks=second)
        facts = text_facts(tail.paragraphs, self.masthead.month)
        tail = replace(tail, source=facts.source, date=facts.date, summary=facts.summary)
        new = Edited(value["anchor"], tail, one.topics, one.must_carry)
        self.articles[index : index + 1] = [replace(one, article=head), new]
        return True

    def _move(self, index: int, value: Mapping[str, Any]) -> bool:
        moved = self.articles.pop(index)
        after, before = self._index(value["after"]), self._index(value["before"])
        if after is not None:
            self.articles.insert(after + 1, moved)
        elif before is not None:
            self.articles.insert(before, moved)
        else:
            self.articles.insert(index, moved)
        return after is not None or before is not None


def _with_facts(edited: Edited, value: Mapping[str, Any]) -> Edited:
    facts = {name: value[name] for name in _ARTICLE_FACTS if name in value}
    if "date" in value:
        facts["date"] = date.fromisoformat(value["date"]) if value["date"] else None
    return replace(
        edited,
        article=replace(edited.article, **facts),
        topics=tuple(value["topics"]) if "topics" in value else edited.topics,
        must_carry=value.get("must_carry", edited.must_carry),
        by_hand=edited.by_hand | set(value),
    )


def _with_masthead_facts(masthead: Masthead, value: Mapping[str, Any]) -> Masthead:
    facts: dict[str, Any] = {name: value[name] for name in _MASTHEAD_FACTS if name in value}
    if "month" in value:
        facts["month"] = date.fromisoformat(value["month"])
    if "publishers" in value:
        facts["publishers"] = tuple(value["publishers"])
    contact = {name: value[name] for name in _CONTACT_FACTS if name in value}
    return replace(masthead, **facts, contact=replace(masthead.contact, **contact))


def _found_again(article: Article, value: Mapping[str, Any]) -> int | None:
    """Where the block now stands that began a new article: the nearest that begins alike.

    Where none does, it was written anew: then it is the one behind the block it stood behind.
    """
    later = range(2, len(article.blocks) + 1)
    places = [at for at in later if beginning(article, at) == value["begins"]]
    places = places or [at for at in later if beginning(article, at - 1) == value.get("behind")]
    return min(places, key=lambda at: abs(at - value["at"]), default=None)


def text_of(article: Article) -> str:
    """All its running text and tables, a line each: where words are looked for."""
    lines = []
    for block in article.blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines += [block.caption, *(" ".join(row) for row in block.rows)]
    return "\n".join(line for line in lines if line)
