"""The welcome: once in a person's life, what will come, when, and why these topics."""

from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, audit
from distribution.audience import Profile
from distribution.delivery.stationery import Stationery, write_to
from distribution.errors import Refused
from distribution.models import Subscriber
from distribution.words import Edition, Frequency, LetterPurpose, TopicsFrom

_WHOSE = {
    TopicsFrom.OWN: "这些是您自己选择的主题。",
    TopicsFrom.ENTERPRISE: "您还没有选择，先按贵单位的关注为您选文。",
    TopicsFrom.DEFAULT: "您还没有选择，先按您的职务与所在行业为您选文。",
    TopicsFrom.NOBODY: "您还没有选择主题，先收录每期的全部文章。",
}
_WHOLE = "您收的是标准版：收录每期的全部文章，不按个人关注选文。"


class NotToWelcome(Refused):
    """Raised when somebody gets no welcome: he may not be mailed, or has had his."""

    def __init__(self, email: str, reason: str) -> None:
        self.email, self.reason = email, reason
        super().__init__(f"{email} {reason}：没有写欢迎信")


def welcome(
    session: Session, stationery: Stationery, row: Subscriber, *, by: str, at: datetime
) -> int:
    """Write a subscriber his welcome; gives the letter's number. Raises NotToWelcome."""
    audience.lock_subscriber(session, row.id)
    session.refresh(row)
    found = audience.profile(session, row, at=at)
    if found.barrier is not None:
        raise NotToWelcome(row.email, f"不投递（{found.barrier.label}）")
    purpose, key = LetterPurpose.WELCOME, f"welcome:{row.id}"
    letter_id = write_to(session, stationery, row, purpose, key, _values(found), at=at)
    if letter_id is None:
        raise NotToWelcome(row.email, "已经收过欢迎信")
    audit.record(session, "subscriber.welcome", str(row.id), by=by, at=at, letter=letter_id)
    return letter_id


def _values(found: Profile) -> dict[str, object]:
    """What he will get, in words."""
    row = found.subscriber
    whole = row.edition is Edition.STANDARD
    topics = () if whole else found.topics or found.default_topics
    return {
        "topics": [topic.name for topic in topics],
        "watch_words": () if whole else found.watch_words,
        "whose": _WHOLE if whole else _WHOSE[found.topics_from],
        "only_when_matching": not whole and row.frequency is Frequency.WHEN_MATCHING,
    }
