"""Double opt-in: a reader is asked a few times at most, and his own click is his consent."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy.orm import Session

from distribution import audience, audit, clock
from distribution.delivery import enlisting
from distribution.delivery.enlisting import MOST_EVER
from distribution.delivery.stationery import Stationery, write_to
from distribution.delivery.store import letters
from distribution.delivery.welcoming import NotToWelcome, welcome
from distribution.errors import NotFound, Refused
from distribution.models import Letter, SignUp, Subscriber
from distribution.templates import BrokenTemplate
from distribution.words import Cause, Decision, LetterPurpose, Purpose

log = logging.getLogger(__name__)

VALID = timedelta(days=30)
"""How long after it was written a letter's link can be used."""
BETWEEN = timedelta(hours=24)
CONSENT_WORDING = audience.text_of(Purpose.DIGEST, Decision.GRANTED).words
"""What a reader says yes to: the page shows it above its button."""
_READER = "reader"
_REASONS = {
    Cause.ERASED: "的资料已删除",
    Cause.SUPPRESSED: "的地址已抑制，不能写信",
    Cause.LEFT: "已经退订，不再写信",
    Cause.NO_CONSENT: "没有待确认的登记，要先请他确认请加 --request",
    Cause.DEPARTED: "已离任",
    Cause.MEMBERSHIP: "所在单位的会籍已终止或暂停",
}


class NotToConfirm(Refused):
    """Raised when somebody must not, or need not, be asked to confirm."""

    def __init__(self, email: str, reason: str) -> None:
        self.email, self.reason = email, reason
        super().__init__(f"{email} {reason}：没有写确认信")


class Standing(Enum):
    """What a link that asks for confirmation leads to."""

    OPEN = auto()
    DONE = auto()
    EXPIRED = auto()
    VOID = auto()
    """His address has changed since, or what he said was declared a mistake."""
    LEFT = auto()
    BARRED = auto()
    ERASED = auto()


