"""The message itself: arrives byte for byte, or nothing of it goes, or nobody pretends to know."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import envelope, outcome, relay_at, run
from sink import Sink

from distribution.delivery.transport import OutcomeUnknown, Reply
from distribution.transports import Relay, SmtpRelay, Timeouts

LINES = st.lists(st.text(alphabet=".ab \t", max_size=4), max_size=8)
LARGE = b"Subject: x\r\n\r\n" + b"MjAyMw==\r\n" * 2_000_000  # more than the kernel buffers
SOON = timedelta(seconds=0.3)


def message(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as started:
        yield started


@settings(max_examples=60, deadline=None)
@given(bodies=st.lists(LINES, min_size=1, max_size=3))
def test_lines_of_dots_arrive_as_they_were_sent(sink: Sink, bodies: list[list[str]]) -> None:
    async def work(transport: SmtpRelay) -> None:
        for lines in bodies:
            handover = await transport.begin(envelope())
            assert (await handover.finish(message(lines))).positive

    sink.accepted.clear()
    run(relay_at(sink), work)

    assert [mail.raw for mail in sink.accepted] == [message(lines) for lines in bodies]


def test_another_server_reads_the_same_lines() -> None:
    got: list[bytes] = []

    class Keep:
        async def handle_DATA(self, _server: SMTP, _session: object, mail: object) -> str:  # noqa: N802 - aiosmtpd's name
            got.append(mail.content)  # type: ignore[attr-defined]
            return "250 OK"

    async def work() -> Reply:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Keep(), loop=loop), "127.0.0.1", 0)
        transport = SmtpRelay(Relay("127.0.0.1", server.sockets[0].getsockname()[1], "none"))
        handover = await transport.begin(envelope())
        reply = await handover.finish(b".\r\n..\r\n.a\r\n\r\n.\r\n")
        await transport.close()
        server.close()
        await server.wait_closed()
        return reply

    assert asyncio.run(work()).code == 250
    assert got == [b".\r\n..\r\n.a\r\n\r\n.\r\n"]


@pytest.mark.parametrize(
    "bad", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\n.\n", b"a\r", b"\n", "年\r\n".encode(), b"a\0\r\n"]
)
def test_what_is_no_clean_message_is_a_defect_and_none_of_it_goes(bad: bytes) -> None:
    async def work(transport: SmtpRelay) -> object:
        handover = await transport.begin(envelope())
        with pytest.raises(ValueError, match="message with"):
            await handover.finish(bad)
        return await outcome(transport, 2)

    with Sink() as sink:
        assert run(relay_at(sink), work).code == 250

    assert sink.unfinished == 1
    assert [mail.message_id for mail in sink.accepted] == ["<2@journal.example.cn>"]


Rest = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def finish_with(rest: Rest, body: bytes, limits: Timeouts, go: bytes = b"354 go\r\n") -> object:
    """Hand over to a relay that does as told once it has said 354."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        for answer in (b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", go):
            await reader.readline()
            writer.write(answer)
        await rest(reader, writer)
        writer.transport.abort()
        ended.set()

    ended = asyncio.Event()

    async def work() -> object:
        server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1024)
        port = server.sockets[0].getsockname()[1]
        transport = SmtpRelay(Relay("127.0.0.1", port, "none", timeouts=limits))
        handover = await transport.begin(envelope())
        await asyncio.sleep(0.01)  # whatever follows the 354 at once has arrived
        try:
            return await handover.finish(body)
        except OutcomeUnknown as error:
            return error
        finally:
            assert transport._idle == []  # nothing that went wrong is used again
            await transport.close()
            server.close()
            await server.wait_closed()
            await ended.wait()

    return asyncio.run(work())


def test_a_relay_that_stops_reading_is_given_up_after_the_body_limit() -> None:
    async def rest(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    result = finish_with(rest, LARGE, Timeouts(body=SOON))

    assert isinstance(result, OutcomeUnknown)
    assert "发送正文超过 0.3 秒没有完成" in str(result)


def test_a_refusal_in_the_middle_of_the_message_is_believed_at_once() -> None:
    async def rest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"552 5.3.4 too big\r\n")
        await asyncio.sleep(0.1)

    assert finish_with(rest, LARGE, Timeouts()) == Reply(552, "5.3.4 too big")


def test_an_agreement_in_the_middle_of_the_message_is_not_believed() -> None:
    async def rest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"250 2.0.0 fine\r\n")
        await asyncio.sleep(0.1)

    assert isinstance(finish_with(rest, LARGE, Timeouts()), OutcomeUnknown)


def test_go_ahead_is_no_answer_to_a_whole_message() -> None:
    async def rest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"354 go on\r\n")
        await asyncio.sleep(0.05)

    assert isinstance(finish_with(rest, b"a\r\n", Timeouts()), OutcomeUnknown)


@pytest.mark.parametrize("more", [b"250 2.0.0 taken\r\n", b"421 4.3.2 closing\r\n", b"?"])
def test_a_relay_that_speaks_before_the_message_gets_none(more: bytes) -> None:
    read: list[bytes] = []

    async def rest(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        read.append(await reader.read())

    result = finish_with(rest, b"a\r\n", Timeouts(), go=b"354 go\r\n" + more)

    assert isinstance(result, Reply)
    assert result.code == 421
    assert read == [b""]


def test_a_relay_that_leaves_before_the_message_gets_none() -> None:
    async def rest(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        pass

    result = finish_with(rest, b"a\r\n", Timeouts())

    assert result == Reply(421, "连接在正文发出之前已不可用")
