"""Leaving: one button or one click of a mail programme, at once and for good."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from databases import only_sqlite
from runs import SEPTEMBER
from sqlalchemy import select
from web_office import GRANTED, Visitor, contents_of, elements, links_in, profile_of, subscriber_id

from distribution import audience, delivery
from distribution.models import Delivery
from distribution.words import Cause, Decision, DeliveryState, Purpose

ONE_CLICK = {
    "urlencoded": {"data": {"List-Unsubscribe": "One-Click"}},
    "multipart": {"files": {"List-Unsubscribe": (None, "One-Click")}},
    "escaped": {
        "content": f"List%2DUnsubscribe={quote('One-Click', safe='')}",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    },
}


def leave(visitor: Visitor, **form: Any) -> Any:  # noqa: ANN401 - a form in, a response out
    return visitor.client.post(visitor.link("unsubscribe"), **form)


def barrier(visitor: Visitor) -> Cause | None:
    with visitor.app.reading() as session:
        return audience.reader(session, subscriber_id(visitor.app, GRANTED)).barrier


def test_the_page_asks_and_changes_nothing(visitor: Visitor) -> None:
    before = contents_of(visitor.app, but="")
    found = visitor.get("unsubscribe")
    assert found.status_code == 200
    assert "a***@fenhe.example" in found.text
    assert "an.ran" not in found.text
    assert "三晋机电通讯" in found.text
    assert [value for tag, name, value in elements(found.text) if (tag, name) == ("form", "method")]
    assert visitor.app.addresses.preferences(visitor.delivery) in links_in(found.text)
    assert contents_of(visitor.app, but="") == before


def test_the_button_takes_the_reader_off_with_the_words_he_saw(visitor: Visitor) -> None:
    shown = visitor.get("unsubscribe").text
    found = leave(visitor)
    assert found.status_code == 200
    assert "已退订" in found.text
    said = profile_of(visitor.app, GRANTED).consents[-1]
    assert (said.purpose, said.decision) == (Purpose.DIGEST, Decision.WITHDRAWN)
    assert (said.channel, said.by) == ("web", "reader")
    assert said.delivery_id == visitor.delivery
    assert said.wording in shown
    assert barrier(visitor) is Cause.LEFT


@pytest.mark.parametrize("form", ONE_CLICK.values(), ids=list(ONE_CLICK))
def test_a_mail_programme_takes_him_off_with_one_click(
    visitor: Visitor, form: dict[str, Any]
) -> None:
    found = leave(visitor, **form)
    assert found.status_code == 200
    assert found.headers["content-type"].startswith("text/plain")
    assert found.text == "已退订\n"
    assert profile_of(visitor.app, GRANTED).consents[-1].channel == "one-click"
    assert barrier(visitor) is Cause.LEFT


def test_leaving_again_is_answered_alike_and_leaves_no_trace(visitor: Visitor) -> None:
    first = leave(visitor)
    before = contents_of(visitor.app, but="")
    assert leave(visitor).text == first.text
    assert leave(visitor, **ONE_CLICK["multipart"]).status_code == 200
    assert contents_of(visitor.app, but="") == before
    assert "已退订" in visitor.get("unsubscribe").text
    assert "确认退订" not in visitor.get("unsubscribe").text


def test_whoever_left_before_the_run_began_gets_no_mail(visitor: Visitor) -> None:
    app = visitor.app
    leave(visitor, **ONE_CLICK["urlencoded"])
    delivery.start(app.transaction, visitor.run, at=SEPTEMBER, expiry=timedelta(days=3650))
    app.sender.pump(timedelta(seconds=50))
    with app.reading() as session:
        rows = session.execute(select(Delivery.recipient, Delivery.state))
        found = {row[0]: row[1] for row in rows}
    assert found.pop(GRANTED) is DeliveryState.SKIPPED
    assert set(found.values()) == {DeliveryState.ACCEPTED}
    assert len(list((app.settings.home / "outbox").glob("*.eml"))) == 2


@only_sqlite
def test_a_form_of_that_size_is_none_of_ours(visitor: Visitor) -> None:
    found = leave(visitor, content=b"x" * 10_241)
    assert found.status_code == 413
    assert "提交的内容太多" in found.text
    assert barrier(visitor) is None
    assert leave(visitor, content=b"x" * 10_240).status_code == 200


@only_sqlite
def test_a_page_of_one_who_has_left_says_how_to_come_back(visitor: Visitor) -> None:
    leave(visitor)
    for kind in ("unsubscribe", "preferences"):
        text = visitor.get(kind).text
        assert "0351-1234567" in text
        assert "bianji@jikan.example" in text


def test_old_links_of_one_whose_data_is_gone_show_nothing_and_change_nothing(
    visitor: Visitor,
) -> None:
    with visitor.app.transaction() as session:
        audience.find_subscriber(session, GRANTED).erased_at = SEPTEMBER
    before = contents_of(visitor.app, but="")

    answers = [visitor.get("unsubscribe"), visitor.get("preferences"), leave(visitor)]
    answers.append(
        visitor.client.post(
            visitor.link("preferences"), data={"topic": "policy", "edition": "standard"}
        )
    )

    assert [(one.status_code, "资料已删除" in one.text) for one in answers] == [(200, True)] * 4
    assert leave(visitor, **ONE_CLICK["urlencoded"]).status_code == 200
    assert contents_of(visitor.app, but="") == before
