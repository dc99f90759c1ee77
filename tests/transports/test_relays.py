"""Several relays: who gets which mail, who takes over, and how one that errs is left alone."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from mails import BODY, body, envelope, relay_at
from sink import Act, Fault, Sink, Step

from distribution.delivery import (
    Envelope,
    OutcomeUnknown,
    RefusedByRelay,
    RelayUnavailable,
    Reply,
    TransportError,
)
from distribution.transports import Relay, Relays, Standing


def nowhere() -> Relay:
    """A relay at a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return Relay("127.0.0.1", probe.getsockname()[1], "none", name="dead")


def run(relays: Sequence[Relay], work: Callable[[Relays], Awaitable[Any]]) -> Any:  # noqa: ANN401 - of work
    return run_again([Standing(relay) for relay in relays], work)


def run_again(standings: Sequence[Standing], work: Callable[[Relays], Awaitable[Any]]) -> Any:  # noqa: ANN401
    """As another stint of the same process."""

    async def all_of_it() -> object:
        transport = Relays(standings)
        try:
            return await work(transport)
        finally:
            await transport.close()

    return asyncio.run(all_of_it())


async def send(relays: Relays, number: int = 1, lane: str = "") -> Reply:
    to = envelope(number=number)
    handover = await relays.begin(Envelope(to.sender, to.recipient, to.message_id, lane))
    return await handover.finish(body(number))


async def outcome(relays: Relays, number: int = 1, lane: str = "") -> Reply | TransportError:
    try:
        return await send(relays, number, lane)
    except TransportError as error:
        return error


def rest_is_over(standing: Standing) -> None:
    standing.circuit._resting_until = 0


def ids(sink: Sink) -> list[str]:
    return [mail.message_id for mail in sink.accepted]


def test_each_lane_goes_to_its_relay_and_the_others_to_the_rest() -> None:
    async def work(relays: Relays) -> None:
        for number, lane in enumerate(("qq", "netease", "fenhe.example", "")):
            await send(relays, number, lane)

    with Sink() as tencent, Sink() as usual:
        run([relay_at(usual), relay_at(tencent, name="t", lanes=frozenset({"qq"}))], work)

    assert ids(tencent) == ["<0@journal.example.cn>"]
    assert len(usual.accepted) == 3


def test_a_hand_over_tells_which_relay_it_is() -> None:
    async def work(relays: Relays) -> str:
        handover = await relays.begin(envelope())
        await handover.abandon()
        return handover.relay

    with Sink() as sink:
        relay = relay_at(sink, name="main")
        assert run([relay], work) == relay.identity
    assert relay.identity.startswith("main@")  # the one on this host's loopback
    assert Relay("smtp.example.com", name="main").identity == "main"


def test_a_dead_relay_is_relieved_and_nobody_gets_a_mail_twice() -> None:
    async def work(relays: Relays) -> list[Reply]:
        return [await send(relays, number) for number in range(5)]

    dead = Standing(nowhere())
    with Sink() as second:
        replies = run_again([dead, Standing(relay_at(second))], work)

    assert [reply.code for reply in replies] == [250] * 5
    assert ids(second) == [f"<{number}@journal.example.cn>" for number in range(5)]
    assert dead.circuit.trouble is not None


def test_a_lost_reply_is_in_doubt_and_goes_to_no_other_relay() -> None:
    async def work(relays: Relays) -> None:
        with pytest.raises(OutcomeUnknown):
            await send(relays)

    with Sink({Step.ACCEPTED: Fault(Act.CLOSE)}) as first, Sink() as second:
        run([relay_at(first), relay_at(second)], work)

    assert (len(first.accepted), second.connections) == (1, 0)


def test_a_resting_relay_is_not_asked_until_one_mail_probes_it() -> None:
    async def four(relays: Relays) -> list[object]:
        return list(await asyncio.gather(*(outcome(relays, number) for number in range(4))))

    faults = {Step.BANNER: Fault(Act.LEAVE, "421 4.3.2 not now", times=1)}
    with Sink(faults) as sink:
        standing = Standing(relay_at(sink, connections=4))

        async def first(relays: Relays) -> None:
            assert isinstance(await outcome(relays), RelayUnavailable)
            assert isinstance(await outcome(relays), RelayUnavailable)

        run_again([standing], first)
        assert sink.connections == 1

        rest_is_over(standing)
        assert [getattr(end, "code", 0) for end in run_again([standing], four)] == [250] * 4

    assert standing.circuit.trouble is None
    assert len(sink.accepted) == 4


def test_a_failed_probe_makes_the_rest_longer_and_only_one_mail_probes() -> None:
    async def four(relays: Relays) -> list[object]:
        return list(await asyncio.gather(*(outcome(relays, number) for number in range(4))))

    with Sink({Step.BANNER: Fault(Act.LEAVE, "421 4.3.2 not now")}) as sink:
        standing = Standing(relay_at(sink, connections=4))
        run_again([standing], outcome)
        first = standing.circuit.wait(time.monotonic())
        rest_is_over(standing)
        ends = run_again([standing], four)
        second = standing.circuit.wait(time.monotonic())

    assert sink.connections == 2
    assert all(isinstance(end, RelayUnavailable) for end in ends)
    assert 0 < first < 6.1
    assert second > 7.9


def test_a_wrong_password_rests_longest_and_is_said_to_be_permanent() -> None:
    with Sink(users={"editor": "right"}) as sink:
        standing = Standing(relay_at(sink, username="editor", password="wrong"))
        end = run_again([standing], outcome)

    assert isinstance(end, RelayUnavailable)
    assert end.permanent
    assert end.wait.total_seconds() > 200


