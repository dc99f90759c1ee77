"""`distribution subscriber`: contacts, interests, consent, as an admin types them."""

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from sqlalchemy import func, select

from distribution import audience
from distribution.app import App
from distribution.models import Audit, ConsentEvent, Enterprise, Subscriber
from distribution.words import Decision, Purpose

LIANG = "liang@sanjin.example"
GROUND = ("--consent", "入会登记表 2026-03")


def add(office: Office, email: str = LIANG, *more: str, name: str = "梁毅") -> None:
    assert office("subscriber", "add", email, "--name", name, *more).code == 0


def test_a_contact_with_consent_is_mailable_and_shown_with_all_his_facts(office: Office) -> None:
    facts = {
        "--name": " 梁毅　",
        "--enterprise": "太行重工",
        "--role": "联络员",
        "--topics": "质量管理，policy",
        "--words": "液压、 轴承",
    }
    options = [word for pair in facts.items() for word in pair]
    added = office("subscriber", "add", " Liang＠Sanjin.Example ", *options, *GROUND)

    assert (added.code, added.out, added.err) == (0, "已新增 梁毅 <Liang＠Sanjin.Example>。\n", "")
    shown = office("subscriber", "show", LIANG, "--json").document
    assert shown["consents"].pop()["wording"] == "入会登记表 2026-03"
    assert shown == {
        "email": "Liang＠Sanjin.Example",
        "name": "梁毅",
        "enterprise": "太行重工",
        "role": "liaison",
        "edition": "personalised",
        "topics": ["quality", "policy"],
        "enterprise_topics": [],
        "watch_words": ["液压", "轴承"],
        "mailable": True,
        "barrier": None,
        "consents": [],
    }


def test_what_a_contact_said_last_is_shown_for_each_purpose(office: Office, app: App) -> None:
    add(office, LIANG, *GROUND)
    with app.transaction() as session:
        subscriber = audience.find_subscriber(session, LIANG)
        refused = audience.Statement(
            Decision.WITHDRAWN, "不同意统计", channel="web", purpose=Purpose.TRACKING
        )
        audience.record_consent(session, subscriber.id, refused, by="reader", at=MORNING)

    shown = [line.split() for line in office("subscriber", "show", LIANG).out.splitlines()]

    assert ["阅读统计", "2026-12-01", "09:00", "撤回：不同意统计"] in shown
    (digest,) = (words for words in shown if words[0] == "接收摘要邮件")
    assert digest[3:] == ["同意：入会登记表", "2026-03"]


def test_a_contact_without_consent_is_kept_but_not_mailed_and_says_what_to_do(
    office: Office,
) -> None:
    added = office("subscriber", "add", LIANG, "--name", "梁毅", "--consent", "  ")

    assert f"distribution subscriber consent {LIANG}" in added.out
    assert office("subscriber", "show", LIANG, "--json").document["barrier"] == "no_consent"


@pytest.mark.parametrize(
    "again", [LIANG, "LIANG@SANJIN.EXAMPLE", "ｌiang@sanjin．example", f"\u200b{LIANG}\u3000"]
)
def test_the_same_mailbox_in_another_spelling_is_refused(office: Office, again: str) -> None:
    add(office)

    refused = office("subscriber", "add", again, "--name", "另一位")

    assert refused.code == 1
    assert "已在册：没有新增" in refused.sentence
    assert len(office("subscriber", "list", "--json").document) == 1


def test_the_two_spellings_of_a_chinese_domain_are_one_mailbox(office: Office) -> None:
    add(office, "张三@例子.中国")

    assert office("subscriber", "add", "张三@xn--fsqu00a.xn--fiqs8s", "--name", "张三").code == 1
    shown = office("subscriber", "show", "张三@XN--FSQU00A.XN--FIQS8S", "--json").document
    assert shown["email"] == "张三@例子.中国"


