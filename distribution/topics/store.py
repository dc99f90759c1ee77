"""All SQL about topics."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.errors import DistributionError
from distribution.models import Topic
from distribution.models import TopicRule as RuleRow
from distribution.topics.matching import TopicRule, plain


class UnknownTopic(DistributionError):
    """Raised for a topic that is neither a code nor a name of one."""

    def __init__(self, given: str, known: Sequence[Topic]) -> None:
        self.given = given
        choices = "、".join(f"{topic.name}（{topic.code}）" for topic in known)
        super().__init__(f"没有主题 {given!r}：可用的有 {choices}")


def all_topics(session: Session) -> Sequence[Topic]:
    """Every topic, in the editors' order."""
    return session.scalars(select(Topic).order_by(Topic.position)).all()


def names(session: Session) -> dict[str, str]:
    """The name of each topic by its code, in the editors' order."""
    return {topic.code: topic.name for topic in all_topics(session)}


def rules(session: Session) -> list[TopicRule]:
    """What leads to each topic."""
    words: defaultdict[int, list[str]] = defaultdict(list)
    for rule in session.scalars(select(RuleRow).order_by(RuleRow.id)):
        words[rule.topic_id] += rule.any_words
    return [
        TopicRule(topic.id, topic.code, tuple(topic.sections), tuple(words[topic.id]))
        for topic in all_topics(session)
    ]


def resolve(session: Session, given: Sequence[str]) -> list[Topic]:
    """The topics people named by code or name, in their order, each once; or UnknownTopic."""
    known = all_topics(session)
    by_word = {plain(word): topic for topic in known for word in (topic.code, topic.name)}
    found: dict[int, Topic] = {}
    for word in given:
        topic = by_word.get(plain(word))
        if topic is None:
            raise UnknownTopic(word, known)
        found.setdefault(topic.id, topic)
    return list(found.values())
