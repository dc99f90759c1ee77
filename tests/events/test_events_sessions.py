"""What belongs together is judged together: hurry, hidden links, crowds, and forms."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from distribution.events.sessions import judge
from distribution.events.verdicts import Act
from distribution.words import Signal, Verdict

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
NOTHING = "nothing-against"


def click(seconds: float, link: int | None = 1, *, mail: int | None = 7, network: str = "a") -> Act:
    """A click so many seconds after noon, an hour after the mail; link None: the hidden one."""
    at = NOON + timedelta(seconds=seconds)
    shown = "hidden-link" if link is None else ""
    since = timedelta(seconds=3600 + seconds) if mail else None
    return Act(1, mail, Signal.CLICK, link, at, shown, "windows", "public", network, since)


def opening(seconds: float) -> Act:
    return replace(click(seconds), signal=Signal.OPEN, link=None)


def form(seconds: float) -> Act:
    return replace(click(seconds), signal=Signal.ACT, link=None)


def rules(acts: Sequence[Act], links: int = 12) -> list[str]:
    """The rule that decided about each act; the mail has so many links."""
    return [rule for _, rule in judge(acts, {7: links, 8: links})]


# -- hurry ---------------------------------------------------------------------------------------


def test_three_links_in_two_seconds_are_no_persons_nor_is_what_goes_with_them() -> None:
    acts = [opening(0), click(1, 1), click(2, 2), click(3, 3), click(20, 4)]
    assert rules(acts) == ["burst"] * 5


def test_the_order_in_which_they_come_changes_nothing() -> None:
    acts = [click(3, 3), click(1, 1), click(90, 4), click(2, 2)]
    assert rules(acts) == ["burst", "burst", NOTHING, "burst"]


@pytest.mark.parametrize(
    "acts",
    [
        [click(0, 1), click(1, 2), click(2.1, 3)],  # a little slower
        [click(0, 1), click(0.2, 1), click(0.4, 1), click(1, 2)],  # two links, four clicks
        [click(0, 1), click(1, 2, mail=8), click(2, 3)],  # two mails
    ],
)
def test_less_than_that_is_a_person(acts: list[Act]) -> None:
    assert set(rules(acts)) == {NOTHING}


def test_a_scanner_of_many_networks_is_seen_by_its_mail() -> None:
    scan = [click(number / 2, number + 1, network=f"n{number}") for number in range(4)]
    reader = click(20, 1)
    assert rules([*scan, reader]) == ["burst"] * 4 + [NOTHING]


def test_nearly_all_of_a_mail_at_a_scanners_pace_is_a_scanner() -> None:
    acts = [click(2.5 * number, number + 1) for number in range(10)]
    assert rules(acts, links=12) == ["all-links"] * 10
    assert set(rules(acts, links=13)) == {NOTHING}  # 77 % of it


def test_who_reads_all_of_it_in_peace_is_a_person() -> None:
    acts = [click(9 * number, number + 1) for number in range(12)]
    assert set(rules(acts)) == {NOTHING}


def test_all_of_a_mail_with_three_articles_is_not_much() -> None:
    assert set(rules([click(0, 1), click(4, 2), click(8, 3)], links=3)) == {NOTHING}


def test_who_clicked_too_soon_goes_on_as_a_machine() -> None:
    first = replace(click(0, 1), since=timedelta(seconds=3))
    then = replace(click(20, 2), since=timedelta(seconds=23))
    later = replace(click(300, 3), since=timedelta(seconds=303))
    assert rules([first, then, later]) == ["too-soon", "too-soon", NOTHING]


def test_a_mail_program_may_fetch_the_pixel_as_it_comes() -> None:
    first = replace(opening(0), since=timedelta(seconds=1))
    then = replace(click(20, 2), since=timedelta(seconds=21))
    assert rules([first, then]) == ["too-soon", NOTHING]


# -- the hidden link, and what looks ahead -------------------------------------------------------


def test_the_hidden_link_speaks_for_the_same_client_and_for_nobody_else() -> None:
    scanner = [click(0, 1), click(10, None), click(30, 2)]
    others = [click(12, 3, network="b"), click(14, 3, mail=8), click(90, 4)]
    assert rules([*scanner, *others]) == [
        "with-hidden-link", "hidden-link", "with-hidden-link", NOTHING, NOTHING, NOTHING,
    ]  # fmt: skip


def test_a_gateway_that_looks_just_before_the_reader_is_told_from_him() -> None:
    gateway, reader = click(0, 1, network="gateway"), click(0.4, 1)
    again = click(60, 1, network="b")  # a colleague, much later
    assert rules([gateway, reader, again]) == ["ahead-of-click", NOTHING, NOTHING]


def test_a_double_click_is_one_persons() -> None:
    assert set(rules([click(0), click(0.3)])) == {NOTHING}


# -- readers nobody knows ------------------------------------------------------------------------


def test_of_unknown_readers_one_client_is_judged_by_what_it_does() -> None:
    scan = [click(number / 2, number + 1, mail=None) for number in range(3)]
    other = click(1, 4, mail=None, network="b")
    later = click(10, 5, mail=None)
    assert rules([*scan, other, later]) == ["burst"] * 3 + [NOTHING, NOTHING]


def test_of_unknown_readers_in_unknown_networks_nothing_is_compared() -> None:
    acts = [click(number / 2, number + 1, mail=None, network="") for number in range(6)]
    assert set(rules(acts)) == {NOTHING}


# -- one network, many readers -------------------------------------------------------------------


def crowd(readers: int, within: float) -> list[Act]:
    return [click(within * number / readers, 1, mail=100 + number) for number in range(readers)]


def test_twenty_readers_in_a_minute_are_one_machine() -> None:
    assert set(rules(crowd(20, 59))) == {"many-readers"}


def test_fewer_or_slower_ones_are_an_office() -> None:
    assert set(rules(crowd(19, 59))) == {NOTHING}
    assert set(rules(crowd(20, 90))) == {NOTHING}


def test_twenty_readers_of_nowhere_are_not_compared() -> None:
    assert set(rules([replace(act, network="") for act in crowd(30, 30)])) == {NOTHING}


# -- forms ---------------------------------------------------------------------------------------


def test_a_form_speaks_for_what_its_client_does_after_it() -> None:
    burst = [click(20 + number / 2, number + 1) for number in range(3)]
    doubtful = replace(click(30, 9), agent="none")
    sent = replace(form(0), agent="none")
    assert rules([form(0), *burst]) == ["sent-a-form"] + ["after-a-form"] * 3
    assert rules([sent, doubtful]) == ["sent-a-form", "after-a-form"]


def test_a_form_speaks_neither_for_others_nor_for_what_was_before_nor_for_ever() -> None:
    burst = [click(number / 2, number + 1) for number in range(3)]
    assert rules([form(100), *burst])[1:] == ["burst"] * 3
    late = [click(200 + number / 2, number + 1) for number in range(3)]
    assert rules([form(0), *late])[1:] == ["burst"] * 3
    elsewhere = [click(20 + number / 2, number + 1, network="b") for number in range(3)]
    assert rules([form(0), *elsewhere])[1:] == ["burst"] * 3


def test_a_form_does_not_make_a_person_of_what_gives_itself_away() -> None:
    acts = [form(0), replace(click(5), showed="head"), replace(click(6), agent="library")]
    assert [verdict for verdict, _ in judge(acts, {})] == [
        Verdict.HUMAN, Verdict.MACHINE, Verdict.MACHINE,
    ]  # fmt: skip


def test_ten_thousand_clicks_on_one_mail_are_judged_in_one_go() -> None:
    acts = [click(number / 100, 1 + number % 9) for number in range(10_000)]
    assert set(rules(acts)) == {"burst"}
