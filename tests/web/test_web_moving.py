"""A new address: the link of the letter to it changes nothing, its button makes it his."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from databases import only_sqlite
from movers import NEW, ask, make_older, moving, suppress
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
)

from distribution import audience, clock
from distribution.models import Subscriber
from distribution.words import Cause, LetterPurpose, LetterState


@pytest.fixture
def link(visitor: Visitor) -> str:
    """The way of the letter to the new address."""
    ask(visitor)
    (letter,) = moving(visitor)
    return path_of(visitor.app.addresses.move(letter.id))


def test_the_link_shows_and_changes_nothing(visitor: Visitor, link: str) -> None:
    before = contents_of(visitor.app, but="")
    for method in ("HEAD", "GET", "GET"):
        assert visitor.client.request(method, link).status_code == 200
    shown = visitor.client.get(link).text
    assert shown.count("a***@fenhe.example") == 2
    assert NEW not in shown
    assert '<form method="post">' in shown
    assert contents_of(visitor.app, but="") == before


def test_the_button_makes_it_his_and_tells_the_old_address(visitor: Visitor, link: str) -> None:
    his = profile_of(visitor.app, GRANTED)

    found = visitor.client.post(link)

    assert "已更换" in found.text
    now = profile_of(visitor.app, NEW)
    assert now.subscriber.id == his.subscriber.id
    assert now.subscriber.address_hash == visitor.app.keyring.address_hash(NEW)
    assert [topic.code for topic in now.topics] == [topic.code for topic in his.topics]
    assert now.barrier is None
    told = letters_in(visitor.app)[0]
    assert (told.purpose, told.recipient) == (LetterPurpose.CHANGED, GRANTED)
    assert NEW not in told.text + told.html
    assert post_letters(visitor.app)[0] is LetterState.SENT


def test_who_has_left_meanwhile_is_not_promised_mails(visitor: Visitor, link: str) -> None:
    visitor.client.post(visitor.link("unsubscribe"), data={"do": "leave"})
    assert "仍然不会再寄" in visitor.client.get(link).text
    assert "您此前已经退订，不会再寄" in visitor.client.post(link).text
    told = letters_in(visitor.app)[0]
    assert told.recipient == GRANTED
    words = "".join(told.text.split())
    assert "今后寄到" not in words
    assert "此前已经退订，摘要邮件不会再寄" in words


def test_a_second_time_it_is_said_that_it_is_done(visitor: Visitor, link: str) -> None:
    visitor.client.post(link)
    before = contents_of(visitor.app, but="")
    assert "早已更换" in visitor.client.post(link).text
    assert "早已更换" in visitor.client.get(link).text
    assert contents_of(visitor.app, but="") == before


def test_a_link_that_was_used_does_not_undo_what_the_office_set_right(
    visitor: Visitor, link: str
) -> None:
    visitor.client.post(link)
    with visitor.app.transaction() as session:
        row = audience.find_subscriber(session, NEW)
        back = audience.ContactChanges(address=audience.read_address(GRANTED))
        audience.change_contact(session, row, back, visitor.app.keyring.address_hash)
    assert "已失效" in visitor.client.post(link).text
    assert profile_of(visitor.app, GRANTED).subscriber.email == GRANTED


def test_two_clicks_at_once_move_him_once(visitor: Visitor, link: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(visitor.client.post, link) for _ in range(4)]
        texts = [one.result().text for one in answers]
    assert sorted("早已更换" in text for text in texts) == [False, True, True, True]
    assert len(letters_in(visitor.app)) == 2


def expire(visitor: Visitor) -> None:
    make_older(visitor, timedelta(days=8))


def think_again(visitor: Visitor) -> None:
    ask(visitor, "an.drei@fenhe.example")


def take(visitor: Visitor) -> None:
    with visitor.app.transaction() as session:
        add_reader(session, visitor.app, NEW, clock.now(), name="他人")


def forget(visitor: Visitor) -> None:
    with visitor.app.transaction() as session:
        session.execute(update(Subscriber).values(erased_at=clock.now()))


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (expire, "确认链接已过期"),
        (think_again, "确认链接已失效"),
        (take, "这个邮箱不能使用"),
        (suppress, "这个邮箱不能使用"),
        (forget, "资料已删除"),
    ],
)
@only_sqlite
def test_a_link_that_leads_nowhere_says_so_and_changes_nothing(
    visitor: Visitor, link: str, happens: Callable[[Visitor], None], words: str
) -> None:
    happens(visitor)
    before = contents_of(visitor.app, but="")
    for found in (visitor.client.get(link), visitor.client.post(link)):
        assert found.status_code == 200
        assert words in found.text
        assert "<form" not in found.text
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_what_was_known_against_the_old_address_stays_with_it(visitor: Visitor, link: str) -> None:
    suppress(visitor, GRANTED)
    assert profile_of(visitor.app, GRANTED).barrier is Cause.SUPPRESSED

    visitor.client.post(link)

    assert profile_of(visitor.app, NEW).barrier is None
    assert len(letters_in(visitor.app)) == 1  # none to the old address
    with visitor.app.reading() as session:
        assert [row[0].reason for row in audience.suppressions(session)]


@only_sqlite
def test_a_token_for_something_else_moves_nobody(visitor: Visitor, link: str) -> None:
    nothing = visitor.client.get("/nothing").content
    (letter,) = moving(visitor)
    addresses = visitor.app.addresses
    others = (
        addresses.confirm,
        addresses.copy,
        addresses.letter_preferences,
        addresses.preferences,
    )
    for make in others:
        path = f"/m/{make(letter.id).rpartition('/')[2]}"
        for found in (visitor.client.get(path), visitor.client.post(path)):
            assert (found.status_code, found.content) == (404, nothing)
    for path in (f"/p/{link[3:]}", f"/s/{link[3:]}", f"/d/{link[3:]}"):
        assert visitor.client.get(path).content == nothing
    assert profile_of(visitor.app, GRANTED).subscriber.email == GRANTED
