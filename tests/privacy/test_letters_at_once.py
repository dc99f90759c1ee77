"""Clicks in letters while somebody else changes the same person: no circle, and one truth."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from databases import circles_seen_soon, waits
from returned_mails import bounce
from runs import add_reader
from sqlalchemy import func, select

from distribution import audience, clock, delivery, events, privacy
from distribution.app import App
from distribution.audience import NewSubscriber
from distribution.delivery import Standing
from distribution.models import Letter, SignUp, Subscriber
from distribution.words import Decision, LetterPurpose, LetterState

READER, NEW = "an.ran@fenhe.example", "an.neu@fenhe.example"
A_DAY = timedelta(days=1)
Click = Callable[[], tuple[Standing, bool]]
only_postgresql = pytest.mark.parametrize("environment", ["postgresql"], indirect=True)


def known(app: App) -> int:
    """A contact whom an admin has added and asked; his number."""
    at = clock.now()
    with app.transaction() as session:
        row = add_reader(session, app, READER, at, name="安然", consent="")
        delivery.request_consent(session, row, by="test", at=at)
        return row.id


def ask(app: App, reader: int) -> int:
    """The letter an admin has written him."""
    with app.transaction() as session:
        row = session.get_one(Subscriber, reader)
        return delivery.ask_to_confirm(session, app.stationery, row, by="test", at=clock.now())


def sign_up(app: App, email: str = READER, after: timedelta = timedelta(0)) -> int:
    """Somebody types the address on the web; the letter that asks."""
    type_in(app, email)
    at = clock.now() + after
    assert delivery.answer_sign_ups(app.transaction, app.stationery, at=at) == 1
    return letters(app)[-1].id


def type_in(app: App, email: str = READER) -> None:
    new = NewSubscriber(audience.read_address(email), "安然")
    with app.transaction() as session:
        audience.sign_up(session, new, app.keyring.address_hash, at=clock.now())


def letters(app: App) -> list[Letter]:
    with app.reading() as session:
        found = list(session.scalars(select(Letter).order_by(Letter.id)))
        session.expunge_all()
    return found


def typed(app: App) -> list[SignUp]:
    with app.reading() as session:
        found = list(session.scalars(select(SignUp)))
        session.expunge_all()
    return found


def readers(app: App) -> int:
    with app.reading() as session:
        return session.scalars(select(func.count(Subscriber.id))).one()


def yes(app: App, letter: int) -> Click:
    """The click of one who has been shown what is typed now."""
    version = next((one.asked_at.isoformat() for one in typed(app)), "")

    def click() -> tuple[Standing, bool]:
        with app.transaction() as session:
            found, now = delivery.confirm(
                session, app.stationery, letter, at=clock.now(), version=version
            )
            return found.standing, now

    return click


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What became of deeds that begin at one moment."""
    gate = Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> Any:  # noqa: ANN401 - what it gives
        gate.wait(10)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


# -- nobody waits in a circle --------------------------------------------------------------------


@only_postgresql
def test_who_confirms_what_was_typed_waits_for_who_erases_him_and_not_in_a_circle(
    app: App,
) -> None:
    reader = known(app)
    click = yes(app, sign_up(app))
    hasher, at = app.keyring.address_hash, clock.now()

    with circles_seen_soon(app), ThreadPoolExecutor(1) as pool, app.transaction() as session:
        audience.lock_subscriber(session, reader)
        clicked = pool.submit(click)
        assert waits(app, clicked)
        row = session.get_one(Subscriber, reader)
        privacy.erase(session, row, hasher, why=privacy.ASKED, reason="来电", by="test", at=at)
        session.commit()
        assert clicked.result(10) == (Standing.VOID, False)

    assert (readers(app), typed(app)) == (1, [])
    assert not [one for one in letters(app) if READER in one.recipient + one.text]


@only_postgresql
def test_who_confirms_by_two_letters_at_once_does_not_wait_for_himself(app: App) -> None:
    reader = known(app)
    first, second = ask(app, reader), sign_up(app, after=A_DAY)
    click = yes(app, second)

    with circles_seen_soon(app), ThreadPoolExecutor(1) as pool, app.transaction() as session:
        audience.lock_subscriber(session, reader)  # as the first click does to begin with
        clicked: Future[tuple[Standing, bool]] = pool.submit(click)
        assert waits(app, clicked)
        found, now = delivery.confirm(session, app.stationery, first, at=clock.now())
        assert (found.standing, now) == (Standing.DONE, True)
        session.commit()
        assert clicked.result(10)[1] is False

    assert (readers(app), typed(app)) == (1, [])
    assert granted(app, reader) == 1