BAD = {
    "no address": (["", "--name", "梁毅"], "不是邮件地址"),
    "no name": ([LIANG, "--name", "  "], "姓名 '  ' 不能用：请写明，不能为空"),
    "a long name": ([LIANG, "--name", "长" * 10_000], "有 10000 个字，最多 100 个"),
    "two lines": ([LIANG, "--name", "梁\n毅"], "含有控制字符或不可见字符 U+000A"),
    "an escape": ([LIANG, "--name", "\x1b[31m梁毅"], "U+001B"),
    "turned round": ([LIANG, "--name", "梁\u202e毅"], "U+202E"),
    "a long enterprise": ([LIANG, "--name", "梁毅", "--enterprise", "长" * 201], "单位名称"),
    "a long watch word": ([LIANG, "--name", "梁毅", "--words", "长" * 41], "关注词"),
    "too many words": (
        [LIANG, "--name", "梁毅", "--words", ",".join(map(str, range(51)))],
        "51 个",
    ),
    "an unknown topic": ([LIANG, "--name", "梁毅", "--topics", "policy,农业"], "没有主题 '农业'"),
    "an unknown role": (
        [LIANG, "--name", "梁毅", "--role", "皇帝"],
        "没有职务 '皇帝'：可用的有 联络员",
    ),
    "a garbled ground": ([LIANG, "--name", "梁毅", "--consent", "a\x07"], "依据"),
    "no text": (["\udcff@a.example", "--name", "梁毅"], "不是 UTF-8 文字"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_added_is_refused_in_one_sentence_and_nothing_is_left(
    office: Office, app: App, case: str
) -> None:
    arguments, reason = BAD[case]

    refused = office("subscriber", "add", *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.sentence
    assert len(refused.sentence) < 700
    with app.reading() as session:
        for table in (Subscriber, Enterprise, Audit):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_interests_change_only_what_is_named(office: Office) -> None:
    add(office, LIANG, "--topics", "policy", "--words", "液压")

    office("subscriber", "interests", LIANG, "--edition", "标准版")
    changed = office("subscriber", "interests", LIANG, "--topics", "Quality、policy", "--json")

    found = changed.document
    assert (found["edition"], found["topics"], found["watch_words"]) == (
        "standard",
        ["quality", "policy"],
        ["液压"],
    )


def test_an_empty_list_clears_interests(office: Office) -> None:
    add(office, LIANG, "--topics", "policy", "--words", "液压")

    cleared = office("subscriber", "interests", LIANG, "--topics", "", "--words", "", "--json")

    assert (cleared.document["topics"], cleared.document["watch_words"]) == ([], [])


def test_a_bad_word_leaves_all_interests_as_they_were(office: Office) -> None:
    add(office, LIANG, "--topics", "policy")

    assert office("subscriber", "interests", LIANG, "--topics", "quality,农业").code == 2
    assert office("subscriber", "interests", LIANG, "--topics", "", "--edition", "豪华").code == 2
    assert office("subscriber", "show", LIANG, "--json").document["topics"] == ["policy"]


def test_looking_at_interests_writes_nothing_into_the_audit_trail(office: Office, app: App) -> None:
    add(office)

    assert "梁毅" in office("subscriber", "interests", LIANG).out
    with app.reading() as session:
        assert session.scalars(select(Audit.action)).all() == ["subscriber.add"]


def test_leaving_and_coming_back_each_count_once(office: Office, app: App) -> None:
    add(office, LIANG, *GROUND)

    said = [
        office("subscriber", *words).out
        for words in (
            ("unsubscribe", LIANG),
            ("unsubscribe", LIANG),
            ("consent", LIANG, "--basis", "电话确认"),
            ("consent", LIANG, "--basis", "电话确认"),
        )
    ]

    assert said == [
        f"{LIANG}：不投递：已退订。\n",
        f"{LIANG} 本来就已退订：没有改动。\n",
        f"{LIANG}：可投递。\n",
        f"{LIANG} 本来就同意接收：没有改动。\n",
    ]
    with app.reading() as session:
        assert session.scalar(select(func.count(ConsentEvent.id))) == 3


@pytest.mark.parametrize("verb", ["show", "interests", "unsubscribe"])
def test_nobody_of_that_address_is_said_with_a_way_to_search(office: Office, verb: str) -> None:
    for email in ("nobody@sanjin.example", "no address", "", "a@b\n.cn"):
        refused = office("subscriber", verb, email)
        assert (refused.code, refused.out) == (2, "")
        assert "subscriber list --search" in refused.sentence


def test_a_list_searches_names_addresses_and_enterprises_literally(office: Office) -> None:
    add(office, "a_1@sanjin.example", name="甲")
    add(office, "ab1@sanjin.example", "--enterprise", "Taihang 100%", name="Wang")

    def found(text: str) -> list[str]:
        return [
            row["name"] for row in office("subscriber", "list", "--search", text, "--json").document
        ]

    assert found("a_1") == ["甲"]
    assert found("%") == ["Wang"]
    assert found("ＷANG") == ["Wang"]
    assert found("taihang") == ["Wang"]
    assert found("\\") == []
    assert found(" sanjin ") == ["甲", "Wang"]


def test_a_list_says_when_it_is_cut_and_when_it_is_empty(office: Office) -> None:
    assert office("subscriber", "list").out == "还没有订阅者：distribution subscriber add\n"
    add(office, "a@sanjin.example")
    add(office, "b@sanjin.example")

    assert "只列出前 1 位" in office("subscriber", "list", "--limit", "1").out
    assert office("subscriber", "list", "--search", "无此人").out == "没有符合的订阅者。\n"
    assert office("subscriber", "list", "--search", "无此人", "--json").document == []


@only_sqlite
@pytest.mark.parametrize("name", ["[red]x[/red]", "[/]", ":smile:", "魏𠮷安", "👨‍👩‍👧", "\\[b]"])
def test_a_name_is_printed_as_it_is_and_never_as_markup(office: Office, name: str) -> None:
    add(office, LIANG, "--enterprise", name, name=name)

    for shown in (office("subscriber", "list"), office("subscriber", "show", LIANG)):
        assert shown.out.count(name) == 2
    assert office("enterprise", "list").out.count(name) == 1


def test_the_list_of_enterprises_counts_contacts_and_those_who_agreed(office: Office) -> None:
    add(office, "a@sanjin.example", "--enterprise", "太行重工", *GROUND)
    add(office, "b@sanjin.example", "--enterprise", " 太行重工 ")

    assert office("enterprise", "list", "--json").document == [
        {"name": "太行重工", "region": "", "industry": "", "contacts": 2, "agreed": 1}
    ]
