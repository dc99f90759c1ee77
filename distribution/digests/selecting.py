"""Which articles are in whose mail, in which order, and why."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from distribution.digests.fingerprint import fingerprint
from distribution.issues import StoredArticle, text_of
from distribution.words import MailFormat, Reason, TopicsFrom, Tracking


@dataclass(frozen=True, slots=True)
class Interests:
    """What a reader wants; readers with equal interests share one selection."""

    topics: tuple[str, ...]
    """Topic codes, in the reader's own order."""
    watch_words: tuple[str, ...] = ()
    """As the reader wrote them."""
    standard: bool = False
    """He asked for the edition that is the same for everybody."""
    topics_from: TopicsFrom = TopicsFrom.OWN
    """Whose choice the topics are."""
    when_matching: bool = False
    """He wants no mail where neither a topic nor a watch word finds anything."""
    tracking: Tracking = Tracking.UNKNOWN
    format: MailFormat = MailFormat.HTML

    def facts(self) -> dict[str, object]:
        """Everything the selection depends on, ready to be stored as JSON.

        What is as it is for most readers is left out, so that a new kind of wish does not change
        the signatures of those who have none.
        """
        facts: dict[str, object] = {
            "topics": list(self.topics),
            "watch_words": list(self.watch_words),
            "standard": self.standard,
            "from_enterprise": self.topics_from is TopicsFrom.ENTERPRISE,
            "tracking": self.tracking.value,
        }
        if self.topics_from is TopicsFrom.DEFAULT:
            facts["from_default"] = True
        if self.when_matching:
            facts["when_matching"] = True
        if self.format is not MailFormat.HTML:
            facts["format"] = self.format.value
        return facts

    def signature(self) -> str:
        """The SHA-256 of the facts."""
        return fingerprint(self.facts())


_REASONS = {
    TopicsFrom.OWN: Reason.TOPIC,
    TopicsFrom.ENTERPRISE: Reason.ENTERPRISE,
    TopicsFrom.DEFAULT: Reason.DEFAULT,
    TopicsFrom.NOBODY: Reason.TOPIC,  # there are none then
}
OWN = frozenset({Reason.TOPIC, Reason.ENTERPRISE, Reason.DEFAULT, Reason.WATCH_WORD})
"""Reasons that lie in what a reader, or others for him, chose."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One article of a mail and why it is there."""

    article: int
    """The id of the stored article."""
    reason: Reason
    detail: str
    """The topic's code, or the watch word as the reader wrote it; empty for the other reasons."""


def select(
    articles: Sequence[StoredArticle],
    interests: Interests,
    *,
    discovery: str | None = None,
    minimum: int = 3,
) -> tuple[Choice, ...]:
    """Choose the articles of one mail; never empty for an issue that has any.

    But for a reader who wants a mail only where something matches: then it is, and none is sent.
    `discovery` is the topic whose leading article is shown to those who do not follow it. What the
    editor marked as must-carry comes first in every edition, the standard one included.
    """
    in_order = sorted(articles, key=lambda stored: stored.article.position)
    words = [(word, folded) for word in interests.watch_words if (folded := _fold(word))]
    chosen = _Chosen()
    for stored in in_order:
        if stored.must_carry:
            chosen.add(stored, Reason.MUST_CARRY)
    if not interests.standard:
        _add_interests(chosen, in_order, interests, words)
        wants_something = bool(interests.topics or words)
        if interests.when_matching and wants_something and not matches(chosen.choices.values()):
            return ()
        if discovery is not None and discovery not in interests.topics:
            for leading in _first(in_order, discovery):
                chosen.add(leading, Reason.DISCOVERY, discovery)
    if interests.standard or not interests.topics:
        minimum = len(in_order)  # who chose no topic misses nothing, whatever his watch words
    for stored in in_order:
        if len(chosen.choices) >= minimum:
            break
        chosen.add(stored, Reason.CONTENTS)
    return tuple(chosen.choices.values())


def matches(choices: Iterable[Choice]) -> bool:
    """Whether anything is there because of what the reader follows."""
    return any(choice.reason in OWN for choice in choices)


class _Chosen:
    """What is in the mail so far; the first reason found for an article is the one shown."""

    def __init__(self) -> None:
        self.choices: dict[int, Choice] = {}

    def add(self, stored: StoredArticle, reason: Reason, detail: str = "") -> None:
        self.choices.setdefault(stored.id, Choice(stored.id, reason, detail))


def _add_interests(
    chosen: _Chosen,
    in_order: Sequence[StoredArticle],
    interests: Interests,
    words: Sequence[tuple[str, str]],
) -> None:
    reason = _REASONS[interests.topics_from]
    for topic in interests.topics:
        for stored in in_order:
            if topic in stored.topics:
                chosen.add(stored, reason, topic)
    if not words:
        return  # folding every article costs far more than all the rest
    haystacks = [(stored, _fold(_text(stored))) for stored in in_order]
    for word, folded in words:
        for stored, haystack in haystacks:
            if folded in haystack:
                chosen.add(stored, Reason.WATCH_WORD, word)


def _first(in_order: Sequence[StoredArticle], topic: str) -> Iterator[StoredArticle]:
    """The leading article of a topic, if the issue has one."""
    for stored in in_order:
        if topic in stored.topics:
            yield stored
            return


def _text(stored: StoredArticle) -> str:
    article = stored.article
    # The line feed keeps a word from matching across two paragraphs.
    return "\n".join((article.title, article.summary, text_of(article)))


def _fold(text: str) -> str:
    """Spell alike what a reader takes for the same: full and half width, upper and lower case.

    >>> _fold("ＡＩ质检 ")
    'ai质检'
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()
