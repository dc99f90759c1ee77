"""A dossier holds all that is known about a person, and its page shows it to him."""

import json
from html.parser import HTMLParser

import pytest
from personal_data import FORMER, HOME, KEY, NAME, PHONE, TRACES, live_a_life
from runs import add_reader

from distribution import audience, clock, privacy
from distribution.app import App
from distribution.audience import Statement
from distribution.words import Decision


@pytest.fixture
def document(app: App) -> dict:
    live_a_life(app)
    with app.reading() as session:
        row = audience.find_subscriber(session, KEY)
        return privacy.dossier(session, row, at=clock.now())


def test_it_holds_what_every_part_of_the_house_knows(document: dict) -> None:
    assert document["person"]["name"] == NAME
    assert document["person"]["phone"] == PHONE
    assert document["enterprise"]["name"] == HOME
    assert [topic["code"] for topic in document["interests"]["topics"]] == ["policy"]
    assert document["interests"]["watch_words"] == ["液压"]
    assert document["standing"]["barred_by"][0]["cause"] == "suppressed"
    assert document["suppression"]["reason"] == "by_hand"
    assert [said["purpose"] for said in document["consents"]] == ["digest", "tracking"]
    assert document["imports"][0]["before"]["email"] == FORMER
    mail = document["deliveries"][0]
    assert (mail["state"], mail["issue"]) == ("accepted", "2026-09")
    assert mail["events"][0]["reply"].startswith("550")
    assert {article["reason"] for article in mail["articles"]} <= {"topic", "fill"}
    assert [event["signal"] for event in document["readings"]] == ["open", "click"]
    assert document["readings"][1]["article"] == "第 1 篇"
    assert document["returned"][0]["status"] == "5.1.1"
    assert {deed["action"] for deed in document["audit"]} == {
        "subscriber.change",
        "subscriber.welcome",
        "suppression.add",
    }
    assert document["requests"][0]["kind"] == "erasure"
    letters = document["letters"]
    assert [(one["purpose"], one["state"]) for one in letters] == [
        ("welcome", "sent"),
        ("proof", "waiting"),
        ("forwarded", "waiting"),
    ]
    assert letters[0]["recipient"] == KEY
    assert "政策措施" in letters[0]["text"]


def test_mails_that_only_show_his_address_are_there_in_plain_text(document: dict) -> None:
    assert len(document["mails"]) == 3
    assert all(KEY in mail["text"] for mail in document["mails"])


def test_it_is_a_json_document(document: dict) -> None:
    assert json.loads(json.dumps(document)) == document


class Page(HTMLParser):
    """What a page loads, and the elements it leaves open."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]


def test_its_page_shows_everything_and_needs_nothing_else(document: dict) -> None:
    html = privacy.page(document)
    page = Page()
    page.feed(html)

    assert all(trace in html for trace in (NAME, PHONE, KEY, FORMER, HOME, "液压", "第 1 篇"))
    assert page.scripts == 0
    assert all(link.startswith("#") for link in page.loads)
    assert "url(" not in html
    assert "@import" not in html


def test_what_he_is_called_cannot_become_markup(app: App) -> None:
    with app.transaction() as session:
        row = add_reader(session, app, "a@fenhe.example", clock.now(), name="<script>x</script>")
        html = privacy.page(privacy.dossier(session, row, at=clock.now()))

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_somebody_new_has_a_page_that_says_so(app: App) -> None:
    with app.transaction() as session:
        row = add_reader(session, app, "a@fenhe.example", clock.now(), name="甲", consent="")
        html = privacy.page(privacy.dossier(session, row, at=clock.now()))

    assert html.count("没有记录。") >= 5
    assert "没有同意按人统计" in html
    assert not any(trace in html for trace in TRACES)


def test_who_left_reads_since_when_and_by_which_way(app: App) -> None:
    at, said = clock.now(), Statement(Decision.WITHDRAWN, "今后不再寄来。", channel="web")
    with app.transaction() as session:
        row = add_reader(session, app, "a@fenhe.example", at, name="甲")
        audience.record_consent(session, row.id, said, by="reader", at=at)
        html = privacy.page(privacy.dossier(session, row, at=at))

    assert f"<dt>已退订</dt><dd>自 {clock.for_people(at)}：今后不再寄来。</dd>" in html
    assert "渠道 网页，登记者 本人" in html
