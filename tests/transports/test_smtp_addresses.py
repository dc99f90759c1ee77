"""Addresses go over the wire exactly as they are, or not at all."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mails import body, envelope, outcome, relay_at, run, send
from sink import Sink

from distribution.delivery.transport import (
    Envelope,
    NonAsciiAddressUnsupported,
    RefusedByRelay,
    RelayUnavailable,
    Transport,
)
from distribution.transports import SmtpRelay

HOSTILE = [
    "a@b.cn> NOTIFY=x <e@x", "a@b.cn>\r\nRCPT TO:<e@x", "a@b.cn\r\n", "a\n@b.cn", "a@b.cn\0",
    "a b@c.cn", "<a@b.cn>", "@relay.cn:a@b.cn", "a@b@c.cn", "a", "@b.cn", "a@", "", " a@b.cn",
    "a@b.cn\x85", "a@b.cn\u2028", "a\u3000b@c.cn", "a\u202e@b.cn", "\udc80@b.cn", "a;b@c.cn",
    '"a b"@c.cn', f"{'a' * 250}@b.cn", "a\t@b.cn", "a@b.cn,c@d.cn", "a@[127.0.0.1]",
]  # fmt: skip


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as started:
        yield started


async def send_to(transport: Transport, recipient: str) -> None:
    handover = await transport.begin(envelope(recipient))
    assert (await handover.finish(body(1))).positive


@pytest.mark.parametrize("recipient", HOSTILE)
def test_a_hostile_recipient_is_refused_before_anything_is_sent(recipient: str) -> None:
    with Sink() as sink, pytest.raises(RefusedByRelay, match=r"^553 5\.1\.3 地址无效") as caught:
        run(relay_at(sink), lambda transport: send_to(transport, recipient))

    assert sink.connections == 0
    assert caught.value.reply.text.isprintable()


def test_a_hostile_return_path_is_our_own_fault() -> None:
    bad = Envelope("b@x.cn>\r\nRSET", "wang.fang@example.cn", "<1@x.cn>")
    with Sink() as sink, pytest.raises(RelayUnavailable, match="退信地址") as caught:
        run(relay_at(sink), lambda transport: transport.begin(bad))

    assert caught.value.permanent
    assert sink.connections == 0


def test_a_mail_may_have_no_return_path() -> None:
    nobody = Envelope("", "wang.fang@example.cn", "<1@x.cn>")

    async def work(transport: SmtpRelay) -> None:
        await (await transport.begin(nobody)).finish(body(1))

    with Sink() as sink:
        run(relay_at(sink), work)

    assert sink.accepted[0].sender == ""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12), st.text(max_size=12))
@example("wang.fang+9", "example.cn")
@example("o'neil=x{y}", "例子.中国")
def test_whoever_gets_the_mail_has_exactly_the_address_given(
    sink: Sink, local: str, domain: str
) -> None:
    recipient = f"{local}@{domain}"
    sink.accepted.clear()
    try:
        run(relay_at(sink), lambda transport: send_to(transport, recipient))
    except RefusedByRelay as error:
        assert error.reply.code == 553  # noqa: PT017 - or it was sent
        assert sink.accepted == []
    else:
        assert [mail.recipient for mail in sink.accepted] == [recipient]


def test_a_chinese_mailbox_needs_a_relay_that_knows_smtputf8() -> None:
    with Sink() as sink:
        run(relay_at(sink), lambda transport: send(transport, to="张三@example.cn"))

    assert sink.accepted[0].recipient == "张三@example.cn"
    assert "MAIL FROM:<b+1@bounce.example.cn> SMTPUTF8" in sink.commands


def test_without_smtputf8_a_chinese_mailbox_is_named_and_costs_nothing() -> None:
    async def work(transport: SmtpRelay) -> object:
        with pytest.raises(NonAsciiAddressUnsupported, match="SMTPUTF8"):
            await send(transport, to="张三@example.cn")
        return await outcome(transport, 2)

    with Sink(extensions=("PIPELINING",)) as sink:
        run(relay_at(sink), work)

    assert sink.connections == 1
    assert [mail.recipient for mail in sink.accepted] == ["wang.fang@example.cn"]
