"""What was typed on the web is answered by a letter, to few, and only where it may be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from fake_transport import FakeTransport
from letter_readers import READER, ask, pending, post, written
from runs import add_reader, override
from sqlalchemy import select

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import NewSubscriber
from distribution.models import SignUp, Subscriber
from distribution.words import LetterPurpose, LetterState

NEW = "ding.yi@fenhe.example"
ASKING, ALREADY = LetterPurpose.CONFIRMATION, LetterPurpose.ALREADY
A_DAY = timedelta(hours=24)


def sign_up(app: App, email: str = NEW, at: datetime | None = None, name: str = "丁一") -> None:
    new = NewSubscriber(audience.read_address(email), name)
    with app.transaction() as session:
        audience.sign_up(session, new, app.keyring.address_hash, at=at or clock.now())


def answer(app: App, at: datetime | None = None) -> int:
    return delivery.answer_sign_ups(app.transaction, app.stationery, at=at or clock.now())


def waiting(app: App) -> list[str]:
    with app.reading() as session:
        return list(session.scalars(select(SignUp.email).order_by(SignUp.email)))


def reader(app: App, email: str = READER) -> Subscriber:
    with app.transaction() as session:
        return add_reader(session, app, email, clock.now())


def test_however_often_somebody_types_an_address_it_gets_a_letter_a_day_and_three_ever(
    app: App,
) -> None:
    begun = clock.now()
    for hours in range(0, 24 * 7, 8):
        at = begun + timedelta(hours=hours)
        for _ in range(3):
            sign_up(app, at=at)
            answer(app, at)

    times = [letter.created_at - begun for letter in written(app, ASKING)]
    assert times == [number * A_DAY for number in range(3)]


def test_what_an_admin_asked_counts_too(app: App) -> None:
    ask(app, pending(app))
    sign_up(app, READER)

    assert answer(app) == 1

    assert len(written(app, ASKING)) == 1
    assert waiting(app) == [READER]  # the letter he has got leads to his own page


def test_letters_to_a_reader_who_is_one_already_count_as_well(app: App) -> None:
    row, begun = reader(app), clock.now()
    for days in range(5):
        sign_up(app, READER, begun + days * A_DAY)
        answer(app, begun + days * A_DAY)

    letters = written(app, ALREADY)
    assert [letter.subscriber_id for letter in letters] == [row.id] * 3
    assert waiting(app) == []


def pause(app: App, row: Subscriber) -> None:
    with app.transaction() as session:
        audience.pause(session, session.get_one(Subscriber, row.id), clock.now() + 9 * A_DAY)


def depart(app: App, row: Subscriber) -> None:
    with app.transaction() as session:
        audience.depart(session, session.get_one(Subscriber, row.id), at=clock.now())


def end(app: App, row: Subscriber) -> None:
    at = clock.now()
    with app.transaction() as session:
        home = audience.ensure_enterprise(session, "汾河机床厂", at=at)
        session.get_one(Subscriber, row.id).enterprise_id = home.id
        audience.suspend(session, home, at=at)


@pytest.mark.parametrize(
    ("happens", "why"), [(pause, "暂停一段时间"), (depart, "已离开原单位"), (end, "会籍已终止")]
)
def test_a_reader_to_whom_nothing_is_sent_is_told_why(app: App, happens: object, why: str) -> None:
    assert callable(happens)
    happens(app, reader(app))
    sign_up(app, READER)
    answer(app)

    (letter,) = written(app, ALREADY)
    assert why in letter.text.replace("\n", "")
    assert post(app, FakeTransport()) == {LetterState.SENT: 1}


def test_two_workers_write_one_letter(app: App) -> None:
    sign_up(app)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: answer(app), range(2)))

    assert sum(done) == 1
    assert len(written(app, ASKING)) == 1


def test_a_broken_template_keeps_nobody_waiting_for_ever(app: App) -> None:
    override(app, "confirm/subject.txt", "{{", "{{ nothing.of ~ ")
    reader(app)
    sign_up(app)
    sign_up(app, READER)

    assert answer(app) == 2

    assert answer(app) == 0
    assert written(app, ASKING) == []
    assert len(written(app, ALREADY)) == 1


def test_a_letter_nobody_stands_behind_any_more_is_not_sent(app: App) -> None:
    sign_up(app)
    answer(app)
    (letter,) = written(app, ASKING)
    with app.transaction() as session:
        delivery.disown(session, letter.id, at=clock.now())

    assert post(app, FakeTransport()) == {}
