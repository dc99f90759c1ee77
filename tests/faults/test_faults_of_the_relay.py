"""F6: every step of the conversation times every misbehaviour, as the ledger sees it.

All cells of the table are sent at once, each to a relay of its own; afterwards the relays behave,
and what may be sent is sent again.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from databases import only_sqlite
from scene import Scene, scene_of
from sink import Accepted, Act, Fault, Sink, Step

from distribution.delivery import Envelope, Evidence, RelayUnavailable
from distribution.transports import Relay, SmtpRelay, Timeouts
from distribution.transports.smtp import SmtpHandover
from distribution.words import DeliveryState as S

ACTS = {
    "FIN": Fault(Act.CLOSE),
    "RST": Fault(Act.RESET),
    "421": Fault(Act.LEAVE, "421 4.3.2 closing"),
    "4xx": Fault(Act.SAY, "451 4.7.1 later"),
    "5xx": Fault(Act.SAY, "554 5.7.1 no"),
    "garbage": Fault(Act.GARBAGE),
    "10 KB": Fault(Act.LONG_LINE),
    "lines": Fault(Act.LINES),
    "twice": Fault(Act.TWICE),
    "tarpit": Fault(Act.SLOW),
    "hang": Fault(Act.HANG),
}

TABLE = {
    #               FIN RST 421 4xx 5xx garbage 10KB lines twice tarpit hang
    Step.BANNER:   "P   P   P   P   P   P       P    A     P     P      P",
    Step.EHLO:     "P   P   P   P   A   P       P    A     D     P      P",
    Step.STARTTLS: "P   P   P   P   P   P       P    A     P     P      P",
    Step.AUTH:     "P   P   P   P   P   P       P    A     D     P      P",
    Step.MAIL:     "D   D   D   D   P   D       D    A     D     D      D",
    Step.RCPT:     "D   D   D   D   F   D       D    A     D     D      D",
    Step.DATA:     "D   D   D   D   F   D       D    A     D     D      D",
    Step.BODY:     "Q   Q   D   D   F   Q       Q    -     -     -      Q",
    Step.DOT:      "Q   Q   D   D   F   Q       Q    -     -     -      Q",
    Step.ACCEPTED: "Q   Q   -   -   -   Q       Q    A     A     Q      Q",
    Step.QUIT:     "A   A   A   A   A   A       A    A     A     A      A",
}  # fmt: skip
"""The next state: Planned (given back, costs no attempt), Deferred, Failed, in doubt (Q), Accepted.

"-": a relay that lies, says yes and took nothing, or no and took it: nobody can help that.
"""
STATES = {"P": S.PLANNED, "D": S.DEFERRED, "F": S.FAILED, "Q": S.IN_DOUBT, "A": S.ACCEPTED}
LIMIT_OF = {
    Step.EHLO: "hello", Step.STARTTLS: "hello", Step.AUTH: "hello",
    Step.BODY: "dot", Step.ACCEPTED: "dot",
}  # fmt: skip
SHORT = timedelta(seconds=0.3)


@dataclass(frozen=True)
class Cell:
    """One reader, the relay his mail goes to, and what is to become of it."""

    recipient: str
    relay: Relay
    next_state: S
    step: Step | None = None

    @property
    def copies(self) -> int:
        """That the relay has in the end."""
        if self.next_state is S.IN_DOUBT:
            return int(self.step is Step.ACCEPTED)
        return int(self.next_state is not S.FAILED)


class Switchboard:
    """A transport that gives every mail to the relay of its own reader."""

    def __init__(self, relays: Mapping[str, Relay]) -> None:
        self._relays = {recipient: SmtpRelay(relay) for recipient, relay in relays.items()}

    async def begin(self, envelope: Envelope) -> SmtpHandover:
        try:
            return await self._relays[envelope.recipient].begin(envelope)
        except RelayUnavailable as away:
            raise RelayUnavailable(str(away), permanent=False, others_go_on=True) from away

    def open_lanes(self) -> None:
        """All of them."""

    async def evidence(self, _message_id: str) -> Evidence:
        return Evidence.UNKNOWN

    async def close(self) -> None:
        await asyncio.gather(*(relay.close() for relay in self._relays.values()))


class Sinks:
    """Many relays in one event loop."""

    host, port = "127.0.0.1", 25

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = sinks

    @property
    def accepted(self) -> list[Accepted]:
        """The accept logs of all."""
        return [mail for sink in self._sinks for mail in sink.accepted]

    @contextmanager
    def serving(self) -> Iterator[None]:
        async def serve() -> None:
            await asyncio.gather(*(sink._serve() for sink in self._sinks))

        thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
        thread.start()
        for sink in self._sinks:
            assert sink._ready.wait(10)
        try:
            yield
        finally:
            for sink in self._sinks:
                sink._loop.call_soon_threadsafe(sink._stop.set)
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Whom the sender trusts; the relays' certificate lies beside."""
    signer = trustme.CA()
    signer.cert_pem.write_to_path(tmp_path / "ca.pem")
    signer.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        tmp_path / "relay.pem"
    )
    return tmp_path / "ca.pem"


