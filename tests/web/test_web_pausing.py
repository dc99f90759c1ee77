"""Pausing: until a day he names, or some months instead of leaving; told by letter, and undone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from databases import only_sqlite
from web_office import GRANTED, Visitor, contents_of, letters_in, post_letters, profile_of

from distribution import audience, clock
from distribution.web.pausing import after_months, last_day
from distribution.words import Cause, LetterPurpose, LetterState, SuppressionReason


def do(visitor: Visitor, deed: str, page: str = "preferences", **fields: str) -> Any:  # noqa: ANN401
    return visitor.client.post(visitor.link(page), data={"do": deed, **fields})


def in_days(days: int) -> str:
    return str(clock.today() + timedelta(days=days))


def test_a_reader_pauses_until_a_day_and_is_told_of_it(visitor: Visitor) -> None:
    until = clock.today() + timedelta(days=40)

    found = do(visitor, "pause", until=str(until))

    assert f"已暂停到{until.year}年{until.month}月{until.day}日" in found.text
    assert profile_of(visitor.app, GRANTED).barrier is Cause.PAUSED
    assert profile_of(visitor.app, GRANTED).subscriber.paused_until == clock.end_of(until)
    (letter,) = letters_in(visitor.app)
    assert (letter.recipient, letter.purpose) == (GRANTED, LetterPurpose.CHANGED)
    assert f"已暂停到{until.year}年{until.month}月{until.day}日" in letter.text
    assert visitor.app.addresses.letter_preferences(letter.id) in letter.html


def test_the_letter_goes_out_though_he_is_paused(visitor: Visitor) -> None:
    do(visitor, "pause", until=in_days(40))
    assert post_letters(visitor.app) == [LetterState.SENT]


def test_the_same_pause_again_leaves_no_trace(visitor: Visitor) -> None:
    do(visitor, "pause", until=in_days(40))
    before = contents_of(visitor.app, but="")
    assert do(visitor, "pause", until=in_days(40)).status_code == 200
    assert contents_of(visitor.app, but="") == before


def test_he_resumes_when_he_likes(visitor: Visitor) -> None:
    do(visitor, "pause", until=in_days(40))
    assert "现在恢复" in visitor.get("preferences").text
    assert "已恢复" in do(visitor, "resume").text
    assert profile_of(visitor.app, GRANTED).barrier is None
    before = contents_of(visitor.app, but="")
    assert do(visitor, "resume").status_code == 200
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_resuming_says_what_comes_of_it(visitor: Visitor) -> None:
    before = contents_of(visitor.app, but="")
    assert "现在没有暂停" in do(visitor, "resume").text
    assert contents_of(visitor.app, but="") == before
    do(visitor, "pause", until=in_days(40))
    with visitor.app.transaction() as session:
        audience.depart(session, audience.find_subscriber(session, GRANTED), at=clock.now())
    assert "还有别的原因" in do(visitor, "resume").text
    visitor.client.post(visitor.link("unsubscribe"))
    found = do(visitor, "resume")
    assert (found.status_code, "没有恢复：此前已经退订" in found.text) == (422, True)


@pytest.mark.parametrize("until", ["", "morgen", "0", "-1", "800", "2026-13-01"])
@only_sqlite
def test_a_day_that_cannot_be_is_told_and_nothing_changes(visitor: Visitor, until: str) -> None:
    until = in_days(int(until)) if until.lstrip("-").isdigit() else until
    before = contents_of(visitor.app, but="")
    found = do(visitor, "pause", until=until)
    assert found.status_code == 422
    assert re.search(
        r"没有暂停：请写一个日期，从明天起，至迟\d+年\d+月\d+日，例如 20\d\d-", found.text
    )
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_the_page_offers_the_days_that_can_be(visitor: Visitor) -> None:
    text = visitor.get("preferences").text
    assert f'min="{in_days(1)}" max="{last_day(clock.today())}"' in text


@only_sqlite
def test_nobody_is_flooded_by_who_pauses_him_again_and_again(visitor: Visitor) -> None:
    for days in range(20, 26):
        do(visitor, "pause", until=in_days(days))
    assert len(letters_in(visitor.app)) == 3
    assert profile_of(visitor.app, GRANTED).subscriber.paused_until == clock.end_of(
        clock.today() + timedelta(days=25)
    )


@only_sqlite
def test_no_letter_goes_to_an_address_that_is_out_of_use(visitor: Visitor) -> None:
    with visitor.app.transaction() as session:
        key = visitor.app.keyring.address_hash(GRANTED)
        bounced = SuppressionReason.HARD_BOUNCE
        audience.suppress(session, key, bounced, evidence="550", at=clock.now())
    do(visitor, "pause", until=in_days(40))
    assert letters_in(visitor.app) == []


@pytest.mark.parametrize("months", ["3", "6"])
def test_instead_of_leaving_he_may_pause_for_some_months(visitor: Visitor, months: str) -> None:
    assert f'value="{months}" class="quiet">暂停 {months} 个月' in visitor.get("unsubscribe").text
    found = do(visitor, "pause", "unsubscribe", months=months)
    until = after_months(clock.today(), int(months))
    assert f"到{until.year}年{until.month}月{until.day}日为止不再寄给您" in found.text
    assert profile_of(visitor.app, GRANTED).barrier is Cause.PAUSED


@only_sqlite
@pytest.mark.parametrize(
    ("deed", "page"),
    [("pause", "preferences"), ("pause", "unsubscribe"), ("matching", "unsubscribe")],
)
def test_a_page_older_than_his_leaving_promises_him_nothing(
    visitor: Visitor, deed: str, page: str
) -> None:
    do(visitor, "leave", "unsubscribe")
    before = contents_of(visitor.app, but="")
    found = do(visitor, deed, page, until=in_days(40), months="3")
    assert found.status_code == 422
    assert "此前已经退订" in found.text
    assert "没有退订" not in found.text
    assert "自动恢复" not in found.text
    assert contents_of(visitor.app, but="") == before


@only_sqlite
def test_months_that_are_not_offered_are_refused(visitor: Visitor) -> None:
    before = contents_of(visitor.app, but="")
    for months in ("", "1", "600", "x"):
        assert do(visitor, "pause", "unsubscribe", months=months).status_code == 400
    assert contents_of(visitor.app, but="") == before
