"""Topics: the subjects readers choose, and which sections and words of an issue lead to them."""

from distribution.topics.matching import TopicRule, topics_of
from distribution.topics.store import UnknownTopic, all_topics, names, resolve, rules

__all__ = ["TopicRule", "UnknownTopic", "all_topics", "names", "resolve", "rules", "topics_of"]