def sinks_of(extensions: tuple[str, ...], authority: Path) -> dict[tuple[Step, str], Sink]:
    """A relay for every cell, that misbehaves once."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority.with_name("relay.pem"))
    return {
        (step, act): Sink(
            {step: replace(ACTS[act], times=1)},
            extensions=extensions,
            tls=context if step is Step.STARTTLS else None,
            users={"us": "secret"} if step is Step.AUTH else None,
        )
        for step, row in TABLE.items()
        for act, letter in zip(ACTS, row.split(), strict=True)
        if letter != "-"
    }


def cells_of(sinks: Mapping[tuple[Step, str], Sink], authority: Path) -> list[Cell]:
    """What is expected of each; only the step at hand is hurried, for the machine may be busy."""
    cells = []
    for (step, act), sink in sinks.items():
        relay = Relay(sink.host, sink.port, security="none", timeouts=Timeouts(quit=SHORT))
        if step is Step.STARTTLS:
            relay = replace(relay, security="starttls", ca_file=authority)
        if step is Step.AUTH:
            relay = replace(relay, username="us", password="secret")
        if act in ("tarpit", "hang"):
            limit = {LIMIT_OF.get(step, step.name.lower()): SHORT}
            relay = replace(relay, timeouts=replace(relay.timeouts, **limit))
        letter = TABLE[step].split()[list(ACTS).index(act)]
        name = f"reader@{step.name.lower()}-{act.replace(' ', '').lower()}.example"
        cells.append(Cell(name, relay, STATES[letter], step))
    return cells


@contextmanager
def nobody_there() -> Iterator[list[Cell]]:
    """Where nothing listens, and where nobody is let in."""
    with socket.socket() as deaf, socket.socket() as full:
        deaf.bind(("127.0.0.1", 0))
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        yield [
            Cell(
                f"reader@connect-{what}.example",
                Relay("127.0.0.1", place.getsockname()[1], timeouts=Timeouts(connect=SHORT)),
                S.PLANNED,
            )
            for what, place in (("refused", deaf), ("hang", full))
        ]
        for one in waiting:
            one.close()


def send(here: Scene, relays: Mapping[str, Relay]) -> None:
    """Offer everything that is due to its relay, all at the same time."""
    sender = here.app.sender
    sender.open_transport = lambda: Switchboard(relays)
    sender.pace = replace(sender.pace, connections=200, batch_size=200, heeded=False)
    assert here.pump().trouble is None


@only_sqlite
@pytest.mark.parametrize("extensions", [("PIPELINING",), ()], ids=["pipelining", "one by one"])
def test_each_cell_has_its_next_state_and_sends_nobody_two(
    environment: dict[str, str], authority: Path, extensions: tuple[str, ...]
) -> None:
    sinks, spare = sinks_of(extensions, authority), Sink()
    relays = Sinks([*sinks.values(), spare])
    with relays.serving(), nobody_there() as unreachable:
        reached = cells_of(sinks, authority)
        cells = [*reached, *unreachable]
        with scene_of(environment, relays, [cell.recipient for cell in cells]) as here:
            send(here, {cell.recipient: cell.relay for cell in cells})
            assert here.states() == {cell.recipient: cell.next_state for cell in cells}

            here.waits_are_over()
            patient = {one.recipient: replace(one.relay, timeouts=Timeouts()) for one in reached}
            elsewhere = Relay(spare.host, spare.port, security="none")
            send(here, patient | {one.recipient: elsewhere for one in unreachable})
            copies = here.copies()
            assert {cell.recipient: copies[cell.recipient] for cell in cells} == {
                cell.recipient: cell.copies for cell in cells
            }
            here.assert_nobody_twice_nobody_missed()
