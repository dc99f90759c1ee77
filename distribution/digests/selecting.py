"""Which articles are in whose mail, in which order, and why."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from distribution.compiler import article_key
from distribution.fingerprint import fingerprint
from distribution.issues import Limit, StoredArticle, StoredIssue, text_of
from distribution.words import MailFormat, Omission, Reason, TopicsFrom, Tracking

_REMEMBERED_WORDS = 20_000
_REMEMBERED_WISHES = 20_000


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
        return _signature(self)


@lru_cache(_REMEMBERED_WISHES)
def _signature(interests: Interests) -> str:
    """Remembered, as many readers want the same."""
    return fingerprint(interests.facts())


_REASONS = {
    TopicsFrom.OWN: Reason.TOPIC,
    TopicsFrom.ENTERPRISE: Reason.ENTERPRISE,
    TopicsFrom.DEFAULT: Reason.DEFAULT,
    TopicsFrom.NOBODY: Reason.TOPIC,  # there are none then
}
OWN = frozenset({Reason.TOPIC, Reason.ENTERPRISE, Reason.DEFAULT, Reason.WATCH_WORD})
"""Reasons that lie in what a reader, or others for him, chose."""
FOR_ALL = frozenset({Reason.LEAD, Reason.MUST_CARRY})
"""Reasons that put an article into every mail."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One article of a mail and why it is there."""

    article: int
    """The id of the stored article."""
    reason: Reason
    detail: str
    """The topic's code, the watch word as the reader wrote it, or the editor's words for a section.
    Of what all get: the topic or word of his it would be there for; else empty."""

    @property
    def own(self) -> bool:
        """Whether it is something the reader, or others for him, chose."""
        return self.reason in OWN or (self.reason in FOR_ALL and bool(self.detail))


@dataclass(frozen=True, slots=True)
class Omitted:
    """One article that is not in a mail though it might be, and why."""

    article: int
    reason: Omission
    detail: str = ""
    """The section that is full."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A reader's articles in the mail's order, and why others of the issue are not there."""

    choices: tuple[Choice, ...]
    """Empty where he wants no mail."""
    omitted: tuple[Omitted, ...] = ()
    """Only what is left out for a special reason; the rest is not followed."""


