"""Leaving: one button or one click of a mail programme, at once and for good."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from databases import only_sqlite
from runs import SEPTEMBER
from sqlalchemy import select, update
from web_office import (
    DENIED,
    GRANTED,
    Visitor,
    contents_of,
    elements,
    letters_in,
    links_in,
    path_of,
    post_letters,
    profile_of,
    subscriber_id,
)

from distribution import audience, clock, delivery
from distribution.models import ConsentEvent, Delivery
from distribution.web import pages
from distribution.words import (
    Cause,
    Decision,
    DeliveryState,
    Frequency,
    LeavingReason,
    LetterPurpose,
    LetterState,
    Purpose,
    SuppressionReason,
)

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


def test_leaving_by_the_page_is_told_by_a_letter_that_leads_back(visitor: Visitor) -> None:
    leave(visitor)
    (letter,) = letters_in(visitor.app)
    assert (letter.recipient, letter.purpose) == (GRANTED, LetterPurpose.CHANGED)
    assert post_letters(visitor.app) == [LetterState.SENT]  # though he has left

    back = path_of(visitor.app.addresses.letter_unsubscribe(letter.id))
    assert back in letter.text
    assert "恢复订阅" in visitor.client.get(back).text
    visitor.client.post(back, data={"do": "return"})
    assert barrier(visitor) is None


@only_sqlite
def test_a_mail_programme_says_itself_that_he_has_left(visitor: Visitor) -> None:
    leave(visitor, **ONE_CLICK["urlencoded"])
    assert letters_in(visitor.app) == []


def test_leaving_can_be_undone_on_the_same_page_by_agreeing_anew(visitor: Visitor) -> None:
    shown = leave(visitor).text
    assert delivery.CONSENT_WORDING in shown

    found = leave(visitor, data={"do": "return"})

    assert "已恢复订阅" in found.text
    assert barrier(visitor) is None
    said = profile_of(visitor.app, GRANTED).consents[-1]
    assert (said.decision, said.wording) == (Decision.GRANTED, delivery.CONSENT_WORDING)
    assert (said.wording_version, said.channel) == ("digest-granted-1", "web")
    assert (said.by, said.delivery_id) == ("reader", visitor.delivery)
    before = contents_of(visitor.app, but="")
    assert "正在接收" in leave(visitor, data={"do": "return"}).text
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_who_comes_back_is_told_of_the_pause_that_still_stands(visitor: Visitor) -> None:
    leave(visitor, data={"do": "pause", "months": "3"})
    leave(visitor)
    found = leave(visitor, data={"do": "return"})
    assert "您设的暂停仍然有效" in found.text
    assert "照常寄出" not in found.text


@only_sqlite
def test_leaving_by_one_click_can_be_undone_too(visitor: Visitor) -> None:
    leave(visitor, **ONE_CLICK["multipart"])
    assert "恢复订阅" in visitor.get("unsubscribe").text
    leave(visitor, data={"do": "return"})
    assert barrier(visitor) is None


def age(visitor: Visitor) -> None:
    with visitor.app.transaction() as session:
        left = ConsentEvent.decision == Decision.WITHDRAWN
        before = clock.now() - timedelta(days=31)
        session.execute(update(ConsentEvent).where(left).values(at=before))


def suppress(visitor: Visitor) -> None:
    with visitor.app.transaction() as session:
        key, why = visitor.app.keyring.address_hash(GRANTED), SuppressionReason.COMPLAINT
        audience.suppress(session, key, why, evidence="FBL", at=clock.now())


@pytest.mark.parametrize("happens", [age, suppress])
@only_sqlite
def test_after_a_month_or_a_complaint_there_is_no_way_back_by_the_page(
    visitor: Visitor, happens: Callable[[Visitor], None]
) -> None:
    leave(visitor)
    happens(visitor)
    assert "恢复订阅" not in visitor.get("unsubscribe").text
    before = contents_of(visitor.app, but="")
    assert "bianji@jikan.example" in leave(visitor, data={"do": "return"}).text
    assert contents_of(visitor.app, but="") == before


def test_he_may_say_why_once_and_gets_no_mail_for_it(visitor: Visitor) -> None:
    leave(visitor)
    written = len(letters_in(visitor.app))
    form = {"do": "why", "reason": "too_much", "words": " 每月一封\r\n也看不完 "}

    found = leave(visitor, data=form)

    assert "您的意见已经收到" in found.text
    assert 'name="reason"' not in found.text
    left = profile_of(visitor.app, GRANTED).consents[-1]
    with visitor.app.reading() as session:
        (told,) = audience.leavings(session, subscriber_id(visitor.app, GRANTED))
        assert (told.consent_event_id, told.reason) == (left.id, LeavingReason.TOO_MUCH)
        assert told.words == "每月一封 也看不完"
    before = contents_of(visitor.app, but="")
    leave(visitor, data={**form, "words": "别的"})
    assert contents_of(visitor.app, but="") == before
    assert len(letters_in(visitor.app)) == written


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"reason": "nonsense"}, 400),
        ({"reason": "too_much", "words": "长" * 501}, 422),
        ({"reason": "other", "words": "看\u200b不见"}, 422),
    ],
)
@only_sqlite
def test_a_reason_that_cannot_be_kept_is_told(
    visitor: Visitor, form: dict[str, str], status: int
) -> None:
    leave(visitor)
    before = contents_of(visitor.app, but="")
    found = leave(visitor, data={"do": "why", **form})
    assert found.status_code == status
    if status == 422:
        assert f'value="{form["reason"]}" checked' in found.text
        assert f">{form['words']}</textarea>" in found.text
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_who_has_not_left_has_no_reason_to_give(visitor: Visitor) -> None:
    before = contents_of(visitor.app, but="")
    leave(visitor, data={"do": "why", "reason": "other"})
    assert contents_of(visitor.app, but="") == before


def test_instead_of_leaving_he_may_take_only_what_matches(visitor: Visitor) -> None:
    assert "只在有我关注的内容时才收" in visitor.get("unsubscribe").text
    found = leave(visitor, data={"do": "matching"})
    assert "没有退订" in found.text
    leave(visitor, data={"do": "matching"})
    (letter,) = letters_in(visitor.app)
    assert "只在有您关注的内容时才寄" in letter.subject
    assert barrier(visitor) is None
    assert profile_of(visitor.app, GRANTED).subscriber.frequency is Frequency.WHEN_MATCHING
    assert "只在有我关注的内容时才收" not in visitor.get("unsubscribe").text


@only_sqlite
def test_who_gets_everything_is_not_offered_what_would_change_nothing(visitor: Visitor) -> None:
    assert "只在有我关注的内容时才收" not in visitor.of(DENIED).get("unsubscribe").text


@only_sqlite
def test_who_sends_no_reason_is_told_that_none_was_sent(visitor: Visitor) -> None:
    leave(visitor)
    before = contents_of(visitor.app, but="")
    found = leave(visitor, data={"do": "why", "words": " "})
    assert (found.status_code, "还没有选原因" in found.text) == (422, True)
    assert 'name="reason"' in found.text
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_the_day_he_left_is_written_as_other_days_are(visitor: Visitor) -> None:
    assert f'已于<span class="whole">{pages.day(clock.today())}</span>退订' in leave(visitor).text


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
        assert "mailto:bianji@jikan.example" in links_in(text)


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
