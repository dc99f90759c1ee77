"""What editors do to topics: new ones, other names, another order, sections."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from distribution.errors import Refused
from distribution.models import Topic
from distribution.topics import facts
from distribution.topics.facts import plain
from distribution.topics.store.holding import hold_filing
from distribution.topics.store.known import all_topics, resolve, the_topic


class NameTaken(Refused):
    """Raised for a code or name that another topic has, or had before it was merged."""

    def __init__(self, word: str, topic: Topic) -> None:
        self.word, self.code = word, topic.code
        merged = "，它已并入别的主题" if topic.merged_into else ""
        super().__init__(
            f"{word!r} 已是主题「{topic.name}」（{topic.code}）的叫法{merged}：请另取一个"
        )


class AddedMeanwhile(Refused):
    """Raised when two people give the same name in the same moment."""

    def __init__(self, name: str) -> None:
        super().__init__(f"主题「{name}」刚由别人设定：没有改动；请用 distribution topic list 核对")


def add(session: Session, code: str, name: str, sections: Iterable[str] = ()) -> Topic:
    """A new topic, the last in the editors' order; the sections lead to it from now on."""
    code, name = facts.checked_code(code), facts.checked_name(name)
    _refuse_taken(session, [code, name])
    last = session.scalar(select(func.max(Topic.position))) or 0
    topic = Topic(code=code, name=name, position=last + 1, sections=[])
    session.add(topic)
    _flush(session, name)
    for section in sections:
        map_section(session, section, code)
    return topic


def rename(session: Session, given: str, name: str) -> str:
    """Give a topic another name; its code stays. Returns the name it had."""
    topic, name = the_topic(session, given), facts.checked_name(name)
    _refuse_taken(session, [name], but=topic)
    before, topic.name = topic.name, name
    _flush(session, name)
    return before


def move(session: Session, given: str, to: int) -> bool:
    """Put a topic in this place of the editors' order, from 1; False where it stands there."""
    topic, rows = the_topic(session, given), list(all_topics(session))
    if not 1 <= to <= len(rows):
        raise facts.InvalidTopic(
            "位置", f" {to} 不对：现有 {len(rows)} 个主题，应为 1 到 {len(rows)}"
        )
    before = rows.index(topic) + 1
    rows.remove(topic)
    rows.insert(to - 1, topic)
    for position, row in enumerate(rows, start=1):
        row.position = position
    session.flush()
    return before != to


def known_sections(session: Session) -> list[str]:
    """Titles of all sections that lead to a topic."""
    return [section for topic in all_topics(session) for section in topic.sections]


def leading_nowhere(session: Session, sections: Iterable[str]) -> list[str]:
    """Those of the sections that lead to no topic yet."""
    known = set(map(plain, known_sections(session)))
    return [section for section in sections if plain(section) not in known]


def map_section(session: Session, section: str, topic_code: str) -> Topic:
    """Let a section lead to a topic from now on, and to no other; UnknownTopic names those known.

    Topics of articles change with `issues.retopic`.
    """
    section = facts.checked_section(section)
    hold_filing(session)
    (topic,) = resolve(session, [topic_code])
    wanted = plain(section)
    for one in all_topics(session):
        leads_here = wanted in map(plain, one.sections)
        if one is topic and not leads_here:
            one.sections = [*one.sections, section]
        elif one is not topic and leads_here:
            one.sections = _without(one.sections, wanted)
    session.flush()
    return topic


def unmap_section(session: Session, section: str) -> Topic | None:
    """Let a section lead nowhere; returns the topic it led to, or None."""
    wanted = plain(section)
    hold_filing(session)
    for topic in all_topics(session):
        if wanted in map(plain, topic.sections):
            topic.sections = _without(topic.sections, wanted)
            session.flush()
            return topic
    return None


def _without(sections: Sequence[str], wanted: str) -> list[str]:
    return [title for title in sections if plain(title) != wanted]


def _refuse_taken(session: Session, words: Sequence[str], but: Topic | None = None) -> None:
    for topic in session.scalars(select(Topic)):
        taken = {plain(topic.code), plain(topic.name)}
        for word in words:
            if topic is not but and plain(word) in taken:
                raise NameTaken(word, topic)


def _flush(session: Session, name: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise AddedMeanwhile(name) from error
