"""`distribution consent`: what people said, written down once, never changed, easily withdrawn."""

import hashlib
from datetime import timedelta

import pytest
from cli_office import Office
from desk_files import audited, details
from sqlalchemy import func, select

from distribution import audience, clock
from distribution.app import App
from distribution.models import ConsentEvent

LIANG = "liang@sanjin.example"
TODAY, LATER = str(clock.today()), str(clock.today() + timedelta(days=9))


@pytest.fixture
def liang(office: Office) -> str:
    """A contact who never said anything."""
    assert office("subscriber", "add", LIANG, "--name", "梁毅").code == 0
    return LIANG


def events(app: App) -> int:
    with app.reading() as session:
        return session.scalar(select(func.count(ConsentEvent.id))) or 0


def test_each_word_counts_once_and_the_last_one_decides(
    office: Office, app: App, liang: str
) -> None:
    said = [
        office("consent", *words).out.removeprefix(liang)
        for words in (
            ("grant", liang, "--basis", "登记表"),
            ("grant", liang, "--basis", "登记表"),
            ("withdraw", liang, "--reason", "来电"),
            ("withdraw", liang, "--reason", "来电"),
            ("void", liang, "--reason", "登错了人"),
            ("void", liang, "--reason", "登错了人"),
        )
    ]

    assert said == [
        "：可投递。\n",
        " 本来就同意接收：没有改动。\n",
        "：不投递：已退订。\n",
        " 本来就已退订：没有改动。\n",
        "：不投递：未曾同意。\n",
        " 没有可作废的同意或退订：没有改动。\n",
    ]
    assert events(app) == 3
    assert [action for action, _ in audited(app)] == [
        "subscriber.add",
        "consent.granted",
        "consent.withdrawn",
        "consent.voided",
    ]


def test_counting_is_a_matter_of_its_own(office: Office, app: App, liang: str) -> None:
    office("consent", "grant", liang, "--basis", "登记表")

    said = [
        office("consent", *words, "--purpose", "统计").out.removeprefix(liang)
        for words in (
            ("grant", liang, "--basis", "问卷"),
            ("grant", liang, "--basis", "问卷"),
            ("withdraw", liang, "--reason", "来电"),
            ("void", liang, "--reason", "登错"),
        )
    ]

    assert said == [
        "：阅读统计：同意按人统计。\n",
        " 本来就同意阅读统计：没有改动。\n",
        "：阅读统计：不统计。\n",
        "：阅读统计：只作匿名统计。\n",
    ]
    assert office("subscriber", "show", liang, "--json").document["mailable"] is True
    assert details(app, "consent.voided") == {"purpose": "tracking"}


def test_a_suppressed_address_stays_so_whatever_its_owner_says(office: Office, liang: str) -> None:
    office("suppression", "add", liang, "--reason", "退信")

    granted = office("consent", "grant", liang, "--basis", "登记表")

    assert granted.out == (
        f"{liang}：不投递：地址已抑制。\n"
        f"缘由见 distribution subscriber show {liang}；"
        "可以再用的，以 distribution suppression release 恢复。\n"
    )


@pytest.fixture
def two(office: Office, liang: str) -> str:
    """Two contacts, who said three things."""
    office("subscriber", "add", "b@sanjin.example", "--name", "王芳", "--consent", "登记表")
    office("consent", "grant", liang, "--basis", "来函")
    office("consent", "grant", liang, "--basis", "问卷", "--purpose", "统计")
    return liang


@pytest.mark.parametrize(
    ("filters", "wordings"),
    [
        ([], ["问卷", "来函", "登记表"]),
        ([LIANG.upper()], ["问卷", "来函"]),
        (["--purpose", "摘要"], ["来函", "登记表"]),
        (["--purpose", "tracking"], ["问卷"]),
        (["--limit", "1"], ["问卷"]),
        (["--since", TODAY], ["问卷", "来函", "登记表"]),
        (["--since", LATER], []),
    ],
)
@pytest.mark.usefixtures("two")
def test_what_was_said_is_listed_the_newest_first(
    office: Office, filters: list[str], wordings: list[str]
) -> None:
    found = office("consent", "list", *filters, "--json").document

    assert [row["wording"] for row in found] == wordings


@pytest.mark.usefixtures("two")
def test_a_record_says_who_what_when_and_to_which_words(office: Office) -> None:
    row = office("consent", "list", "b@sanjin.example", "--json").document[0]

    assert row.pop("at").startswith(clock.now().isoformat()[:10])
    assert row.pop("by")
    assert row == {
        "email": "b@sanjin.example",
        "name": "王芳",
        "purpose": "digest",
        "decision": "granted",
        "wording": "登记表",
        "version": "",
        "sha256": hashlib.sha256("登记表".encode()).hexdigest(),
        "channel": "cli",
    }
    table = office("consent", "list", "--limit", "1")
    assert "梁毅" in table.out
    assert table.out.endswith("只列出最近 1 条；--limit 可改。\n")


def test_an_empty_record_is_said_so(office: Office) -> None:
    assert office("consent", "list").out == "没有同意记录。\n"


def test_the_texts_in_use_are_shown_with_version_and_hash(office: Office) -> None:
    found = office("consent", "texts", "--json").document

    assert [(one["version"], one["words"]) for one in found] == [
        (text.version, text.words) for text in audience.TEXTS
    ]
    assert all(one["sha256"] == hashlib.sha256(one["words"].encode()).hexdigest() for one in found)
    shown = office("consent", "texts").out
    assert all(one["version"] in shown and one["sha256"][:12] in shown for one in found)


BAD = {
    "no ground": (["grant", LIANG, "--basis", " "], "依据不能为空"),
    "a long ground": (["grant", LIANG, "--basis", "长" * 501], "最多 500 个"),
    "an escape": (["withdraw", LIANG, "--reason", "a\x07"], "U+0007"),
    "nobody": (["grant", "x@sanjin.example", "--basis", "表"], "没有订阅者"),
    "no address": (["void", "", "--reason", "表"], "没有订阅者"),
    "an unknown matter": (
        ["grant", LIANG, "--basis", "表", "--purpose", "其他"],
        "没有事项 '其他'：可用的有 摘要、统计",
    ),
    "no day": (["list", "--since", "昨天"], "不是日期"),
    "a list of nobody": (["list", "x@sanjin.example"], "没有订阅者"),
}


@pytest.mark.usefixtures("liang")
@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_written_down_is_refused_in_one_sentence(
    office: Office, app: App, case: str
) -> None:
    arguments, reason = BAD[case]

    refused = office("consent", *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.sentence
    assert events(app) == 0


def test_there_is_one_place_to_write_consent_down(office: Office) -> None:
    assert "没有命令 'consent'" in office("subscriber", "consent", LIANG).err
