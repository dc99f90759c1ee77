"""Connections: kept, shared, limited, replaced; and never used again after half a transaction."""

import asyncio
import socket
import time
from datetime import timedelta

import pytest
from mails import body, envelope, outcome, relay_at, run, send
from sink import Act, Fault, Sink, Step

from distribution.delivery.transport import Evidence, RefusedByRelay, RelayUnavailable
from distribution.transports import Relay, SmtpRelay, Timeouts

SOON = timedelta(seconds=0.2)


async def send_five(transport: SmtpRelay) -> list[object]:
    return [await outcome(transport, number) for number in range(5)]


def codes(results: list[object]) -> list[object]:
    return [getattr(result, "code", result) for result in results]


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_many_mails_go_over_one_connection(extensions: tuple[str, ...]) -> None:
    with Sink(extensions=extensions) as sink:
        assert codes(run(relay_at(sink), send_five)) == [250] * 5

    assert sink.connections == 1
    assert len(sink.accepted) == 5
    assert sink.commands[-1] == "QUIT"


def test_the_envelope_goes_in_one_write_only_where_pipelining_is_offered() -> None:
    with Sink() as pipelining:
        run(relay_at(pipelining), send)
    with Sink(extensions=()) as plain:
        run(relay_at(plain), send)

    assert [line[:4] for line in pipelining.batches] == ["MAIL", "RCPT"]
    assert plain.batches == []


def test_a_relay_without_ehlo_is_greeted_with_helo() -> None:
    with Sink({Step.EHLO: Fault(Act.SAY, "500 5.5.1 what?")}) as sink:
        assert run(relay_at(sink), send).code == 250

    assert sink.commands[:2] == ["EHLO [127.0.0.1]", "HELO [127.0.0.1]"]


def test_no_more_connections_are_open_than_allowed_and_everyone_gets_his_turn() -> None:
    async def work(transport: SmtpRelay) -> list[object]:
        return list(await asyncio.gather(*(outcome(transport, number) for number in range(40))))

    with Sink(delay=0.002) as sink:
        assert codes(run(relay_at(sink, connections=3), work)) == [250] * 40

    assert sink.connections == sink.most_open == 3
    assert len({mail.message_id for mail in sink.accepted}) == len(sink.accepted) == 40


def test_those_who_wait_for_a_connection_are_served_in_order() -> None:
    async def work(transport: SmtpRelay) -> None:
        await asyncio.gather(*(send(transport, number) for number in range(10)))

    with Sink() as sink:
        run(relay_at(sink), work)

    assert [mail.message_id for mail in sink.accepted] == [
        f"<{number}@journal.example.cn>" for number in range(10)
    ]


def test_a_connection_carries_no_more_mails_than_set() -> None:
    with Sink() as sink:
        run(relay_at(sink, mails_per_connection=2), send_five)

    assert sink.connections == 3
    assert sink.commands.count("QUIT") == 3


def test_a_connection_idle_for_too_long_is_not_used_again() -> None:
    limits = Timeouts(idle=timedelta(0))
    with Sink() as sink:
        run(relay_at(sink, timeouts=limits), send_five)

    assert sink.connections == 5
    assert sink.most_open == 1


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        (Step.MAIL, Fault(Act.LEAVE, "421 4.4.2 idle for too long", times=1, spare=1)),
        (Step.MAIL, Fault(Act.CLOSE, times=1, spare=1)),
        (Step.MAIL, Fault(Act.RESET, times=1, spare=1)),
        (Step.MAIL, Fault(Act.HANG, times=1, spare=1)),
        (Step.DATA, Fault(Act.CLOSE, times=1, spare=1)),
        (Step.ACCEPTED, Fault(Act.LEAVE, "250 2.0.0 taken", times=1)),
        (Step.ACCEPTED, Fault(Act.TWICE, times=1)),
    ],
    ids=str,
)
def test_a_kept_connection_that_fails_is_replaced_silently(step: Step, fault: Fault) -> None:
    limits = Timeouts(mail=SOON)
    with Sink({step: fault}) as sink:
        assert codes(run(relay_at(sink, timeouts=limits), send_five)) == [250] * 5

    assert sink.connections == 2
    assert len(sink.accepted) == 5


