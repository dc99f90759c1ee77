"""What one person received, made again from what was frozen with the run."""

import hashlib
from dataclasses import dataclass

from sqlalchemy.orm import Session

from distribution import issues
from distribution.delivery.press import UNMAKEABLE, Press
from distribution.delivery.store import runs
from distribution.delivery.store.lookups import Handed, find_handed
from distribution.delivery.transport import Envelope
from distribution.errors import DistributionError, NotFound, Refused
from distribution.links import KeyGone
from distribution.words import DeliveryState


class NeverSent(Refused):
    """Raised for a delivery of which nothing ever went out."""

    def __init__(self, delivery_id: int, state: DeliveryState) -> None:
        self.delivery_id, self.state = delivery_id, state
        super().__init__(f"投递 {delivery_id} 从未交给中继（{state.label}）：没有可以重现的邮件")


class Blanked(Refused):
    """Raised for a mail whose reader's data were erased: his address is in it."""

    def __init__(self, delivery_id: int) -> None:
        self.delivery_id = delivery_id
        super().__init__(f"投递 {delivery_id} 的读者资料已按其要求删除：邮件无法重现")


class Unmakeable(Refused):
    """Raised for a mail whose frozen content is damaged, or whose signing key is gone."""

    def __init__(self, delivery_id: int, reason: Exception) -> None:
        self.delivery_id = delivery_id
        told = str(reason)
        if not isinstance(reason, KeyGone):
            told = f"随批次保存的内容有缺损（{type(reason).__name__}: {reason}）"
        super().__init__(f"投递 {delivery_id} 的邮件重现不出来：{told}")


@dataclass(frozen=True, slots=True)
class Replay:
    """The mail, and whether it is what went out."""

    handed: Handed
    issue_key: str
    articles: int
    envelope: Envelope
    message: bytes
    faithful: bool | None
    """Byte for byte what was handed over; None where no hash was kept then."""


def replay(session: Session, delivery_id: int, press: Press) -> Replay:
    """Make the message of a delivery again.

    Raises NotFound, NeverSent, Blanked, Unmakeable, and digests.TooLarge.
    """
    handed = find_handed(session, delivery_id)
    if handed is None:
        hint = "运行 distribution subscriber history 邮箱 查看他的投递编号"
        raise NotFound("投递", str(delivery_id), hint)
    if handed.erased:
        raise Blanked(delivery_id)
    if handed.handed_at is None:
        raise NeverSent(delivery_id, handed.state)
    try:
        press.read(session, handed.run_id, handed.selection_id)
        envelope, message = press.mail(
            delivery_id, handed.run_id, handed.selection_id, handed.recipient
        )
    except DistributionError:
        raise
    except UNMAKEABLE as error:
        raise Unmakeable(delivery_id, error) from error
    kept = handed.message_sha256
    faithful = None if kept is None else hashlib.sha256(message).hexdigest() == kept
    run = runs.find_run(session, handed.run_id)
    return Replay(
        handed,
        issue_key=issues.key_of(runs.issue_of(session, run)),
        articles=len(runs.selection(session, handed.selection_id).choices),
        envelope=envelope,
        message=message,
        faithful=faithful,
    )
