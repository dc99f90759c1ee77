"""Topics: the subjects readers choose, and which sections and words of an issue lead to them."""

from distribution.topics.facts import InvalidTopic
from distribution.topics.matching import Match, TopicRule, WordRule, topics_of
from distribution.topics.store.changing import (
    AddedMeanwhile,
    NameTaken,
    add,
    known_sections,
    leading_nowhere,
    map_section,
    move,
    rename,
    unmap_section,
)
from distribution.topics.store.known import (
    MergedTopic,
    UnknownTopic,
    all_topics,
    followers,
    names,
    resolve,
    successors,
    the_topic,
)
from distribution.topics.store.merging import Merger, SameTopic, merge, merger
from distribution.topics.store.rules import (
    StoredRule,
    add_rule,
    checked,
    drop_rule,
    rules,
    word_rules,
)

__all__ = [
    "AddedMeanwhile",
    "InvalidTopic",
    "Match",
    "MergedTopic",
    "Merger",
    "NameTaken",
    "SameTopic",
    "StoredRule",
    "TopicRule",
    "UnknownTopic",
    "WordRule",
    "add",
    "add_rule",
    "all_topics",
    "checked",
    "drop_rule",
    "followers",
    "known_sections",
    "leading_nowhere",
    "map_section",
    "merge",
    "merger",
    "move",
    "names",
    "rename",
    "resolve",
    "rules",
    "successors",
    "the_topic",
    "topics_of",
    "unmap_section",
    "word_rules",
]