def test_a_relay_that_takes_few_mails_per_connection_gets_them_all() -> None:
    with Sink(mails_per_connection=2) as sink:
        assert codes(run(relay_at(sink), send_five)) == [250] * 5

    assert sink.connections == 3


def test_a_failing_connection_is_replaced_only_once() -> None:
    with Sink({Step.MAIL: Fault(Act.CLOSE, spare=1)}) as sink:
        results = run(relay_at(sink), send_five)

    assert isinstance(results[1], RefusedByRelay)
    assert results[1].reply.code == 421
    assert sink.connections == 1 + 4  # the second mail's first try was on the first connection


def test_a_refused_recipient_leaves_the_connection_good() -> None:
    refusal = "550 5.1.1 用户不存在"
    for extensions in ((), ("PIPELINING",)):
        with Sink(refuse={"gone@example.cn": refusal}, extensions=extensions) as sink:

            async def work(transport: SmtpRelay) -> object:
                with pytest.raises(RefusedByRelay, match=r"550 5\.1\.1 用户不存在"):
                    await send(transport, 1, to="gone@example.cn")
                return await outcome(transport, 2)

            assert codes([run(relay_at(sink), work)]) == [250]

        assert sink.connections == 1
        assert "RSET" in sink.commands
        assert [mail.recipient for mail in sink.accepted] == ["wang.fang@example.cn"]


@pytest.mark.parametrize(
    ("step", "reply", "error"),
    [
        (Step.RCPT, "550 5.1.1 gone", RefusedByRelay),
        (Step.MAIL, "451 4.7.1 later", RefusedByRelay),
        (Step.MAIL, "553 5.7.1 not you", RelayUnavailable),
    ],
)
def test_a_354_without_a_recipient_is_answered_with_a_lone_dot(
    step: Step, reply: str, error: type[Exception]
) -> None:
    async def work(transport: SmtpRelay) -> object:
        with pytest.raises(error, match=reply):
            await transport.begin(envelope())
        return await outcome(transport, 2)

    faults = {step: Fault(Act.SAY, reply, times=1), Step.DATA: Fault(Act.SAY, "354 go", times=1)}
    with Sink(faults) as sink:
        assert codes([run(relay_at(sink), work)]) == [250]

    assert (sink.connections, sink.unfinished) == (1, 0)
    assert [mail.message_id for mail in sink.accepted] == ["<2@journal.example.cn>"]


def test_a_refusal_stands_even_if_the_relay_falls_silent_after_it() -> None:
    async def work(transport: SmtpRelay) -> object:
        with pytest.raises(RefusedByRelay, match="550"):
            await send(transport, 1, to="gone@example.cn")
        return await outcome(transport, 2)

    faults = {Step.DATA: Fault(Act.HANG, times=1)}
    with Sink(faults, refuse={"gone@example.cn": "550 5.1.1 gone"}) as sink:
        assert codes([run(relay_at(sink, timeouts=Timeouts(data=SOON)), work)]) == [250]

    assert sink.connections == 2


def test_a_relay_that_is_closing_is_not_used_again_even_if_it_does_not_close() -> None:
    faults = {Step.DOT: Fault(Act.SAY, "421 4.3.2 closing", times=1)}
    with Sink(faults) as sink:
        assert codes(run(relay_at(sink), send_five)) == [421, 250, 250, 250, 250]

    assert sink.connections == 2


def test_an_abandoned_message_never_gets_its_dot() -> None:
    async def work(transport: SmtpRelay) -> object:
        handover = await transport.begin(envelope())
        await handover.abandon()
        await handover.abandon()
        return await outcome(transport, 2)

    with Sink() as sink:
        assert codes([run(relay_at(sink), work)]) == [250]

    assert (sink.connections, sink.unfinished) == (2, 1)
    assert [mail.message_id for mail in sink.accepted] == ["<2@journal.example.cn>"]


