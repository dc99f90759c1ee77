"""`distribution bounce fetch`: what waits in the mailboxes is dealt with now, and told."""

from pathlib import Path

import pytest
from cli_office import Office
from databases import only_sqlite, returned
from imap import PASSWORD, USER, Box, Wire, environ_of
from posted_mails import Posted, bounced, letter
from returned_mails import make_maildir, put
from sqlalchemy import select

from distribution.app import App
from distribution.models import Audit, Inbox

FOREIGN = Posted("sun@li.example", "b-x@li.example", "<x@li.example>")


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    return make_maildir(tmp_path / "returned")


def set_up(monkeypatch: pytest.MonkeyPatch, wire: Wire | None, maildir: Path | None = None) -> None:
    for name, value in (environ_of(wire) if wire is not None else {}).items():
        monkeypatch.setenv(name, value)
    if maildir is not None:
        monkeypatch.setenv("DISTRIBUTION_BOUNCE_MAILDIR", str(maildir))


def test_what_waits_on_a_server_and_in_a_folder_is_told_mail_by_mail(
    office: Office,
    app: App,
    posted: list[Posted],
    box: Box,
    wire: Wire,
    maildir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_up(monkeypatch, wire, maildir)
    put(maildir, "1.a", bounced(posted[0]))
    box.put(letter(posted[1], "退订"), bounced(FOREIGN), bounced(posted[0]))

    done = office("bounce", "fetch")

    rows = [line.split() for line in done.out.splitlines()]
    server, folder = "IMAP 127.0.0.1", f"Maildir {maildir}"
    assert (done.code, done.err) == (1, "")
    assert rows[0] == ["编号", "邮箱", "是什么", "收件人", "状态码", "结果"]
    assert [" ".join(row[1:]) for row in rows[2:6]] == [
        f"{folder} 退信 {posted[0].recipient} 5.1.1 抑制地址",
        f"{server} 来信退订 {posted[1].recipient} — 已退订",
        f"{server}（第 2 封） 退信 — 5.1.1 未找到对应投递",
        f"{server}（第 3 封） — — — 以前处理过",
    ]
    assert len(box.mails("bounces/processed")) == 2
    assert len(box.mails("bounces/unclear")) == 1
    assert [path.name for path in (maildir / "cur").iterdir()] == ["1.a:2,S"]
    with app.reading() as session:
        (entry,) = session.scalars(select(Audit).where(Audit.action == "bounce.fetch"))
        assert entry.detail == {"mails": 4}
    assert office("bounce", "fetch", "--json").document == []
    assert "没有等待收取的邮件" in office("bounce", "fetch").out


def test_more_than_one_connection_gives_is_fetched_to_the_end(
    office: Office, app: App, box: Box, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, wire)
    monkeypatch.setattr("distribution.cli.bounce.fetching.AT_ONCE", 2)
    box.put(*(b"Subject: %d\r\n\r\n" % number for number in range(5)))

    done = office("bounce", "fetch", "--json")

    assert [mail["number"] for mail in done.document] == [1, 2, 3, 4, 5]
    assert box.mails() == []
    assert len(returned(app)) == 5


@only_sqlite
def test_a_test_of_the_settings_tells_what_is_there_and_touches_nothing(
    office: Office, app: App, box: Box, wire: Wire, maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, wire, maildir)
    box.put(b"Subject: a\r\n\r\n")

    done = office("bounce", "fetch", "--test")
    document = office("bounce", "fetch", "--test", "--json").document

    assert done.code == 0
    assert f"Maildir {maildir}：可以使用，有 0 封等待收取。" in done.out
    assert "IMAP 127.0.0.1：可以使用，有 1 封等待收取。\n文件夹：INBOX\n" in done.out
    assert [found["waiting"] for found in document] == [0, 1]
    assert box.folders() == ["INBOX"]
    with app.reading() as session:
        assert session.scalars(select(Inbox.id)).all() == []


@only_sqlite
@pytest.mark.parametrize("options", [(), ("--test",)])
def test_what_is_wrong_with_a_setting_is_one_sentence_without_secrets(
    office: Office, wire: Wire, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    set_up(monkeypatch, wire)
    monkeypatch.setenv("DISTRIBUTION_BOUNCE_IMAP_PASSWORD", "a-wrong-one")

    refused = office("bounce", "fetch", *options)

    assert (refused.code, refused.out) == (2, "")
    assert "请检查 bounce_imap_username 与 bounce_imap_password" in refused.sentence
    assert USER not in refused.err
    assert PASSWORD not in refused.err
    assert "a-wrong-one" not in refused.err


@only_sqlite
def test_without_a_mailbox_the_settings_are_named(office: Office) -> None:
    refused = office("bounce", "fetch")

    assert (refused.code, refused.sentence) == (
        2,
        "没有可收取的邮箱：请设置 bounce_maildir 或 bounce_imap_host",
    )


@only_sqlite
def test_what_is_wrong_with_one_mailbox_does_not_hold_up_the_other(
    office: Office, box: Box, wire: Wire, maildir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, wire, maildir / "nowhere")
    box.put(b"Subject: a\r\n\r\n")

    done = office("bounce", "fetch", "--json")

    assert done.code == 2
    assert len(done.document) == 1
    assert "没有这个文件夹" in done.sentence
    tested = office("bounce", "fetch", "--test")
    assert (tested.code, "没有这个文件夹" in tested.sentence) == (2, True)
    assert "IMAP 127.0.0.1：可以使用" in tested.out


@only_sqlite
def test_a_mail_that_cannot_be_put_away_is_told_and_comes_again_as_known(
    office: Office, box: Box, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, wire)
    box.put(b"Subject: a\r\n\r\n")
    wire.before = lambda command: b"NO [OVERQUOTA] full" if b"UID MOVE" in command else None

    full = office("bounce", "fetch", "--json")

    assert (full.code, "OVERQUOTA" in full.sentence) == (2, True)
    assert [mail["result"] for mail in full.document] == ["no_delivery"]
