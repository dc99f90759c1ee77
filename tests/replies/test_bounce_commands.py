"""`bounce explain` and `bounce read --score-lines`: what is understood, told without a database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from systems import READER, coremail, personal, postfix

from distribution.cli.bounce.explaining import NothingToExplain
from distribution.cli.bounce.scoring import NoTableOfReplies
from distribution.cli.issue.files import CannotRead
from distribution.cli.root import root

TABLE = """\
provider	pattern	example
QQ / Tencent	x	550 Ip frequency limited
Sohu	x	554 5.7.1 <x@y.example>: Relay access denied
NetEase	x	550 User not found: x@163.example
"""


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever opens one fails."""
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
    told = json.loads(document.output)
    assert told["kind"] == "bounce"
    assert [(one["recipient"], one["suppress"]) for one in told["results"]] == [(READER, True)]


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


@pytest.mark.parametrize("content", [b"", b"a\tb\n1\t2\n", b"\xff\xfe\x00"])
def test_what_is_no_table_is_refused(content: bytes, tmp_path: Path) -> None:
    table = tmp_path / "x.tsv"
    table.write_bytes(content)

    assert isinstance(say("explain", "--replies", str(table)).exception, NoTableOfReplies)
