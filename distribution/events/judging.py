"""Judges opens and clicks: whose they are as far as he agrees, and whether a person did them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from distribution import audience, delivery
from distribution.clock import SHANGHAI
from distribution.delivery import Sent
from distribution.events import classes, comparing, reading_store, store
from distribution.events.requests import Request
from distribution.events.verdicts import Act
from distribution.links import Use
from distribution.words import Signal, Tracking, Verdict

_SLICE = 500
"""Requests judged by one set of statements; SQLite takes no more than 32,766 parameters."""


Namer = Callable[[str, date], str]
"""Names a network for one day, so that nobody can tell which it is."""


def judge_requests(session: Session, inbox_ids: Sequence[int], namer: Namer) -> int:
    """Judge what is unjudged of these; gives how many became reading events.

    The requests leave the inbox, and with them all that they showed of a person but the kind of
    his program and the day's name of his network; see `comparing` for how long those are kept.
    What came before them may get another verdict: it is judged by what follows, too.
    """
    ids = sorted(set(inbox_ids))
    slices = (ids[start : start + _SLICE] for start in range(0, len(ids), _SLICE))
    return sum(_judge(session, one, namer) for one in slices)


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


def _judge(session: Session, inbox_ids: Sequence[int], namer: Namer) -> int:
    requests = store.take_requests(session, inbox_ids)
    facts = _look_up(session, list(requests.values()))
    acts = [
        act for request in requests.values() if (act := _act(request, facts, namer)) is not None
    ]
    judged = comparing.judge(session, acts)
    reading_store.add(session, zip(acts, judged, strict=True))
    # A relay's own scanner may follow the links of a mail that it then does not take.
    proofs = [
        act
        for act, (verdict, _) in zip(acts, judged, strict=True)
        if verdict is not Verdict.MACHINE
    ]
    for signal in {act.signal for act in proofs}:
        seen = {act.mail for act in proofs if act.signal is signal and act.mail}
        delivery.prove_accepted(session, seen, by=signal.value)
    store.remove(session, list(requests))
    return len(acts)


def _look_up(session: Session, requests: Sequence[Request]) -> _Facts:
    runs = {request.row for request in requests if request.use is Use.RUN_CLICK}
    mails = {request.row for request in requests if request.use is not Use.RUN_CLICK}
    sent = delivery.find_sent(session, mails)
    issues = store.issues_of(session, runs)
    reading_store.take_turn(session, {*issues, *(mail.run_id for mail in sent.values())})
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


def _act(request: Request, facts: _Facts, namer: Namer) -> Act | None:
    """None where the reader does not want to be counted, or nothing is known of the mail."""
    origin = _of_run(request, facts) if request.use is Use.RUN_CLICK else _of_mail(request, facts)
    if origin is None or (request.signal is Signal.ACT and origin.delivery_id is None):
        return None  # a form speaks for a reader's clicks, where he is known
    network = request.client.network
    day = request.at.astimezone(SHANGHAI).date()
    return Act(
        run=origin.run_id,
        mail=origin.delivery_id,
        signal=request.signal,
        link=facts.articles.get((origin.issue_id, request.position)),
        at=request.at,
        showed=classes.showed(request),
        agent=classes.agent_class(request.client.agent),
        network_class=classes.network_class(network),
        network=namer(network, day) if network else "",
        since=request.at - origin.readable_from if origin.readable_from else None,
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
