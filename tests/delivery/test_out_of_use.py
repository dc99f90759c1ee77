"""An address out of use gets no letter and becomes nobody's, also where it was nobody's before."""

from collections.abc import Callable

import pytest
from fake_transport import FakeTransport, Refuse
from letter_readers import READER, post, written
from runs import add_reader
from sqlalchemy import func, select

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import NewSubscriber
from distribution.delivery import Reply, Standing
from distribution.models import Letter, SignUp, Subscriber
from distribution.words import Decision, LetterPurpose, LetterState, SuppressionReason

NEW, ADMIN = "ding.yi@fenhe.example", "admin@federation.example"
ASKING, MOVING = LetterPurpose.CONFIRMATION, LetterPurpose.MOVING
GONE = Refuse(Reply(550, "5.1.1 User unknown"))


def sign_up(app: App, email: str = NEW) -> int:
    """Somebody types it on the web; the number of the letter that asks him."""
    new, at = NewSubscriber(audience.read_address(email), "丁一"), clock.now()
    with app.transaction() as session:
        audience.sign_up(session, new, app.keyring.address_hash, at=at)
    delivery.answer_sign_ups(app.transaction, app.stationery, at=at)
    return written(app, ASKING)[-1].id


def ask_to_move(app: App, email: str = NEW) -> int:
    """A reader names it as his new address; the number of the letter that asks."""
    at = clock.now()
    with app.transaction() as session:
        row = add_reader(session, app, READER, at)
        delivery.ask_to_move(session, app.stationery, row, audience.read_address(email), at=at)
    delivery.answer_moves(app.transaction, app.stationery, at=at)
    return written(app, MOVING)[-1].id


def suppress(app: App, email: str = NEW, *, why: SuppressionReason) -> None:
    with app.transaction() as session:
        key = app.keyring.address_hash(email)
        assert audience.suppress(session, key, why, evidence="550", at=clock.now())


def suppress_domain(app: App) -> None:
    why = SuppressionReason.BY_HAND
    with app.transaction() as session:
        audience.suppress_domain(session, "fenhe.example", why, evidence="停用", at=clock.now())


def suppressed(app: App) -> dict[str, str]:
    with app.reading() as session:
        return {row[0].address_hash: row[0].evidence for row in audience.suppressions(session)}


def version(app: App) -> str:
    with app.reading() as session:
        return session.scalars(select(SignUp.asked_at)).one().isoformat()


def confirm(app: App, letter: int) -> tuple[Standing, bool]:
    """What the button does for who was shown what was typed last."""
    shown = version(app)
    with app.transaction() as session:
        found, now = delivery.confirm(
            session, app.stationery, letter, at=clock.now(), version=shown
        )
        return found.standing, now


def readers(app: App) -> int:
    with app.reading() as session:
        return session.scalars(select(func.count(Subscriber.id))).one()


# -- a yes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", [SuppressionReason.HARD_BOUNCE, SuppressionReason.ERASED])
def test_who_says_yes_at_an_address_out_of_use_becomes_no_reader(
    app: App, why: SuppressionReason
) -> None:
    letter = sign_up(app)
    suppress(app, why=why)

    assert confirm(app, letter) == (Standing.BARRED, False)

    assert readers(app) == 0
    assert version(app)  # what he typed waits, as the office may let him in


def test_a_whole_domain_out_of_use_bars_the_yes_of_a_stranger(app: App) -> None:
    letter = sign_up(app)
    suppress_domain(app)

    assert confirm(app, letter) == (Standing.BARRED, False)


def test_once_the_office_lets_the_address_be_used_the_same_link_is_good(app: App) -> None:
    letter = sign_up(app)
    suppress(app, why=SuppressionReason.HARD_BOUNCE)
    with app.transaction() as session:
        audience.release(session, app.keyring.address_hash(NEW), at=clock.now())

    assert confirm(app, letter) == (Standing.DONE, True)


def test_who_left_of_his_own_will_comes_back_by_his_own_yes(app: App) -> None:
    at = clock.now()
    with app.transaction() as session:
        row = add_reader(session, app, NEW, at)
        said = audience.Statement(Decision.WITHDRAWN, "退订", channel="web")
        audience.record_consent(session, row.id, said, by="reader", at=at)

    assert confirm(app, sign_up(app)) == (Standing.DONE, True)


# -- a letter that waits -------------------------------------------------------------------------


@pytest.mark.parametrize("write", [sign_up, ask_to_move])
def test_a_letter_that_waits_does_not_go_to_an_address_that_is_out_of_use_since(
    app: App, write: Callable[[App], int]
) -> None:
    number, relay = write(app), FakeTransport()
    suppress(app, why=SuppressionReason.COMPLAINT)

    assert post(app, relay) == {LetterState.CANCELLED: 1}

    assert relay.recipients == {}
    with app.reading() as session:
        letter = session.get_one(Letter, number)
        assert (letter.state, letter.reply) == (LetterState.CANCELLED, "地址已抑制")


def test_nor_to_a_domain_that_is(app: App) -> None:
    sign_up(app)
    suppress_domain(app)
    assert post(app, FakeTransport()) == {LetterState.CANCELLED: 1}


def test_a_former_address_out_of_use_is_not_told_of_the_move(app: App) -> None:
    number, at = ask_to_move(app), clock.now()
    post(app, FakeTransport())
    with app.transaction() as session:
        hasher = app.keyring.address_hash
        _, now = delivery.move(session, app.stationery, number, hasher, at=at)
        assert now
    suppress(app, READER, why=SuppressionReason.HARD_BOUNCE)

    assert post(app, FakeTransport()) == {LetterState.CANCELLED: 1}


def test_what_staff_get_goes_whatever_is_known_of_their_address_as_readers(app: App) -> None:
    suppress(app, ADMIN, why=SuppressionReason.HARD_BOUNCE)
    with app.transaction() as session:
        content = ("题", "文", "")
        delivery.add_letter(session, "k", LetterPurpose.ALERT, ADMIN, content, at=clock.now())
    assert post(app, FakeTransport()) == {LetterState.SENT: 1}


# -- a letter that is refused --------------------------------------------------------------------


@pytest.mark.parametrize("write", [sign_up, ask_to_move])
def test_an_asked_address_that_is_not_there_is_asked_no_more(
    app: App, write: Callable[[App], int]
) -> None:
    write(app)

    assert post(app, FakeTransport({NEW: [GONE]})) == {LetterState.FAILED: 1}

    key = app.keyring.address_hash(NEW)
    assert suppressed(app) == {key: "550 5.1.1 User unknown（寄信时的应答）"}
    asked = len(written(app, ASKING))
    if write is sign_up:
        assert confirm(app, written(app, ASKING)[0].id) == (Standing.BARRED, False)
    new = NewSubscriber(audience.read_address(NEW), "丁一")
    with app.transaction() as session:
        audience.sign_up(session, new, app.keyring.address_hash, at=clock.now())
    delivery.answer_sign_ups(app.transaction, app.stationery, at=clock.now())
    assert len(written(app, ASKING)) == asked


def test_a_refusal_that_speaks_of_no_address_buries_nobody(app: App) -> None:
    sign_up(app)
    relay = FakeTransport({NEW: [Refuse(Reply(550, "5.7.1 rejected by policy"))]})
    post(app, relay)
    assert suppressed(app) == {}


def test_a_reader_stays_one_though_the_address_he_named_is_not_there(app: App) -> None:
    ask_to_move(app)
    post(app, FakeTransport({NEW: [GONE]}))
    with app.reading() as session:
        row = audience.find_subscriber(session, READER)
        assert audience.facts(session, row, at=clock.now()) == ()
