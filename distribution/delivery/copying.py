"""A copy of all that is held about a reader: a link to it goes to his own mailbox, nowhere else.

The links of a digest do not lead to it: people pass digests on.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audience, audit
from distribution.delivery.stationery import Stationery
from distribution.delivery.store import letters, moves
from distribution.delivery.telling import Told, tell
from distribution.errors import NotFound
from distribution.models import Subscriber
from distribution.words import LetterPurpose

VALID = timedelta(days=3)
"""How long after it was written a letter's link can be used."""
SETTLED = timedelta(days=14)
"""How long after a new address none is sent: whoever got hold of a digest could have named his own,
and the reader has not had the time to object."""
AGAIN = timedelta(minutes=10)
"""So long a letter may be on its way: who asks once more before gets no other."""
_READER = "reader"


def ask_for_copy(
    session: Session, stationery: Stationery, row: Subscriber, *, at: datetime
) -> int | None:
    """Write a reader where he can read and download what is held about him; gives the letter.

    Within AGAIN it is the one that is on its way. None where his address is newer than SETTLED,
    and for the reasons of `tell`.
    """
    audience.lock_subscriber(session, row.id)
    session.refresh(row)
    if moves.moved_since(session, row.id, at - SETTLED):
        return None
    if recent := letters.written_since(session, row.id, LetterPurpose.COPY, at - AGAIN):
        return recent[0]
    name = stationery.masthead(session).publication
    paragraphs = (
        f"您好：下面的链接打开《{name}》保存的关于您的全部资料，可以阅读，也可以下载。",
        f"链接有效期 {VALID.days} 天；里面有您的姓名、邮箱和阅读记录，请不要转发这封信。",
        "如果不是您要的，不必理会这封信。",
    )
    told = Told("copy", "您的资料副本", paragraphs, "copy", "查看我的资料")
    copy = LetterPurpose.COPY
    letter_id = tell(session, stationery, row, told, at=at, purpose=copy)
    if letter_id is not None:
        audit.record(session, "reader.copy", str(row.id), by=_READER, at=at, letter=letter_id)
    return letter_id


def copy_for(session: Session, letter_id: int, *, at: datetime) -> Subscriber | None:
    """Whose data a letter's link shows; None where it is too late, or he has another address.

    Raises NotFound where it is no letter with a copy.
    """
    letter = letters.find_letter(session, letter_id)
    if letter.purpose is not LetterPurpose.COPY or letter.subscriber_id is None:
        raise NotFound("资料副本的信", str(letter_id), "这封信里没有资料副本")
    row = session.get_one(Subscriber, letter.subscriber_id)
    late = at >= letter.created_at + VALID
    return None if late or row.email_key != letter.recipient else row
