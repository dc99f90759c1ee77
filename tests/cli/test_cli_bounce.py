"""`distribution bounce`: what comes back is read from files, once, and followed."""

import itertools
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_office import Office, Outcome
from databases import only_sqlite
from posted_mails import Posted, bounced, give, letter, mbox
from sqlalchemy import func, select

from distribution import events
from distribution.app import App
from distribution.models import Audit, Inbox, ReturnedMail

Reading = Callable[..., Outcome]


@pytest.fixture
def read(office: Office, tmp_path: Path) -> Reading:
    """Reads mails, each put into a file of its own."""

    def reading(*mails: bytes, options: tuple[str, ...] = ("--json",)) -> Outcome:
        paths = [tmp_path / f"{number}.eml" for number, _ in enumerate(mails)]
        for path, mail in zip(paths, mails, strict=True):
            path.write_bytes(mail)
        return office("bounce", "read", *map(str, paths), *options)

    return reading


def test_a_dead_mailbox_is_suppressed_and_no_longer_mailed(
    office: Office, read: Reading, posted: list[Posted]
) -> None:
    done = read(bounced(posted[0]))

    (mail,) = done.document
    assert (done.code, done.err) == (0, "")
    assert (mail["kind"], mail["result"], mail["status"]) == ("bounce", "suppressed", "5.1.1")
    assert (mail["recipient"], mail["found_by"]) == (posted[0].recipient, "return_path")
    assert mail["diagnostic"] == "550 5.1.1 User unknown"
    shown = office("subscriber", "show", posted[0].recipient, "--json").document
    assert shown["mailable"] is False


def test_the_same_mail_again_changes_nothing(read: Reading, app: App, posted: list[Posted]) -> None:
    mail = bounced(posted[0])
    read(mail)

    again = read(mail, mail.replace(b"\n", b"\r\n"), b"From x 09:00\n" + mail)

    assert again.code == 0
    assert [entry["result"] for entry in again.document] == ["known"] * 3
    assert len({entry["inbox"] for entry in again.document}) == 1
    with app.reading() as session:
        assert len(session.scalars(select(ReturnedMail.inbox_id)).all()) == 1
        assert session.scalars(select(Audit.action)).all().count("bounce.read") == 1


def test_a_table_says_what_each_mail_is_and_what_followed(
    office: Office, read: Reading, posted: list[Posted]
) -> None:
    first, second = posted
    done = read(
        *(bounced(first), letter(second, "退订"), letter(first, "十一月这一期很好")),
        bounced(first, "5.2.2", "mailbox full"),
        options=(),
    )

    rows = [line.split() for line in done.out.splitlines()]
    assert done.code == 0
    assert rows[0] == ["编号", "文件", "是什么", "收件人", "状态码", "结果"]
    assert [row[2:] for row in rows[2:6]] == [
        ["退信", first.recipient, "5.1.1", "抑制地址"],
        ["来信退订", second.recipient, "—", "已退订"],
        ["其他来信", first.recipient, "—", "已记录"],
        ["退信", first.recipient, "5.2.2", "累计"],
    ]
    numbers = [str(mail["number"]) for mail in office("bounce", "list", "--json").document]
    assert [row[0] for row in rows[2:6]] == numbers[::-1]
    assert done.out.endswith("逐封查看：distribution bounce show 编号\n")


def test_a_mail_about_nothing_of_ours_is_kept_and_ends_in_one(
    read: Reading, app: App, posted: list[Posted]
) -> None:
    foreign = Posted("sun@li.example", "b-x@li.example", "<x@li.example>")

    done = read(bounced(foreign), letter(posted[0], "谢谢"))

    assert done.code == 1
    assert [mail["result"] for mail in done.document] == ["no_delivery", "recorded"]
    assert done.document[0]["kind"] == "bounce"
    with app.reading() as session:
        assert len(session.scalars(select(Inbox.id)).all()) == 2


def test_what_is_no_mail_is_kept_and_ends_in_one_with_advice(read: Reading, app: App) -> None:
    done = read(b"\x89PNG\r\n", b"\n", b"Buy milk\n\nand bread", options=())

    *rows, _, advice = done.out.splitlines()[2:]
    assert done.code == 1
    assert [row.split()[-1] for row in rows] == ["不是邮件"] * 3
    assert "请从邮件程序另存为 .eml" in advice
    with app.reading() as session:
        assert session.scalar(select(func.count(Inbox.id))) == 3


def test_an_mbox_is_read_mail_by_mail(read: Reading, posted: list[Posted]) -> None:
    done = read(mbox(posted))
    table = read(mbox(posted), options=()).out

    assert [(mail["number"], mail["result"]) for mail in done.document] == [
        (1, "suppressed"),
        (2, "suppressed"),
    ]
    assert "0.eml（第 2 封）" in table


