"""The topics there are, found by what people call them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from distribution.errors import DistributionError, Refused
from distribution.models import EnterpriseInterest, Interest, Topic
from distribution.topics.facts import plain


class UnknownTopic(DistributionError):
    """Raised for a topic that is neither a code nor a name of one."""

    def __init__(self, given: str, known: Sequence[Topic]) -> None:
        self.given = given
        choices = "、".join(f"{topic.name}（{topic.code}）" for topic in known)
        super().__init__(f"没有主题 {given!r}：可用的有 {choices}")


class MergedTopic(Refused):
    """Raised where a topic is to change that has become part of another."""

    def __init__(self, topic: Topic, now: Topic) -> None:
        self.code, self.now = topic.code, now.code
        super().__init__(
            f"主题「{topic.name}」（{topic.code}）已并入「{now.name}」（{now.code}），没有改动："
            f"请改用 {now.code}"
        )


def all_topics(session: Session) -> Sequence[Topic]:
    """Every topic readers can choose, in the editors' order."""
    return [topic for topic in _every_topic(session) if topic.merged_into is None]


def names(session: Session) -> dict[str, str]:
    """The name of each topic by its code, in the editors' order.

    Those that were merged into others follow: what was sent of them still names their codes.
    """
    rows = sorted(_every_topic(session), key=lambda topic: topic.merged_into is not None)
    return {topic.code: topic.name for topic in rows}


def successors(session: Session) -> dict[str, str]:
    """What became of the topics that were merged: code of the living one by the old code."""
    rows = {topic.code: topic for topic in _every_topic(session)}
    return {code: living(topic, rows).code for code, topic in rows.items() if topic.merged_into}


def resolve(session: Session, given: Sequence[str], *, lock: bool = False) -> list[Topic]:
    """The topics people named by code or name, in their order, each once; or UnknownTopic.

    A topic that was merged stands for the one it became part of. `lock` keeps them from being
    merged before the transaction ends: for who is about to write down that somebody has them.
    """
    rows = _every_topic(session, lock=lock)
    by_code = {topic.code: topic for topic in rows}
    by_word = {plain(word): topic for topic in rows for word in (topic.name, topic.code)}
    found: dict[int, Topic] = {}
    for word in given:
        topic = by_word.get(plain(word))
        if topic is None:
            raise UnknownTopic(word, [one for one in rows if one.merged_into is None])
        now = living(topic, by_code)
        found.setdefault(now.id, now)
    return list(found.values())


def the_topic(session: Session, given: str) -> Topic:
    """The one topic of this code or name; MergedTopic where it is none any more."""
    (now,) = resolve(session, [given])
    if plain(given) not in (plain(now.code), plain(now.name)):
        rows = _every_topic(session)
        raise MergedTopic(
            next(one for one in rows if plain(given) in (plain(one.code), plain(one.name))), now
        )
    return now


def living(topic: Topic, by_code: dict[str, Topic]) -> Topic:
    """The topic at the end of a chain of merges."""
    while topic.merged_into is not None:
        topic = by_code[topic.merged_into]
    return topic


def followers(session: Session) -> dict[str, tuple[int, int]]:
    """Who chose each topic: so many subscribers and enterprises, by its code."""
    counts = []
    for table in (Interest, EnterpriseInterest):
        query = select(table.topic_id, func.count()).group_by(table.topic_id)
        counts.append({row[0]: row[1] for row in session.execute(query)})
    readers, enterprises = counts
    return {
        topic.code: (readers.get(topic.id, 0), enterprises.get(topic.id, 0))
        for topic in _every_topic(session)
    }


def _every_topic(session: Session, *, lock: bool = False) -> Sequence[Topic]:
    query = select(Topic).order_by(Topic.position, Topic.id)
    if lock:  # in the order of ids, as all who lock several; and read again once they are held
        query = select(Topic).order_by(Topic.id).with_for_update(read=True, key_share=True)
        query = query.execution_options(populate_existing=True)
        return sorted(session.scalars(query), key=lambda topic: (topic.position, topic.id))
    return session.scalars(query).all()
