"""One's own data: a copy that goes to one's own mailbox only, and its end, asked for twice."""

import json
from datetime import timedelta
from typing import Any

import pytest
from databases import only_sqlite
from runs import add_reader
from sqlalchemy import update
from web_office import (
    GRANTED,
    Visitor,
    contents_of,
    letters_in,
    path_of,
    post_letters,
    profile_of,
    subscriber_id,
)

from distribution import audience, clock, delivery, privacy
from distribution.delivery.copying import AGAIN
from distribution.models import Audit, Letter, Subscriber
from distribution.words import Cause, LetterPurpose, LetterState, RequestKind, SuppressionReason


def ask(visitor: Visitor) -> Any:  # noqa: ANN401 - a response
    return visitor.client.post(visitor.link("preferences"), data={"do": "copy"})


@pytest.fixture
def link(visitor: Visitor) -> str:
    """The way of the letter with the copy."""
    ask(visitor)
    return path_of(visitor.app.addresses.copy(letters_in(visitor.app)[0].id))


def test_a_copy_is_had_by_a_letter_and_not_by_the_page(visitor: Visitor) -> None:
    found = ask(visitor)
    assert "正在寄往您的邮箱" in found.text
    assert GRANTED not in found.text
    (letter,) = letters_in(visitor.app)
    assert (letter.purpose, letter.recipient) == (LetterPurpose.COPY, GRANTED)
    assert visitor.app.addresses.copy(letter.id) in letter.text
    assert post_letters(visitor.app) == [LetterState.SENT]


def test_who_has_only_his_digest_gets_no_copy_by_moving_him_to_a_mailbox_of_his_own(
    visitor: Visitor,
) -> None:
    data = {"do": "move", "email": "an.der@fenhe.example"}
    visitor.client.post(visitor.link("preferences"), data=data)
    delivery.answer_moves(visitor.app.transaction, visitor.app.stationery, at=clock.now())
    (letter,) = letters_in(visitor.app)
    visitor.client.post(path_of(visitor.app.addresses.move(letter.id)))

    assert "刚换过邮箱" in ask(visitor).text
    assert all(one.purpose is not LetterPurpose.COPY for one in letters_in(visitor.app))

    with visitor.app.transaction() as session:
        session.execute(update(Audit).values(at=clock.now() - timedelta(days=15)))
    assert "正在寄往您的邮箱" in ask(visitor).text


def test_the_letter_leads_to_all_that_is_held_to_read_and_to_keep(
    visitor: Visitor, link: str
) -> None:
    before = contents_of(visitor.app, but="")
    page, document = visitor.client.get(link), visitor.client.get(f"{link}/json")
    assert GRANTED in page.text
    assert f"{link}/json" in page.text
    assert document.headers["content-type"] == "application/json"
    assert document.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert document.headers["cache-control"] == "no-store"
    with visitor.app.reading() as session:
        row = session.get_one(Subscriber, subscriber_id(visitor.app, GRANTED))
        held = privacy.dossier(session, row, at=clock.now())
    assert {**json.loads(document.text), "made_at": ""} == {**held, "made_at": ""}
    assert contents_of(visitor.app, but="") == before


def expire(visitor: Visitor) -> None:
    with visitor.app.transaction() as session:
        session.execute(update(Letter).values(created_at=clock.now() - timedelta(days=4)))


def move(visitor: Visitor) -> None:
    new = audience.ContactChanges(address=audience.read_address("new@fenhe.example"))
    with visitor.app.transaction() as session:
        row = audience.find_subscriber(session, GRANTED)
        audience.change_contact(session, row, new, visitor.app.keyring.address_hash)


@pytest.mark.parametrize("happens", [expire, move])
@only_sqlite
def test_a_link_too_old_or_of_another_mailbox_shows_nothing(
    visitor: Visitor,
    link: str,
    happens: Any,  # noqa: ANN401 - one of the two above
) -> None:
    happens(visitor)
    for path in (link, f"{link}/json"):
        assert "链接已失效" in visitor.client.get(path).text
        assert "fenhe.example" not in visitor.client.get(path).text