_NOBODY_YET = {Cause.NO_CONSENT}
MAY_COME = {Cause.PENDING, Cause.NO_CONSENT, Cause.LEFT}
"""Who asks on the web himself may also come back."""
_CLOSED = {Cause.SUPPRESSED: Standing.BARRED, Cause.LEFT: Standing.LEFT}


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter that asks, the reader it asks, and where that stands."""

    letter: Letter
    subscriber: Subscriber | None
    """None while it is only what somebody typed on the web."""
    standing: Standing
    waits: SignUp | None = None
    """What that was."""

    @property
    def version(self) -> str:
        """Tells what was typed from what anybody types for the same address later."""
        return self.waits.asked_at.isoformat() if self.waits else ""


def request_consent(session: Session, row: Subscriber, *, by: str, at: datetime) -> bool:
    """Write down that a subscriber without any consent is to be asked; False where he need not."""
    if audience.profile(session, row, at=at).barrier is not Cause.NO_CONSENT:
        return False
    words = audience.text_of(Purpose.DIGEST, Decision.REQUESTED).words
    said = audience.Statement(Decision.REQUESTED, words, channel="cli")
    requested = audience.record_consent(session, row.id, said, by=by, at=at)
    if requested:
        audit.record(session, "consent.requested", str(row.id), by=by, at=at)
    return requested


def ask_to_confirm(
    session: Session, stationery: Stationery, row: Subscriber, *, by: str, at: datetime
) -> int:
    """Write to a subscriber who is to confirm; gives the letter's number.

    Raises NotToConfirm: also where his address has got as many letters as are decent.
    """
    audience.lock_subscriber(session, row.id)
    session.refresh(row)
    _refuse_needless(session, row, at)
    key = next_key(session, row.email, row.address_hash, at)
    values = asking_values(at, by_web=False)
    asking = LetterPurpose.CONFIRMATION
    letter_id = write_to(session, stationery, row, asking, key, values, at=at)
    if letter_id is None:
        raise NotToConfirm(row.email, "刚刚写过")
    audit.record(session, "subscriber.confirm", str(row.id), by=by, at=at, letter=letter_id)
    return letter_id


def _refuse_needless(session: Session, row: Subscriber, at: datetime) -> None:
    causes = [fact.cause for fact in audience.facts(session, row, at=at)]
    against = [cause for cause in causes if cause in _REASONS]
    if Cause.PENDING in causes and not against:
        return
    agreed = not {Cause.PENDING, Cause.LEFT, Cause.NO_CONSENT} & set(causes)
    if agreed and not {Cause.ERASED, Cause.SUPPRESSED} & set(causes):
        raise NotToConfirm(row.email, "已经同意接收，不必确认")
    raise NotToConfirm(row.email, _REASONS[against[0]])


def asking_values(at: datetime, *, by_web: bool) -> dict[str, object]:
    """What the templates of a letter that asks must know; nothing that a stranger has written."""
    return {"days": VALID.days, "until": _day(at + VALID), "by_web": by_web}


def next_key(session: Session, email: str, address_hash: str, at: datetime) -> str:
    """The key of the next letter to an address; NotToConfirm where it has got enough of them."""
    keys = enlisting.keys_of(address_hash)
    written = letters.written(session, keys)
    if len(written) == MOST_EVER:
        raise NotToConfirm(email, f"已写过 {MOST_EVER} 封，不再写了")
    if written and at - max(written.values()) < BETWEEN:
        last = clock.for_people(max(written.values()))
        raise NotToConfirm(email, f"在 {last} 已写过一封，24 小时内不再写")
    return next(key for key in keys if key not in written)


def asked(session: Session, letter_id: int, *, at: datetime) -> Asked:
    """What a link leads to; raises NotFound where it is no letter that asks."""
    letter = letters.find_letter(session, letter_id)
    if letter.purpose is not LetterPurpose.CONFIRMATION:
        raise NotFound("确认信", str(letter_id), "这封信不是确认信")
    if letter.subscriber_id is None:
        return _asked_on_the_web(session, letter, at)
    row = session.get_one(Subscriber, letter.subscriber_id, populate_existing=True)
    return Asked(letter, row, _standing(session, letter, row, at))


def _asked_on_the_web(session: Session, letter: Letter, at: datetime) -> Asked:
    late = at >= letter.created_at + VALID
    waits = enlisting.typed_for(session, letter)
    if waits is None or late:
        return Asked(letter, None, Standing.EXPIRED if late else Standing.VOID)
    address = audience.read_address(waits.email)
    if audience.is_suppressed(session, address.key, waits.address_hash):
        return Asked(letter, None, Standing.BARRED, waits)
    row = enlisting.known(session, address)
    causes = {fact.cause for fact in audience.facts(session, row, at=at)} if row else _NOBODY_YET
    return Asked(letter, None, Standing.OPEN if causes & MAY_COME else Standing.DONE, waits)


def _standing(session: Session, letter: Letter, row: Subscriber, at: datetime) -> Standing:
    if row.erased_at is not None:
        return Standing.ERASED
    if row.email_key != letter.recipient:
        return Standing.VOID
    causes = {fact.cause for fact in audience.facts(session, row, at=at)}
    for cause, standing in _CLOSED.items():
        if cause in causes:
            return standing
    if not causes & {Cause.PENDING, Cause.NO_CONSENT}:
        return Standing.DONE
    void = Cause.PENDING not in causes or _voided(session, letter)
    late = Standing.EXPIRED if at >= letter.created_at + VALID else Standing.OPEN
    return Standing.VOID if void else late


def _voided(session: Session, letter: Letter) -> bool:
    """Whether what he said since was declared a mistake."""
    said = audience.consents(
        session,
        subscriber_id=letter.subscriber_id,
        purpose=Purpose.DIGEST,
        since=letter.created_at,
    )
    return any(event.decision is Decision.VOIDED for event, _, _ in said)


def confirm(
    session: Session, stationery: Stationery, letter_id: int, *, at: datetime, version: str = ""
) -> tuple[Asked, bool]:
    """A reader says yes: his consent and his welcome are of one transaction.

    Gives where it stands now, and whether this click brought it there: not where somebody has
    typed something else for him since the `version` he was shown. A welcome that cannot be
    written, because an office's own template is broken, does not cost him his consent.
    """
    found = _held(session, letter_id, at)
    if found.standing is not Standing.OPEN or found.version != version:
        return found, False
    row, hasher = found.subscriber, stationery.addresses.keyring.address_hash
    if found.waits is not None:
        row = enlisting.enlist(session, found.letter, found.waits, hasher, at=at)
    if row is None:
        return found, False
    said = audience.Statement(Decision.GRANTED, CONSENT_WORDING, channel=f"letter-{letter_id}")
    audience.record_consent(session, row.id, said, by=_READER, at=at)
    audit.record(session, "reader.confirm", str(row.id), by=_READER, at=at, letter=letter_id)
    audience.forget_sign_ups(session, [row.address_hash])  # and what else was typed for him
    try:
        with session.begin_nested():
            welcome(session, stationery, row, by=_READER, at=at)
    except NotToWelcome as reason:  # he waits for something else: a pause, his membership
        log.info("no welcome after letter %d: %s", letter_id, reason.reason)
    except BrokenTemplate:
        log.exception("no welcome after letter %d", letter_id)
    return asked(session, letter_id, at=at), True


def disown(session: Session, letter_id: int, *, at: datetime) -> tuple[Asked, bool]:
    """A mailbox says that it was not its owner who asked: what was typed for it is forgotten."""
    found = _held(session, letter_id, at)
    done = enlisting.disown(session, found.letter)
    return asked(session, letter_id, at=at), done


def _held(session: Session, letter_id: int, at: datetime) -> Asked:
    """Where it stands, and stays until the transaction ends."""
    letter = letters.find_letter(session, letter_id)
    if letter.subscriber_id is None and letter.purpose is LetterPurpose.CONFIRMATION:
        enlisting.hold(session, letter)
    if letter.subscriber_id is not None:
        audience.lock_subscriber(session, letter.subscriber_id)
    return asked(session, letter_id, at=at)


def _day(moment: datetime) -> str:
    """The day in Shanxi.

    >>> from datetime import UTC
    >>> _day(datetime(2026, 12, 1, 20, tzinfo=UTC))
    '2026年12月2日'
    """
    local = moment.astimezone(clock.SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"
