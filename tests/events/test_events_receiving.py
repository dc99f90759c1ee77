"""What came back is kept before it is judged."""

from dataclasses import replace
from datetime import timedelta

import pytest
from databases import inbox
from event_samples import (
    DENIED,
    GRANTED,
    UNKNOWN,
    arrive,
    click,
    judge,
    judge_mails,
    letter,
    long_ago,
    opening,
    receive,
    run_click,
    sent_to,
)
from sqlalchemy import event

from distribution import clock, events
from distribution.app import App
from distribution.words import Signal

SOON = timedelta(days=1)


def test_every_request_gets_its_own_id_in_its_order(app: App) -> None:
    (mail, other) = sent_to(app, GRANTED, UNKNOWN)
    requests = [
        click(mail, 4),
        opening(other),
        run_click(mail, 2),
        *(click(other, 1 + number % 4, agent=f"Browser/{number}") for number in range(40)),
    ]
    ids = receive(app, *requests)
    rows = {row.id: row for row in inbox(app)}
    assert list(rows) == sorted(ids)
    for inbox_id, request in zip(ids, requests, strict=True):
        row = rows[inbox_id]
        assert (row.signal, row.at) == (request.signal, request.at)
        assert row.content == {
            "use": request.use.value,
            "row": request.row,
            "position": request.position,
            "agent": request.client.agent,
            "method": "GET",
            "prefetch": False,
            "network": "",
        }


def test_what_leads_nowhere_is_not_kept(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    requests = [
        click(mail, 0),
        click(mail, 1),
        click(mail, 5),
        click(mail, 10**30),
        replace(click(mail), row=2**40 - 1),
        replace(opening(mail), row=2**40 - 1),
        opening(mail),
        replace(run_click(mail), row=2**40 - 1),
        run_click(mail, 5),
        run_click(mail, 4),
    ]
    with app.transaction() as session:
        stored = events.receive(session, requests)
    kept = {number: one for number, one in enumerate(stored) if one is not None}
    assert list(kept) == [0, 1, 6, 9]  # position 0 is the link nobody sees
    assert [row.id for row in inbox(app)] == [one.inbox_id for one in kept.values()]
    assert {one.run_id for one in kept.values()} == {mail.run_id}


def test_nothing_received_is_nothing_kept(app: App) -> None:
    assert receive(app) == []
    assert inbox(app) == []


def test_a_long_list_costs_a_handful_of_queries(app: App) -> None:
    mails = sent_to(app, GRANTED, UNKNOWN, DENIED)
    statements: list[str] = []

    def count(*call: object) -> None:
        statements.append(str(call[2]))

    requests = [
        request
        for number in range(60)
        for mail in mails
        for request in (click(mail, 1 + number % 4), opening(mail), run_click(mail, 1))
    ]
    event.listen(app.engine, "before_cursor_execute", count)
    ids = receive(app, *requests)
    asked = [text for text in statements if text.startswith("SELECT")]
    statements.clear()
    assert judge(app, ids) == 6 * 60 + 60  # of the one who said no: the run's clicks only
    event.remove(app.engine, "before_cursor_execute", count)
    assert len(asked) == 1
    assert len(statements) <= 2 * 15


@pytest.mark.parametrize(
    "change", [lambda raw: raw.replace(b"\n", b"\r\n"), lambda raw: raw + b"\n\n"]
)
def test_a_mail_seen_again_is_the_same_mail(app: App, change: object) -> None:
    raw = letter("digest@magazine.example", "您好", "第一行\n第二行\n")
    assert callable(change)
    with app.transaction() as session:
        first = events.receive_mail(session, raw, clock.now())
    with app.transaction() as session:
        again = events.receive_mail(session, change(raw), clock.now())
        boxed = events.receive_mail(session, b"From a@b.example Tue Sep  1\n" + raw, clock.now())
        other = events.receive_mail(session, raw + b"PS", clock.now())
    assert first[1]
    assert again == boxed == (first[0], False)
    assert other[1]
    assert other[0] != first[0]
    assert inbox(app)[0].raw == raw


def test_what_is_unjudged_comes_oldest_first(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    clicked, opened = receive(app, click(mail), opening(mail))
    (written,) = arrive(app, letter("digest@magazine.example", "您好"))
    before = clock.now() + SOON

    def ids(*signals: Signal, limit: int = 10) -> list[int]:
        with app.reading() as session:
            return events.unjudged(session, signals, before, limit)

    assert ids(*Signal) == [clicked, opened, written]
    assert ids(Signal.OPEN, Signal.MAIL) == [opened, written]
    assert ids(*Signal, limit=1) == [clicked]
    with app.reading() as session:
        assert events.unjudged(session, tuple(Signal), long_ago(), 10) == []
    judge(app, [clicked])
    judge_mails(app, letter("digest@magazine.example", "您好"))
    assert ids(*Signal) == [opened]
