"""The log of requests: what people asked about their data, until when, and what was answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from distribution import audit
from distribution.audience import tidy
from distribution.errors import NotFound, Refused
from distribution.models import PrivacyRequest, Subscriber
from distribution.privacy.store import requests as store
from distribution.words import RequestKind

_LONGEST = 500


class AlreadyAnswered(Refused):
    """Raised when a request is to be closed that has been."""

    def __init__(self, request_id: int) -> None:
        self.request_id = request_id
        super().__init__(f"请求 {request_id} 早已办结：没有改动")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a list shows it."""

    request: PrivacyRequest
    name: str | None
    """Of the person, while his data is held."""
    email: str | None

    def overdue(self, at: datetime) -> bool:
        """Whether nobody has answered, and the time is over."""
        return self.request.done_at is None and self.request.due_at < at


def add_request(
    session: Session,
    kind: RequestKind,
    *,
    subscriber_id: int | None,
    address_hash: str,
    note: str,
    within: timedelta,
    by: str,
    at: datetime,
) -> PrivacyRequest:
    """Write down what a person asked; he may be somebody of whom nothing is held."""
    request = PrivacyRequest(
        kind=kind,
        subscriber_id=subscriber_id,
        address_hash=address_hash,
        note=tidy("说明", note, longest=_LONGEST) if note.strip() else "",
        asked_at=at,
        due_at=at + within,
        by=by,
    )
    store.add(session, request)
    _trace(session, "request.add", request, by=by, at=at)
    return request


def close_request(
    session: Session, request_id: int, answer: str, *, by: str, at: datetime
) -> PrivacyRequest:
    """Write down what was answered; raises NotFound, AlreadyAnswered."""
    request = store.find(session, request_id)
    if request is None:
        raise NotFound("请求", str(request_id), "distribution request list 列出全部请求")
    if request.done_at is not None:
        raise AlreadyAnswered(request_id)
    request.answer, request.done_at = tidy("答复", answer, longest=_LONGEST), at
    session.flush()
    _trace(session, "request.close", request, by=by, at=at)
    return request


def requests(session: Session, *, only_open: bool = False, limit: int = 1000) -> list[Asked]:
    """The log, open ones first and of these the most urgent."""
    return [Asked(*row) for row in store.listed(session, only_open=only_open, limit=limit)]


def settle(
    session: Session,
    kind: RequestKind,
    row: Subscriber,
    address_hash: str,
    *,
    answer: str,
    by: str,
    at: datetime,
) -> list[int]:
    """Close what a person asked for as it is done; where he did not ask, write it down as done."""
    answer = tidy("答复", answer, longest=_LONGEST)
    closed = store.answer_open(session, kind, row.id, address_hash, answer=answer, at=at)
    if closed:
        return closed
    request = PrivacyRequest(
        kind=kind,
        subscriber_id=row.id,
        address_hash=address_hash,
        asked_at=at,
        due_at=at,
        done_at=at,
        answer=answer,
        by=by,
    )
    return [store.add(session, request)]


def _trace(
    session: Session, action: str, request: PrivacyRequest, *, by: str, at: datetime
) -> None:
    subject = str(request.subscriber_id or f"request {request.id}")
    audit.record(
        session, action, subject, by=by, at=at, request=request.id, kind=request.kind.value
    )
