"""TLS and log-in, against aiosmtpd and against a relay that is tampered with."""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from mails import outcome, relay_at, run, send
from sink import Act, Fault, Sink, Step

from distribution.delivery.transport import RelayUnavailable
from distribution.transports import Relay, SmtpRelay, Timeouts, smtp_greeting

PASSWORD = "授权码-s3cret"
LOGIN = {"username": "journal", "password": PASSWORD}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def server_tls(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    return server_tls(authority)


class Inbox:
    def __init__(self) -> None:
        self.recipients: list[str] = []
        self.mechanisms: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: object, mail: object) -> str:  # noqa: N802 - aiosmtpd's name
        self.recipients += mail.rcpt_tos  # type: ignore[attr-defined]
        return "250 OK"

    def authenticate(
        self, _server: object, _session: object, _envelope: object, mechanism: str, data: object
    ) -> AuthResult:
        self.mechanisms.append(mechanism)
        right = data == LoginPassword(b"journal", PASSWORD.encode())
        return AuthResult(success=right, handled=False)


Work = Callable[[SmtpRelay], Awaitable[object]]


def with_aiosmtpd(
    inbox: Inbox, work: Work, tls: ssl.SSLContext, without: str, **settings: object
) -> object:
    """Run `work` against aiosmtpd, TLS from the start where `settings` say so."""
    implicit = settings["security"] == "tls"

    def serve() -> SMTP:
        return SMTP(
            inbox, loop=asyncio.get_running_loop(), authenticator=inbox.authenticate,
            tls_context=None if implicit else tls, require_starttls=not implicit,
            auth_require_tls=not implicit, auth_exclude_mechanism=[without],
        )  # fmt: skip

    async def main() -> object:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(serve, "127.0.0.1", 0, ssl=tls if implicit else None)
        port = server.sockets[0].getsockname()[1]
        transport = SmtpRelay(Relay("127.0.0.1", port, **settings))  # type: ignore[arg-type]
        try:
            return await work(transport)
        finally:
            await transport.close()
            server.close()
            await server.wait_closed()

    return asyncio.run(main())


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("without", "used"), [("LOGIN", "PLAIN"), ("PLAIN", "LOGIN")])
def test_mail_goes_encrypted_and_logged_in(
    certificate: ssl.SSLContext, ca_file: Path, security: str, without: str, used: str
) -> None:
    async def work(transport: SmtpRelay) -> None:
        for number in range(3):
            assert (await send(transport, number)).code == 250

    inbox = Inbox()
    with_aiosmtpd(inbox, work, certificate, without, security=security, ca_file=ca_file, **LOGIN)

    assert inbox.recipients == ["wang.fang@example.cn"] * 3
    assert inbox.mechanisms == [used]


@pytest.mark.parametrize("without", ["LOGIN", "PLAIN"])
def test_a_wrong_password_is_ours_to_put_right_and_never_shown(
    certificate: ssl.SSLContext, ca_file: Path, without: str
) -> None:
    settings = {"security": "starttls", "ca_file": ca_file}
    inbox = Inbox()
    with pytest.raises(RelayUnavailable, match="拒绝登录（535") as caught:
        with_aiosmtpd(
            inbox, send, certificate, without, username="journal", password="wr0ng", **settings
        )

    assert caught.value.permanent
    assert "wr0ng" not in str(caught.value)
    assert inbox.recipients == []


@pytest.mark.parametrize("encode", [str, lambda text: b64encode(text.encode()).decode().upper()])
def test_a_relay_that_repeats_the_password_is_not_quoted(encode: Callable[[str], str]) -> None:
    said = f"535 5.7.8 bad command: {encode(PASSWORD)}"
    with (
        Sink({Step.AUTH: Fault(Act.SAY, said)}, users={"journal": PASSWORD}) as sink,
        pytest.raises(RelayUnavailable, match="已略去") as caught,
    ):
        run(relay_at(sink, **LOGIN), send)

    assert encode(PASSWORD) not in str(caught.value)


def test_a_password_is_not_shown_with_the_settings() -> None:
    assert PASSWORD not in repr(Relay("relay.example.cn", **LOGIN))


def test_a_password_is_not_sent_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_greeting, "_is_loopback", lambda _ip: False)
    with (
        Sink(users={"journal": PASSWORD}) as sink,
        pytest.raises(RelayUnavailable, match="未加密，不能发送密码") as caught,
    ):
        run(relay_at(sink, **LOGIN), send)

    assert caught.value.permanent
    assert [line for line in sink.commands if line.startswith("AUTH")] == []


@pytest.mark.parametrize(
    ("ip", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("fe80::1%1", False)],
)
def test_only_this_machine_may_get_a_password_in_clear(ip: str, *, loopback: bool) -> None:
    assert smtp_greeting._is_loopback(ip) is loopback


def test_a_relay_without_log_in_is_a_wrong_setting() -> None:
    with Sink() as sink, pytest.raises(RelayUnavailable, match="不提供 PLAIN") as caught:
        run(relay_at(sink, **LOGIN), send)

    assert caught.value.permanent


