"""Which topics an article belongs to, by its section and by words in its title."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from distribution.words import TopicOrigin


@dataclass(frozen=True, slots=True)
class TopicRule:
    """What leads to one topic."""

    topic_id: int
    code: str
    sections: tuple[str, ...]
    words: tuple[str, ...]


def topics_of(
    section: str, title: str, rules: Sequence[TopicRule]
) -> list[tuple[TopicRule, TopicOrigin]]:
    """The topics of an article: its section's first, then those whose words its title holds.

    >>> rules = [TopicRule(1, "a", ("行业资讯",), ()), TopicRule(2, "b", (), ("质量",))]
    >>> [(rule.code, origin) for rule, origin in topics_of("行业 资讯", "质量月开幕", rules)]
    [('a', <TopicOrigin.SECTION: 'section'>), ('b', <TopicOrigin.RULE: 'rule'>)]
    """
    wanted = plain(section)
    by_section = [rule for rule in rules if wanted in map(plain, rule.sections)]
    plain_title = plain(title)
    by_word = [
        rule
        for rule in rules
        if rule not in by_section and any(plain(word) in plain_title for word in rule.words)
    ]
    return [(rule, TopicOrigin.SECTION) for rule in by_section] + [
        (rule, TopicOrigin.RULE) for rule in by_word
    ]


def plain(text: str) -> str:
    """Titles differ in width and blanks from print to print."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