@only_postgresql
def test_a_bounce_of_his_letter_takes_the_reader_before_the_letter(app: App) -> None:
    reader = known(app)
    number = ask(app, reader)
    raw = bounce(READER, to=app.addresses.letter_return_path(number))
    with app.transaction() as session:
        session.get_one(Letter, number).state = LetterState.SENT
        inbox_id, _ = events.receive_mail(session, raw, clock.now())

    def judge() -> bool:
        with app.transaction() as session:
            desk, at = events.Desk(app.addresses), clock.now()
            return events.judge_mails(session, [inbox_id], desk, at)[0].suppressed

    with ThreadPoolExecutor(1) as pool, app.transaction() as session:
        audience.lock_subscriber(session, reader)
        judged = pool.submit(judge)
        assert waits(app, judged)
        his = select(Letter.id).where(Letter.id == number)
        assert session.scalar(his.with_for_update(nowait=True)) == number
        session.commit()
        assert judged.result(10)


def granted(app: App, reader: int) -> int:
    with app.reading() as session:
        said = audience.consents(session, subscriber_id=reader)
        return sum(one[0].decision is Decision.GRANTED for one in said)


# -- and what is true afterwards -----------------------------------------------------------------


def test_two_who_have_the_same_address_typed_at_once_cause_one_letter(app: App) -> None:
    at_once(*[lambda: type_in(app, NEW)] * 2)
    at = clock.now()
    at_once(*[lambda: delivery.answer_sign_ups(app.transaction, app.stationery, at=at)] * 2)

    assert len(typed(app)) == 1
    assert [one.purpose for one in letters(app)] == [LetterPurpose.CONFIRMATION]


def test_a_yes_while_it_is_typed_again_loses_neither(app: App) -> None:
    click = yes(app, sign_up(app, NEW))

    (standing, now), _ = at_once(click, lambda: type_in(app, NEW))

    # Typed before the yes, he is shown it anew; typed after it, he will be told that he is one.
    assert (standing, now) in {(Standing.DONE, True), (Standing.OPEN, False)}
    assert readers(app) == int(now)
    assert len(typed(app)) == 1


def test_a_yes_while_an_admin_adds_him_makes_one_contact(app: App) -> None:
    click = yes(app, sign_up(app, READER))

    def add() -> bool:
        try:
            known(app)
        except audience.AlreadySubscribed:
            return False
        return True

    (standing, now), _ = at_once(click, add)

    assert (standing, now, readers(app)) == (Standing.DONE, True, 1)
    with app.reading() as session:
        row = audience.find_subscriber(session, READER)
        assert audience.facts(session, row, at=clock.now()) == ()


def test_who_moves_while_he_leaves_has_moved_and_left(app: App) -> None:
    at, hasher = clock.now(), app.keyring.address_hash
    with app.transaction() as session:
        row = add_reader(session, app, READER, at)
        address, reader = audience.read_address(NEW), row.id
        delivery.ask_to_move(session, app.stationery, row, address, at=at)
    delivery.answer_moves(app.transaction, app.stationery, at=at)
    (letter,) = letters(app)

    def move() -> bool:
        with app.transaction() as session:
            return delivery.move(session, app.stationery, letter.id, hasher, at=clock.now())[1]

    def leave() -> bool:
        with app.transaction() as session:
            return events.leave(session, reader, None, channel="web", wording="退订", at=at)

    assert at_once(move, move, leave, leave).count(True) == 2

    with app.reading() as session:
        row = session.get_one(Subscriber, reader)
        (fact,) = audience.facts(session, row, at=clock.now())
        assert (row.email_key, fact.cause.name) == (NEW, "LEFT")


def test_two_readers_who_name_one_address_do_not_both_get_it(app: App) -> None:
    at, hasher, numbers = clock.now(), app.keyring.address_hash, []
    for number, email in enumerate(("a@fenhe.example", "b@fenhe.example")):
        when = at + number * A_DAY
        with app.transaction() as session:
            row = add_reader(session, app, email, at)
            delivery.ask_to_move(session, app.stationery, row, audience.read_address(NEW), at=when)
        delivery.answer_moves(app.transaction, app.stationery, at=when)
        numbers.append(letters(app)[-1].id)

    def move(letter: int) -> Standing:
        with app.transaction() as session:
            found, _ = delivery.move(session, app.stationery, letter, hasher, at=clock.now())
            return found.standing

    done = at_once(*[lambda letter=one: move(letter) for one in numbers])

    assert sorted(one.name for one in done) == ["BARRED", "DONE"]
