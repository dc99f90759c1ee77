"""Two topics become one: nobody loses what he chose, no article what it belongs to."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from distribution.errors import Refused
from distribution.models import (
    ArticleTopic,
    DefaultInterest,
    EnterpriseInterest,
    Interest,
    Topic,
)
from distribution.models import TopicRule as RuleRow
from distribution.topics.facts import plain
from distribution.topics.store import rules
from distribution.topics.store.holding import hold_all
from distribution.topics.store.known import resolve, the_topic
from distribution.words import TopicOrigin

_STRENGTH = (TopicOrigin.EDITOR, TopicOrigin.SECTION, TopicOrigin.RULE)
"""Whose word counts more where an article belongs to both."""


class SameTopic(Refused):
    """Raised when a topic is to be merged into itself."""

    def __init__(self, topic: Topic) -> None:
        super().__init__(f"两处说的都是主题「{topic.name}」（{topic.code}）：没有可合并的")


@dataclass(frozen=True, slots=True)
class Merger:
    """What a merge moves."""

    code: str
    name: str
    into: str
    into_name: str
    subscribers: int
    enterprises: int
    articles: int
    """Of all issues, the approved ones included."""
    sections: tuple[str, ...]
    rules: int


def merger(session: Session, given: str, into: str) -> Merger:
    """What a merge would move; raises UnknownTopic, MergedTopic, SameTopic."""
    return _weighed(session, *_both(session, given, into))


def merge(session: Session, given: str, into: str) -> Merger:
    """Let one topic become part of another; its row stays, so that what named it still can.

    Topics of articles that are not approved change with `issues.retopic`.
    """
    hold_all(session)
    old, new = _both(session, given, into)
    moved = _weighed(session, old, new)
    _move_interests(session, Interest, "subscriber_id", old, new)
    _move_interests(session, EnterpriseInterest, "enterprise_id", old, new)
    _move_interests(session, DefaultInterest, "rule_id", old, new)
    _move_articles(session, old, new)
    known = set(map(plain, new.sections))
    new.sections = [*new.sections, *(one for one in old.sections if plain(one) not in known)]
    _move_rules(session, old, new)
    old.sections, old.merged_into = [], new.code
    session.flush()
    return moved


def _both(session: Session, given: str, into: str) -> tuple[Topic, Topic]:
    old = the_topic(session, given)
    (new,) = resolve(session, [into])
    if old is new:
        raise SameTopic(old)
    return old, new


def _weighed(session: Session, old: Topic, new: Topic) -> Merger:
    def count(table: type[Interest | EnterpriseInterest | ArticleTopic | RuleRow]) -> int:
        query = select(func.count()).select_from(table).where(table.topic_id == old.id)
        return session.scalars(query).one()

    return Merger(
        code=old.code,
        name=old.name,
        into=new.code,
        into_name=new.name,
        subscribers=count(Interest),
        enterprises=count(EnterpriseInterest),
        articles=count(ArticleTopic),
        sections=tuple(old.sections),
        rules=count(RuleRow),
    )


def _move_interests(
    session: Session,
    table: type[Interest | EnterpriseInterest | DefaultInterest],
    owner: str,
    old: Topic,
    new: Topic,
) -> None:
    """Who has both keeps one, where the better of the two stood."""
    columns = table.__table__.c
    who, other = columns[owner], table.__table__.alias()
    has_old = select(other.c.position).where(
        other.c[owner] == who, other.c.topic_id == old.id
    ).scalar_subquery()  # fmt: skip
    better = update(table).where(columns.topic_id == new.id, columns.position > has_old)
    session.execute(better.values(position=has_old), execution_options=_UNSEEN)
    has_new = select(other.c[owner]).where(other.c.topic_id == new.id)
    both = delete(table).where(columns.topic_id == old.id, who.in_(has_new))
    session.execute(both, execution_options=_UNSEEN)
    rest = update(table).where(columns.topic_id == old.id)
    session.execute(rest.values(topic_id=new.id), execution_options=_UNSEEN)


_UNSEEN = {"synchronize_session": False}


def _move_articles(session: Session, old: Topic, new: Topic) -> None:
    has_new = {
        row.article_id: row
        for row in session.scalars(select(ArticleTopic).where(ArticleTopic.topic_id == new.id))
    }
    for row in session.scalars(select(ArticleTopic).where(ArticleTopic.topic_id == old.id)).all():
        other = has_new.get(row.article_id)
        if other is None:
            kept = ArticleTopic(article_id=row.article_id, topic_id=new.id)
            kept.origin, kept.evidence = row.origin, row.evidence
            session.add(kept)
        else:
            strong, weak = sorted((other, row), key=lambda one: _STRENGTH.index(one.origin))
            other.evidence = list(dict.fromkeys([*strong.evidence, *weak.evidence]))
            other.origin = strong.origin
        session.delete(row)
    session.flush()


def _move_rules(session: Session, old: Topic, new: Topic) -> None:
    known = {rules.spelling(stored.words) for stored in rules.word_rules(session, new.code)}
    for row in session.scalars(select(RuleRow).where(RuleRow.topic_id == old.id)).all():
        if rules.spelling(rules.value_of(row)) in known:
            session.delete(row)
        else:
            row.topic_id = new.id
    session.flush()
