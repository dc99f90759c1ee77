"""What is wrong with an IMAP server is one sentence about a setting, and nobody hammers at it."""

import logging
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import imap
import pytest
import trustme
from imap import PASSWORD, USER, Box, Wire, account
from pydantic import SecretStr

from distribution.config import Settings
from distribution.mailboxes import Imap, LoginRefused, UnusableMailbox, configured

LATER = 601.0
"""Seconds after which a refused login may be tried again."""


def settings(given: dict[str, object]) -> Settings:
    return Settings(**account(None, **given))  # type: ignore[arg-type] # pydantic converts


def mailbox(wire: Wire, **more: object) -> Imap:
    return Imap(settings({"bounce_imap_port": wire.port, **more}))


def complaint(server: Imap) -> str:
    """Why it cannot be used."""
    with pytest.raises(UnusableMailbox) as refused:
        list(server.waiting(1))
    sentence = str(refused.value)
    assert USER not in sentence
    assert PASSWORD not in sentence
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def over_tls(imap_port: int, authority: trustme.CA) -> Iterator[Wire]:
    """The way to the server, with TLS from the first byte."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    laid = Wire(imap_port, context)
    yield laid
    laid.close()


def test_a_certificate_of_the_given_authority_is_trusted(
    box: Box, over_tls: Wire, authority: trustme.CA, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    box.put(b"Subject: a\r\n\r\n")
    server = mailbox(over_tls, bounce_imap_security="tls", bounce_imap_ca_file=tmp_path / "ca.pem")

    assert [mail.raw for mail in server.waiting(1)] == [b"Subject: a\r\n\r\n"]
    heard = server.arrivals(Event())
    assert next(heard) is True
    box.put(b"Subject: b\r\n\r\n")
    assert any(heard)
    heard.close()


def test_a_line_may_change_to_tls(authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    own = authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem
    own.write_to_path(tmp_path / "own.pem")
    with imap.server(tmp_path / "own.pem") as port:
        at = {"bounce_imap_port": port, "bounce_imap_security": "starttls"}
        said = complaint(Imap(settings(at)))
        at["bounce_imap_ca_file"] = tmp_path / "ca.pem"
        imap.Box(port).put(b"Subject: a\r\n\r\n")
        assert len(list(Imap(settings(at)).waiting(1))) == 1
    assert "的证书不可信" in said


def test_another_certificate_is_not_trusted(over_tls: Wire) -> None:
    said = complaint(mailbox(over_tls, bounce_imap_security="tls"))

    assert "的证书不可信" in said
    assert "bounce_imap_ca_file" in said
    assert over_tls.logins == 0


def test_a_certificate_of_another_name_is_not_trusted(
    imap_port: int, authority: trustme.CA, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("another.example").configure_cert(context)
    laid = Wire(imap_port, context)

    said = complaint(
        mailbox(laid, bounce_imap_security="tls", bounce_imap_ca_file=tmp_path / "ca.pem")
    )

    laid.close()
    assert "请核对 bounce_imap_host" in said


def test_a_file_of_authorities_that_is_none_is_named(wire: Wire, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for path in (tmp_path / "ca.pem", tmp_path / "none.pem"):
        said = complaint(mailbox(wire, bounce_imap_security="tls", bounce_imap_ca_file=path))
        assert str(path) in said


def test_a_server_that_speaks_no_tls_leads_to_the_setting(wire: Wire) -> None:
    assert "bounce_imap_security" in complaint(mailbox(wire, bounce_imap_security="tls"))
    assert "不提供 STARTTLS" in complaint(mailbox(wire, bounce_imap_security="starttls"))
    assert wire.logins == 0


def test_a_password_is_not_given_to_a_server_that_forbids_it_in_clear(wire: Wire) -> None:
    wire.also = {"LOGINDISABLED"}

    assert "bounce_imap_security 设为 starttls" in complaint(mailbox(wire))
    assert wire.logins == 0


@pytest.mark.parametrize("password", ["wrong", "授权码"])
def test_a_refused_login_is_not_tried_again_at_once(
    box: Box, wire: Wire, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    moment = 1000.0
    monkeypatch.setattr("distribution.mailboxes.imap.time.monotonic", lambda: moment)
    server = mailbox(wire, bounce_imap_password=password)
    said = complaint(server)

    assert "拒绝登录：请检查 bounce_imap_username 与 bounce_imap_password" in said
    assert complaint(server) == complaint(server) == said
    moment += 599
    assert complaint(server) == said
    assert wire.logins == 1

    moment += 2
    assert complaint(server) == said
    assert wire.logins == 2
    moment += LATER
    assert complaint(server) == said
    assert wire.logins == 2  # with more and more patience
    assert box.mails() == []


def test_a_login_that_is_accepted_again_makes_all_well(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 1000.0
    monkeypatch.setattr("distribution.mailboxes.imap.time.monotonic", lambda: moment)
    wire.before = lambda command: (
        f"NO [AUTHENTICATIONFAILED] {USER} is wrong".encode() if b"LOGIN" in command else None
    )
    server = mailbox(wire)
    complaint(server)
    wire.before = lambda _command: None
    moment += LATER

    assert list(server.waiting(1)) == []
    wire.before = lambda command: b"BAD no" if b"LOGIN" in command else None
    assert "拒绝登录" in complaint(server)
    moment += LATER
    wire.before = lambda _command: None
    assert list(server.waiting(1)) == []


@pytest.mark.parametrize(
    "answer", [b"* BYE go away\r\nNO gone", b"NO [UNAVAILABLE] the directory is down"]
)
def test_being_shown_the_door_counts_as_refused_and_a_trouble_of_theirs_does_not(
    wire: Wire, answer: bytes
) -> None:
    wire.before = lambda command: answer if b"LOGIN" in command else None
    with pytest.raises(UnusableMailbox) as refused:
        list(mailbox(wire).waiting(1))

    assert isinstance(refused.value, LoginRefused) == answer.startswith(b"* BYE")


def test_a_server_that_is_away_and_back_is_used_again(box: Box, wire: Wire) -> None:
    box.put(b"Subject: a\r\n\r\n")
    server = mailbox(wire)
    wire.away = True
    assert "请检查" in complaint(server)
    wire.away = False
    assert len(list(server.waiting(1))) == 1

    port = wire.port
    wire.close()
    said = complaint(server)
    assert f"127.0.0.1:{port} 连不上" in said
    assert "bounce_imap_host、bounce_imap_port 与网络" in said


@pytest.mark.parametrize("command", [b"SELECT", b"UID SEARCH", b"UID FETCH"])
def test_a_line_that_is_cut_is_a_trouble_and_no_failure(
    box: Box, wire: Wire, command: bytes
) -> None:
    def before(given: bytes) -> None:
        if given.startswith(command):
            wire.cut()

    box.put(b"Subject: a\r\n\r\n")
    wire.before = before
    said = complaint(server := mailbox(wire))
    assert "断开了连接" in said or "连不上" in said
    wire.before = lambda _command: None
    assert len(list(server.waiting(1))) == 1


def test_a_line_that_is_cut_in_the_middle_of_a_mail_gives_no_half_a_mail(
    box: Box, wire: Wire
) -> None:
    whole = b"Subject: a\r\n\r\n" + b"line\r\n" * 10_000
    box.put(whole)

    def after(_answer: bytes) -> None:
        if wire.sent > 20_000:
            wire.cut()

    wire.after = after
    complaint(server := mailbox(wire))
    wire.after = lambda _answer: None
    assert [mail.raw for mail in server.waiting(1)] == [whole]


def test_a_server_that_keeps_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distribution.mailboxes.imap_session.SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for security in ("none", "starttls", "tls"):
            server = Imap(settings({"bounce_imap_port": port, "bounce_imap_security": security}))
            assert f"127.0.0.1:{port} " in complaint(server)


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "no such host.example", "127.0.0.1 "])
def test_a_name_that_is_no_hosts_leads_to_the_setting(wire: Wire, host: str) -> None:
    assert "bounce_imap_host" in complaint(mailbox(wire, bounce_imap_host=host))


def test_a_folder_that_is_none_leads_to_the_setting(wire: Wire) -> None:
    said = complaint(mailbox(wire, bounce_imap_folder="nowhere"))

    assert "不让打开文件夹 nowhere：请检查 bounce_imap_folder" in said


def test_a_folder_that_may_only_be_read_is_named(wire: Wire) -> None:
    wire.before = lambda command: (
        b"* 0 EXISTS\r\nOK [READ-ONLY] done" if command.startswith(b"SELECT") else None
    )

    assert "只许阅读文件夹 INBOX" in complaint(mailbox(wire))


def test_no_trouble_is_logged_with_the_name_or_the_password(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        complaint(mailbox(wire, bounce_imap_folder="nowhere"))
        complaint(mailbox(wire, bounce_imap_password="wrong"))

    assert USER not in caplog.text
    assert PASSWORD not in caplog.text


def test_the_settings_name_a_folder_a_server_or_both(tmp_path: Path) -> None:
    user = {"bounce_imap_host": "imap.example", "bounce_imap_username": "u"}
    host = {**user, "bounce_imap_password": SecretStr("p")}

    def names(**given: object) -> list[str]:
        return [found.name for found in configured(Settings(**given))]  # type: ignore[arg-type]

    assert names() == []
    assert names(bounce_maildir=tmp_path) == [f"Maildir {tmp_path}"]
    assert names(**host) == ["IMAP imap.example"]
    assert names(**host, bounce_maildir=tmp_path) == [f"Maildir {tmp_path}", "IMAP imap.example"]
    with pytest.raises(UnusableMailbox, match="没有 bounce_imap_username"):
        names(bounce_imap_host="imap.example")
    with pytest.raises(UnusableMailbox, match="没有 bounce_imap_password"):
        names(**user)
