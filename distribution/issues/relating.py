"""Which articles of past issues belong to an article: the same topics and words of their titles."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log

from distribution.issues.searching import folded, pieces_of

_TOPIC_WEIGHT = 1.0
"""Against a word that more than one title in two has; a rarer word weighs more."""
_FEWEST_WORDS = 2
"""Pairs of characters that titles without a common topic must share; with one, half of it."""


@dataclass(frozen=True, slots=True)
class Known:
    """An article, as far as it takes to tell which belong together."""

    id: int
    key: str
    """Of its issue."""
    position: int
    title: str
    month: date
    topics: frozenset[int]


class Kinship:
    """All articles on the shelf, the oldest first; what is asked for is remembered."""

    def __init__(self, articles: Sequence[Known]) -> None:
        self._articles = articles
        self._places = {article.id: place for place, article in enumerate(articles)}
        self._words = [_words(article.title) for article in articles]
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        for place, words in enumerate(self._words):
            for word in words:
                self._having[word].append(place)
        self._found: dict[int, tuple[Known, ...]] = {}

    def of(self, article_id: int, *, most: int = 4) -> tuple[Known, ...]:
        """Those of past issues that share most, rare words before common ones; often none."""
        place = self._places.get(article_id)
        if place is None:
            return ()
        found = self._found.get(article_id)
        if found is None:
            found = self._found[article_id] = tuple(self._related(place))
        return found[:most]

    def _related(self, place: int) -> Sequence[Known]:
        shared: defaultdict[int, list[float]] = defaultdict(list)
        for word in self._words[place]:
            having = self._having[word]
            weight = (
                log(1 + len(self._articles) / len(having)) ** 2
            )  # pairs overlap: few rare ones win
            for other in having:
                shared[other].append(weight)
        one = self._articles[place]
        scores = []
        for other, weights in shared.items():
            topics = len(one.topics & self._articles[other].topics)
            past = other < place and self._articles[other].key != one.key
            if past and len(weights) * (2 if topics else 1) >= _FEWEST_WORDS:
                scores.append((sum(weights) + topics * _TOPIC_WEIGHT, other))
        return [self._articles[other] for _, other in sorted(scores, reverse=True)[:10]]


def _words(title: str) -> set[str]:
    """A single character says too little.

    >>> sorted(_words("煤机用CNC"))
    ['cnc', '机用', '煤机']
    """
    return {piece for piece in pieces_of(folded(title)) if len(piece) > 1}