@only_sqlite
def test_only_the_letters_own_token_leads_to_the_copy(visitor: Visitor, link: str) -> None:
    nothing = visitor.client.get("/nothing").content
    letter = letters_in(visitor.app)[0].id
    addresses = visitor.app.addresses
    for make in (addresses.letter_preferences, addresses.preferences, addresses.move):
        path = f"/d/{make(letter).rpartition('/')[2]}"
        assert visitor.client.get(path).content == nothing
        assert visitor.client.get(f"{path}/json").content == nothing
    assert visitor.client.post(link).status_code == 405


def pass_time(visitor: Visitor, wait: timedelta) -> None:
    with visitor.app.transaction() as session:
        session.execute(update(Letter).values(created_at=clock.now() - wait))


def test_who_presses_twice_gets_one_letter_and_is_told_the_same(visitor: Visitor) -> None:
    first = ask(visitor).text
    before = contents_of(visitor.app, but="")
    assert ask(visitor).text == first
    assert contents_of(visitor.app, but="") == before
    pass_time(visitor, AGAIN)
    ask(visitor)
    assert len(letters_in(visitor.app)) == 2


@only_sqlite
def test_three_copies_a_day_are_enough(visitor: Visitor) -> None:
    answers = []
    for _ in range(4):
        answers.append(ask(visitor).status_code)
        pass_time(visitor, AGAIN)
    assert answers == [200, 200, 200, 422]
    assert len(letters_in(visitor.app)) == 3


def erase(visitor: Visitor, **form: str) -> Any:  # noqa: ANN401 - a response
    return visitor.client.post(f"{visitor.link('preferences')}/erase", data=form)


def test_deleting_is_asked_for_twice_and_says_what_stays(visitor: Visitor) -> None:
    before = contents_of(visitor.app, but="")
    for found in (visitor.client.get(f"{visitor.link('preferences')}/erase"), erase(visitor)):
        assert found.status_code == 200
        assert "带密钥的摘要" in found.text
        assert "不能恢复" in found.text
        assert GRANTED not in found.text
    assert 'name="email"' in erase(visitor, do="ask").text
    assert contents_of(visitor.app, but="") == before


@pytest.mark.parametrize("address", ["", "x", "bo@fenhe.example"])
@only_sqlite
def test_who_does_not_know_the_address_deletes_nothing(visitor: Visitor, address: str) -> None:
    before = contents_of(visitor.app, but="tries")
    found = erase(visitor, do="erase", email=address)
    assert found.status_code == 422
    assert "没有删除" in found.text
    assert contents_of(visitor.app, but="tries") == before


def test_nobody_finds_the_address_out_by_trying(visitor: Visitor) -> None:
    guesses = [erase(visitor, do="erase", email=f"an.{n}@fenhe.example") for n in range(11)]
    assert [found.status_code for found in guesses] == [422] * 10 + [429]

    found = erase(visitor, do="erase", email=GRANTED)

    assert found.status_code == 429
    assert "小时后再填" in found.text or "分钟后再填" in found.text
    assert 0 < int(found.headers["retry-after"]) <= 86_400
    assert profile_of(visitor.app, GRANTED).subscriber.erased_at is None
    other = visitor.of("bo@fenhe.example")
    assert erase(other, do="erase", email="x@fenhe.example").status_code == 422


