"""A reader's own settings: what he sees is what is kept, with the words he agreed to."""

import hashlib
import re
from html import unescape
from typing import Any

import pytest
from databases import only_sqlite
from runs import SEPTEMBER, start
from sqlalchemy import select
from web_office import (
    DENIED,
    GRANTED,
    UNKNOWN,
    Visitor,
    contents_of,
    elements,
    letters_in,
    links_in,
    links_of,
    mail_to,
    path_of,
    profile_of,
    subscriber_id,
)

from distribution import audience, topics
from distribution.models import Audit
from distribution.web.wishes import TRACKING
from distribution.words import Decision, Edition, Frequency, MailFormat, Tracking


@only_sqlite
def test_the_other_edition_is_a_link_of_the_mail_to_its_place_on_the_page(visitor: Visitor) -> None:
    places = {value for _, name, value in elements(visitor.get("preferences").text) if name == "id"}
    for address in (GRANTED, DENIED):
        links = [link for link in links_of(mail_to(visitor.app, address)) if "#" in link]
        assert [link.partition("#")[2] in places for link in links] == [True]


def save(visitor: Visitor, *topics: str, **fields: str) -> Any:  # noqa: ANN401 - a response
    form = {"edition": "personalised", **fields, "topic": list(topics)}
    return visitor.client.post(visitor.link("preferences"), data=form)


def codes(visitor: Visitor, address: str) -> list[str]:
    return [topic.code for topic in profile_of(visitor.app, address).topics]


def checked(html: str) -> list[str]:
    """The values of what is ticked in a page."""
    found, value = [], ""
    for tag, name, text in elements(html):
        if tag == "input" and name == "value":
            value = text or ""
        elif tag == "input" and name == "checked":
            found.append(value)
    return found


def deeds(visitor: Visitor) -> list[tuple[str, str, dict[str, Any]]]:
    with visitor.app.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "reader.preferences"))
        return [(row.by, row.subject, row.detail) for row in rows]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (GRANTED, ["policy", "quality", "personalised", "every_issue", "html", "granted"]),
        (UNKNOWN, ["personalised", "every_issue", "html"]),
        (DENIED, ["standard", "every_issue", "html", "withdrawn"]),
    ],
)
def test_the_page_shows_what_is_set_and_no_more(
    visitor: Visitor, address: str, expected: list[str]
) -> None:
    before = contents_of(visitor.app, but="")
    found = visitor.of(address).get("preferences")
    assert found.status_code == 200
    assert checked(found.text) == expected
    assert address.partition("@")[0] + "@" not in found.text
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_the_page_says_what_comes_to_one_who_chose_nothing(visitor: Visitor) -> None:
    assert "按贵单位的关注选文：装备制造、质量管理。" in visitor.of(UNKNOWN).get("preferences").text
    assert "收录本期全部文章" in visitor.of(DENIED).get("preferences").text
    assert "您还没有选择" in visitor.of(UNKNOWN).get("preferences").text
    assert "您还没有选择" not in visitor.of(DENIED).get("preferences").text
    assert re.search("<textarea[^>]*>液压</textarea>", visitor.get("preferences").text)


def test_topics_that_stay_keep_their_order_and_new_ones_follow(visitor: Visitor) -> None:
    assert codes(visitor, GRANTED) == ["quality", "policy"]
    found = save(visitor, "equipment", "policy", "quality", "technology", "not-a-topic")
    assert found.status_code == 200
    assert "已保存" in found.text
    assert codes(visitor, GRANTED) == ["quality", "policy", "equipment", "technology"]
    assert checked(found.text)[:4] == ["policy", "equipment", "quality", "technology"]
    assert profile_of(visitor.app, GRANTED).watch_words == ("液压",)


def test_all_topics_can_be_taken_back(visitor: Visitor) -> None:
    save(visitor)
    assert codes(visitor, GRANTED) == []


def test_the_edition_is_changed(visitor: Visitor) -> None:
    save(visitor, "quality", "policy", edition="standard")
    assert profile_of(visitor.app, GRANTED).subscriber.edition is Edition.STANDARD
    assert codes(visitor, GRANTED) == ["quality", "policy"]
    subject = str(subscriber_id(visitor.app, GRANTED))
    assert deeds(visitor) == [("reader", subject, {"edition": "standard"})]