class Selector:
    """Chooses from one issue for any number of readers; what is the same for all is done once.

    Must-carry articles come first, then topics in the reader's order, his watch words, one
    article of a topic he does not follow, what the editor wants of a section, and the contents
    until there are enough. Limits of sections bind all but what must be carried, what contains a
    watch word (his own word outweighs the editor's), and the whole contents.
    """

    def __init__(self, issue: StoredIssue, *, minimum: int, discovery: Sequence[str] = ()) -> None:
        """`discovery` are topics, the most read of past issues first."""
        self._articles = sorted(issue.articles, key=lambda stored: stored.article.position)
        self._lead = [stored for stored in self._articles if stored.lead]
        self._pinned = [stored for stored in self._articles if stored.must_carry]
        self._minimum = minimum
        self._discovery = tuple(discovery)
        self._of_topic: dict[str, list[StoredArticle]] = {}
        for stored in self._articles:
            for topic in stored.topics:
                self._of_topic.setdefault(topic, []).append(stored)
        self._section = {
            stored.id: article_key(stored.article.section) for stored in self._articles
        }
        self._limits = {article_key(limit.section): limit for limit in issue.contract.limits}
        self._texts: list[tuple[StoredArticle, str]] | None = None
        self._found: dict[str, tuple[StoredArticle, ...]] = {}

    def select(self, interests: Interests) -> Selected:
        """Choose; the same answer for equal interests."""
        chosen = _Chosen(self._section, self._limits)
        self._take_what_all_get(chosen, interests)
        if interests.standard:
            chosen.take(self._articles, Reason.CONTENTS, bound=False)
            return chosen.selected()
        words = self._take_interests(chosen, interests)
        wants_something = bool(interests.topics or words)
        if interests.when_matching and wants_something and not matches(chosen.choices.values()):
            return Selected((), tuple(Omitted(one.id, Omission.NO_MATCH) for one in self._articles))
        self._take_discovery(chosen, interests)
        if not interests.topics:  # who chose no topic misses nothing, whatever his watch words
            chosen.take(self._articles, Reason.CONTENTS, bound=False)
        self._take_wanted_sections(chosen)
        for stored in self._articles:
            if len(chosen.choices) >= self._minimum:
                break
            chosen.take((stored,), Reason.FILL)
        return chosen.selected()

    def holding(self, word: str) -> tuple[StoredArticle, ...]:
        """The articles that contain a watch word, in the editor's order."""
        folded = _fold(word)
        if not folded:
            return ()
        found = self._found.get(folded)
        if found is None:
            if self._texts is None:  # costs more than all the rest, and not every issue needs it
                self._texts = [(stored, _fold(_text(stored))) for stored in self._articles]
            if len(self._found) >= _REMEMBERED_WORDS:
                self._found.clear()
            found = tuple(stored for stored, text in self._texts if folded in text)
            self._found[folded] = found
        return found

    def _take_what_all_get(self, chosen: "_Chosen", interests: Interests) -> None:
        """The lead and what must be carried; named with it is what of his it would be there for."""
        for articles, reason in ((self._lead, Reason.LEAD), (self._pinned, Reason.MUST_CARRY)):
            for stored in articles:
                detail = "" if interests.standard else self._own(stored, interests)
                chosen.take((stored,), reason, detail, bound=False)

    def _own(self, stored: StoredArticle, interests: Interests) -> str:
        for topic in interests.topics:
            if topic in stored.topics:
                return topic
        words = (word for word in interests.watch_words if stored in self.holding(word))
        return next(words, "")

    def _take_interests(self, chosen: "_Chosen", interests: Interests) -> list[str]:
        """Take what his topics and words lead to; returns the words that say something."""
        reason = _REASONS[interests.topics_from]
        for topic in interests.topics:
            chosen.take(self._of_topic.get(topic, ()), reason, topic)
        words = [word for word in interests.watch_words if _fold(word)]
        for word in words:
            chosen.take(self.holding(word), Reason.WATCH_WORD, word, bound=False)
        return words

    def _take_discovery(self, chosen: "_Chosen", interests: Interests) -> None:
        """The leading article of the most read topic he does not follow, where he follows any."""
        for topic in self._discovery if interests.topics else ():
            leading = self._of_topic.get(topic, ())[:1]
            if topic not in interests.topics and chosen.take(leading, Reason.DISCOVERY, topic):
                return

    def _take_wanted_sections(self, chosen: "_Chosen") -> None:
        for section, limit in self._limits.items():
            label = limit.label or f"{Reason.SECTION.label}：{limit.section}"
            for stored in self._articles:
                if chosen.count(section) >= limit.least:
                    break
                if self._section[stored.id] == section:
                    chosen.take((stored,), Reason.SECTION, label)


def matches(choices: Iterable[Choice]) -> bool:
    """Whether anything is there that the reader follows, if only among what all get."""
    return any(choice.own for choice in choices)


class _Chosen:
    """What is in the mail so far; the first reason found for an article is the one shown."""

    def __init__(self, sections: Mapping[int, str], limits: Mapping[str, Limit]) -> None:
        self.choices: dict[int, Choice] = {}
        self._sections, self._limits = sections, limits
        self._full: dict[int, Omitted] = {}
        self._counts: dict[str, int] = {}

    def count(self, section: str) -> int:
        """Articles of a section, by its key."""
        return self._counts.get(section, 0)

    def take(
        self,
        articles: Iterable[StoredArticle],
        reason: Reason,
        detail: str = "",
        *,
        bound: bool = True,
    ) -> bool:
        """Add those that are not there; `bound` by the limits of sections. Whether any was."""
        before = len(self.choices)
        for stored in articles:
            if stored.id in self.choices:
                continue
            section = self._sections[stored.id]
            limit = self._limits.get(section)
            if bound and limit and limit.most is not None and self.count(section) >= limit.most:
                full = Omitted(stored.id, Omission.SECTION_FULL, limit.section)
                self._full.setdefault(stored.id, full)
                continue
            self.choices[stored.id] = Choice(stored.id, reason, detail)
            self._counts[section] = self.count(section) + 1
        return len(self.choices) > before

    def selected(self) -> Selected:
        """What came of it."""
        omitted = (full for full in self._full.values() if full.article not in self.choices)
        return Selected(tuple(self.choices.values()), tuple(omitted))


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
