"""`bounce explain` and `bounce read --score-lines`: what is understood, told without a database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hooks import ses_bounce
from systems import READER, coremail, personal, postfix, unnamed

from distribution.cli.bounce.explaining import NothingToExplain
from distribution.cli.bounce.scoring import NoTableOfReplies
from distribution.cli.issue.files import CannotRead
from distribution.cli.root import root
from distribution.replies import InvalidRules

TABLE = """\
provider	pattern	example
QQ / Tencent	x	550 Ip frequency limited
Sohu	x	554 5.7.1 <x@y.example>: Relay access denied
NetEase	x	550 User not found: x@163.example
"""


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever opens one fails; nor is there an installation."""
    monkeypatch.setenv("DISTRIBUTION_HOME", "/nowhere")
    monkeypatch.setenv("DISTRIBUTION_DATABASE_URL", "postgresql+psycopg://nobody@nowhere.test/x")


def say(*words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(root, ["bounce", *words], input=given)


def test_a_reply_is_explained_with_the_rule_that_spoke() -> None:
    done = say("explain", "550 Ip frequency limited", "--host", "mx3.qq.com")

    assert done.exit_code == 0
    assert "含义：频率超限" in done.output
    assert "说明地址本身失效：否" in done.output
    assert "过后再投可能成功：是" in done.output
    assert "规则：qq-1" in done.output
    assert "依据：service.mail.qq.com" in done.output


def test_the_host_decides_where_the_words_do_not() -> None:
    words = "554 5.7.1 <x@y.example>: Relay access denied"

    assert json.loads(say("explain", words, "--json").output)["class"] == "policy"
    named = say("explain", words, "--host", "mx1.sohu.com", "--json").output
    assert (json.loads(named)["class"], json.loads(named)["suppress"]) == ("bad_address", False)


def test_a_mail_is_explained_for_each_recipient(tmp_path: Path) -> None:
    mail = tmp_path / "退信.eml"
    mail.write_bytes(coremail("550 User not found"))

    shown, document = say("explain", str(mail)), say("explain", str(mail), "--json")

    assert f"收件人：{READER}" in shown.output
    assert "说明地址本身失效：是" in shown.output
    (told,) = json.loads(document.output)
    assert told["kind"] == "bounce"
    assert [(one["recipient"], one["suppress"]) for one in told["results"]] == [(READER, True)]


def test_what_follows_and_what_made_the_rule_speak_is_told() -> None:
    def said(words: str, *options: str) -> list[str]:
        return say("explain", words, *options).output.splitlines()

    assert "后果：抑制地址：此后不再寄给这个地址" in said("550 5.1.1 no such user")
    assert "因为：含有“no such”，增强状态码 5.1.1" in said("550 5.1.1 no such user")
    assert "后果：累计：接连 3 期如此才抑制，其间寄到一次即从头计" in said("550 5.2.1 disabled")
    full = said("452 4.2.2 mailbox full")
    assert any(line.startswith("后果：投递时先自动重试；累计") for line in full)
    limited = said("550 Ip frequency limited", "--host", "mx3.qq.com")
    assert any(line.startswith("后果：投递时先自动重试；放慢线路") for line in limited)
    assert "后果：停止线路：暂停寄往这家服务商，提醒管理员，不动读者" in said("550 5.7.26 dmarc")
    assert "因为：应答码 550" in said("550 xyzzy")


def test_a_host_named_in_the_reply_itself_is_the_one_that_said_it() -> None:
    words = "host mx3.qq.com[192.0.2.9] said: 554 5.7.1 <x@y.example>: Relay access denied"

    assert json.loads(say("explain", words.replace("qq", "sohu"), "--json").output)["class"] == (
        "bad_address"
    )
    assert json.loads(say("explain", words, "--json").output)["class"] == "policy"


def test_a_doubt_is_told_with_what_the_rule_says_by_itself(tmp_path: Path) -> None:
    mail = tmp_path / "x.eml"
    mail.write_bytes(unnamed("550 Unknown user", "5.0.0"))

    shown = say("explain", str(mail)).output

    assert "含义：收件人拒收" in shown
    assert "存疑：规则说的是地址不存在" in shown


def test_a_reply_of_several_lines_without_a_code_or_of_success_is_explained() -> None:
    lines = say("explain", "550-5.1.1 The account that you tried\n550 5.1.1 to reach is gone")
    bare, taken = say("explain", "User unknown"), say("explain", "250 2.0.0 Ok: queued")

    assert "含义：地址不存在" in lines.output
    assert "应答码：没有写明，只按文字判断" in bare.output
    assert "说明地址本身失效：是" in bare.output
    assert (taken.exit_code, taken.output) == (
        0,
        "250 不是拒收：对方已收下或请继续，不改动任何内容。\n",
    )
    assert json.loads(say("explain", "354 go on", "--json").output)["suppress"] is False


def test_a_reply_is_taken_from_a_pipe_in_the_letters_of_the_country() -> None:
    done = say("explain", "-", given="550 用户不存在\r\n".encode("gbk"))

    assert "含有“用户不存在”" in done.output


def test_what_a_provider_posts_is_explained(tmp_path: Path) -> None:
    event, other = tmp_path / "event.json", tmp_path / "other.json"
    event.write_text(json.dumps(ses_bounce(READER)), encoding="utf-8")
    other.write_text('{"a": 1}', encoding="utf-8")

    (told,) = json.loads(say("explain", str(event), "--json").output)

    assert (told["kind"], told["results"][0]["recipient"]) == ("bounce", READER)
    assert "没有规则适用" in say("explain", str(other)).output


def test_every_mail_of_an_mbox_is_explained(tmp_path: Path) -> None:
    envelope = b"From MAILER-DAEMON Tue Dec  1 09:00:00 2026\n"
    mails = (
        postfix("550 5.1.1 User unknown", "5.1.1"),
        personal("自动回复：十一月", "本人已从本公司离职。"),
        b"Buy milk\n\nand bread",
        personal("Re: November", "谢谢"),
    )
    box = tmp_path / "退信.mbox"
    box.write_bytes(b"".join(envelope + mail + b"\n\n" for mail in mails))

    shown, told = say("explain", str(box)).output, say("explain", str(box), "--json").output

    kinds = [(one["number"], one["kind"], one["departed"]) for one in json.loads(told)]
    assert kinds == [
        (1, "bounce", False),
        (2, "auto_reply", True),
        (3, "unreadable", False),
        (4, "other", False),
    ]
    for line in (
        "这封信是：退信",
        "第 2 封是：自动回复",
        "第 3 封是：读不懂",
        "第 4 封是：其他来信",
    ):
        assert line in shown
    assert "请管理员核实" in shown


OWN = """\
[[rule]]
means = "inactive"
dead = true
says = ["locked by personnel"]
source = "本厂退信"
example = "550 account locked by personnel"
"""


def test_rules_are_tried_before_they_are_put_in_place(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(OWN, encoding="utf-8")
    words = ("explain", "550 5.7.1 Locked by personnel")

    without, tried = say(*words), say(*words, "--rules", str(rules))
    told = json.loads(say(*words, "--rules", str(rules), "--json").output)

    assert "own-1" not in without.output
    assert f"规则：own-1（{rules}）" in tried.output
    assert "因为：含有“locked by personnel”" in tried.output
    assert (told["rule"], told["rules_file"], told["suppress"]) == ("own-1", str(rules), True)
    mail = tmp_path / "x.eml"
    mail.write_bytes(postfix("550 5.7.1 Locked by personnel", "5.7.1"))
    assert "own-1" in say("explain", str(mail), "--rules", str(rules)).output


def test_a_file_of_rules_alone_is_checked(tmp_path: Path) -> None:
    rules, broken = tmp_path / "rules.toml", tmp_path / "broken.toml"
    rules.write_text(OWN, encoding="utf-8")
    broken.write_text(OWN.replace("says", "sais"), encoding="utf-8")

    right, wrong = say("explain", "--rules", str(rules)), say("explain", "--rules", str(broken))

    assert (right.exit_code, f"{rules} 中有 1 条规则" in right.output) == (0, True)
    assert json.loads(say("explain", "--rules", str(rules), "--json").output)["rules"] == 1
    assert isinstance(wrong.exception, InvalidRules)
    assert (wrong.exception.number, wrong.exception.exit_code) == (1, 2)


def test_the_rules_of_the_installation_are_used_without_opening_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(OWN.replace("inactive", "bad_address"), encoding="utf-8")
    home = tmp_path / "home"
    monkeypatch.setenv("DISTRIBUTION_HOME", str(home))
    words = ("explain", "550 locked by personnel", "--json")

    def spoke() -> tuple[object, object]:
        told = json.loads(say(*words).output)
        return told["class"], told["rules_file"]

    assert spoke()[1] is None
    home.mkdir()
    (home / "reply_rules.toml").write_text(OWN, encoding="utf-8")
    assert spoke() == ("inactive", str(home / "reply_rules.toml"))
    monkeypatch.setenv("DISTRIBUTION_REPLY_RULES", str(elsewhere))
    assert spoke() == ("bad_address", str(elsewhere))
    monkeypatch.setenv("DISTRIBUTION_REPLY_RULES", str(tmp_path / "nowhere.toml"))
    assert isinstance(say(*words).exception, InvalidRules)
    assert "own-1" in say(*words, "--rules", str(elsewhere)).output


def test_a_mail_is_taken_from_a_pipe() -> None:
    done = say("explain", "-", given=postfix("552 5.2.2 Mailbox full", "5.2.2"))

    assert "含义：邮箱已满" in done.output


def test_a_table_of_replies_is_explained_line_by_line(tmp_path: Path) -> None:
    table = tmp_path / "replies.tsv"
    table.write_text(TABLE, encoding="utf-8")

    shown = say("explain", "--replies", str(table)).output
    told = json.loads(say("explain", "--replies", str(table), "--json").output)
    scored = say("explain", "--replies", str(table), "--score-lines").output

    assert "频率超限" in shown
    assert [one["class"] for one in told] == ["rate_limit", "bad_address", "bad_address"]
    assert [json.loads(line) for line in scored.splitlines()] == [
        {"line": 1, "class": "rate-limit", "suppress": False},
        {"line": 2, "class": "bad-address", "suppress": False},
        {"line": 3, "class": "bad-address", "suppress": True},
    ]


def test_mails_are_read_into_lines_for_the_scorer(tmp_path: Path) -> None:
    bounce, letter = tmp_path / "a.eml", tmp_path / "b.eml"
    bounce.write_bytes(b"From x Tue Dec  1 09:00:00 2026\n" + coremail("550 User not found"))
    letter.write_bytes(personal("Re: November", "谢谢"))

    done = say("read", "--score-lines", str(bounce), str(letter))

    assert [json.loads(line) for line in done.output.splitlines()] == [
        {
            "file": "a.eml",
            "kind": "bounce",
            "results": [
                {"recipient": READER, "hard": True, "class": "bad-address", "status": "5.0.0"}
            ],
        },
        {"file": "b.eml", "kind": "not-bounce", "results": []},
    ]


@pytest.mark.parametrize(
    ("words", "error", "sentence"),
    [
        (("explain",), NothingToExplain, "没有要说明的"),
        (("explain", "nowhere.eml"), NothingToExplain, "没有文件 nowhere.eml"),
        (("explain", "/nowhere/退信"), NothingToExplain, "没有文件 /nowhere/退信"),
        (("explain", "/"), NothingToExplain, "/ 是文件夹"),
        (("explain", " "), NothingToExplain, "应答是空的"),
        (("explain", "-"), NothingToExplain, "标准输入是空的"),
        (("explain", "--rules", "nowhere.toml"), InvalidRules, "没有这个文件"),
        (("explain", "550 x", "--score-lines"), NothingToExplain, "--replies"),
        (("explain", "--replies", "nowhere.tsv"), CannotRead, "nowhere.tsv"),
        (("read", "--score-lines", "nowhere.eml"), CannotRead, "nowhere.eml"),
    ],
)
def test_what_cannot_be_explained_is_said_in_a_sentence(
    words: tuple[str, ...], error: type[Exception], sentence: str
) -> None:
    done = say(*words)

    assert isinstance(done.exception, error)
    assert sentence in str(done.exception)


@pytest.mark.parametrize(
    "words",
    [
        ("read", "--score-lines", "--json", "a.eml"),
        ("explain", "--replies", "a.tsv", "--score-lines", "--json"),
        ("explain", "550 x", "--replies", "a.tsv"),
    ],
)
def test_ways_that_exclude_each_other_are_not_mixed(words: tuple[str, ...]) -> None:
    done = say(*words)

    assert done.exit_code == 2
    assert "只能用一个" in done.output


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "是空的"), (bytes(range(256)) * 9, "既不是邮件，也不是一句应答")]
)
def test_a_file_of_nothing_that_can_be_read_is_refused(
    content: bytes, why: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.bin"
    file.write_bytes(content)

    done = say("explain", str(file))

    assert isinstance(done.exception, NothingToExplain)
    assert f"文件 {file} {why}" in str(done.exception)


@pytest.mark.parametrize("content", [b"", b"a\tb\n1\t2\n", b"\xff\xfe\x00"])
def test_what_is_no_table_is_refused(content: bytes, tmp_path: Path) -> None:
    table = tmp_path / "x.tsv"
    table.write_bytes(content)

    assert isinstance(say("explain", "--replies", str(table)).exception, NoTableOfReplies)
