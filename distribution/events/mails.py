"""Judges mails that came back: which delivery each speaks of, and what follows for its reader."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from distribution import audience, delivery, replies
from distribution.events import store
from distribution.events.leaving import leave
from distribution.events.passing_on import pass_on
from distribution.events.tracing import Mail, keys_of, trace
from distribution.links import Addresses
from distribution.replies import RecipientResult, ReturnedReport, Rule
from distribution.words import (
    Consequence,
    FoundBy,
    LetterPurpose,
    Meaning,
    Returned,
    SuppressionReason,
)

_COMPLAINED = "收件人向其邮箱服务商投诉了这封邮件，由服务商转来（RFC 5965 反馈报告）"
_WROTE = "读者按邮件所给的退订地址来信退订"
_RETURNED = (Returned.BOUNCE, Returned.DELAYED)
_BY = "mail"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who judges: how our mails are known again, whose rules come first, who reads letters."""

    addresses: Addresses
    own: tuple[Rule, ...] = ()
    """The admin's rules."""
    editors: tuple[str, ...] = ()
    """To whom readers' answers are passed on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one mail was, and what it changed."""

    inbox_id: int
    kind: Returned
    delivery_id: int | None
    letter_id: int | None
    found_by: FoundBy | None
    recipient: str
    """Of the delivery or letter; empty where none was found."""
    status: str
    diagnostic: str
    meaning: Meaning | None
    """Of a bounce."""
    rule: str
    """That said so."""
    consequence: Consequence

    @property
    def suppressed(self) -> bool:
        """Whether it took the address out of use."""
        return self.consequence is Consequence.SUPPRESSED

    @property
    def left(self) -> bool:
        """Whether it unsubscribed the reader."""
        return self.consequence is Consequence.LEFT


def judge_mails(
    session: Session, inbox_ids: Sequence[int], desk: Desk, at: datetime
) -> list[Outcome]:
    """Judge what is unjudged of these, in the order it came; each mail has one outcome, once."""
    taken = store.take_mails(session, sorted(set(inbox_ids)))
    reports = {
        inbox_id: _read(store.raw_mail(session, inbox_id), source, desk.own)
        for inbox_id, (_, source) in taken.items()
    }
    mails = trace(session, taken, reports, desk.addresses)
    readers = {mail.subscriber_id for mail in mails if mail.subscriber_id is not None}
    audience.lock_subscribers(session, readers)
    found = {mail.sent.delivery_id: mail.sent for mail in mails if mail.sent is not None}
    store.lock_ledger(session, {sent.run_id for sent in found.values()}, found)
    bounced = {
        mail.sent.delivery_id
        for mail in mails
        if mail.sent is not None and mail.report.kind in _RETURNED
    }
    delivery.prove_accepted(session, bounced, by=Returned.BOUNCE.value)
    outcomes = [_follow(session, mail, desk, at) for mail in mails]
    store.mark_judged(session, list(taken), at)
    return sorted(outcomes, key=lambda outcome: outcome.inbox_id)


def _read(raw: bytes, source: str, own: Sequence[Rule]) -> ReturnedReport:
    """A mail, or a provider's notice."""
    if not source:
        return replies.read_returned(raw, own=own)
    reader = replies.NOTICE_READERS.get(source)
    return reader(raw, own=own) if reader else ReturnedReport(Returned.UNREADABLE)


def _follow(session: Session, mail: Mail, desk: Desk, at: datetime) -> Outcome:
    """Write it down, then do what follows, then say so: what follows may look at what is written.

    All in one transaction.
    """
    report, result = mail.report, _result_of(mail)
    rule = result.judgement.rule if result else None
    outcome = Outcome(
        inbox_id=mail.inbox_id,
        kind=report.kind,
        delivery_id=mail.sent.delivery_id if mail.sent else None,
        letter_id=mail.letter.letter_id if mail.letter else None,
        found_by=mail.found_by,
        recipient=mail.recipient,
        status=result.status if result else report.status,
        diagnostic=result.diagnostic if result else report.diagnostic,
        meaning=result.judgement.meaning if result else report.meaning,
        rule=rule.name if rule else "",
        consequence=Consequence.NONE,
    )
    facts = {name: value for name, value in asdict(outcome).items() if name != "recipient"}
    store.add_returned(session, at=mail.at, lane=mail.sent.lane if mail.sent else "", **facts)
    consequence = _FOLLOWING.get(report.kind, _nothing)(session, mail, desk, at)
    if consequence is Consequence.NONE:
        return outcome
    store.mark_consequence(session, mail.inbox_id, consequence)
    return replace(outcome, consequence=consequence)


