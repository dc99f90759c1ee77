"""Doubts settled by an admin, where no evidence settles them.

Evidence may come at the same moment: whoever has the row first has decided, and the other finds
no doubt any more.
"""

from sqlalchemy.orm import Session

from distribution.delivery.going import go_on
from distribution.delivery.store import again, rows
from distribution.delivery.store.handing import add_events
from distribution.errors import NotFound, Refused
from distribution.words import Cause, DeliveryState


class NotInDoubt(Refused):
    """Raised for a delivery about which there is no doubt, or none any more."""

    def __init__(self, delivery_id: int, state: DeliveryState) -> None:
        self.delivery_id, self.state = delivery_id, state
        super().__init__(f"投递 {delivery_id} 的状态是{state.label}，不是存疑：没有改动")


class Barred(Refused):
    """Raised where a mail is to be sent again to somebody who may not be mailed any more."""

    def __init__(self, delivery_id: int, cause: Cause) -> None:
        self.delivery_id, self.cause = delivery_id, cause
        super().__init__(
            f"投递 {delivery_id} 的读者现在不能投递（{cause.label}），没有改动："
            f"对方确已收到，可用 distribution run doubt accept {delivery_id} 了结"
        )


def require_doubt(session: Session, delivery_id: int, *, lock: bool = False) -> int:
    """The run of a delivery in doubt; raises NotFound and NotInDoubt.

    With `lock` it waits for whoever is changing the delivery, and nobody changes it after.
    """
    if lock:
        rows.lock(session, [delivery_id])
    found = again.standing(session, delivery_id)
    if found is None:
        raise NotFound("投递", str(delivery_id), "distribution run doubt list 列出存疑的投递")
    run_id, state = found
    if state is not DeliveryState.IN_DOUBT:
        raise NotInDoubt(delivery_id, state)
    return run_id


def accept_doubt(session: Session, delivery_id: int, *, reason: str, by: str) -> int:
    """Book a mail as accepted by an admin's word; gives its run. Raises NotInDoubt."""
    run_id = require_doubt(session, delivery_id, lock=True)
    again.accept_doubtful(session, delivery_id)
    add_events(session, {delivery_id: reason}, DeliveryState.ACCEPTED, None, by=by)
    return run_id


def resend_doubt(session: Session, delivery_id: int, *, reason: str, by: str) -> int:
    """Plan a mail again by an admin's word, in its slot and under its Message-ID; gives its run.

    A finished run goes on. Raises NotInDoubt, RunOver, Barred.
    """
    run_id = require_doubt(session, delivery_id, lock=True)
    go_on(session, run_id, _advice(delivery_id))
    if cause := rows.barred(session, [delivery_id]).get(delivery_id):
        raise Barred(delivery_id, cause)
    again.plan_again(session, [delivery_id], {DeliveryState.IN_DOUBT})
    add_events(session, {delivery_id: reason}, DeliveryState.PLANNED, None, by=by)
    return run_id


def _advice(delivery_id: int) -> str:
    return (
        f"对方确已收到，可用 distribution run doubt accept {delivery_id} 了结；没有收到，可用 "
        f"distribution digest replay {delivery_id} --out 摘要.html 取出内容另行告知"
    )
