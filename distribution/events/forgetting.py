"""A reader is erased: the mails that came back about him lose their text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution.audience import Traces
from distribution.errors import Refused
from distribution.events import forgetting_store as store
from distribution.events import reading_store


class Unjudged(Refused):
    """Raised when a mail about somebody has come and nobody has judged it yet."""

    def __init__(self, inbox_id: int) -> None:
        self.inbox_id = inbox_id
        super().__init__("刚收到一封关于他的来信，还没有处理，没有改动任何内容：请一分钟后再试")


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was removed of the mails about a reader."""

    mails: int
    diagnostics: int


def forget(
    session: Session, subscriber_id: int, delivery_ids: Sequence[int], traces: Traces
) -> Dropped:
    """Drop the text of all mails that speak of him or show his address; raises Unjudged.

    And how his opens and clicks came.

    Every mail is looked into, since some were never traced to a delivery, or to another's.
    """
    reading_store.forget(session, reading_store.of(delivery_ids))
    about = store.mails_of(session, subscriber_id, delivery_ids)
    for inbox_id, judged, raw in store.mails(session):
        if traces.in_mail(raw):
            if not judged:
                raise Unjudged(inbox_id)
            about.add(inbox_id)
    ids = sorted(about)
    return Dropped(
        mails=store.drop_texts(session, ids),
        diagnostics=store.scrub_diagnostics(session, ids, traces),
    )


def mails_about(
    session: Session, subscriber_id: int, delivery_ids: Sequence[int], traces: Traces
) -> dict[int, tuple[datetime, bytes]]:
    """The same mails as they came, by inbox id: when, and their text."""
    about = store.mails_of(session, subscriber_id, delivery_ids)
    about |= {inbox_id for inbox_id, _, raw in store.mails(session) if traces.in_mail(raw)}
    return store.texts(session, about)
