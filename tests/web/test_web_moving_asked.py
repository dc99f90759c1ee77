"""A new address is asked for: the page does the same for all of them, a worker decides."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from databases import only_sqlite
from movers import NEW, answer, ask, make_older, moving, send, suppress
from runs import override
from web_office import DENIED, GRANTED, UNKNOWN, Visitor, contents_of, post_letters, profile_of

from distribution import audience, clock, delivery, limits, privacy
from distribution.delivery import asking_to_move
from distribution.words import LetterState


def test_a_letter_goes_to_the_new_address_and_nothing_changes_yet(visitor: Visitor) -> None:
    found = ask(visitor)

    assert found.status_code == 200
    assert NEW not in found.text
    (letter,) = moving(visitor)
    assert letter.recipient == NEW
    assert visitor.app.addresses.move(letter.id) in letter.text
    assert GRANTED not in letter.text + letter.html + letter.subject
    assert profile_of(visitor.app, GRANTED).subscriber.email == GRANTED
    assert post_letters(visitor.app) == [LetterState.SENT]


@pytest.mark.parametrize("address", [UNKNOWN, GRANTED, f" {UNKNOWN.upper()}", "gone@fenhe.example"])
def test_the_answer_is_the_same_whether_the_address_is_known_or_not(
    visitor: Visitor, address: str
) -> None:
    suppress(visitor, "gone@fenhe.example")
    before = contents_of(visitor.app, but="tries")

    found = ask(visitor, address)

    assert contents_of(visitor.app, but="tries") == before  # no letter to it, nor what he typed
    assert found.text == ask(visitor, NEW).text
    assert len(moving(visitor)) == 1


@pytest.mark.parametrize("address", [NEW, UNKNOWN, "gone@fenhe.example"])
def test_whatever_the_address_the_page_does_the_same_and_the_worker_decides(
    visitor: Visitor, address: str
) -> None:
    suppress(visitor, "gone@fenhe.example")
    begun = clock.now()

    send(visitor, address)

    (letter,) = moving(visitor)
    assert (letter.recipient, letter.subject, letter.text) == (address, "", "")
    assert (letter.state, letter.created_at >= begun) == (LetterState.WAITING, True)
    assert post_letters(visitor.app) == [LetterState.WAITING]  # it is not written yet
    with visitor.app.reading() as session:
        assert delivery.moves_due(session)
        assert not delivery.letters_due(session, visitor.app.patience)
    answer(visitor)
    states = [LetterState.SENT] if address == NEW else []
    assert post_letters(visitor.app) == states
    with visitor.app.reading() as session:
        assert not delivery.moves_due(session)


def test_two_workers_write_one_letter_to_a_new_address(visitor: Visitor) -> None:
    send(visitor)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: answer(visitor), range(2)))

    (letter,) = moving(visitor)
    assert letter.key.endswith(":1")
    assert post_letters(visitor.app) == [LetterState.SENT]


@only_sqlite
def test_who_is_erased_before_a_worker_looks_causes_no_letter(visitor: Visitor) -> None:
    send(visitor)
    erase(visitor)

    assert answer(visitor) == 0

    (letter,) = moving(visitor)
    assert (letter.state, NEW in letter.recipient) == (LetterState.CANCELLED, False)


def erase(visitor: Visitor) -> None:
    app, at = visitor.app, clock.now()
    with app.transaction() as session:
        row, hasher = audience.find_subscriber(session, GRANTED), app.keyring.address_hash
        privacy.erase(session, row, hasher, why=privacy.ASKED, reason="来电", by="test", at=at)


@only_sqlite
def test_a_broken_template_costs_the_letter_and_keeps_nobody_waiting(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    override(visitor.app, "told/subject.txt", "{{", "{{ nothing.of ~ ")
    assert ask(visitor).status_code == 200
    assert moving(visitor) == []
    assert answer(visitor) == 0
    assert "no letter to the new address" in caplog.text
    assert NEW not in caplog.text


@only_sqlite
def test_what_is_no_address_is_told(visitor: Visitor) -> None:
    before = contents_of(visitor.app, but="")
    for wrong in ("", "neu", "a@b", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example"):
        found = ask(visitor, wrong)
        assert found.status_code == 422
        assert "没有寄出确认信" in found.text
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_a_stranger_cannot_be_flooded(visitor: Visitor) -> None:
    for one in (visitor, visitor, visitor.of(UNKNOWN), visitor.of(DENIED)):
        assert ask(one).status_code == 200
    assert len(moving(visitor)) == 1
    for _ in range(4):  # on days to come
        make_older(visitor, timedelta(days=2))
        ask(visitor.of(UNKNOWN))
    assert len(moving(visitor)) == 3


@only_sqlite
def test_one_reader_cannot_write_to_many_strangers(visitor: Visitor) -> None:
    answers = [ask(visitor, f"stranger{number}@fenhe.example") for number in range(8)]
    assert len(moving(visitor)) == 5
    assert len({found.text for found in answers}) == 1
    ask(visitor.of(UNKNOWN), "stranger9@fenhe.example")
    assert len(moving(visitor)) == 6


@only_sqlite
def test_all_readers_together_are_limited_too(visitor: Visitor) -> None:
    limit, attest = asking_to_move.IN_ALL, visitor.app.keyring.attest
    with visitor.app.transaction() as session:
        for _ in range(limit.most):
            assert limits.within(session, limit, "", attest, at=clock.now())
    assert ask(visitor).status_code == 200
    assert moving(visitor) == []


def test_who_has_left_is_sent_no_letter_to_another_address(visitor: Visitor) -> None:
    visitor.client.post(visitor.link("unsubscribe"), data={"do": "leave"})
    assert "没有寄出确认信：此前已经退订" in ask(visitor).text
    assert moving(visitor) == []
