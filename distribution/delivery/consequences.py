"""What a mail system's words lead to: for the address, for the lane, or for nobody.

The same for a reply while sending and for a report afterwards. Only evidence about the address
takes it out of use; what speaks of us slows or stops the provider's lane and tells the admins.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audience, replies
from distribution.delivery.alerting import raise_alert
from distribution.delivery.store import lanes, repeated
from distribution.delivery.store.lookups import Sent
from distribution.replies import Judgement
from distribution.words import Consequence, Meaning, SuppressionReason

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']*[@＠][^\s<>()\[\],;:\"']*")
_STOPPED = "有人处理之前，不再向这条线路投递；其他线路不受影响，订阅者一律不动。"
_WHAT_TO_DO = {
    Meaning.REPUTATION: "请查发信 IP 与域名是否上了黑名单，按对方给出的途径申诉。",
    Meaning.AUTH: "请查发信域名的 SPF、DKIM、DMARC 记录，以及中继是否签名。",
    Meaning.CONTENT: "对方认为内容违规，或有收件人举报：请核对本期内容与链接。",
    Meaning.POLICY: "请按原话所说联系对方的邮件管理员。",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was said of one delivery."""

    delivery_id: int
    subscriber_id: int
    address_hash: str
    lane: str
    meaning: Meaning
    dead: bool
    temporary: bool
    final: bool
    """The mail was given up."""
    words: str
    """Code and words, as they came."""
    source: str
    """Where to look it up, for people."""
    wait: timedelta = timedelta(0)
    """The least rest that was asked for."""
    sent_at: datetime | None = None
    """When a relay took the mail; None where it was refused just now."""


def refused(sent: Sent, judgement: Judgement, words: str, *, final: bool, source: str) -> Refusal:
    """What was said of a delivery, as it was judged."""
    return Refusal(
        delivery_id=sent.delivery_id,
        subscriber_id=sent.subscriber_id,
        address_hash=sent.address_hash,
        lane=sent.lane,
        meaning=judgement.meaning,
        dead=judgement.dead and final,
        temporary=judgement.temporary and not final,
        final=final,
        words=words,
        source=source,
        wait=(judgement.rule and judgement.rule.wait) or timedelta(0),
        sent_at=sent.accepted_at,
    )


def in_order(refusal: Refusal) -> tuple[bool, str]:
    """In which refusals of one transaction are followed: addresses first, then lanes, by name.

    So nobody waits in a circle.
    """
    of_lane = not refusal.dead and refusal.meaning not in replies.COUNTED
    return (of_lane, refusal.lane if of_lane else refusal.address_hash)


def follow(session: Session, refusal: Refusal, *, by: str, at: datetime) -> Consequence:
    """Do what follows from a refusal; gives what was changed by it.

    To be called after it is written down, with its delivery locked.
    """
    consequence = replies.consequence_of(
        refusal.meaning, dead=refusal.dead, temporary=refusal.temporary
    )
    if consequence is Consequence.SUPPRESSED:
        return _suppress(session, refusal, SuppressionReason.HARD_BOUNCE, at)
    if consequence is Consequence.COUNTED:
        return _count(session, refusal, at)
    if consequence is Consequence.SLOWED:
        return _slow(session, refusal)
    if consequence is Consequence.STOPPED:
        return _stop(session, refusal, by, at)
    return Consequence.NONE


def without_addresses(words: str) -> str:
    """What outlives a reader's data must not name him.

    >>> without_addresses("550 <a@b.example>: no such user")
    '550 <…>: no such user'
    """
    return _ADDRESS.sub("…", words)


def _suppress(
    session: Session, refusal: Refusal, reason: SuppressionReason, at: datetime
) -> Consequence:
    evidence = f"{without_addresses(refusal.words)}（{refusal.source}）".lstrip()
    new = audience.suppress(session, refusal.address_hash, reason, evidence=evidence, at=at)
    return Consequence.SUPPRESSED if new else Consequence.NONE


def _count(session: Session, refusal: Refusal, at: datetime) -> Consequence:
    """One refusal may pass; so many issues in a row, with none that arrived, do not."""
    if not refusal.final:
        return Consequence.NONE
    in_a_row = repeated.issues_in_a_row(
        session, refusal.subscriber_id, refusal.address_hash, refusal.delivery_id
    )
    if in_a_row < replies.IN_A_ROW:
        return Consequence.COUNTED
    _suppress(session, refusal, SuppressionReason.SOFT_BOUNCES, at)
    return Consequence.SUPPRESSED


def _slow(session: Session, refusal: Refusal) -> Consequence:
    said = (refusal.meaning, without_addresses(refusal.words))
    rests = replies.rests_of(refusal.lane)
    until = lanes.rest(session, refusal.lane, rests, refusal.wait, said, sent_at=refusal.sent_at)
    return Consequence.NONE if until is None else Consequence.SLOWED


def _stop(session: Session, refusal: Refusal, by: str, at: datetime) -> Consequence:
    words, meaning = without_addresses(refusal.words), refusal.meaning
    since = lanes.stop(
        session, refusal.lane, by=by, meaning=meaning, words=words, sent_at=refusal.sent_at
    )
    if since is None:
        return Consequence.NONE
    name = replies.lane_label(refusal.lane)
    raise_alert(
        session,
        f"lane:{refusal.lane}:{since.isoformat()}",
        f"线路 {name} 已停止：{meaning.label}",
        (f"对方原话：{words}", _WHAT_TO_DO[meaning], f"来自：{refusal.source}", _STOPPED),
        f"查看：distribution lane list；处理后恢复：distribution lane resume {refusal.lane}。",
        at=at,
        urgent=True,
        lane=refusal.lane,
    )
    return Consequence.STOPPED
