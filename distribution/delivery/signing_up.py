"""What was typed on the web is answered by a letter, to whoever has the mailbox, and to few.

It was stored first, for every address in the same way, so that nobody learns from an answer or
from its time whose address is known here.
"""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, audit
from distribution.db import Transaction
from distribution.delivery import enlisting
from distribution.delivery.confirming import MAY_COME, NotToConfirm, asking_values, next_key
from distribution.delivery.stationery import Stationery, write_to
from distribution.delivery.telling import Told
from distribution.models import SignUp, Subscriber
from distribution.templates import BrokenTemplate
from distribution.words import Cause, LetterPurpose

log = logging.getLogger(__name__)

_AT_ONCE = 50
_BY = "web"
_STOPPED = {
    Cause.DEPARTED: "编辑部登记您已离开原单位，所以目前不寄。换了单位的话，请联系编辑部更正。",
    Cause.MEMBERSHIP: "贵单位的会籍已终止或暂停，所以目前不寄。如有出入，请联系编辑部。",
}
"""What his yes could not change: he is told what can."""
_WHY = _STOPPED | {
    Cause.PAUSED: "您已选择暂停一段时间，所以目前不寄；想提前恢复，点下面的链接即可。",
}


def answer_sign_ups(transaction: Transaction, stationery: Stationery, *, at: datetime) -> int:
    """Answer what waits, each in a transaction of its own; returns how many were answered."""
    for done in range(_AT_ONCE):
        with transaction() as session:
            audience.join_audience(session)
            typed = audience.take_unanswered(session)
            if typed is None:
                return done
            typed.answered_at = at
            _answer(session, stationery, typed, at)
    return _AT_ONCE


def _answer(session: Session, stationery: Stationery, typed: SignUp, at: datetime) -> None:
    """Ask, or tell him that he is a reader already; nothing where letters are not to be written."""
    try:
        with session.begin_nested():
            letter_id = _write(session, stationery, typed, at)
    except BrokenTemplate:
        log.exception("no letter to who signed up")
        return
    if letter_id is not None:
        audit.record(session, "sign_up.answer", typed.address_hash, by=_BY, at=at, letter=letter_id)


def _write(session: Session, stationery: Stationery, typed: SignUp, at: datetime) -> int | None:
    """The number of the letter; None where none may be written, now or ever."""
    new = audience.wanted(session, typed)
    row = enlisting.known(session, new.address)
    causes = {fact.cause for fact in audience.facts(session, row, at=at)} if row else set()
    barred = audience.is_suppressed(session, new.address.key, typed.address_hash)
    asks = row is None or bool(causes & MAY_COME and not causes & _STOPPED.keys())
    if barred or not asks:  # there is nothing that a yes could change
        audience.forget_sign_ups(session, [typed.address_hash])
    try:
        key = next_key(session, new.address.written, typed.address_hash, at)
    except NotToConfirm:  # an earlier letter lies in the mailbox, and its link is as good
        return None
    if barred:
        return None
    if row is not None and not asks:
        return _tell(session, stationery, row, key, causes, at)
    values, to, asking = asking_values(at, by_web=True), new.address.key, LetterPurpose.CONFIRMATION
    return write_to(session, stationery, None, asking, key, values, at=at, recipient=to)


def _tell(
    session: Session,
    stationery: Stationery,
    row: Subscriber,
    key: str,
    causes: set[Cause],
    at: datetime,
) -> int | None:
    name = stationery.masthead(session).publication
    why = next((sentence for cause, sentence in _WHY.items() if cause in causes), "")
    paragraphs = (
        f"您好：您（或别人）在网页上用这个邮箱订阅《{name}》的摘要邮件。您早已在读者名单上，不必再订。",
        why or "内容、频率与格式随时可以在您自己的页面上调整。",
        "如果不是您本人填写的，不必理会这封信：您的订阅没有任何变化。",
    )
    told = Told("already", "您已经订阅", paragraphs, "preferences", "查看我的订阅")
    already = LetterPurpose.ALREADY
    return write_to(session, stationery, row, already, key, told.values(), at=at)