def interrupted(judged: Callable[..., object], after: int) -> Callable[..., object]:
    """The same, until somebody presses Ctrl-C."""
    calls = itertools.count()

    def judge(*arguments: object) -> object:
        if next(calls) == after:
            signal.raise_signal(signal.SIGINT)
        return judged(*arguments)

    return judge


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_an_interrupted_mbox_tells_what_was_done_and_can_be_read_again(
    read: Reading, posted: list[Posted], monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(events, "judge_mails", interrupted(events.judge_mails, after=1))
        stopped = read(mbox(posted), options=options)

    assert (stopped.code, stopped.err) == (1, "\n已中止：其余未读入，可以再次运行。\n")
    assert posted[0].recipient in stopped.out
    assert posted[1].recipient not in stopped.out
    assert [mail["result"] for mail in read(mbox(posted)).document] == ["known", "suppressed"]


@only_sqlite
def test_an_empty_device_is_named_and_what_came_before_it_is_told(
    office: Office, posted: list[Posted], tmp_path: Path
) -> None:
    mail = tmp_path / "mail.eml"
    mail.write_bytes(bounced(posted[0]))

    done = office("bounce", "read", str(mail), "/dev/null")

    assert (done.code, done.sentence) == (2, "文件 /dev/null 是空的：请给出退回的邮件")
    assert "抑制地址" in done.out


def test_standard_input_is_read(
    office: Office, posted: list[Posted], monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, bounced(posted[0]))

    done = office("bounce", "read", "-", "-", "--json")

    assert [(mail["file"], mail["result"]) for mail in done.document] == [("-", "suppressed")]
    give(monkeypatch, b"")
    assert "标准输入是空的" in office("bounce", "read", "-").sentence


@only_sqlite
def test_where_one_file_cannot_be_read_nothing_is_done(
    office: Office, app: App, posted: list[Posted], tmp_path: Path
) -> None:
    good, empty, loop = tmp_path / "good.eml", tmp_path / "empty.eml", tmp_path / "loop"
    good.write_bytes(bounced(posted[0]))
    empty.touch()
    loop.symlink_to(loop)

    for path, why in (
        (tmp_path / "none.eml", "没有文件"),
        (tmp_path, "请设置 bounce_maildir"),
        (empty, "empty.eml 是空的"),
        ("", "文件名是空的"),
        (empty / "below", "没有文件"),
        (loop, "没有文件"),
        (tmp_path / ("x" * 300), "读不了文件"),
    ):
        refused = office("bounce", "read", str(good), str(path))
        assert (refused.code, refused.out) == (2, ""), path
        assert str(path) in refused.sentence
        assert why in refused.sentence
    with app.reading() as session:
        assert session.scalars(select(Inbox.id)).all() == []


@only_sqlite
def test_without_a_file_the_use_is_shown(office: Office) -> None:
    refused = office("bounce", "read")

    assert (refused.code, "文件" in refused.err) == (2, True)


@only_sqlite
@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_without_permission_is_named(office: Office, tmp_path: Path) -> None:
    secret = tmp_path / "secret.eml"
    secret.write_bytes(b"To: a\n\n")
    secret.chmod(0)

    assert f"读不了文件 {secret}（没有权限）" in office("bounce", "read", str(secret)).sentence


def test_a_report_is_judged_by_the_admin_s_rules(
    read: Reading, environment: dict[str, str], posted: list[Posted]
) -> None:
    rule = (
        '[[rule]]\nmeans = "inactive"\ndead = true\nsays = ["locked by personnel"]\n'
        'source = "x"\nexample = "550 locked by personnel"\n'
    )
    path = Path(environment["DISTRIBUTION_HOME"]) / "reply_rules.toml"
    path.write_text(rule, encoding="utf-8")

    done = read(bounced(posted[0], "5.7.1", "Locked by personnel"))

    assert [mail["result"] for mail in done.document] == ["suppressed"]


@only_sqlite
def test_a_broken_file_of_rules_is_told_by_whatever_opens_the_installation(
    office: Office, environment: dict[str, str]
) -> None:
    path = Path(environment["DISTRIBUTION_HOME"]) / "reply_rules.toml"
    path.write_text("[[rule]]\nmeans = 'gone'\n", encoding="utf-8")

    for words in (("run", "list"), ("bounce", "explain", "550 x")):
        refused = office(*words)
        assert (refused.code, refused.out) == (2, "")
        assert refused.sentence.startswith(f"应答规则文件 {path} 第 1 条规则不能用：")
