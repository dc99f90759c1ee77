"""Confirming: a page that changes nothing, a button that is a reader's consent, friendly ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from databases import only_sqlite
from runs import add_reader
from sign_ups import answer, letters, send, version_in
from sqlalchemy import update
from starlette.testclient import TestClient
from web_office import (
    Visitor,
    contents_of,
    elements,
    letters_in,
    links_in,
    make_issue,
    path_of,
    profile_of,
)

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import Statement
from distribution.models import Letter, Subscriber
from distribution.words import Cause, Decision, LetterPurpose, Purpose, SuppressionReason

READER = "ding.yi@fenhe.example"


@pytest.fixture
def letter(app: App) -> int:
    """A letter that asks a reader to confirm; its number."""
    make_issue(app)
    at = clock.now()
    with app.transaction() as session:
        row = add_reader(session, app, READER, at, name="丁一", consent="", topics=("quality",))
        delivery.request_consent(session, row, by="test", at=at)
        return delivery.ask_to_confirm(session, app.stationery, row, by="test", at=at)


@pytest.fixture
def link(app: App, letter: int) -> str:
    return path_of(app.addresses.confirm(letter))


def welcome_of(app: App) -> int:
    """The number of the only welcome."""
    with app.reading() as session:
        (only,) = delivery.list_letters(session, purpose=LetterPurpose.WELCOME)
        return only.id


def test_the_page_asks_and_changes_nothing(app: App, client: TestClient, link: str) -> None:
    before = contents_of(app, but="")
    for method in ("HEAD", "GET", "GET"):
        assert client.request(method, link).status_code == 200
    shown = client.get(link).text
    assert "d***@fenhe.example" in shown
    assert "ding.yi" not in shown
    assert "三晋机电通讯" in shown
    assert "第 9 期" not in shown
    assert "2026年第9期" not in shown  # it is no issue's page
    assert delivery.CONSENT_WORDING in shown
    assert [value for tag, name, value in elements(shown) if (tag, name) == ("form", "method")]
    assert contents_of(app, but="") == before


def test_the_button_is_his_consent_with_the_words_he_saw(
    app: App, client: TestClient, link: str, letter: int
) -> None:
    shown = client.get(link).text

    found = client.post(link)

    assert found.status_code == 200
    assert "谢谢，您的确认已经收到" in found.text
    said = profile_of(app, READER).consents[-1]
    assert (said.purpose, said.decision, said.by) == (Purpose.DIGEST, Decision.GRANTED, "reader")
    assert said.wording in shown
    assert said.channel == f"letter-{letter}"
    assert profile_of(app, READER).barrier is None
    assert welcome_of(app) > letter


def test_the_second_time_it_is_said_that_it_is_done(
    app: App, client: TestClient, link: str
) -> None:
    client.post(link)
    before = contents_of(app, but="")

    again = client.post(link)

    assert again.status_code == 200
    assert "您早已确认过" in again.text
    assert "您早已确认过" in client.get(link).text
    assert contents_of(app, but="") == before


@only_sqlite
def test_neither_pages_nor_letters_promise_a_day_which_is_a_setting(
    app: App, client: TestClient, link: str
) -> None:
    texts = [client.get(link).text, client.post(link).text]
    texts += [text for letter in letters_in(app) for text in (letter.text, letter.html)]
    assert len(texts) == 2 + 2 * 2
    assert not [text for text in texts if "一号" in text]


def test_two_clicks_at_once_are_one_consent(app: App, client: TestClient, link: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(client.post, link) for _ in range(4)]
        texts = [one.result().text for one in answers]
    assert sorted("谢谢" in text for text in texts) == [False, False, False, True]
    decisions = [said.decision for said in profile_of(app, READER).consents]
    assert decisions == [Decision.REQUESTED, Decision.GRANTED]
    assert welcome_of(app)


def expire(app: App) -> None:
    with app.transaction() as session:
        session.execute(update(Letter).values(created_at=clock.now() - timedelta(days=31)))


def leave(app: App) -> None:
    said = Statement(Decision.WITHDRAWN, "来电", channel="cli")
    with app.transaction() as session:
        row = audience.find_subscriber(session, READER)
        audience.record_consent(session, row.id, said, by="test", at=clock.now())


def suppress(app: App) -> None:
    key = app.keyring.address_hash(READER)
    with app.transaction() as session:
        why = SuppressionReason.HARD_BOUNCE
        audience.suppress(session, key, why, evidence="550", at=clock.now())


def move(app: App) -> None:
    new = audience.ContactChanges(address=audience.read_address("new@fenhe.example"))
    with app.transaction() as session:
        row = audience.find_subscriber(session, READER)
        audience.change_contact(session, row, new, app.keyring.address_hash)


def forget(app: App) -> None:
    with app.transaction() as session:
        session.execute(update(Subscriber).values(erased_at=clock.now()))


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (expire, "确认链接已过期"),
        (leave, "已经退订"),
        (suppress, "暂时不能接收"),
        (move, "确认链接已失效"),
        (forget, "资料已删除"),
    ],
)
def test_a_link_that_leads_nowhere_says_so_kindly_and_changes_nothing(
    app: App, client: TestClient, link: str, happens: object, words: str
) -> None:
    assert callable(happens)
    happens(app)
    before = contents_of(app, but="")

    for found in (client.get(link), client.post(link)):
        assert found.status_code == 200
        assert words in found.text
        assert "<form" not in found.text
        if happens is not forget:
            assert "bianji@jikan.example" in found.text
    assert contents_of(app, but="") == before


@only_sqlite
def test_a_stranger_whose_address_has_gone_out_of_use_is_told_whom_to_ask(
    app: App, client: TestClient
) -> None:
    make_issue(app)
    send(app, client, READER)
    answer(app)
    (asking,) = letters(app)
    path = path_of(app.addresses.confirm(asking.id))
    version = version_in(client.get(path).text)
    suppress(app)
    before = contents_of(app, but="")

    for found in (client.get(path), client.post(path, data={"version": version})):
        assert "暂时不能接收" in found.text
        assert "bianji@jikan.example" in found.text
        assert "<form" not in found.text
    assert contents_of(app, but="") == before


@only_sqlite
def test_a_token_for_something_else_confirms_nothing(
    app: App, client: TestClient, link: str, letter: int
) -> None:
    nothing = client.get("/nothing").content
    token = link.rpartition("/")[2]
    for path in (
        f"/u/{token}",
        f"/p/{token}",
        f"/s/{token[:-2]}AA",
        f"/s/{path_of(app.addresses.letter_unsubscribe(letter)).rpartition('/')[2]}",
        f"/s/{path_of(app.addresses.unsubscribe(letter)).rpartition('/')[2]}",
        path_of(app.addresses.confirm(letter + 1)),
    ):
        for found in (client.get(path), client.post(path)):
            assert (found.status_code, found.content) == (404, nothing), path
    assert profile_of(app, READER).barrier is Cause.PENDING


def test_a_welcome_lets_him_choose_and_leave_like_a_digest(
    app: App, client: TestClient, link: str
) -> None:
    client.post(link)
    letter = welcome_of(app)
    choose = path_of(app.addresses.letter_preferences(letter))
    out = path_of(app.addresses.letter_unsubscribe(letter))
    shown = client.get(choose).text
    assert app.addresses.letter_unsubscribe(letter) in links_in(shown)
    assert app.addresses.letter_preferences(letter) in links_in(client.get(out).text)

    saved = client.post(choose, data={"topic": ["policy"], "edition": "standard"})

    assert "已保存" in saved.text
    assert [topic.code for topic in profile_of(app, READER).topics] == ["policy"]
    found = client.post(out, data={"List-Unsubscribe": "One-Click"})
    assert found.text == "已退订\n"
    said = profile_of(app, READER).consents[-1]
    assert (said.decision, said.channel, said.delivery_id) == (
        Decision.WITHDRAWN,
        "one-click",
        None,
    )
    assert "已退订" in client.get(out).text


def test_pages_of_a_letter_stand_before_the_first_issue_too(app: App, client: TestClient) -> None:
    with app.transaction() as session:
        row = add_reader(session, app, READER, clock.now())
        letter = delivery.welcome(session, app.stationery, row, by="test", at=clock.now())

    for url in (app.addresses.letter_preferences(letter), app.addresses.letter_unsubscribe(letter)):
        found = client.get(path_of(url))
        assert found.status_code == 200
        assert app.settings.sender_name in found.text


@only_sqlite
def test_a_letter_to_nobody_in_the_books_has_no_pages(app: App, client: TestClient) -> None:
    with app.transaction() as session:
        delivery.add_letter(
            session, "k", LetterPurpose.PROOF, READER, ("题", "文", ""), at=clock.now()
        )
        (only,) = delivery.list_letters(session)
        letter = only.id
    for make in ("letter_preferences", "letter_unsubscribe", "confirm"):
        assert client.get(path_of(getattr(app.addresses, make)(letter))).status_code == 404


@only_sqlite
def test_a_run_of_digests_keeps_the_line_of_its_issue(visitor: Visitor) -> None:
    assert "2026年第9期" in visitor.get("unsubscribe").text