def test_a_handover_ends_once() -> None:
    async def work(transport: SmtpRelay) -> None:
        handover = await transport.begin(envelope())
        await handover.finish(body(1))
        with pytest.raises(RuntimeError):
            await handover.finish(body(1))
        await handover.abandon()

    with Sink() as sink:
        run(relay_at(sink), work)

    assert len(sink.accepted) == 1


@pytest.mark.parametrize(
    "step", [Step.BANNER, Step.EHLO, Step.MAIL, Step.RCPT, Step.DATA, Step.DOT, Step.ACCEPTED]
)
def test_a_cancelled_mail_closes_its_connection_and_frees_its_place(step: Step) -> None:
    async def work(transport: SmtpRelay) -> object:
        task = asyncio.create_task(send(transport, 1))
        while not sink._seen[step]:  # noqa: ASYNC110 - the sink is in another thread
            await asyncio.sleep(0.002)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await outcome(transport, 2)

    with Sink({step: Fault(Act.HANG, times=1)}) as sink:
        assert codes([run(relay_at(sink), work)]) == [250]

    assert (sink.connections, sink.open_now) == (2, 0)
    first = ["<1@journal.example.cn>"] * (step is Step.ACCEPTED)
    assert [mail.message_id for mail in sink.accepted] == [*first, "<2@journal.example.cn>"]


def test_whoever_is_cancelled_while_he_waits_takes_no_place() -> None:
    async def work(transport: SmtpRelay) -> object:
        handover = await transport.begin(envelope())
        waiting = asyncio.create_task(transport.begin(envelope(number=2)))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await handover.finish(body(1))
        return await outcome(transport, 3)

    with Sink() as sink:
        assert codes([run(relay_at(sink), work)]) == [250]

    assert len(sink.accepted) == 2


def test_closing_does_not_wait_for_a_relay_that_does_not_say_goodbye() -> None:
    limits = Timeouts(quit=SOON)
    with Sink({Step.QUIT: Fault(Act.HANG)}) as sink:
        started = time.monotonic()
        run(relay_at(sink, timeouts=limits), send)

    assert time.monotonic() - started < 2


def test_a_mail_on_its_way_when_the_transport_closes_is_finished() -> None:
    async def work(transport: SmtpRelay) -> object:
        handover = await transport.begin(envelope())
        await transport.close()
        reply = await handover.finish(body(1))
        assert transport._idle == []
        return reply

    with Sink() as sink:
        assert codes([run(relay_at(sink), work)]) == [250]

    assert sink.open_now == 0


def test_nobody_listening_is_said_in_one_sentence_and_may_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(
        RelayUnavailable, match=f"^中继 127.0.0.1:{port} 连接不上（拒绝连接）"
    ) as caught:
        run(Relay("127.0.0.1", port, "none"), send)

    assert not caught.value.permanent


def test_a_name_that_can_be_no_hosts_is_said_and_does_not_pass() -> None:
    with pytest.raises(RelayUnavailable, match=r"^中继 a\.\.b:25 的主机名不成立") as caught:
        run(Relay("a..b", 25, "none"), send)

    assert caught.value.permanent


def test_a_host_that_does_not_answer_is_given_up_after_the_connect_limit() -> None:
    limits = Timeouts(connect=SOON)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as filler:
        filler.connect(full.getsockname())  # the only place in the queue
        relay = Relay("127.0.0.1", full.getsockname()[1], "none", timeouts=limits)
        with pytest.raises(RelayUnavailable, match=r"连接超过 0\.2 秒没有完成"):
            run(relay, send)


def test_a_relay_knows_nothing_about_earlier_mails() -> None:
    async def work(transport: SmtpRelay) -> Evidence:
        return await transport.evidence("<1@journal.example.cn>")

    assert run(Relay("127.0.0.1"), work) is Evidence.UNKNOWN
