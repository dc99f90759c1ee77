"""`distribution subscriber`: contacts, interests, consent, as an admin types them."""

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from sqlalchemy import func, select

from distribution import audience
from distribution.app import App
from distribution.models import Audit, ConsentEvent, Enterprise, Subscriber
from distribution.words import Decision, Purpose, SuppressionReason

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

    assert (added.code, added.err) == (0, "")
    assert added.out == "已新增 梁毅 <Liang＠Sanjin.Example>。\n已新建单位「太行重工」。\n"
    shown = office("subscriber", "show", LIANG, "--json").document
    assert shown["consents"].pop()["wording"] == "入会登记表 2026-03"
    assert shown.pop("created_at")
    assert shown == {
        "email": "Liang＠Sanjin.Example",
        "name": "梁毅",
        "phone": "",
        "enterprise": "太行重工",
        "unchecked": False,
        "role": "liaison",
        "edition": "personalised",
        "frequency": "every_issue",
        "format": "html",
        "topics": ["quality", "policy"],
        "default_topics": [],
        "topics_from": "own",
        "watch_words": ["液压", "轴承"],
        "mailable": True,
        "barrier": None,
        "facts": [],
        "tracking": "unknown",
        "paused_until": None,
        "departed_at": None,
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

    assert f"distribution consent grant {LIANG} --basis" in added.out
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
    "no address": (["", "--name", "梁毅"], "没有填写邮件地址"),
    "no name": ([LIANG, "--name", "  "], "姓名不能为空：请写明"),
    "a long name": ([LIANG, "--name", "长" * 10_000], "有 10000 个字，最多 100 个"),
    "two lines": ([LIANG, "--name", "梁\n毅"], "姓名“梁 毅”里有看不见的字符（U+000A）"),
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
        office(*words).out
        for words in (
            ("subscriber", "unsubscribe", LIANG),
            ("subscriber", "unsubscribe", LIANG),
            ("consent", "grant", LIANG, "--basis", "电话确认"),
            ("consent", "grant", LIANG, "--basis", "电话确认"),
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


@only_sqlite
@pytest.mark.parametrize("name", ["[red]x[/red]", "[/]", ":smile:", "魏𠮷安", "👨‍👩‍👧", "\\[b]"])
def test_a_name_is_printed_as_it_is_and_never_as_markup(office: Office, name: str) -> None:
    add(office, LIANG, "--enterprise", name, name=name)

    for shown in (office("subscriber", "list"), office("subscriber", "show", LIANG)):
        assert shown.out.count(name) == 2
    assert office("enterprise", "list").out.count(name) == 1


FACTS = (
    "--phone",
    "0351-1234567",
    "--frequency",
    "有匹配时",
    "--edition",
    "标准版",
    "--format",
    "text",
)


def test_how_he_wants_his_mail_is_kept_when_he_is_added_and_changed_later(office: Office) -> None:
    add(office, LIANG, *FACTS)

    shown = office("subscriber", "show", LIANG, "--json").document
    wishes = ("phone", "frequency", "edition", "format")
    assert [shown[key] for key in wishes] == ["0351-1234567", "when_matching", "standard", "text"]
    changed = office(
        "subscriber", "interests", LIANG, "--frequency", "每期", "--format", "图文", "--json"
    ).document
    assert [changed[key] for key in wishes] == ["0351-1234567", "every_issue", "standard", "html"]


ODD = {
    "8001@qq.con": "域名 qq.con 是不是 qq.com？",
    "office@sanjin.example": "office@ 多为公共邮箱",
    "张三@例子.中国": "多数邮件系统收不到",
}


@pytest.mark.parametrize("email", ODD)
def test_an_odd_address_is_added_and_pointed_out(office: Office, email: str) -> None:
    added = office("subscriber", "add", email, "--name", "梁毅", *GROUND)

    assert added.code == 0
    assert added.out.startswith(f"已新增 梁毅 <{email}>。\n请留意：")
    assert ODD[email] in added.out
    assert office("subscriber", "list", "--json").document[0]["email"] == email


def test_a_slip_comes_with_the_command_that_puts_it_right(office: Office) -> None:
    hint = office("subscriber", "add", "8001@qq.con", "--name", "梁毅").out.split("改正请用 ")[1]

    assert office(*hint.split("\n")[0].split()[1:]).code == 0
    assert office("subscriber", "list", "--json").document[0]["email"] == "8001@qq.com"


def test_a_suppressed_address_is_added_and_said_not_to_be_mailed(office: Office) -> None:
    office("suppression", "add", LIANG, "--reason", "来电")

    added = office("subscriber", "add", LIANG, "--name", "梁毅", *GROUND)

    assert f"不投递：地址已抑制；详见 distribution subscriber show {LIANG}" in added.out


def test_everything_that_keeps_mail_from_him_is_shown_with_its_beginning(
    office: Office, app: App
) -> None:
    add(office, LIANG, *GROUND)
    with app.transaction() as session:
        row = audience.find_subscriber(session, LIANG)
        left = audience.Statement(Decision.WITHDRAWN, "点了退订", channel="web")
        audience.record_consent(session, row.id, left, by="reader", at=MORNING)
        audience.suppress(
            session, row.address_hash, SuppressionReason.COMPLAINT, evidence="ARF", at=MORNING
        )

    shown = office("subscriber", "show", LIANG)

    since = "自 2026-12-01 09:00"
    assert f"不投递缘由  地址已抑制，{since}：投诉：ARF" in shown.out
    assert f"不投递缘由  已退订，{since}：点了退订" in shown.out
    facts = office("subscriber", "show", LIANG, "--json").document["facts"]
    assert [(fact["cause"], fact["since"], fact["until"]) for fact in facts] == [
        ("suppressed", "2026-12-01T01:00:00+00:00", None),
        ("left", "2026-12-01T01:00:00+00:00", None),
    ]


def test_what_somebody_gets_by_default_is_shown_as_such(office: Office) -> None:
    add(office, LIANG, "--enterprise", "太行重工", "--role", "质量")
    office("topic", "default", "set", "--role", "质量", "--topics", "quality")

    def shown() -> str:
        lines = office("subscriber", "show", LIANG).out.splitlines()
        return next(line.split()[1] for line in lines if line.startswith("关注主题"))

    assert shown() == "质量管理（默认：按职务与行业）"
    office("enterprise", "topics", "太行重工", "--set", "policy")
    assert shown() == "政策措施（默认：本单位关注）"
    office("subscriber", "interests", LIANG, "--topics", "shanxi")
    assert shown() == "省内信息"