# -- bounces -------------------------------------------------------------------------------------


def _result_of(mail: Mail) -> RecipientResult | None:
    """What the mail says of our reader; of a report on several people that is not the gravest."""
    results = mail.report.results
    ours = set(keys_of([mail.recipient])) if mail.recipient else set()
    his = [result for result in results if not ours.isdisjoint(keys_of(result.recipients))]
    return next(iter(his or results), None)


def _bounced(session: Session, mail: Mail, _desk: Desk, at: datetime) -> Consequence:
    """Follow only what speaks of the very address our mail went to."""
    result = _result_of(mail)
    if result is None or not _speaks_of_him(mail, result.recipients):
        return Consequence.NONE
    if mail.letter is not None:
        return _letter_bounced(session, mail, result, at)
    judgement, failed = result.judgement, mail.report.kind is Returned.BOUNCE and result.failed
    if mail.sent is None or not _may_act(mail, result):
        return Consequence.NONE
    refusal = delivery.refused(
        mail.sent, judgement, _words(result), final=failed, source=f"来信 {mail.inbox_id}"
    )
    return delivery.follow(session, refusal, by=_BY, at=at)


def _may_act(mail: Mail, result: RecipientResult) -> bool:
    """Without a token anybody may have written it: then only a code speaks, and only of him."""
    if mail.known:
        return True
    if result.judgement.dead:
        return result.status.startswith("5.1.")
    return result.judgement.meaning in replies.COUNTED


def _letter_bounced(
    session: Session, mail: Mail, result: RecipientResult, at: datetime
) -> Consequence:
    """A single mail did not arrive: its reader's address may be dead, and no lane is at fault."""
    letter = mail.letter
    if letter is None or mail.report.kind is not Returned.BOUNCE or not result.failed:
        return Consequence.NONE
    words, source = _words(result), f"来信 {mail.inbox_id}"
    delivery.mark_returned(session, letter.letter_id, words)
    buried = result.dead and delivery.bury(session, letter.letter_id, words, source=source, at=at)
    return Consequence.SUPPRESSED if buried else Consequence.NONE


def _words(result: RecipientResult) -> str:
    """What was said, behind the status where that says more; x.0.0 says nothing."""
    said, status = result.diagnostic, result.status
    if said and (status in said or status.endswith(".0.0")):
        return said
    return f"{status} {said}".strip()


def _speaks_of_him(mail: Mail, recipients: Sequence[str]) -> bool:
    return not set(keys_of(recipients)).isdisjoint(keys_of([mail.recipient]))


# -- complaints and letters ----------------------------------------------------------------------


def _complained(session: Session, mail: Mail, desk: Desk, at: datetime) -> Consequence:
    """He leaves, and his address is not written to again; only where a token says who he is.

    Who passes a complaint on may have blackened the address, but not put another in its place.
    """
    named = keys_of(mail.report.recipients)
    ours = mail.sent or mail.letter
    if ours is None or not mail.known or (named and not _speaks_of_him(mail, named)):
        return Consequence.NONE
    if mail.subscriber_id is None or _went_to_a_stranger(mail):
        return _not_to_be_asked(session, mail, desk, at)
    left = leave(
        session, mail.subscriber_id, _delivery_of(mail), channel="complaint", wording=_COMPLAINED,
        at=at,
    )  # fmt: skip
    address_hash = (
        mail.sent.address_hash
        if mail.sent
        else audience.address_hash_of(session, mail.subscriber_id, mail.recipient)
    )
    new = address_hash is not None and _suppress(session, mail, address_hash, at)
    return Consequence.LEFT if left or new else Consequence.NONE


