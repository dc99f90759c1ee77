"""Judges opens and clicks: whose they are as far as he agrees, and whether a person did them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from distribution import audience, delivery
from distribution.delivery import Sent
from distribution.events import store
from distribution.events.requests import Request
from distribution.events.store import Reading
from distribution.events.verdicts import verdict
from distribution.links import Use
from distribution.words import Tracking, Verdict

_SLICE = 500
"""Requests judged by one set of statements; SQLite takes no more than 32,766 parameters."""


def judge_requests(session: Session, inbox_ids: Sequence[int]) -> int:
    """Judge what is unjudged of these; gives how many became reading events.

    The requests leave the inbox, and with them all that they showed of a person.
    """
    ids = sorted(set(inbox_ids))
    return sum(_judge(session, ids[start : start + _SLICE]) for start in range(0, len(ids), _SLICE))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of the mails and runs that the requests name."""

    sent: Mapping[int, Sent]
    handed: Mapping[int, datetime | None]
    """When each mail was handed to the relay."""
    issues: Mapping[int, int]
    """Of runs."""
    articles: Mapping[tuple[int, int], int]
    """By issue and position."""
    tracking: Mapping[int, audience.TrackingAnswer]
    """By subscriber, as they want it now."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a request came from, as far as it may be written down."""

    run_id: int
    issue_id: int
    delivery_id: int | None
    readable_from: datetime | None


def _judge(session: Session, inbox_ids: Sequence[int]) -> int:
    requests = store.take_requests(session, inbox_ids)
    facts = _look_up(session, list(requests.values()))
    readings = [
        reading
        for request in requests.values()
        if (reading := _reading(request, facts)) is not None
    ]
    store.add_readings(session, readings)
    # A relay's own scanner may follow the links of a mail that it then does not take.
    proofs = [reading for reading in readings if reading.verdict is not Verdict.MACHINE]
    for signal in {reading.signal for reading in proofs}:
        seen = {r.delivery_id for r in proofs if r.signal is signal and r.delivery_id}
        delivery.prove_accepted(session, seen, by=signal.value)
    store.remove(session, list(requests))
    return len(readings)


def _look_up(session: Session, requests: Sequence[Request]) -> _Facts:
    runs = {request.row for request in requests if request.use is Use.RUN_CLICK}
    mails = {request.row for request in requests if request.use is not Use.RUN_CLICK}
    sent = delivery.find_sent(session, mails)
    issues = store.issues_of(session, runs)
    handed = store.lock_ledger(session, {*issues, *(mail.run_id for mail in sent.values())}, sent)
    return _Facts(
        sent=sent,
        handed=handed,
        issues=issues,
        articles=store.articles_of(
            session, {*issues.values(), *(mail.issue_id for mail in sent.values())}
        ),
        tracking=audience.tracking_answers(session, {mail.subscriber_id for mail in sent.values()}),
    )


def _reading(request: Request, facts: _Facts) -> Reading | None:
    """None where the reader does not want to be counted, or nothing is known of the mail."""
    origin = _of_run(request, facts) if request.use is Use.RUN_CLICK else _of_mail(request, facts)
    if origin is None:
        return None
    since = request.at - origin.readable_from if origin.readable_from else None
    who, rule = verdict(request.client, since)
    return Reading(
        signal=request.signal,
        run_id=origin.run_id,
        delivery_id=origin.delivery_id,
        article_id=facts.articles.get((origin.issue_id, request.position)),
        at=request.at,
        verdict=who,
        rule=rule,
    )


def _of_run(request: Request, facts: _Facts) -> _Origin | None:
    issue_id = facts.issues.get(request.row)
    return None if issue_id is None else _Origin(request.row, issue_id, None, None)


def _of_mail(request: Request, facts: _Facts) -> _Origin | None:
    sent = facts.sent.get(request.row)
    if sent is None:
        return None
    answer = facts.tracking[sent.subscriber_id]
    if answer.tracking is Tracking.DENIED or (answer.since and request.at < answer.since):
        return None  # he refuses, or did not agree yet
    known = sent.delivery_id if answer.tracking is Tracking.GRANTED else None
    # Some relays follow the links before they answer.
    readable_from = sent.accepted_at or facts.handed.get(sent.delivery_id)
    return _Origin(sent.run_id, sent.issue_id, known, readable_from)
