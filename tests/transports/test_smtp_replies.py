"""Reading replies: whole, cleaned and bounded, however they are cut up and whatever they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import outcome, relay_at, run
from sink import Act, Fault, Sink, Step

from distribution.delivery.transport import RefusedByRelay
from distribution.transports.smtp_wire import BrokenConnection, Wire, clean, take_lines


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_a_reply_or_garbage_or_not_finished(data: bytes) -> None:
    try:
        found = take_lines(bytearray(data))
    except BrokenConnection:
        return
    assert found is None or 200 <= found[0] <= 599


@given(st.lists(st.binary(min_size=1, max_size=5), max_size=30))
def test_a_reply_reads_the_same_however_it_is_cut_up(noise: list[bytes]) -> None:
    text = b"".join(noise).replace(b"\r", b"").replace(b"\n", b"")
    data = b"250-" + text + b"\r\n250 " + text + b"\r\n354 go\r\n"
    buffer = bytearray()
    found = []
    for index in range(len(data)):
        buffer += data[index : index + 1]
        if (lines := take_lines(buffer)) is not None:
            found.append(lines)

    assert found == [(250, [text, text]), (354, [b"go"])]


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n", b"25\r\n", b"150 x\r\n", b"600 x\r\n", b"250_x\r\n", b"\r\n",
        b"250-a\r\n251 b\r\n", b"250-" + b"x" * 9000, b"250-x\r\n" * 100, b"\xff\xfe\r\n",
        b"HTTP/1.1 400 Bad Request\r\n", b"\x15\x03\x01\x00\x02\x02\n",
    ],
)  # fmt: skip
def test_what_is_no_reply_breaks_the_connection(data: bytes) -> None:
    with pytest.raises(BrokenConnection):
        take_lines(bytearray(data))


@given(st.binary(max_size=2000))
def test_the_text_of_a_reply_is_one_short_printable_line(raw: bytes) -> None:
    text = clean(raw)

    assert len(text) <= 500
    assert text.isprintable()
    assert text == text.strip()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_refusals_can_be_read(encoding: str) -> None:
    assert clean("550 邮箱不存在，请核对".encode(encoding)) == "550 邮箱不存在，请核对"


def test_the_lines_of_a_refusal_are_joined() -> None:
    text = "550-5.1.1 The address\r\n550-5.1.1 does not\r\n550 5.1.1 exist"
    with Sink({Step.RCPT: Fault(Act.SAY, text)}) as sink:
        error = run(relay_at(sink), outcome)

    assert isinstance(error, RefusedByRelay)
    assert error.reply.text == "5.1.1 The address 5.1.1 does not 5.1.1 exist"


def test_a_relay_that_never_stops_talking_is_cut_off() -> None:
    text = "\r\n".join(f"250 {'x' * 900}" for _ in range(1000))
    with Sink({Step.ACCEPTED: Fault(Act.SAY, text, times=1)}) as sink:
        assert run(relay_at(sink), outcome).code == 250

    assert len(sink.accepted) == 1


def test_unread_bytes_are_bounded() -> None:
    wire = Wire()
    wire.data_received(b"x" * 40_000)

    assert not wire.usable
    with pytest.raises(BrokenConnection):
        wire.write(b"QUIT\r\n")
