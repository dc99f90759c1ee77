"""A reader's own settings: what he sees is what is kept, with the words he agreed to."""

import hashlib
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
    profile_of,
    subscriber_id,
)

from distribution import audience
from distribution.models import Audit
from distribution.web.preferences import TRACKING
from distribution.words import Decision, Edition, Tracking


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
        (GRANTED, ["policy", "quality", "personalised", "granted"]),
        (UNKNOWN, ["personalised"]),
        (DENIED, ["standard", "withdrawn"]),
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
    assert "关注词：液压" in visitor.get("preferences").text


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


def test_a_question_left_open_stays_open(visitor: Visitor) -> None:
    one = visitor.of(UNKNOWN)
    save(one, "policy")
    with visitor.app.reading() as session:
        reader = audience.reader(session, subscriber_id(visitor.app, UNKNOWN))
    assert reader.tracking is Tracking.UNKNOWN
    assert checked(one.get("preferences").text) == ["policy", "personalised"]


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
        b'{"edition": "standard"}',
    ],
)
@only_sqlite
def test_what_is_not_our_form_changes_nothing(visitor: Visitor, body: bytes) -> None:
    before = contents_of(visitor.app, but="")
    found = visitor.client.post(visitor.link("preferences"), content=body)
    assert found.status_code == 400
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_a_form_too_large_changes_nothing(visitor: Visitor) -> None:
    body = b"edition=standard&tracking=granted&topic=" + b"x" * 10_240
    assert visitor.client.post(visitor.link("preferences"), content=body).status_code == 413
    assert profile_of(visitor.app, GRANTED).subscriber.edition is Edition.PERSONALISED
