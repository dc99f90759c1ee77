"""Less or more of a topic: the mail's links lead to a page with one button, and only that acts."""

from typing import Any

import pytest
from databases import only_sqlite
from sqlalchemy import select
from web_office import (
    DENIED,
    GRANTED,
    UNKNOWN,
    Visitor,
    contents_of,
    elements,
    links_in,
    links_of,
    mail_to,
    path_of,
    profile_of,
)

from distribution import topics
from distribution.models import Audit


def link(visitor: Visitor, way: str, topic: str) -> str:
    return f"{visitor.link('preferences')}/{way}/{topic}"


def press(visitor: Visitor, way: str, topic: str) -> Any:  # noqa: ANN401 - a response
    return visitor.client.post(link(visitor, way, topic))


def codes(visitor: Visitor, address: str = GRANTED) -> list[str]:
    return [topic.code for topic in profile_of(visitor.app, address).topics]


def buttons(html: str) -> int:
    return sum(tag == "button" for tag, name, _ in elements(html) if name == "type")


def test_the_links_of_a_mail_lead_to_pages_with_one_button_that_change_nothing(
    visitor: Visitor,
) -> None:
    found = [path_of(one) for one in links_of(mail_to(visitor.app, GRANTED)) if "/less/" in one]
    assert sorted(one.rpartition("/")[2] for one in found) == ["policy", "quality"]
    before = contents_of(visitor.app, but="")
    for path in found:
        for method in ("HEAD", "GET"):
            assert visitor.client.request(method, path).status_code == 200
        assert buttons(visitor.client.get(path).text) == 1
    assert contents_of(visitor.app, but="") == before


def test_the_button_takes_the_topic_away_and_says_how_to_undo_it(visitor: Visitor) -> None:
    found = press(visitor, "less", "policy")
    assert "已保存" in found.text
    assert codes(visitor) == ["quality"]
    assert profile_of(visitor.app, GRANTED).subscriber.interests_by == "reader"
    with visitor.app.reading() as session:
        deeds = session.scalars(select(Audit).where(Audit.action == "reader.preferences"))
        assert [deed.detail for deed in deeds] == [{"topics": ["quality"], "less": "policy"}]
    back = visitor.app.addresses.preferences(visitor.delivery) + "/more/policy"
    assert back in links_in(found.text)
    visitor.client.post(path_of(back))
    assert codes(visitor) == ["quality", "policy"]


@only_sqlite
def test_more_adds_the_topic_behind_his_own(visitor: Visitor) -> None:
    assert buttons(visitor.client.get(link(visitor, "more", "technology")).text) == 1
    press(visitor, "more", "technology")
    assert codes(visitor) == ["quality", "policy", "technology"]


@pytest.mark.parametrize(("way", "topic"), [("less", "policy"), ("more", "technology")])
@only_sqlite
def test_the_same_again_leaves_no_trace(visitor: Visitor, way: str, topic: str) -> None:
    press(visitor, way, topic)
    before = contents_of(visitor.app, but="")
    assert press(visitor, way, topic).status_code == 200
    assert buttons(visitor.client.get(link(visitor, way, topic)).text) == 0
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_less_of_the_only_topic_would_be_more_so_it_is_not_offered(visitor: Visitor) -> None:
    press(visitor, "less", "policy")
    before = contents_of(visitor.app, but="")
    found = visitor.client.get(link(visitor, "less", "quality"))
    assert "反而会收到全部文章" in found.text
    assert buttons(found.text) == 0
    press(visitor, "less", "quality")
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_who_chose_nothing_begins_with_what_was_chosen_for_him(visitor: Visitor) -> None:
    one = visitor.of(UNKNOWN)
    assert "以现在这些主题为您自己的选择" in one.client.get(link(one, "less", "quality")).text
    press(one, "less", "quality")
    assert codes(one, UNKNOWN) == ["equipment"]


@only_sqlite
def test_who_gets_everything_has_all_topics_but_one_then(visitor: Visitor) -> None:
    one = visitor.of(DENIED)
    page = one.client.get(link(one, "more", "quality"))
    assert buttons(page.text) == 0
    assert "您收的是标准版" in page.text
    press(one, "less", "quality")
    with one.app.reading() as session:
        known = [topic.code for topic in topics.all_topics(session)]
    assert codes(one, DENIED) == [code for code in known if code != "quality"]


@only_sqlite
def test_a_topic_merged_since_stands_for_what_it_became(visitor: Visitor) -> None:
    with visitor.app.transaction() as session:
        topics.merge(session, "policy", "technology")
    assert codes(visitor) == ["quality", "technology"]
    press(visitor, "less", "policy")
    assert codes(visitor) == ["quality"]


@only_sqlite
def test_what_is_no_topic_and_no_way_gets_the_answer_of_all_wrong_links(visitor: Visitor) -> None:
    nothing = visitor.client.get("/nothing").content
    before = contents_of(visitor.app, but="")
    for way, topic in (
        ("less", "nothing"),
        ("much", "quality"),
        ("less", "质量管理"),
        ("more", ""),
    ):
        for answer in (visitor.client.get(link(visitor, way, topic)), press(visitor, way, topic)):
            assert (answer.status_code, answer.content) == (404, nothing)
    wrong = link(visitor, "less", "quality").replace("/p/", "/p/x")
    assert visitor.client.post(wrong).content == nothing
    assert contents_of(visitor.app, but="") == before
