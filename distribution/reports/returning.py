"""What came back, one by one, as the admin sees it: mails, and refusals while sending."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from distribution.errors import NotFound, Refused
from distribution.words import Consequence, FoundBy, LetterPurpose, Meaning, Returned, Word


class WhileSending(Word):
    """Not a mail that came back, but a reply that ended a delivery."""

    REFUSED = "refused", "投递时被拒"


Kind: TypeAlias = Returned | WhileSending
KINDS: tuple[Kind, ...] = (*WhileSending, *Returned)


class NothingCameBack(NotFound):
    """Raised for a number that is of nothing that came back."""

    def __init__(self, number: str) -> None:
        super().__init__("退信", number, "distribution bounce list 列出编号")


class NotJudged(Refused):
    """Raised for a mail that waits to be judged."""

    def __init__(self, inbox_id: int) -> None:
        self.inbox_id = inbox_id
        super().__init__(
            f"来信 {inbox_id} 还没有判断：distribution worker 或 up 运行时会自己判断，请稍后再看"
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them are asked for; what is None asks for nothing."""

    kind: Kind | None = None
    meaning: Meaning | None = None
    consequence: Consequence | None = None
    run_id: int | None = None
    enterprise_id: int | None = None
    subscriber_id: int | None = None
    unmatched: bool = False
    """Only mails of which nobody knows which mail of ours they speak of."""
    since: datetime | None = None
    before: datetime | None = None

    @property
    def mails(self) -> bool:
        """Whether mails can be among them."""
        return self.kind is not WhileSending.REFUSED

    @property
    def refusals(self) -> bool:
        """Whether refusals can be among them."""
        return not self.unmatched and not isinstance(self.kind, Returned)


@dataclass(frozen=True, slots=True)
class CameBack:
    """A mail that came back, or a refusal while sending."""

    inbox_id: int | None
    """None for a refusal: its delivery says which it is."""
    at: datetime
    kind: Kind
    meaning: Meaning | None
    consequence: Consequence
    lane: str
    """Empty where no delivery is known."""
    status: str
    words: str
    """Of the mail system."""
    rule: str
    found_by: FoundBy | None
    delivery_id: int | None
    run_id: int | None
    issue: str
    """Its key."""
    letter_id: int | None
    purpose: LetterPurpose | None
    """Of the letter."""
    recipient: str
    """Whom our mail went to; empty where none was found."""
    subscriber_id: int | None
    name: str
    enterprise: str
    erased: bool
    """Its reader's data are erased."""

    @property
    def number(self) -> str:
        """What `bounce show` wants to know: of the mail, or of the delivery that was refused."""
        return str(self.inbox_id) if self.inbox_id is not None else f"d{self.delivery_id}"

    @property
    def matched(self) -> bool:
        """Whether it is known which mail of ours it speaks of."""
        return self.delivery_id is not None or self.letter_id is not None
