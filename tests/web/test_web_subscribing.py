"""Subscribing: one form, one answer for every address, and only a mailbox's yes counts."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from runs import add_reader
from sign_ups import NEW, answer, confirm, letters, send, version_in, waiting
from sqlalchemy import event, select
from starlette.testclient import TestClient
from web_office import BASE_URL, contents_of, elements, make_issue, path_of, profile_of

from distribution import audience, clock, delivery
from distribution.app import App
from distribution.audience import Statement
from distribution.errors import NotFound
from distribution.models import Audit, Claim
from distribution.words import Decision, LetterPurpose, Role, SuppressionReason

MEMBER, OTHER = "汾河重型机械集团有限公司", "汾河机床厂"
KNOWN, LEFT, BARRED, ERASED = (f"{name}@fenhe.example" for name in ("an", "bo", "cai", "deng"))


@pytest.fixture
def members(app: App) -> None:
    """Six members with 汾河 in their names, one of them called 汾重 for short, and a former one."""
    at = clock.now()
    names = (MEMBER, OTHER, *(f"汾河第{number}机械厂" for number in "一二三"), "汾河铸造厂")
    with app.transaction() as session:
        rows = [audience.ensure_enterprise(session, name, at=at) for name in names]
        change = audience.EnterpriseChanges(short_name="汾重")
        audience.change_enterprise(session, rows[0], change)
        former = audience.ensure_enterprise(session, "太行旧厂", at=at)
        audience.suspend(session, former, at=at)


def link_of(app: App, place: int = -1) -> str:
    return path_of(app.addresses.confirm(letters(app)[place].id))


def known_people(app: App) -> None:
    """Somebody who gets mail, one who has left, one whose address is dead, one who was erased."""
    at, hasher = clock.now(), app.keyring.address_hash
    with app.transaction() as session:
        for email in (KNOWN, LEFT, BARRED):
            add_reader(session, app, email, at)
        gone = audience.find_subscriber(session, LEFT)
        said = Statement(Decision.WITHDRAWN, "退订", channel="web")
        audience.record_consent(session, gone.id, said, by="reader", at=at)
        for email, why in (
            (BARRED, SuppressionReason.HARD_BOUNCE),
            (ERASED, SuppressionReason.ERASED),
        ):
            audience.suppress(session, hasher(email), why, evidence="-", at=at)


@pytest.mark.parametrize("written", [NEW.replace("@", "＠"), NEW.title(), f"  {NEW} "])
def test_however_an_address_is_written_the_answer_does_not_show_it_whole(
    app: App, client: TestClient, written: str
) -> None:
    make_issue(app)
    found = send(app, client, written)
    assert found.status_code == 200
    assert "d***@fenhe.example" in found.text.lower()
    assert "ding" not in found.text.lower()


def test_the_form_is_whole_without_script_and_changes_nothing(app: App, client: TestClient) -> None:
    make_issue(app)
    before = contents_of(app, but="")

    found = client.get("/subscribe")

    assert found.status_code == 200
    assert contents_of(app, but="") == before
    inside = list(elements(found.text))
    assert ("input", "name", "agree") in inside
    assert ("input", "checked", None) not in inside  # nothing is decided for him
    assert delivery.CONSENT_WORDING in found.text
    assert "30 天内没有在邮箱里确认的，全部删除" in found.text
    assert "三晋机电通讯" in found.text
    assert "script" not in {tag for tag, _, _ in inside}
    assert "script-src" not in found.headers["content-security-policy"]
    assert found.headers["referrer-policy"] == "same-origin"  # or browsers would hide their origin
    offered = {value for tag, name, value in inside if (tag, name) == ("option", "value")}
    assert "liaison" not in offered


@pytest.mark.usefixtures("members")
def test_only_the_yes_of_the_mailbox_makes_a_subscriber(app: App, client: TestClient) -> None:
    make_issue(app)

    sent = send(app, client, company="汾重")

    assert sent.status_code == 200
    assert "请查收邮件" in sent.text
    assert ("a", "href", "subscribe") in elements(sent.text)  # for who mistyped his address
    assert NEW not in sent.text
    with app.reading() as session, pytest.raises(NotFound):
        audience.find_subscriber(session, NEW)
    assert answer(app) == 1
    assert answer(app) == 0
    (letter,) = letters(app)
    assert (letter.recipient, letter.subscriber_id) == (NEW, None)
    assert "您（或别人）在网页上" in letter.text.replace("\n", "")
    for typed in ("丁一", MEMBER, "汾重"):
        assert typed not in letter.text + letter.html + letter.subject

    page = client.get(link_of(app)).text
    for typed in ("丁一", MEMBER, "质量", "政策措施、质量管理"):
        assert typed in page
    done = confirm(client, link_of(app))

    assert "谢谢，您的确认已经收到" in done.text
    found = profile_of(app, NEW)
    assert found.barrier is None
    assert (found.subscriber.name, found.subscriber.role) == ("丁一", Role.QUALITY)
    assert found.enterprise is not None
    assert found.enterprise.name == MEMBER
    assert [topic.code for topic in found.topics] == ["policy", "quality"]
    assert [(said.decision, said.channel, said.by) for said in found.consents] == [
        (Decision.REQUESTED, "web", "reader"),
        (Decision.GRANTED, f"letter-{letter.id}", "reader"),
    ]
    assert {said.wording for said in found.consents} == {delivery.CONSENT_WORDING}
    assert [one.purpose for one in letters(app)] == [
        LetterPurpose.CONFIRMATION,
        LetterPurpose.WELCOME,
    ]
    assert {one.subscriber_id for one in letters(app)} == {found.subscriber.id}
    assert waiting(app) == []
    with app.reading() as session:
        deeds = session.scalars(select(Audit.action).order_by(Audit.id)).all()
    assert deeds == ["sign_up.answer", "reader.sign_up", "reader.confirm", "subscriber.welcome"]


def test_a_second_yes_changes_nothing_and_says_so(app: App, client: TestClient) -> None:
    send(app, client)
    answer(app)
    link = link_of(app)
    version = {"version": version_in(client.get(link).text)}
    client.post(link, data=version)
    before = contents_of(app, but="")

    again = client.post(link, data=version)

    assert "您早已确认过" in again.text
    assert contents_of(app, but="") == before


def test_two_yes_at_once_are_one_subscriber(app: App, client: TestClient) -> None:
    send(app, client)
    answer(app)
    link = link_of(app)
    version = {"version": version_in(client.get(link).text)}
    with ThreadPoolExecutor(4) as pool:
        texts = [one.text for one in pool.map(lambda _: client.post(link, data=version), range(4))]
    assert sorted("谢谢" in text for text in texts) == [False, False, False, True]
    assert len(profile_of(app, NEW).consents) == 2


def test_whoever_the_address_is_the_answer_is_the_same(app: App, client: TestClient) -> None:
    known_people(app)
    texts = {
        send(app, client, email).text.replace(email[:1] + "***", "x***")
        for email in (NEW, KNOWN, LEFT, BARRED, ERASED)
    }
    assert len(texts) == 1
    assert len(waiting(app)) == 5  # and so is what was done until then
    before = profile_of(app, KNOWN).consents

    answer(app)

    written = {one.recipient: one for one in letters(app)}
    assert {email: one.purpose for email, one in written.items()} == {
        NEW: LetterPurpose.CONFIRMATION,
        LEFT: LetterPurpose.CONFIRMATION,
        KNOWN: LetterPurpose.ALREADY,
    }
    assert app.addresses.letter_preferences(written[KNOWN].id) in written[KNOWN].text
    assert len(profile_of(app, KNOWN).consents) == len(before)


def test_whoever_the_address_is_the_same_is_done_until_the_answer(
    app: App, client: TestClient
) -> None:
    known_people(app)
    send(app, client, "first@fenhe.example")
    done = []
    for email in (NEW, KNOWN, LEFT, BARRED, ERASED):
        with statements_of(app) as said:
            send(app, client, email)
        done.append(said)
    assert len(done[0]) > 5
    assert all(said == done[0] for said in done)


@contextmanager
def statements_of(app: App) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(app.engine, "before_cursor_execute", hear)
    yield said
    event.remove(app.engine, "before_cursor_execute", hear)


def never_asked(app: App) -> str:
    with app.transaction() as session:
        return add_reader(session, app, NEW, clock.now(), name=NEW, consent="").email


def has_left(app: App) -> str:
    known_people(app)
    return LEFT


@pytest.mark.parametrize("somebody", [never_asked, has_left])
def test_who_is_known_to_the_office_stays_what_it_wrote_of_him(
    app: App, client: TestClient, somebody: Callable[[App], str]
) -> None:
    email = somebody(app)
    send(app, client, email, name="别人")
    answer(app)
    before = contents_of(app, but="")
    for method in ("HEAD", "GET"):
        assert client.request(method, link_of(app)).status_code == 200
    assert contents_of(app, but="") == before

    done = confirm(client, link_of(app))

    assert "谢谢" in done.text
    found = profile_of(app, email)
    assert found.barrier is None
    assert found.subscriber.name == email
    assert found.topics == ()


def test_more_often_than_is_decent_for_one_address_nothing_is_kept_and_nothing_said(
    app: App, client: TestClient
) -> None:
    texts = {send(app, client, name=f"第{number}次").text for number in range(5)}
    assert len(texts) == 1
    assert [row.wishes["name"] for row in waiting(app)] == ["第2次"]


def test_what_was_typed_later_for_an_address_counts_but_only_once_he_has_seen_it(
    app: App, client: TestClient
) -> None:
    send(app, client)
    answer(app)
    shown = client.get(link_of(app)).text
    send(app, client, name="陌生人")
    answer(app)
    assert len(letters(app)) == 1

    found = client.post(link_of(app), data={"version": version_in(shown)})

    assert "陌生人" in found.text
    assert "还没有确认" in found.text
    confirm(client, link_of(app))
    assert profile_of(app, NEW).subscriber.name == "陌生人"


def test_who_did_not_ask_has_all_of_it_deleted(app: App, client: TestClient) -> None:
    send(app, client)
    answer(app)

    found = client.post(link_of(app), data={"do": "disown"})

    assert "都已删除" in found.text
    assert waiting(app) == []
    (letter,) = letters(app)
    assert (letter.recipient, letter.text, letter.html) == ("forgotten@erased.invalid", "", "")
    assert "确认链接已失效" in client.post(link_of(app), data={"version": "x"}).text
    send(app, client)
    answer(app)
    assert len(letters(app)) == 1  # and he is left in peace for a day


# -- the enterprise --------------------------------------------------------------------------------


def radios(page: str) -> list[str]:
    return re.findall('type="radio" name="enterprise" value="([^"]+)"', page)


@pytest.mark.usefixtures("members")
def test_a_search_shows_a_few_members_and_keeps_what_was_typed(
    app: App, client: TestClient
) -> None:
    found = send(app, client, company="汾河", step="search", agree=None)

    assert found.status_code == 200
    assert len(radios(found.text)) == 5 + 1
    assert "不止 5 家" in found.text
    for kept in ('value="丁一"', f'value="{NEW}"', 'value="汾河"', 'value="quality" checked'):
        assert kept in found.text
    assert waiting(app) == []
    assert radios(send(app, client, company="机床", step="search").text) == [OTHER, "-"]
    assert radios(send(app, client, company="汾重", step="search").text) == [MEMBER, "-"]
    assert "没有找到" in send(app, client, company="太行", step="search").text
    short = "请至少写出单位名称中的 2 个字"
    assert f"没有查找：{short}" in send(app, client, company="汾", step="search").text
    assert f"没有收下：{short}" in send(app, client, company="汾").text
    assert "没有找到" in send(app, client, company="%%", step="search").text


@pytest.mark.usefixtures("members")
def test_who_names_no_single_member_is_asked_which(app: App, client: TestClient) -> None:
    found = send(app, client, company="汾河机")
    assert found.status_code == 400
    assert "请选择您的单位" in found.text
    assert waiting(app) == []
    for fields, kept in (
        ({"company": "汾河机", "enterprise": OTHER}, OTHER),
        ({"company": OTHER}, OTHER),
        ({"company": "汾河机", "enterprise": "-"}, ""),
    ):
        assert send(app, client, **fields).status_code == 200
        assert waiting(app)[-1].wishes["enterprise"] == kept
    assert send(app, client, enterprise="不存在的厂").status_code == 400


@pytest.mark.usefixtures("members")
def test_an_enterprise_is_to_be_checked_unless_colleagues_vouch_for_the_domain(
    app: App, client: TestClient
) -> None:
    with app.transaction() as session:
        for email in ("lao@fenhe.example", "8001@qq.com"):
            add_reader(session, app, email, clock.now(), enterprise=OTHER)
    strangers = (NEW, "xin@elsewhere.example", "9002@qq.com")
    for email in strangers:
        send(app, client, email, company=OTHER)
    answer(app)
    for place in range(3):
        confirm(client, link_of(app, place))

    with app.reading() as session:
        found = audience.subscribers(session, audience.Those(unchecked=True))
        assert {row.email for row, _, _ in found} == set(strangers[1:])
        assert {why for _, _, why in found} == {None}  # nothing keeps mail from them
        assert len(session.scalars(select(Claim)).all()) == 2


def test_a_link_past_its_time_says_how_to_ask_anew(app: App, client: TestClient) -> None:
    send(app, client)
    answer(app, after=-delivery.VALID)
    found = client.get(link_of(app))
    assert "确认链接已过期" in found.text
    assert f'href="{BASE_URL}/subscribe"' in found.text