def _not_to_be_asked(session: Session, mail: Mail, desk: Desk, at: datetime) -> Consequence:
    """Somebody typed his address on the web: he is no reader, and is not asked again."""
    asking = (LetterPurpose.CONFIRMATION, LetterPurpose.MOVING)
    if mail.letter is None or mail.letter.purpose not in asking:
        return Consequence.NONE
    address_hash = desk.addresses.keyring.address_hash(mail.recipient)
    audience.forget_sign_ups(session, [address_hash])
    new = _suppress(session, mail, address_hash, at)
    return Consequence.LEFT if new else Consequence.NONE


def _went_to_a_stranger(mail: Mail) -> bool:
    """Who is asked whether he is a reader's new address does not speak for that reader."""
    return mail.letter is not None and mail.letter.purpose is LetterPurpose.MOVING


def _suppress(session: Session, mail: Mail, address_hash: str, at: datetime) -> bool:
    reason, evidence = SuppressionReason.COMPLAINT, f"投诉（来信 {mail.inbox_id}）"
    return audience.suppress(session, address_hash, reason, evidence=evidence, at=at)


def _asked_to_leave(session: Session, mail: Mail, desk: Desk, at: datetime) -> Consequence:
    """Enough where it came to the address of his mail; elsewhere a person should see it."""
    asked = mail.found_by is FoundBy.RETURN_PATH or mail.genuine
    if mail.subscriber_id is None or not asked or _went_to_a_stranger(mail):
        return _wrote(session, mail, desk, at)
    left = leave(
        session, mail.subscriber_id, _delivery_of(mail), channel="mail", wording=_WROTE, at=at
    )
    return Consequence.LEFT if left else Consequence.NONE


def _delivery_of(mail: Mail) -> int | None:
    return mail.sent.delivery_id if mail.sent else None


def _answered_by_machine(session: Session, mail: Mail, _desk: Desk, at: datetime) -> Consequence:
    """Nothing follows by itself; but that somebody has left his employer the admin should know."""
    if not mail.report.departed or not mail.known or mail.subscriber_id is None:
        return Consequence.NONE
    new = delivery.raise_alert(
        session,
        f"departed:{mail.subscriber_id}",
        f"一位订阅者的自动回复说他已离任（来信 {mail.inbox_id}）",
        (
            "他的邮箱自动答复说，他已离开原单位或岗位；系统没有改动他的订阅。",
            f"是谁、怎么说的：distribution bounce show {mail.inbox_id}",
        ),
        "核实后记为离任：distribution subscriber depart 邮箱；"
        "有人接任：distribution subscriber replace 邮箱 接替者邮箱。",
        at=at,
    )
    return Consequence.SHOWN if new else Consequence.NONE


def _wrote(session: Session, mail: Mail, desk: Desk, at: datetime) -> Consequence:
    """A person's answer is passed on to the editors, where a token says that he is a reader."""
    if not mail.known or mail.subscriber_id is None or not desk.editors:
        return Consequence.NONE
    letter = replies.read_personal(store.raw_mail(session, mail.inbox_id))
    if letter is None:
        return Consequence.NONE
    passed = pass_on(session, mail, letter, desk.editors, at=at)
    return Consequence.FORWARDED if passed else Consequence.NONE


def _nothing(_session: Session, _mail: Mail, _desk: Desk, _at: datetime) -> Consequence:
    return Consequence.NONE


_FOLLOWING = MappingProxyType(
    {
        Returned.BOUNCE: _bounced,
        Returned.DELAYED: _bounced,
        Returned.COMPLAINT: _complained,
        Returned.LEAVE: _asked_to_leave,
        Returned.AUTO_REPLY: _answered_by_machine,
        Returned.OTHER: _wrote,
    }
)
