"""`distribution bounce list`, `show`, `release`: what the admin sees and does."""

import io
import sys

import pytest
from bounce_desk import QIAN, SUN, WORKS, ZHAO, bounced, came, refused, rows, suppress
from cli_office import MORNING, Office
from databases import only_sqlite
from desk_files import details
from returned_mails import bounce
from sqlalchemy import select, update

from distribution import clock, events
from distribution.app import App
from distribution.models import Inbox, Release, ReturnedMail, Subscriber
from distribution.words import Consequence, Returned, SuppressionReason


def test_a_list_shows_mails_and_refusals_the_newest_first(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    first = bounced(app, mailed, ZHAO)
    second = refused(app, mailed, QIAN)
    third = came(app, bounce("nobody@other.example"))

    shown, listed = office("bounce", "list"), office("bounce", "list", "--json").document

    assert (shown.code, shown.err) == (0, "")
    heading, _, *lines = rows(shown.out)
    assert heading == ["编号", "时间", "种类", "含义", "收件人", "单位", "线路", "后果"]
    assert [[line[0], *line[3:]] for line in lines] == [
        [third, "退信", "地址不存在", "未找到", "—", "—", "不改动"],
        [second, "投递时被拒", "地址不存在", QIAN, WORKS, "fenhe.example", "抑制地址"],
        [first, "退信", "地址不存在", ZHAO, WORKS, "fenhe.example", "抑制地址"],
    ]
    assert [one["number"] for one in listed] == [third, second, first]
    assert listed[1] | {"at": None} == {
        "number": second,
        "at": None,
        "kind": "refused",
        "meaning": "bad_address",
        "consequence": "suppressed",
        "status": None,
        "words": "550 gone",
        "lane": "fenhe.example",
        "provider": "fenhe.example",
        "rule": None,
        "found_by": None,
        "inbox": None,
        "delivery": mailed[QIAN],
        "run": 1,
        "issue": "2026-09",
        "letter": None,
        "recipient": QIAN,
        "name": QIAN,
        "enterprise": WORKS,
    }
    assert (listed[2]["found_by"], listed[2]["delivery"]) == ("return_path", mailed[ZHAO])


def test_a_list_is_narrowed_by_what_is_asked_for(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    first = bounced(app, mailed, ZHAO)
    full = bounced(app, mailed, SUN, "5.2.2", "552 5.2.2 mailbox full")
    second = refused(app, mailed, QIAN)
    third = came(app, bounce("nobody@other.example"))

    def listed(*options: str) -> list[str]:
        found = office("bounce", "list", "--json", *options)
        assert (found.code, found.err) == (0, "")
        return [one["number"] for one in found.document]

    assert listed("--kind", "投递时被拒") == listed("--kind", "refused") == [second]
    assert listed("--kind", "退信", "--meaning", "邮箱已满") == [full]
    assert listed("--consequence", "抑制地址") == [second, first]
    assert listed("--consequence", "累计") == [full]
    assert listed("--run", "1") == listed("--enterprise", "汾河") == [second, full, first]
    assert listed("--subscriber", SUN.upper()) == [full]
    assert listed("--unmatched") == [third]
    today = str(clock.today())
    assert listed("--since", today, "--until", today) == [third, second, full, first]
    assert listed("--until", "2026-01-01") == []
    assert listed("--limit", "2") == [third, second]
    assert "只列出最近 2 条" in office("bounce", "list", "--limit", "2").out
    assert office("bounce", "list", "--kind", "投诉").out == "没有符合的。\n"


def test_an_empty_list_is_said_so(office: Office) -> None:
    assert office("bounce", "list").out == "还没有退信，也没有投递时被拒的。\n"
    assert office("bounce", "list", "--json").document == []


BAD = {
    "an unknown kind": (["list", "--kind", "天气"], 2, "没有种类 '天气'"),
    "an unknown meaning": (["list", "--meaning", "天气"], 2, "没有含义 '天气'"),
    "an unknown consequence": (["list", "--consequence", "x"], 2, "没有后果 'x'"),
    "no day": (["list", "--since", "昨天"], 2, "'昨天' 不是日期"),
    "time backwards": (["list", "--since", "2026-12-02", "--until", "2026-12-01"], 2, "请对调"),
    "a run that is not": (["list", "--run", "7"], 2, "没有批次 7"),
    "an enterprise that is not": (["list", "--enterprise", "无此厂"], 2, "无此厂"),
    "a reader who is not": (["list", "--subscriber", "x@y.example"], 2, "x@y.example"),
    "number nought": (["show", "0"], 2, "没有退信 0"),
    "no number": (["show", "abc"], 2, "'abc' 不是退信的编号"),
    "a number below": (["show", "--", "-1"], 2, "'-1' 不是退信的编号"),
    "nothing": (["show", ""], 2, "'' 不是退信的编号"),
    "a giant": (["show", "9" * 20], 2, f"没有退信 {'9' * 20}"),
    "a longer one": (["show", "9" * 5000], 2, "不是退信的编号"),
    "no delivery": (["show", "d1"], 2, "没有退信 d1"),
    "a giant delivery": (["show", f"d{'9' * 20}"], 2, "没有退信 d99"),
    "no address": (["release", "没有@", "--reason", "来电"], 2, "不是邮件地址"),
    "no number to release": (["release", "abc", "--reason", "来电"], 2, "不是退信的编号"),
    "no reason": (["release", ZHAO, "--reason", " "], 2, "缘由不能为空"),
    "a run to report": (["report", "--run", "7"], 2, "没有批次 7"),
    "report backwards": (["report", "--since", "2026-12-02", "--until", "2026-12-01"], 2, "对调"),
    "an unknown suffix": (["unreachable", "--out", "x.docx"], 2, "扩展名「.docx」"),
    "no suffix": (["unreachable", "--export", "名单"], 2, "扩展名「」"),
    "no folder": (["unreachable", "--out", "/none/x.csv"], 2, "没有这个文件或文件夹"),
}


@only_sqlite
@pytest.mark.parametrize("case", BAD)
def test_what_means_nothing_is_refused_in_one_sentence(office: Office, case: str) -> None:
    arguments, code, reason = BAD[case]

    refusal = office("bounce", *arguments)

    assert (refusal.code, refusal.out) == (code, "")
    assert reason in refusal.sentence
    assert len(refusal.sentence) < 300


# -- show ----------------------------------------------------------------------------------------


def test_one_is_shown_with_all_about_it_and_its_words(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    number = bounced(app, mailed, ZHAO)

    shown, document = office("bounce", "show", number), office("bounce", "show", number, "--json")

    facts = {line[0]: line[1:] for line in rows(shown.out) if line}
    assert (shown.code, shown.err) == (0, "")
    assert facts["收件人"] == [ZHAO, f"<{ZHAO}>，{WORKS}"]
    assert facts["关于"] == ["批次", "1（2026-09", "期），投递", str(mailed[ZHAO])]
    assert (facts["怎样认出"], facts["状态码"]) == (["退信地址"], ["5.1.1"])
    assert (facts["含义"], facts["后果"]) == (["地址不存在"], ["抑制地址"])
    assert "（硬退信）：" in shown.out
    assert f"distribution bounce release {number} --reason" in shown.out
    assert "\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n" in shown.out
    found = document.document
    assert (found["number"], found["suppressed"]) == (number, "hard_bounce")
    assert (found["rule"], found["rule_source"]) == (facts["规则"][0], " ".join(facts["依据"]))
    assert "Status: 5.1.1" in found["text"]
    assert (found["text_gone"], found["replies"]) == (None, [])


def test_a_report_about_somebody_else_says_why_nothing_follows(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    forged = came(app, bounce(SUN, to=app.addresses.return_path(mailed[ZHAO])))
    own = bounced(app, mailed, ZHAO, "5.2.2", "552 5.2.2 mailbox full")

    shown = office("bounce", "show", forged).out

    assert ["后果", "不改动"] in rows(shown)
    assert f"信中说的是 {SUN}，不是这位收件人：不据此改动" in shown
    assert "信中说的是" not in office("bounce", "show", own).out


def test_a_refusal_is_shown_with_the_talk_that_led_to_it(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    number = refused(app, mailed, ZHAO)

    shown, found = (
        office("bounce", "show", number.upper()),
        office("bounce", "show", number, "--json"),
    )

    assert ["种类", "投递时被拒"] in rows(shown.out)
    *_, deferred, failed = rows(shown.out)
    assert (deferred[2:], failed[2:]) == (["待重试", "450", "later"], ["被拒收", "550", "gone"])
    assert [reply["words"] for reply in found.document["replies"]] == ["450 later", "550 gone"]
    assert found.document["text"] is None
    refusal = office("bounce", "show", number, "--raw")
    assert (refusal.code, refusal.out) == (1, "")
    assert "没有原件" in refusal.sentence


def test_the_mail_itself_is_written_byte_for_byte(
    office: Office, app: App, mailed: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = bounce(ZHAO, to=app.addresses.return_path(mailed[ZHAO])) + "原文\r\n".encode("gbk")
    number = came(app, raw)
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, write_through=True))

    done = office("bounce", "show", number, "--raw")

    assert (done.code, written.getvalue()) == (0, raw)


@pytest.mark.parametrize(
    ("erased", "why"), [(False, "已过保存期（设置 keep_mail_days）"), (True, "应本人要求删除")]
)
def test_where_the_words_are_gone_it_is_said_why(
    office: Office, app: App, mailed: dict[str, int], *, erased: bool, why: str
) -> None:
    number = bounced(app, mailed, ZHAO)
    with app.transaction() as session:
        session.get_one(Inbox, int(number)).raw = None
        if erased:
            session.execute(update(Subscriber).values(erased_at=MORNING))

    shown, found = office("bounce", "show", number), office("bounce", "show", number, "--json")
    raw = office("bounce", "show", number, "--raw")

    assert why in shown.out
    assert (found.document["text"], why in found.document["text_gone"]) == (None, True)
    assert (raw.code, raw.out, why in raw.sentence) == (1, "", True)


@only_sqlite
def test_of_a_mail_about_nobody_it_is_not_known_why_its_words_are_gone(
    office: Office, app: App
) -> None:
    number = came(app, bounce("nobody@other.example"))
    with app.transaction() as session:
        session.get_one(Inbox, int(number)).raw = None

    gone = office("bounce", "show", number, "--json").document["text_gone"]

    assert gone.startswith("原文已过保存期（设置 keep_mail_days），或已应本人要求删除")


def test_a_providers_notice_is_shown_too(office: Office, app: App) -> None:
    with app.transaction() as session:
        raw = '{"event": "拒收"}'.encode()
        number, _ = events.receive_notice(session, "aliyun", "1", raw, MORNING)
        facts = {"inbox_id": number, "kind": Returned.BOUNCE, "at": MORNING}
        session.add(ReturnedMail(**facts, consequence=Consequence.NONE))

    found = office("bounce", "show", str(number), "--json").document

    assert (found["notice_of"], found["text"]) == ("aliyun", '{\n  "event": "拒收"\n}')


@only_sqlite
def test_what_waits_to_be_judged_is_said_so(office: Office, app: App) -> None:
    with app.transaction() as session:
        number, _ = events.receive_mail(session, b"To: a@b.example\n\nx\n", MORNING)

    waits = office("bounce", "show", str(number))

    assert (waits.code, "还没有判断" in waits.sentence) == (1, True)


@only_sqlite
def test_nothing_a_mail_says_steers_the_terminal(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    number = bounced(app, mailed, ZHAO, words="550 5.1.1 \x1b[2J\x07 \x9b2J gone")

    shown = office("bounce", "show", number).out + office("bounce", "list").out

    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "\\x1b[2J" in shown
    data = office("bounce", "show", number, "--json")
    assert "\x9b" not in data.out
    assert "\x9b2J" in data.document["text"]


# -- release -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_number", [True, False])
def test_an_address_that_bounced_is_used_again(
    office: Office, app: App, mailed: dict[str, int], *, by_number: bool
) -> None:
    number = bounced(app, mailed, ZHAO)
    target = number if by_number else ZHAO.upper()

    done, again = (office("bounce", "release", target, "--reason", "来电") for _ in range(2))

    assert (done.code, done.err) == (0, "")
    assert "已恢复使用" in done.out
    assert "缘由：硬退信，依据：550 5.1.1 User unknown" in done.out
    assert "此前的退信不再计数" in done.out
    assert again.out.endswith("不在抑制名单上：没有改动。\n")
    assert details(app, "suppression.release") == {"reason": "来电", "was": "hard_bounce"}
    history = office("subscriber", "history", ZHAO).out
    (deed,) = [line for line in history.splitlines() if "恢复使用地址（" in line]
    assert "缘由：来电" in deed
    assert "抑制缘由：硬退信" in deed
    assert office("subscriber", "show", ZHAO, "--json").document["mailable"] is True
    with app.reading() as session:
        assert len(session.scalars(select(Release.address_hash)).all()) == 1


def test_a_refused_delivery_names_its_address_too(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    number = refused(app, mailed, ZHAO)
    suppress(app, ZHAO, SuppressionReason.SOFT_BOUNCES)

    done = office("bounce", "release", number, "--reason", "来电", "--json").document

    assert (done["address"], done["released"]) == (ZHAO, True)
    assert (done["reason"], done["domain_suppressed"]) == ("soft_bounces", None)


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        (SuppressionReason.BY_HAND, "人工"),
        (SuppressionReason.COMPLAINT, "投诉"),
        (SuppressionReason.ERASED, "删除过资料"),
    ],
)
@pytest.mark.usefixtures("mailed")
def test_what_is_out_of_use_for_another_reason_stays_so_and_the_command_is_named(
    office: Office, app: App, reason: SuppressionReason, word: str
) -> None:
    suppress(app, ZHAO, reason)

    refusal = office("bounce", "release", ZHAO, "--reason", "来电")

    assert (refusal.code, refusal.out) == (1, "")
    assert word in refusal.sentence
    assert f"distribution suppression release {ZHAO} --reason" in refusal.sentence
    assert office("subscriber", "show", ZHAO, "--json").document["mailable"] is False
    with app.reading() as session:
        assert session.scalars(select(Release)).all() == []


def test_what_came_back_about_nobody_cannot_be_released(office: Office, app: App) -> None:
    number = came(app, bounce("nobody@other.example"))

    refusal = office("bounce", "release", number, "--reason", "来电")

    assert (refusal.code, "请直接写出邮箱" in refusal.sentence) == (1, True)


def test_a_domain_that_stays_out_of_use_is_named(
    office: Office, app: App, mailed: dict[str, int]
) -> None:
    bounced(app, mailed, ZHAO)
    office("suppression", "add", "@fenhe.example", "--reason", "停用")

    done = office("bounce", "release", ZHAO, "--reason", "来电")

    assert "已恢复使用" in done.out
    assert "distribution suppression release @fenhe.example" in done.out
