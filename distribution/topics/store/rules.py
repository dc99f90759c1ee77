"""The rules that lead articles to topics by their words."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution.errors import NotFound
from distribution.models import Topic
from distribution.models import TopicRule as RuleRow
from distribution.topics import facts
from distribution.topics.facts import plain
from distribution.topics.matching import TopicRule, WordRule
from distribution.topics.store.holding import hold_filing, hold_rules
from distribution.topics.store.known import all_topics, resolve


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as editors see it."""

    id: int
    code: str
    """Of its topic."""
    words: WordRule


def rules(session: Session, *, lock: bool = False) -> list[TopicRule]:
    """What leads to each topic; `lock` keeps it as it is until the transaction ends."""
    if lock:
        hold_rules(session)
    words: defaultdict[int, list[WordRule]] = defaultdict(list)
    for row in session.scalars(select(RuleRow).order_by(RuleRow.id)):
        words[row.topic_id].append(value_of(row))
    return [
        TopicRule(topic.id, topic.code, tuple(topic.sections), tuple(words[topic.id]))
        for topic in all_topics(session)
    ]


def word_rules(session: Session, given: str | None = None) -> list[StoredRule]:
    """The rules of a topic, or of all; in the editors' order, then the oldest first."""
    query = select(RuleRow, Topic.code).join(Topic, Topic.id == RuleRow.topic_id)
    if given is not None:
        (topic,) = resolve(session, [given])
        query = query.where(Topic.id == topic.id)
    query = query.order_by(Topic.position, RuleRow.id)
    return [StoredRule(row.id, code, value_of(row)) for row, code in session.execute(query)]


def add_rule(session: Session, given: str, words: WordRule) -> tuple[StoredRule, bool]:
    """Let these words lead to a topic; False where the same rule is there already."""
    hold_filing(session)
    (topic,) = resolve(session, [given])
    rule = checked(words)
    for stored in word_rules(session, topic.code):
        if spelling(stored.words) == spelling(rule):
            return stored, False
    row = RuleRow(topic_id=topic.id, field=rule.field)
    row.any_words, row.all_words = list(rule.any_words), list(rule.all_words)
    row.no_words = list(rule.no_words)
    session.add(row)
    session.flush()
    return StoredRule(row.id, topic.code, rule), True


def drop_rule(session: Session, rule_id: int) -> StoredRule:
    """Take a rule away; raises NotFound."""
    hold_filing(session)
    row = session.get(RuleRow, rule_id)
    if row is None:
        raise NotFound("规则", str(rule_id), "distribution topic rule list 列出全部规则")
    code = session.get_one(Topic, row.topic_id).code
    session.delete(row)
    session.flush()
    return StoredRule(rule_id, code, value_of(row))


def checked(words: WordRule) -> WordRule:
    """The rule with its words tidied; InvalidTopic where it has none that lead anywhere."""
    tidied = (facts.checked_words(w) for w in (words.any_words, words.all_words, words.no_words))
    rule = WordRule(words.field, *map(tuple, tidied))
    if not rule.any_words and not rule.all_words:
        raise facts.InvalidTopic("规则", "没有词：请至少给出一个词，例如 --any 质量 检测")
    leading = set(map(plain, rule.any_words + rule.all_words))
    for word in rule.no_words:
        if plain(word) in leading:
            raise facts.InvalidTopic("规则", f"自相矛盾：{word!r} 既要有又不能有，请去掉一处")
    return rule


def spelling(words: WordRule) -> tuple[object, ...]:
    """Rules with the same one lead to the same articles."""
    lists = (words.any_words, words.all_words, words.no_words)
    return (words.field, *(frozenset(map(plain, one)) for one in lists))


def value_of(row: RuleRow) -> WordRule:
    """The rule of a row."""
    return WordRule(row.field, tuple(row.any_words), tuple(row.all_words), tuple(row.no_words))
