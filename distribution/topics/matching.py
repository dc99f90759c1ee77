"""Which topics an article belongs to, by its section and by words in its title and text."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from distribution.topics.facts import plain
from distribution.words import RuleField, TopicOrigin

_LATIN = "[0-9a-z]"
_BLANKS = r"[^\S\n]*"
"""No word goes on in the next paragraph."""


@dataclass(frozen=True, slots=True)
class WordRule:
    """Words that lead to a topic: any of some, all of others, none of the last."""

    field: RuleField
    any_words: tuple[str, ...] = ()
    all_words: tuple[str, ...] = ()
    no_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicRule:
    """What leads to one topic."""

    topic_id: int
    code: str
    sections: tuple[str, ...]
    words: tuple[WordRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An article belongs to a topic, and why."""

    topic_id: int
    code: str
    origin: TopicOrigin
    evidence: tuple[str, ...]
    """The section, or the words that matched, as the rule writes them."""


def topics_of(section: str, title: str, text: str, rules: Sequence[TopicRule]) -> list[Match]:
    """The topics of an article: its section's first, then those whose words it holds.

    >>> words = (WordRule(RuleField.TITLE, any_words=("质量",)),)
    >>> rules = [TopicRule(1, "a", ("行业资讯",)), TopicRule(2, "b", (), words)]
    >>> [(one.code, one.evidence) for one in topics_of("行业 资讯", "质量月开幕", "", rules)]
    [('a', ('行业 资讯',)), ('b', ('质量',))]
    """
    wanted = plain(section)
    by_section = [
        Match(rule.topic_id, rule.code, TopicOrigin.SECTION, (section,))
        for rule in rules
        if wanted in map(plain, rule.sections)
    ]
    found = {match.topic_id for match in by_section}
    fields = {RuleField.TITLE: _folded(title), RuleField.TEXT: _folded(f"{title}\n{text}")}
    by_word = []
    for rule in rules:
        evidence = [word for words in rule.words for word in _matched(words, fields[words.field])]
        if evidence and rule.topic_id not in found:
            once = tuple(dict.fromkeys(evidence))
            by_word.append(Match(rule.topic_id, rule.code, TopicOrigin.RULE, once))
    return by_section + by_word


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _matched(words: WordRule, text: str) -> list[str]:
    """The words of a rule that the text holds, or nothing where the rule does not apply."""
    any_found = [word for word in words.any_words if _holds(text, word)]
    all_found = [word for word in words.all_words if _holds(text, word)]
    if len(all_found) < len(words.all_words) or (words.any_words and not any_found):
        return []
    if any(_holds(text, word) for word in words.no_words):
        return []
    return any_found + all_found


def _holds(text: str, word: str) -> bool:
    """Blanks inside a word do not matter; Latin words count only whole: PLC is not in PLCxyz."""
    wanted = plain(word)
    if not wanted:
        return False
    before = f"(?<!{_LATIN})" if re.match(_LATIN, wanted[0]) else ""
    after = f"(?!{_LATIN})" if re.match(_LATIN, wanted[-1]) else ""
    return re.search(before + _BLANKS.join(map(re.escape, wanted)) + after, text) is not None
