"""What was typed on the web is forgotten: after its time, or with the person it is about."""

import asyncio
from datetime import timedelta

from runs import add_reader
from sqlalchemy import select

from distribution import audience, clock, delivery, limits, privacy
from distribution.app import App
from distribution.audience import NewSubscriber
from distribution.limits import Limit
from distribution.models import Claim, Letter, SignUp, Subscriber, Try
from distribution.privacy import Kept, Purge

NEW, READER = "ding.yi@fenhe.example", "an.ran@fenhe.example"
HOME = "汾河机床厂"


def sign_up(app: App, email: str = NEW) -> None:
    """Typed and answered by a letter that has gone out."""
    new = NewSubscriber(audience.read_address(email), "丁一", enterprise=HOME)
    at = clock.now()
    with app.transaction() as session:
        audience.ensure_enterprise(session, HOME, at=at)
        audience.sign_up(session, new, app.keyring.address_hash, at=at)
    delivery.answer_sign_ups(app.transaction, app.stationery, at=at)


def purge(app: App, *, days: int) -> Purge:
    hasher, at = app.keyring.address_hash, clock.now() + timedelta(days=days)
    kept = dict.fromkeys(Kept, 0)
    return privacy.purge(app.transaction, kept, hasher, by="test", at=at)


def counted(done: Purge) -> dict[Kept, int]:
    return {kind.kept: kind.count for kind in done.kinds if kind.count}


def send_letters(app: App) -> None:
    at = clock.now()
    asyncio.run(delivery.post_due(app.transaction, app.open_transport, app.office, at=at))


def test_what_was_never_confirmed_goes_once_its_link_has_expired(app: App) -> None:
    sign_up(app)
    send_letters(app)
    assert counted(purge(app, days=29)) == {}

    assert counted(purge(app, days=31)) == {Kept.SIGN_UP: 2}  # what was typed, and the letter

    with app.reading() as session:
        assert session.scalars(select(SignUp)).all() == []
        letter = session.scalars(select(Letter)).one()
        assert NEW not in letter.recipient + letter.text + letter.html + letter.reply
        assert letter.key.startswith("confirm:")  # so that three letters ever stay three
    assert counted(purge(app, days=32)) == {}


def test_counts_go_with_their_window(app: App) -> None:
    hour = Limit("x", 1, timedelta(hours=1))
    with app.transaction() as session:
        limits.within(session, hour, "198.51.100.0/24", app.keyring.attest, at=clock.now())

    assert counted(purge(app, days=1)) == {Kept.TRIES: 1}


def test_a_new_address_that_no_worker_has_looked_at_goes_once_its_link_would_have(app: App) -> None:
    with app.transaction() as session:
        row = add_reader(session, app, READER, clock.now())
        address = audience.read_address(NEW)
        delivery.ask_to_move(session, app.stationery, row, address, at=clock.now())
    assert Kept.MOVE not in counted(purge(app, days=6))

    assert counted(purge(app, days=8))[Kept.MOVE] == 1

    with app.reading() as session:
        assert session.scalars(select(Letter)).all() == []
    assert delivery.answer_moves(app.transaction, app.stationery, at=clock.now()) == 0


def test_a_letter_to_a_new_address_that_waits_to_be_posted_stays(app: App) -> None:
    with app.transaction() as session:
        row = add_reader(session, app, READER, clock.now())
        address = audience.read_address(NEW)
        delivery.ask_to_move(session, app.stationery, row, address, at=clock.now())
    assert delivery.answer_moves(app.transaction, app.stationery, at=clock.now()) == 1

    assert Kept.MOVE not in counted(purge(app, days=8))


def test_an_erased_reader_leaves_nothing_of_what_was_typed(app: App) -> None:
    with app.transaction() as session:
        row = add_reader(session, app, READER, clock.now(), enterprise=HOME)
        assert audience.claim_membership(session, row, at=clock.now())
        number = row.id
    new = NewSubscriber(audience.read_address(READER), "丁一")
    with app.transaction() as session:
        audience.sign_up(session, new, app.keyring.address_hash, at=clock.now())
    with app.transaction() as session:
        privacy.erase(
            session,
            session.get_one(Subscriber, number),
            app.keyring.address_hash,
            why=privacy.ASKED,
            reason="来电",
            by="test",
            at=clock.now(),
        )

    with app.reading() as session:
        assert session.scalars(select(SignUp)).all() == []
        assert session.scalars(select(Claim)).all() == []
        assert session.scalars(select(Try)).all() == []
