"""From a host name to a connection ready for mail: connect, banner, EHLO, STARTTLS, AUTH.

Whatever fails here says something about the relay and nothing about a recipient, so all of it
is RelayUnavailable. It is permanent where only a person can help: wrong settings, a refusal
with 5xx, a certificate that does not fit. Names that do not resolve may come back by themselves.
"""

import asyncio
import ipaddress
import ssl
from base64 import b64encode
from contextlib import ExitStack
from socket import gaierror

from distribution.delivery import RelayUnavailable, Reply
from distribution.transports.relay import Relay
from distribution.transports.smtp_wire import BrokenConnection, Intrusion, Wire, clean, within

Extensions = dict[str, str]
"""What the relay offers: upper-case keyword to its parameters (RFC 5321 4.1.1.1)."""

_READY, _DONE, _LOGGED_IN, _GO_ON = 220, 250, 235, 334


async def greet(relay: Relay) -> tuple[Wire, Extensions]:
    """Open a connection and bring it to where mail may be offered; raises RelayUnavailable."""
    wire = Wire()
    with ExitStack() as undo:
        undo.callback(wire.abort)  # on any way out but the last line, cancellation included
        try:
            extensions = await _Greeting(relay, wire).run()
        except Intrusion as intrusion:
            advice = "请联系中继和网络管理员"
            raise relay.unavailable(str(intrusion), advice, permanent=True) from intrusion
        except BrokenConnection as broken:
            advice = "稍后会再试；若一直如此，请检查中继是否正常、端口和加密方式是否填对"
            raise relay.unavailable(str(broken), advice, permanent=False) from broken
        undo.pop_all()
    return wire, extensions