def test_the_sink_itself_can_be_sent_to_with_starttls(
    certificate: ssl.SSLContext, ca_file: Path
) -> None:
    with Sink(tls=certificate, users={"journal": PASSWORD}) as sink:
        relay = relay_at(sink, security="starttls", ca_file=ca_file, **LOGIN)
        assert run(relay, send).code == 250

    assert sink.commands.count("EHLO [127.0.0.1]") == 2


def test_words_put_in_before_encryption_are_not_taken_for_the_relay_s(
    certificate: ssl.SSLContext, ca_file: Path
) -> None:
    injected = "220 2.0.0 go ahead\r\n250-sink.test\r\n250 AUTH PLAIN"
    with Sink({Step.STARTTLS: Fault(Act.SAY, injected)}, tls=certificate) as sink:
        relay = relay_at(sink, security="starttls", ca_file=ca_file)
        with pytest.raises(RelayUnavailable, match="可能有人篡改") as caught:
            run(relay, send)

    assert caught.value.permanent
    assert sink.commands[-1] == "STARTTLS"


def test_a_relay_without_starttls_gets_nothing_in_clear() -> None:
    with Sink() as sink, pytest.raises(RelayUnavailable, match="不提供 STARTTLS") as caught:
        run(relay_at(sink, security="starttls"), send)

    assert caught.value.permanent
    assert [line[:4] for line in sink.commands] == ["EHLO"]


@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", False), ("other.example.cn", True)])
def test_a_certificate_that_does_not_fit_is_not_trusted(
    authority: trustme.CA, ca_file: Path, name: str, *, trusted: bool
) -> None:
    with Sink(tls=server_tls(authority, name)) as sink:
        settings = {"ca_file": ca_file} if trusted else {}
        with pytest.raises(RelayUnavailable, match="证书不可信") as caught:
            run(relay_at(sink, security="starttls", **settings), send)

    assert caught.value.permanent
    assert [line[:4] for line in sink.commands] == ["EHLO", "STAR"]


def test_a_plain_port_taken_for_a_tls_port_is_a_wrong_setting(ca_file: Path) -> None:
    with Sink() as sink, pytest.raises(RelayUnavailable, match="TLS 握手失败") as caught:
        run(relay_at(sink, security="tls", ca_file=ca_file), send)

    assert caught.value.permanent


@pytest.mark.parametrize(
    ("act", "permanent"),
    [
        (Fault(Act.SAY, "454 4.7.0 not now"), False),
        (Fault(Act.SAY, "502 5.5.1 never"), True),
        (Fault(Act.LEAVE, "220 go ahead"), False),
        (Fault(Act.SAY, "220 go ahead"), True),
        (Fault(Act.CLOSE), False),
        (Fault(Act.RESET), False),
        (Fault(Act.HANG), False),
        (Fault(Act.GARBAGE), False),
    ],
    ids=str,
)
def test_starttls_that_fails_is_the_relay_s_trouble(
    certificate: ssl.SSLContext, ca_file: Path, act: Fault, *, permanent: bool
) -> None:
    limits = Timeouts(hello=timedelta(seconds=0.3))
    with Sink({Step.STARTTLS: act}, tls=certificate) as sink:
        relay = relay_at(sink, security="starttls", ca_file=ca_file, timeouts=limits)
        error = run(relay, outcome)

    assert isinstance(error, RelayUnavailable)
    assert error.permanent is permanent


def test_a_tls_handshake_that_hangs_is_given_up_after_the_connect_limit(ca_file: Path) -> None:
    limits = Timeouts(connect=timedelta(seconds=0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        relay = Relay("127.0.0.1", silent.getsockname()[1], "tls", ca_file=ca_file, timeouts=limits)
        with pytest.raises(RelayUnavailable, match=r"连接超过 0\.2 秒没有完成"):
            run(relay, send)


@pytest.mark.parametrize(
    ("act", "permanent"),
    [
        (Fault(Act.SAY, "454 4.7.0 not now"), False),
        (Fault(Act.SAY, "534 5.7.9 never"), True),
        (Fault(Act.LEAVE, "421 4.7.0 too many"), False),
        (Fault(Act.CLOSE), False),
        (Fault(Act.RESET), False),
        (Fault(Act.HANG), False),
        (Fault(Act.GARBAGE), False),
    ],
    ids=str,
)
def test_log_in_that_fails_is_the_relay_s_trouble(act: Fault, *, permanent: bool) -> None:
    limits = Timeouts(hello=timedelta(seconds=0.2))
    with Sink({Step.AUTH: act}, users={"journal": PASSWORD}) as sink:
        error = run(relay_at(sink, timeouts=limits, **LOGIN), outcome)

    assert isinstance(error, RelayUnavailable)
    assert error.permanent is permanent


def test_a_certificate_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none.pem"
    with Sink() as sink, pytest.raises(RelayUnavailable, match=r"none\.pem") as caught:
        run(relay_at(sink, security="tls", ca_file=missing), send)

    assert caught.value.permanent