def test_whoever_writes_down_his_address_is_erased(visitor: Visitor) -> None:
    number = subscriber_id(visitor.app, GRANTED)

    found = erase(visitor, do="erase", email=f" {GRANTED.upper()}")

    assert "资料已删除" in found.text
    assert "最后一封" in found.text
    assert "带密钥的摘要" in found.text
    with visitor.app.reading() as session:
        row = session.get_one(Subscriber, number)
        assert row.erased_at is not None
        assert audience.reader(session, number).barrier is Cause.ERASED
        (asked,) = privacy.requests(session)
        assert (asked.request.kind, asked.request.by) == (RequestKind.ERASURE, "reader")
        assert asked.request.done_at is not None
    assert "资料已删除" in visitor.get("preferences").text
    assert "资料已删除" in visitor.get("read").text  # the digest says what he follows
    assert erase(visitor, do="erase", email=GRANTED).status_code == 200


def test_the_last_letter_tells_him_and_then_forgets_him_too(visitor: Visitor) -> None:
    erase(visitor, do="erase", email=GRANTED)
    (letter,) = letters_in(visitor.app)
    assert (letter.purpose, letter.recipient) == (LetterPurpose.ERASED, GRANTED)
    assert "这是最后一封信" in letter.text

    assert post_letters(visitor.app) == [LetterState.SENT]

    outbox = visitor.app.settings.home / "outbox"
    assert any(GRANTED in path.read_text() for path in outbox.glob("*.eml"))
    (after,) = letters_in(visitor.app)
    assert (after.recipient, after.subject, after.text, after.html, after.reply) == ("",) * 5
    assert "an.ran" not in repr(contents_of(visitor.app, but=""))


@only_sqlite
def test_an_address_out_of_use_gets_no_last_letter_and_is_promised_none(visitor: Visitor) -> None:
    with visitor.app.transaction() as session:
        key, bounced = visitor.app.keyring.address_hash(GRANTED), SuppressionReason.HARD_BOUNCE
        audience.suppress(session, key, bounced, evidence="550", at=clock.now())
    assert "最后一封" not in erase(visitor, do="erase", email=GRANTED).text
    assert letters_in(visitor.app) == []


@only_sqlite
def test_a_letter_on_its_way_to_him_puts_it_off(visitor: Visitor) -> None:
    ask(visitor)
    with visitor.app.transaction() as session:
        session.execute(update(Letter).values(state=LetterState.HANDED, handed_at=clock.now()))
    before = contents_of(visitor.app, but="")
    found = erase(visitor, do="erase", email=GRANTED)
    assert found.status_code == 422
    assert "请几分钟后再试" in found.text
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_the_last_letter_that_comes_back_names_nobody(visitor: Visitor) -> None:
    erase(visitor, do="erase", email=GRANTED)
    post_letters(visitor.app)
    with visitor.app.transaction() as session:
        (letter,) = delivery.list_letters(session)
        delivery.mark_returned(session, letter.id, f"550 <{GRANTED}> unknown")
    assert letters_in(visitor.app)[0].state is LetterState.FAILED
    assert "an.ran" not in repr(contents_of(visitor.app, but=""))


@only_sqlite
def test_what_he_said_on_leaving_goes_too(visitor: Visitor) -> None:
    visitor.client.post(visitor.link("unsubscribe"))
    told = {"do": "why", "reason": "other", "words": "我已退休"}
    visitor.client.post(visitor.link("unsubscribe"), data=told)
    with visitor.app.reading() as session:
        row = session.get_one(Subscriber, subscriber_id(visitor.app, GRANTED))
        held = privacy.dossier(session, row, at=clock.now())
        assert held["consents"][-1]["why"]["words"] == "我已退休"
        assert "我已退休" in privacy.page(held)
    erase(visitor, do="erase", email=GRANTED)
    assert "我已退休" not in repr(contents_of(visitor.app, but=""))


@only_sqlite
def test_who_is_erased_can_be_registered_by_his_own_wish_only(visitor: Visitor) -> None:
    erase(visitor, do="erase", email=GRANTED)
    with visitor.app.transaction() as session:
        add_reader(session, visitor.app, GRANTED, clock.now(), name="读者")
    assert profile_of(visitor.app, GRANTED).barrier is Cause.SUPPRESSED