class _Greeting:
    def __init__(self, relay: Relay, wire: Wire) -> None:
        self._relay, self._wire, self._limits = relay, wire, relay.timeouts

    async def run(self) -> Extensions:
        await self._connect()
        banner = await self._wire.read_reply(self._limits.banner, "问候")
        if banner.code != _READY:
            raise self._refusal("不接待", banner)
        extensions = await self._hello()
        if self._relay.security == "starttls":
            await self._start_tls(extensions)
            extensions = await self._hello()  # what was offered in clear does not count
        if self._relay.username:
            await self._log_in(extensions)
        return extensions

    async def _connect(self) -> None:
        relay = self._relay
        implicit = relay.security == "tls"
        context = self._tls_context() if implicit else None
        try:
            async with within(self._limits.connect, "连接"):
                await asyncio.get_running_loop().create_connection(
                    lambda: self._wire,
                    relay.host,
                    relay.port,
                    ssl=context,
                    ssl_shutdown_timeout=1 if implicit else None,
                )
        except ssl.SSLError as error:
            raise self._tls_failure(error) from error
        except UnicodeError as error:
            what = "的主机名不成立"
            raise relay.unavailable(what, "请改正中继的地址", permanent=True) from error
        except OSError as error:
            advice = "请检查中继地址、端口和网络"
            raise relay.unavailable(
                f"连接不上（{_why(error)}）", advice, permanent=False
            ) from error

    async def _hello(self) -> Extensions:
        name = self._relay.helo or _address_literal(self._wire.end("sockname"))
        self._wire.write(f"EHLO {name}\r\n".encode())
        code, lines = await self._wire.read_lines(self._limits.hello, "EHLO")
        if code == _DONE:
            return _extensions([clean(line) for line in lines])
        reply = Reply(code, clean(b" ".join(lines)))
        if reply.code // 100 == 5:  # noqa: PLR2004 - not ESMTP (RFC 5321 3.2): say HELO
            reply = await self._ask(f"HELO {name}", "HELO")
        if reply.code != _DONE:
            raise self._refusal("不接受 EHLO", reply)
        return {}

    async def _start_tls(self, extensions: Extensions) -> None:
        if "STARTTLS" not in extensions:
            advice = "请改用它支持的加密方式，或检查网络中是否有设备去掉了 STARTTLS"
            raise self._relay.unavailable("不提供 STARTTLS", advice, permanent=True)
        reply = await self._ask("STARTTLS", "STARTTLS")
        if reply.code != _READY:
            raise self._refusal("拒绝 STARTTLS", reply)
        context = self._tls_context()
        try:
            async with within(self._limits.hello, "TLS 握手"):
                await self._wire.start_tls(context, self._relay.host)
        except ssl.SSLError as error:
            raise self._tls_failure(error) from error
        except OSError as error:
            raise BrokenConnection("TLS 握手时断开了连接") from error

    async def _log_in(self, extensions: Extensions) -> None:
        relay = self._relay
        if not self._wire.encrypted and not _is_loopback(self._wire.end("peername")):
            advice = "请把加密方式设为 starttls 或 tls"
            raise relay.unavailable("未加密，不能发送密码", advice, permanent=True)
        offered = extensions.get("AUTH", "").upper().split()
        if "PLAIN" in offered:
            reply = await self._ask(f"AUTH PLAIN {self._plain_answer().decode()}", "AUTH")
        elif "LOGIN" in offered:
            reply = await self._ask("AUTH LOGIN", "AUTH")
            for answer in (relay.username, relay.password):
                if reply.code == _GO_ON:
                    reply = await self._ask(b64encode(answer.encode()).decode(), "AUTH")
        else:
            advice = "请检查加密方式和用户名设置"
            raise relay.unavailable("不提供 PLAIN 或 LOGIN 登录", advice, permanent=True)
        if reply.code != _LOGGED_IN:
            raise self._refusal("拒绝登录", self._without_secrets(reply))

    async def _ask(self, command: str, step: str) -> Reply:
        self._wire.write(f"{command}\r\n".encode())
        return await self._wire.read_reply(self._limits.hello, step)

    def _without_secrets(self, reply: Reply) -> Reply:
        """Some relays quote the command they did not like: never let a password through."""
        password = self._relay.password.encode()
        secrets = [password, b64encode(password), self._plain_answer()]
        said = reply.text.casefold()
        if any(secret and secret.decode().casefold() in said for secret in secrets):
            return Reply(reply.code, "回答中含有密码，已略去")
        return reply

    def _plain_answer(self) -> bytes:
        """What AUTH PLAIN sends (RFC 4616): no other identity, user, password."""
        return b64encode(f"\0{self._relay.username}\0{self._relay.password}".encode())

    def _tls_context(self) -> ssl.SSLContext:
        """The system's trust, or that of one file; always with host name check."""
        ca_file = self._relay.ca_file
        try:
            return ssl.create_default_context(cafile=ca_file)
        except OSError as error:
            what = f"的证书文件 {ca_file} 读不出来（{error}）"
            raise self._relay.unavailable(what, "请检查该设置", permanent=True) from error

    def _tls_failure(self, error: ssl.SSLError) -> RelayUnavailable:
        if isinstance(error, ssl.SSLCertVerificationError):
            what = f"的证书不可信（{error.verify_message}）"
            advice = "请核对中继的主机名和证书，或在设置中指明它的 CA 文件"
            return self._relay.unavailable(what, advice, permanent=True)
        not_tls = error.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}
        what = f"TLS 握手失败（{error.reason or error.strerror or '连接中断'}）"
        return self._relay.unavailable(what, "请检查端口和加密方式", permanent=not_tls)

    def _refusal(self, what: str, reply: Reply) -> RelayUnavailable:
        permanent = reply.code // 100 == 5  # noqa: PLR2004 - RFC 5321 4.2.1
        advice = "请按它的答复检查设置或联系中继管理员" if permanent else "稍后会再试"
        said = f"{what}（{reply.code} {reply.text}）"
        return self._relay.unavailable(said, advice, permanent=permanent)


def _why(error: OSError) -> str:
    """Why there is no connection."""
    if isinstance(error, ConnectionRefusedError):
        return "拒绝连接"
    return "找不到这台主机" if isinstance(error, gaierror) else error.strerror or str(error)


def _extensions(lines: list[str]) -> Extensions:
    found: Extensions = {}
    for line in lines[1:]:  # the first is the relay's name
        # "AUTH=PLAIN LOGIN" is how it was spelled before RFC 2554; some relays say both
        keyword, _, parameters = line.strip().replace("=", " ", 1).partition(" ")
        known = found.get(keyword.upper(), "")
        found[keyword.upper()] = f"{known} {parameters}".strip()
    return found


def _address_literal(ip: str) -> str:
    """An address as a greeting (RFC 5321 4.1.3)."""
    return f"[IPv6:{ip.partition('%')[0]}]" if ":" in ip else f"[{ip}]"


def _is_loopback(ip: str) -> bool:
    return ipaddress.ip_address(ip.partition("%")[0]).is_loopback