@pytest.mark.parametrize("address", [GRANTED, UNKNOWN, DENIED])
@pytest.mark.parametrize("answer", [Decision.GRANTED, Decision.WITHDRAWN])
def test_an_answer_to_tracking_is_kept_with_its_words(
    visitor: Visitor, address: str, answer: Decision
) -> None:
    one = visitor.of(address)
    assert TRACKING[answer] in one.get("preferences").text
    said_before = len(profile_of(visitor.app, address).consents)
    save(one, tracking=answer.value)
    save(one, tracking=answer.value)
    with visitor.app.reading() as session:
        reader = audience.reader(session, subscriber_id(visitor.app, address))
    expected = {Decision.GRANTED: Tracking.GRANTED, Decision.WITHDRAWN: Tracking.DENIED}
    assert reader.tracking is expected[answer]
    new = profile_of(visitor.app, address).consents[said_before:]
    assert len(new) == (
        0 if (address, answer) in ((GRANTED, "granted"), (DENIED, "withdrawn")) else 1
    )
    for event in new:
        assert event.wording == TRACKING[answer]
        assert event.wording_version == f"tracking-{answer.value}-1"
        assert event.wording_sha256 == hashlib.sha256(TRACKING[answer].encode()).hexdigest()
        assert (event.channel, event.by, event.delivery_id) == ("web", "reader", one.delivery)


def test_an_old_page_takes_back_no_answer_given_since(visitor: Visitor) -> None:
    save(visitor, tracking="withdrawn")
    save(visitor, tracking="granted")
    page = visitor.get("preferences").text
    shown = re.search('name="shown-tracking" value="([a-z]+)"', page)
    assert shown is not None
    tab = {"shown-edition": "personalised", "shown-tracking": shown[1]}
    save(visitor, tracking="withdrawn", **tab)  # in another tab
    save(visitor, "policy", tracking="granted", **tab)
    with visitor.app.reading() as session:
        reader = audience.reader(session, subscriber_id(visitor.app, GRANTED))
    assert reader.tracking is Tracking.DENIED
    assert codes(visitor, GRANTED) == ["policy"]


def test_a_question_left_open_stays_open(visitor: Visitor) -> None:
    one = visitor.of(UNKNOWN)
    save(one, "policy")
    with visitor.app.reading() as session:
        reader = audience.reader(session, subscriber_id(visitor.app, UNKNOWN))
    assert reader.tracking is Tracking.UNKNOWN
    assert "withdrawn" not in checked(one.get("preferences").text)
    assert "granted" not in checked(one.get("preferences").text)


def test_saving_the_same_again_leaves_no_trace(visitor: Visitor) -> None:
    save(visitor, "policy", "technology", tracking="withdrawn")
    before = contents_of(visitor.app, but="")
    assert "已保存" in save(visitor, "technology", "policy", tracking="withdrawn").text
    assert contents_of(visitor.app, but="") == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"topic=policy",
        b"edition=golden",
        b"edition=standard&tracking=perhaps",
        b"edition=standard" + b"&topic=policy" * 300,
        b"edition=standard&topic=\xff\xfe",
        b"edition=standard&frequency=daily",
        b"edition=standard&format=pdf",
        b"edition=standard&place-policy=first",
        b"edition=standard&do=everything",
        b"edition=standard&topic=unknown",
        b'{"edition": "standard"}',
    ],
)
@only_sqlite
def test_what_is_not_our_form_changes_nothing(visitor: Visitor, body: bytes) -> None:
    before = contents_of(visitor.app, but="")
    found = visitor.client.post(visitor.link("preferences"), content=body)
    assert found.status_code == 400
    assert contents_of(visitor.app, but="") == before


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"policy": "1", "quality": "1"}, ["policy", "quality"]),
        ({"policy": "2", "quality": "1"}, ["quality", "policy"]),
        ({"policy": "2", "quality": "2"}, ["policy", "quality"]),
        ({"policy": "", "quality": ""}, ["quality", "policy"]),
    ],
    ids=["up", "as it was", "down", "nowhere"],
)
@only_sqlite
def test_topics_are_put_where_he_wants_them(
    visitor: Visitor, places: dict[str, str], expected: list[str]
) -> None:
    assert codes(visitor, GRANTED) == ["quality", "policy"]
    fields = {f"place-{code}": place for code, place in places.items()}
    found = save(visitor, "policy", "quality", **fields)
    assert codes(visitor, GRANTED) == expected
    shown = re.findall(
        r'name="place-(\w+)"(?:(?!</select>).)*value="(\d)" selected', found.text, re.DOTALL
    )
    assert sorted(expected, key=dict(shown).__getitem__) == expected