def test_when_all_relays_of_a_lane_rest_the_others_go_on() -> None:
    async def work(relays: Relays) -> tuple[object, object, frozenset[str] | None]:
        qq, other = await outcome(relays, 1, "qq"), await outcome(relays, 2, "netease")
        return qq, other, relays.open_lanes()

    with Sink() as sink:
        relays = [nowhere(), relay_at(sink, name="t", lanes=frozenset({"qq"}))]
        qq, other, open_lanes = run(relays, work)

    assert getattr(qq, "code", qq) == 250
    assert isinstance(other, RelayUnavailable)
    assert other.others_go_on
    assert 0 < other.wait.total_seconds() < 7
    assert open_lanes == {"qq"}


def test_when_all_rest_nothing_else_is_promised() -> None:
    async def work(relays: Relays) -> tuple[object, frozenset[str] | None]:
        return await outcome(relays), relays.open_lanes()

    end, open_lanes = run([nowhere(), nowhere()], work)

    assert isinstance(end, RelayUnavailable)
    assert not end.others_go_on
    assert str(end).count("连接不上") == 2
    assert open_lanes is None


def test_a_relay_that_allows_fewer_connections_keeps_those_and_does_not_rest() -> None:
    async def work(relays: Relays) -> list[object]:
        return list(await asyncio.gather(*(outcome(relays, number) for number in range(24))))

    crowd = Fault(Act.LEAVE, "421 4.7.0 Error: too many connections", spare=3)
    with Sink({Step.BANNER: crowd}, delay=0.002) as sink:
        standing = Standing(relay_at(sink, connections=8))
        ends = run_again([standing], work)

    assert [getattr(end, "code", end) for end in ends] == [250] * 24
    assert standing.circuit.trouble is None
    assert standing.width.at(0) == 3
    assert len(set(ids(sink))) == len(sink.accepted) == 24


def test_a_relay_that_hangs_up_on_every_mail_rests_after_the_third() -> None:
    async def work(relays: Relays) -> list[object]:
        return [await outcome(relays, number) for number in range(6)]

    with Sink({Step.MAIL: Fault(Act.LEAVE, "421 4.7.0 go away")}) as sink:
        ends = run([relay_at(sink)], work)

    assert [type(end) for end in ends] == [RefusedByRelay] * 3 + [RelayUnavailable] * 3
    assert sink.connections == 3


def test_refusals_between_lost_connections_show_that_the_relay_works() -> None:
    async def work(relays: Relays) -> list[object]:
        return [await outcome(relays, number) for number in range(6)]

    faults = {Step.MAIL: Fault(Act.LEAVE, "421 4.7.0 go away", spare=1, times=2)}
    with Sink(faults, refuse={"wang.fang@example.cn": "550 5.1.1 gone"}) as sink:
        standing = Standing(relay_at(sink))
        ends = run_again([standing], work)

    assert standing.circuit.trouble is None
    assert all(isinstance(end, RefusedByRelay) for end in ends)


def test_a_cancelled_mail_frees_its_place_and_its_probe() -> None:
    async def work(relays: Relays) -> Reply:
        task = asyncio.create_task(send(relays))
        while not sink._seen[Step.BANNER]:  # noqa: ASYNC110 - the sink is in another thread
            await asyncio.sleep(0.002)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await send(relays, 2)

    with Sink({Step.BANNER: Fault(Act.HANG, times=1)}) as sink:
        standing = Standing(relay_at(sink))
        standing.circuit.failed(RelayUnavailable("中继不应答", permanent=False), 0, 0)
        rest_is_over(standing)
        assert run_again([standing], work).code == 250


def test_an_abandoned_mail_frees_its_place() -> None:
    async def work(relays: Relays) -> Reply:
        handover = await relays.begin(envelope())
        await handover.abandon()
        await handover.abandon()
        return await send(relays, 2)

    with Sink() as sink:
        assert run([relay_at(sink)], work).code == 250


def test_a_probe_need_not_wait_for_a_mail_that_hangs() -> None:
    async def work(relays: Relays) -> Reply:
        hanging = await relays.begin(envelope())
        standing.circuit.failed(RelayUnavailable("中继不应答", permanent=False), 0, 0)
        for line in relays._lines:
            line._before = line._places.taken
        rest_is_over(standing)
        reply = await asyncio.wait_for(send(relays, 2), 5)
        await hanging.finish(BODY)
        return reply

    with Sink() as sink:
        standing = Standing(relay_at(sink, connections=2))
        assert run_again([standing], work).code == 250


def test_mails_are_spread_over_the_time_where_there_is_a_rate() -> None:
    async def work(relays: Relays) -> float:
        began = time.monotonic()
        await asyncio.gather(*(send(relays, number) for number in range(5)))
        return time.monotonic() - began

    with Sink() as sink:
        took = run([relay_at(sink, connections=4, rate=50)], work)

    assert took > 3 / 50  # the first one goes at once


def test_a_bad_envelope_says_nothing_about_the_relay() -> None:
    async def work(relays: Relays) -> None:
        with pytest.raises(RelayUnavailable, match="退信地址") as caught:
            await relays.begin(Envelope("a@b> x", "wang.fang@example.cn", "<1@example.cn>"))
        assert (caught.value.permanent, caught.value.others_go_on) == (True, False)

    with Sink() as sink:
        standing = Standing(relay_at(sink))
        run_again([standing], work)
    assert standing.circuit.trouble is None
