"""What is past its time goes: each kind by its own period, in small transactions, again and again.

A purge that is broken off has done a part of its work, and the next one does the rest.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from distribution import audience, audit, delivery, events, limits
from distribution.audience import Erased
from distribution.db import Transaction
from distribution.models import Subscriber
from distribution.privacy import erasing
from distribution.privacy.erasing import Erasure
from distribution.privacy.store import purging as store
from distribution.words import Word

BATCH = 500
"""Rows changed in one transaction: whoever sends meanwhile waits no longer than for these."""
MOST_LEAVERS = 200
"""People erased by one purge: all mails that came back are looked through for each of them."""


class Kept(Word):
    """What is kept for a time; the code is that of its setting."""

    MAIL = "keep_mail_days", "来信原文与单独的信"
    NETWORK = "keep_network_days", "阅读来自何种网络与程序"
    READING = "keep_reading_days", "按人的阅读记录"
    IMPORT = "keep_import_days", "导入前后的资料"
    AUDIT = "keep_audit_days", "操作记录的细节"
    REPLY = "keep_reply_days", "中继与对方的原话"
    LEFT = "keep_left_days", "离任或退订的人"
    LATE = "late", "已删除者的后到来信"
    SIGN_UP = "sign_up", "网上填写而未确认的登记"
    MOVE = "move", "未答复的更改邮箱请求"
    TRIES = "tries", "网上填写的次数"

    @property
    def by_setting(self) -> bool:
        """Whether a setting says for how long; the others go once they are of no use."""
        return self.value.startswith("keep_")


@dataclass(frozen=True, slots=True)
class Purged:
    """What was done, or would be, about one kind."""

    kept: Kept
    days: int | None
    """The setting; 0: for ever; None where it goes at once."""
    before: datetime | None
    """What is older goes; None where nothing does."""
    count: int


@dataclass(frozen=True, slots=True)
class Purge:
    """A whole purge."""

    kinds: tuple[Purged, ...]
    erasures: tuple[Erasure, ...]
    """Of people who left."""
    held_up: int
    """People who left and of whom a mail is under way: the next purge takes them."""

    @property
    def total(self) -> int:
        """Rows changed."""
        return sum(kind.count for kind in self.kinds)


Query = Callable[[datetime], Select[*tuple[Any, ...]]]
Change = Callable[[Session, Collection[Any]], object]

_STEPS: dict[Kept, tuple[tuple[Query, Change], ...]] = {
    Kept.MAIL: (
        (store.old_mails, store.drop_mails),
        (store.old_letters, store.empty_letters),
    ),
    Kept.NETWORK: (
        (store.old_networks, store.forget_networks),
        (store.old_requests, store.drop_requests),
    ),
    Kept.READING: ((store.old_readings, store.make_anonymous),),
    Kept.IMPORT: ((store.old_import_rows, store.empty_import_rows),),
    Kept.AUDIT: ((store.old_audit, store.empty_audit),),
    Kept.REPLY: (
        (store.old_replies, store.drop_replies),
        (store.old_diagnostics, store.drop_diagnostics),
    ),
    Kept.LATE: ((store.mails_of_the_erased, store.drop_mails_and_words),),
    Kept.SIGN_UP: (
        (audience.old_sign_ups, audience.forget_sign_ups),
        (delivery.old_requests, delivery.forget_requests),
    ),
    Kept.MOVE: ((delivery.unanswered, delivery.forget_unanswered),),
    Kept.TRIES: ((limits.old_tries, limits.forget_tries),),
}
"""What finds rows that are past their time, and what is done to them; people are `_erase`'s."""


def purge(
    transaction: Transaction,
    days: Mapping[Kept, int],
    hasher: Callable[[str], str],
    *,
    by: str,
    at: datetime,
    dry_run: bool = False,
) -> Purge:
    """Let go what is older than its period; unjudged mails and open deliveries are not touched."""
    days = {kept: given for kept, given in days.items() if kept.by_setting}
    days |= {Kept.SIGN_UP: delivery.VALID.days, Kept.MOVE: delivery.MOVE_VALID.days}
    ends = {kept: at - timedelta(days=given) for kept, given in days.items() if given}
    ends |= {Kept.LATE: at, Kept.TRIES: at}
    if dry_run:
        with transaction() as session:
            counts = {kept: _count(session, kept, before) for kept, before in ends.items()}
        return _report(days, ends, counts, Leavers())
    counts = {
        kept: _apply(transaction, kept, before)
        for kept, before in ends.items()
        if kept is not Kept.LEFT
    }
    leavers = Leavers()
    if Kept.LEFT in ends:
        leavers = _erase(transaction, ends[Kept.LEFT], hasher, by=by, at=at)
        counts[Kept.LEFT] = len(leavers.erasures)
    done = _report(days, ends, counts, leavers)
    with transaction() as session:
        told = {kind.kept.value: kind.count for kind in done.kinds}
        audit.record(session, "privacy.purge", "all", by=by, at=at, **told)
    return done


def _report(
    days: Mapping[Kept, int],
    ends: Mapping[Kept, datetime],
    counts: Mapping[Kept, int],
    leavers: "Leavers",
) -> Purge:
    kinds = (Purged(kept, days.get(kept), ends.get(kept), counts.get(kept, 0)) for kept in Kept)
    return Purge(tuple(kinds), leavers.erasures, leavers.held_up)


def _count(session: Session, kept: Kept, before: datetime) -> int:
    if kept is Kept.LEFT:
        return store.count(session, store.left_before(before))
    return sum(store.count(session, query(before)) for query, _ in _STEPS[kept])


def _apply(transaction: Transaction, kept: Kept, before: datetime) -> int:
    total = 0
    for query, change in _STEPS[kept]:
        after = None
        while True:
            with transaction() as session:
                found = store.some(session, query(before), BATCH, after=after)
                if not found:
                    break
                change(session, found)
            total, after = total + len(found), found[-1]
    return total


@dataclass(frozen=True, slots=True)
class Leavers:
    """People who left and whose time is over."""

    erasures: tuple[Erasure, ...] = ()
    held_up: int = 0
    """Those of whom a mail is under way: the next purge takes them."""


def _erase(
    transaction: Transaction,
    before: datetime,
    hasher: Callable[[str], str],
    *,
    by: str,
    at: datetime,
) -> Leavers:
    """Each person in a transaction of his own; who is busy is left for the next time."""
    with transaction() as session:
        ids = store.some(session, store.left_before(before), MOST_LEAVERS)
    done: list[Erasure] = []
    for subscriber_id in ids:
        with suppress(delivery.UnderWay, events.Unjudged, Erased), transaction() as session:
            row = session.get_one(Subscriber, subscriber_id)
            why, reason = erasing.TIMED_OUT, Kept.LEFT.label
            done.append(erasing.erase(session, row, hasher, why=why, reason=reason, by=by, at=at))
    return Leavers(tuple(done), len(ids) - len(done))
