"""A page left open: what was changed in another tab since stays, what he changed here counts."""

from html.parser import HTMLParser
from typing import Any

import pytest
from databases import only_sqlite
from web_office import GRANTED, Visitor, contents_of, profile_of

from distribution import audience, clock
from distribution.audience import Statement
from distribution.words import Decision, Edition, Frequency, MailFormat, Purpose, Tracking

Fields = dict[str, list[str]]


class _Form(HTMLParser):
    """What a browser would send of the first form of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._select = self._textarea = ""
        self.feed(html.partition("</form>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "input" and (found["type"] == "hidden" or "checked" in found):
            self.fields.setdefault(name, []).append(value)
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in found or self._select not in self.fields):
            self.fields[self._select] = [value]
        elif tag == "textarea":
            self._textarea = name
            self.fields[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""


def tab(visitor: Visitor) -> Fields:
    """The page, opened: what it would send untouched."""
    return _Form(visitor.get("preferences").text).fields


def save(visitor: Visitor, fields: Fields, **changes: Any) -> Any:  # noqa: ANN401 - a response
    return visitor.client.post(visitor.link("preferences"), data=fields | changes)


def codes(visitor: Visitor) -> list[str]:
    return [topic.code for topic in profile_of(visitor.app, GRANTED).topics]


def words(visitor: Visitor) -> tuple[str, ...]:
    return profile_of(visitor.app, GRANTED).watch_words


def test_an_old_tab_saved_last_takes_back_nothing_that_was_changed_since(visitor: Visitor) -> None:
    old, new = tab(visitor), tab(visitor)
    save(
        visitor,
        new,
        topic=["quality", "technology"],
        words="液压\r\n大同",
        edition="standard",
        frequency="when_matching",
        format="text",
        tracking="withdrawn",
    )
    before = contents_of(visitor.app, but="")

    assert save(visitor, old).status_code == 200

    assert contents_of(visitor.app, but="") == before
    found = profile_of(visitor.app, GRANTED)
    assert found.subscriber.edition is Edition.STANDARD
    assert found.subscriber.frequency is Frequency.WHEN_MATCHING
    assert found.subscriber.format is MailFormat.TEXT


def test_what_he_changes_in_the_old_tab_joins_what_was_changed_since(visitor: Visitor) -> None:
    old, new = tab(visitor), tab(visitor)
    save(visitor, new, topic=["quality", "technology"], words="大同、液压", edition="standard")

    found = save(
        visitor,
        old,
        topic=["policy", "equipment"],  # it showed quality and policy
        words="阀门",  # it showed 液压
        format="text",
        tracking="withdrawn",
    )

    assert codes(visitor) == ["technology", "equipment"]
    assert words(visitor) == ("大同", "阀门")
    row = profile_of(visitor.app, GRANTED).subscriber
    assert (row.edition, row.format) == (Edition.STANDARD, MailFormat.TEXT)
    with visitor.app.reading() as session:
        assert audience.reader(session, row.id).tracking is Tracking.DENIED
    assert _Form(found.text).fields == tab(visitor)


@only_sqlite
@pytest.mark.parametrize(
    ("in_the_old_tab", "expected"),
    [
        ({}, ["technology", "policy", "quality"]),
        ({"place-quality": ["2"]}, ["policy", "quality", "technology"]),
        ({"place-policy": ["1"]}, ["policy", "quality", "technology"]),
        (
            {"topic": ["policy", "quality", "equipment"], "place-equipment": ["1"]},
            ["equipment", "technology", "policy", "quality"],
        ),
    ],
    ids=["left as it was", "down", "up", "a new one"],
)
def test_the_newer_order_stays_unless_he_reorders(
    visitor: Visitor, in_the_old_tab: Fields, expected: list[str]
) -> None:
    old, new = tab(visitor), tab(visitor)
    assert old["shown-topic"] == ["quality", "policy"]
    placed = {"place-technology": "1", "place-policy": "2", "place-quality": "3"}
    save(visitor, new, topic=["policy", "quality", "technology"], **placed)
    assert codes(visitor) == ["technology", "policy", "quality"]

    save(visitor, old | in_the_old_tab)

    assert codes(visitor) == expected


@only_sqlite
@pytest.mark.parametrize(
    "garbage",
    [
        {"shown-edition": "golden"},
        {"shown-edition": "", "shown-topic": "\x00"},
        {"shown-format": "pdf"},
        {"shown-tracking": "perhaps"},
    ],
)
def test_of_a_page_that_does_not_say_what_it_showed_all_counts(
    visitor: Visitor, garbage: dict[str, str]
) -> None:
    old = tab(visitor)
    save(visitor, tab(visitor), topic=["technology"], words="大同", edition="standard")
    assert save(visitor, old | garbage).status_code == 200
    assert (codes(visitor), words(visitor)) == (["quality", "policy"], ("液压",))
    assert profile_of(visitor.app, GRANTED).subscriber.edition is Edition.PERSONALISED


@only_sqlite
def test_a_page_to_be_mended_shows_his_wishes_and_what_is_set_by_now(visitor: Visitor) -> None:
    old = tab(visitor)
    save(visitor, tab(visitor), topic=["quality", "technology"], format="text")

    found = save(visitor, old, words="长" * 41, topic=["policy", "quality", "equipment"])
    assert found.status_code == 422
    again = _Form(found.text).fields
    assert save(visitor, again, words="长城").status_code == 200

    assert (codes(visitor), words(visitor)) == (["quality", "technology", "equipment"], ("长城",))
    assert profile_of(visitor.app, GRANTED).subscriber.format is MailFormat.TEXT


@only_sqlite
def test_a_full_list_of_the_longest_words_fits_into_the_form_twice(visitor: Visitor) -> None:
    full = "\r\n".join(f"{number:02}".ljust(40, "长") for number in range(50))
    save(visitor, tab(visitor), words=full)
    assert save(visitor, tab(visitor), words="大同").status_code == 200
    assert words(visitor) == ("大同",)


@only_sqlite
def test_an_answer_of_a_file_that_was_voided_is_none_and_spoils_no_page(visitor: Visitor) -> None:
    row = profile_of(visitor.app, GRANTED).subscriber
    voided = Statement(Decision.VOIDED, "撤销导入", "cli", Purpose.TRACKING)
    with visitor.app.transaction() as session:
        audience.record_consent(session, row.id, voided, by="test", at=clock.now())
    old = tab(visitor)
    assert "您还没有选择" in visitor.get("preferences").text
    save(visitor, tab(visitor), topic=["technology"])
    save(visitor, old, format="text")
    assert codes(visitor) == ["technology"]