@only_sqlite
def test_each_topic_says_what_the_last_issue_had_of_it(visitor: Visitor) -> None:
    assert "上期 2 篇" not in visitor.get("preferences").text  # it has not gone out
    start(visitor.app, visitor.run, SEPTEMBER)
    text = visitor.get("preferences").text
    lines = dict(re.findall(r'<b>([^<]+)</b>\s*<span class="line">([^<]+)</span>', text))
    assert lines["质量管理"] == "上期 2 篇，如：第 3 篇"
    assert lines["省内信息"] == "上期 0 篇"
    with visitor.app.transaction() as session:
        topics.map_section(session, "质量园地", "quality")
    again = visitor.get("preferences").text
    assert re.search("含栏目“质量管理”“质量园地”，上期 2 篇", again)


def test_words_frequency_and_format_are_kept(visitor: Visitor) -> None:
    words = "数控机床、大同\r\n\r\n 液压 "
    save(visitor, "quality", "policy", words=words, frequency="when_matching", format="text")
    found = profile_of(visitor.app, GRANTED)
    assert found.watch_words == ("数控机床", "大同", "液压")
    assert found.subscriber.frequency is Frequency.WHEN_MATCHING
    assert found.subscriber.format is MailFormat.TEXT
    assert found.subscriber.interests_by == "reader"
    save(visitor, "quality", "policy", words="")
    assert profile_of(visitor.app, GRANTED).watch_words == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("长" * 41, f"关注词“{'长' * 20}…”有 41 个字，最多 40 个：请删去 1 个字。"),
        (
            "、".join(f"词{number}" for number in range(60)),
            "关注词有 60 个，最多 50 个：请删去 10 个。",
        ),
        ("看\u200b不见", "关注词“看不见”里有看不见的字符（U+200B）：请删去，或重新输入一遍。"),
        ("\u202e", "关注词里有看不见的字符（U+202E）：请删去，或重新输入一遍。"),
        ("\\n'\"" * 20, "关注词“\\n'\""),
    ],
    ids=["long", "many", "unseen", "nothing seen", "quotes"],
)
@only_sqlite
def test_words_that_cannot_be_kept_are_told_and_stay_in_the_field(
    visitor: Visitor, words: str, said: str
) -> None:
    before = contents_of(visitor.app, but="")
    found = save(visitor, "technology", words=words, edition="standard", tracking="withdrawn")
    assert found.status_code == 422
    assert f"没有保存：{said}" in unescape(found.text)
    assert checked(found.text)[:2] == ["technology", "standard"]
    field = unescape(found.text.partition("<textarea")[2])
    assert words.split("、", maxsplit=1)[0] in field
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_as_many_and_as_long_words_as_are_allowed_fit_into_the_form(visitor: Visitor) -> None:
    words = [f"{number:02}".ljust(40, "长") for number in range(50)]
    assert save(visitor, "quality", words="\r\n".join(words)).status_code == 200
    assert profile_of(visitor.app, GRANTED).watch_words == tuple(words)


@only_sqlite
def test_a_form_too_large_changes_nothing(visitor: Visitor) -> None:
    body = b"edition=standard&tracking=granted&topic=" + b"x" * 49_152
    assert visitor.client.post(visitor.link("preferences"), content=body).status_code == 413
    assert profile_of(visitor.app, GRANTED).subscriber.edition is Edition.PERSONALISED


def test_who_gets_only_what_matches_is_told_by_letter_once(visitor: Visitor) -> None:
    save(visitor, "quality", "policy", frequency="when_matching")
    save(visitor, "quality", "policy", frequency="when_matching", format="text")
    (letter,) = letters_in(visitor.app)
    assert letter.recipient == GRANTED
    assert "只在有您关注的内容时才寄" in letter.subject
    assert visitor.app.addresses.letter_preferences(letter.id) in letter.html
    save(visitor, "quality", "policy", frequency="every_issue")
    assert len(letters_in(visitor.app)) == 1


def test_the_page_leads_to_the_readers_own_feed(visitor: Visitor) -> None:
    found = visitor.get("preferences").text
    feed = f"{visitor.app.addresses.read(visitor.delivery)}/feed.xml"
    assert '<link rel="alternate" type="application/atom+xml" title="我的关注' in found
    assert links_in(found).count(feed) == 2
    assert "请不要转给别人" in found
    assert "· 我的关注</title>" in visitor.client.get(path_of(feed)).text


@only_sqlite
def test_a_page_opened_from_a_letter_leads_to_no_feed(visitor: Visitor) -> None:
    save(visitor, frequency="when_matching")
    (letter,) = letters_in(visitor.app)
    page = visitor.client.get(path_of(visitor.app.addresses.letter_preferences(letter.id)))
    assert page.status_code == 200
    assert "feed.xml" not in page.text
