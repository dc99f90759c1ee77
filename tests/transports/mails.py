"""What the tests of the transports send, and how: one envelope, one message, one relay."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from distribution.delivery.transport import Envelope, Reply, Transport, TransportError
from distribution.transports import Relay, SmtpRelay

BODY = b"Message-ID: <1@journal.example.cn>\r\nSubject: 9\r\n\r\nMjAyMw==\r\n"


def envelope(recipient: str = "wang.fang@example.cn", number: int = 1) -> Envelope:
    return Envelope("b+1@bounce.example.cn", recipient, f"<{number}@journal.example.cn>")


def body(number: int) -> bytes:
    return BODY.replace(b"<1@", f"<{number}@".encode())


def relay_at(server: Any, **settings: Any) -> Relay:  # noqa: ANN401 - whatever Relay takes
    given = {"security": "none", "connections": 1, **settings}
    return Relay(server.host, server.port, **given)


def run(relay: Relay, work: Callable[[SmtpRelay], Awaitable[Any]]) -> Any:  # noqa: ANN401 - of work
    """Run `work` with a transport to the relay, and close it."""

    async def all_of_it() -> object:
        transport = SmtpRelay(relay)
        try:
            return await work(transport)
        finally:
            await transport.close()

    return asyncio.run(all_of_it())


async def send(transport: Transport, number: int = 1, to: str = "wang.fang@example.cn") -> Reply:
    handover = await transport.begin(envelope(to, number))
    return await handover.finish(body(number))


async def outcome(transport: Transport, number: int = 1) -> Reply | TransportError:
    """What became of one mail: the final reply, or the error that was raised."""
    try:
        return await send(transport, number)
    except TransportError as error:
        return error
