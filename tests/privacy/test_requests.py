"""The log of requests: what was asked, until when, what was answered."""

from datetime import UTC, datetime, timedelta

import pytest
from runs import add_reader
from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import privacy
from distribution.app import App
from distribution.audience import InvalidText
from distribution.errors import NotFound
from distribution.models import Audit, PrivacyRequest, Subscriber
from distribution.privacy import AlreadyAnswered
from distribution.words import RequestKind

NOW = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
WITHIN = timedelta(days=15)


@pytest.fixture
def reader(session: Session, app: App) -> Subscriber:
    return add_reader(session, app, "reader@fenhe.example", NOW)


def ask(
    session: Session, row: Subscriber, kind: RequestKind = RequestKind.ACCESS, at: datetime = NOW
) -> PrivacyRequest:
    return privacy.add_request(
        session,
        kind,
        subscriber_id=row.id,
        address_hash=row.address_hash,
        note=" 来电 ",
        within=WITHIN,
        by="test",
        at=at,
    )


def test_a_request_is_due_so_many_days_later(session: Session, reader: Subscriber) -> None:
    asked = ask(session, reader)

    assert (asked.due_at, asked.done_at, asked.note) == (NOW + WITHIN, None, "来电")
    deed = session.scalars(select(Audit)).one()
    assert (deed.action, deed.subject) == ("request.add", str(reader.id))


def test_the_most_urgent_comes_first_and_the_answered_last(
    session: Session, reader: Subscriber
) -> None:
    late = ask(session, reader, at=NOW - timedelta(days=20)).id
    answered = ask(session, reader, at=NOW - timedelta(days=30)).id
    fresh = ask(session, reader).id
    privacy.close_request(session, answered, "已寄出", by="test", at=NOW)

    everything = privacy.requests(session)

    assert [asked.request.id for asked in everything] == [late, fresh, answered]
    assert [asked.overdue(NOW) for asked in everything] == [True, False, False]
    assert len(privacy.requests(session, only_open=True)) == 2


def test_a_request_is_answered_once(session: Session, reader: Subscriber) -> None:
    asked = ask(session, reader).id
    privacy.close_request(session, asked, "已寄出", by="test", at=NOW)

    with pytest.raises(AlreadyAnswered, match="早已办结"):
        privacy.close_request(session, asked, "再寄", by="test", at=NOW)
    with pytest.raises(NotFound):
        privacy.close_request(session, 99, "已寄出", by="test", at=NOW)


def test_an_answer_says_something(session: Session, reader: Subscriber) -> None:
    with pytest.raises(InvalidText, match="答复"):
        privacy.close_request(session, ask(session, reader).id, " ", by="test", at=NOW)


def test_what_is_done_answers_the_open_requests_of_its_kind_only(
    session: Session, reader: Subscriber
) -> None:
    access = ask(session, reader, RequestKind.ACCESS).id
    correction = ask(session, reader, RequestKind.CORRECTION).id

    done = privacy.settle(
        session,
        RequestKind.ACCESS,
        reader,
        reader.address_hash,
        answer="已导出",
        by="test",
        at=NOW,
    )

    assert done == [access]
    assert [asked.request.id for asked in privacy.requests(session, only_open=True)] == [correction]


def test_what_nobody_asked_for_is_written_down_as_done(
    session: Session, reader: Subscriber
) -> None:
    settled = privacy.settle(
        session,
        RequestKind.ACCESS,
        reader,
        reader.address_hash,
        answer="已导出",
        by="test",
        at=NOW,
    )

    request = session.get_one(PrivacyRequest, settled[0])
    assert (request.done_at, request.answer) == (NOW, "已导出")


def test_who_asked_before_he_was_on_the_books_is_found_by_his_address(
    session: Session, app: App
) -> None:
    address_hash = app.keyring.address_hash("reader@fenhe.example")
    asked = privacy.add_request(
        session,
        RequestKind.ACCESS,
        subscriber_id=None,
        address_hash=address_hash,
        note="",
        within=WITHIN,
        by="test",
        at=NOW,
    )
    later = add_reader(session, app, "reader@fenhe.example", NOW)

    done = privacy.settle(
        session, RequestKind.ACCESS, later, address_hash, answer="已导出", by="test", at=NOW
    )

    assert done == [asked.id]
