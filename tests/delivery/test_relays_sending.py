"""The sender with several relays: one that is dead burns no attempt and stops nobody else."""

import socket
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from factories import LONG_AGO, deliveries, finish, make_run, make_sender, mismatches, tally
from runs import relay_settings
from sink import Act, Fault, Sink, Step
from sqlalchemy import update

from distribution.app import App, open_app
from distribution.delivery import Pumped, RelayUnavailable
from distribution.models import Delivery
from distribution.transports import Relay, Relays, Standing

READERS = ("a@qq.com", "b@qq.com", "c@fenhe.example", "d@fenhe.example")


def relay(port: int, name: str = "relay", lanes: frozenset[str] = frozenset()) -> Standing:
    return Standing(Relay("127.0.0.1", port, "none", name=name, lanes=lanes, connections=3))


def pump(app: App, *standings: Standing) -> Pumped:
    sender = make_sender(app, lambda: Relays(standings), connections=3)
    return sender.pump(timedelta(minutes=1))


def rest_is_over(*standings: Standing) -> None:
    for standing in standings:
        standing.circuit._resting_until = 0


def due_again(app: App) -> None:
    with app.transaction() as session:
        session.execute(update(Delivery).values(next_attempt_at=LONG_AGO))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def attempts(app: App, run_id: int) -> set[int]:
    return {row.attempts for row in deliveries(app, run_id).values()}


def test_lanes_whose_relays_rest_wait_untried_while_the_others_go_on(app: App) -> None:
    run_id = make_run(app, READERS)
    with Sink() as tencent:
        dead = relay(free_port())
        pumped = pump(app, dead, relay(tencent.port, "t", frozenset({"qq"})))

    rows = deliveries(app, run_id)
    assert pumped.trouble is None
    assert {mail.recipient for mail in tencent.accepted} == {"a@qq.com", "b@qq.com"}
    assert tally(app, run_id) == {"accepted": 2, "planned": 2}
    assert [rows[name].attempts for name in READERS] == [1, 1, 0, 0]


def test_a_dead_first_relay_costs_no_attempt_and_no_second_copy(app: App) -> None:
    run_id = make_run(app, 12)
    with Sink() as second:
        pump(app, relay(free_port(), "dead"), relay(second.port, "second"))

    assert tally(app, run_id) == {"accepted": 12}
    assert set(Counter(mail.recipient for mail in second.accepted).values()) == {1}
    assert attempts(app, run_id) == {1}
    assert finish(app) == {run_id: []}


@pytest.mark.parametrize("act", [Act.CLOSE, Act.LEAVE])
def test_all_relays_dead_and_back_again(app: App, act: Act) -> None:
    run_id = make_run(app, 6)
    fault = Fault(act, "421 4.3.2 not now", times=6)
    with Sink({Step.BANNER: fault}) as one, Sink({Step.BANNER: fault}) as two:
        standings = relay(one.port, "one"), relay(two.port, "two")
        for _ in range(2):
            assert pump(app, *standings).trouble is not None
        assert attempts(app, run_id) == {0}
        assert one.connections <= 3  # while it rests nobody knocks
        one.faults.clear()
        rest_is_over(*standings)
        due_again(app)
        pump(app, *standings)

    assert tally(app, run_id) == {"accepted": 6}
    assert len(one.accepted) + len(two.accepted) == 6
    assert attempts(app, run_id) == {1}
    assert mismatches(app, run_id) == []


def test_mails_that_no_relay_can_serve_now_are_not_even_leased(app: App) -> None:
    readers = [f"r{number}@d{number}.example" for number in range(30)] + ["a@qq.com", "b@qq.com"]
    run_id = make_run(app, readers)
    with Sink() as tencent:
        dead, open_ = relay(free_port()), relay(tencent.port, "t", frozenset({"qq"}))
        dead.circuit.failed(RelayUnavailable("中继不应答", permanent=False), time.monotonic(), 0.5)
        sender = make_sender(app, lambda: Relays((dead, open_)), batch_size=4)
        pumped = sender.pump(timedelta(minutes=1))

    assert (pumped.tried, pumped.accepted) == (2, 2)
    assert tally(app, run_id) == {"accepted": 2, "planned": 30}


def test_the_ledger_knows_which_relay_a_mail_was_handed_to(app: App) -> None:
    run_id = make_run(app, READERS)
    with Sink() as tencent, Sink() as usual:
        standings = relay(usual.port), relay(tencent.port, "t", frozenset({"qq"}))
        pump(app, *standings)

    rows = deliveries(app, run_id)
    usual_name, tencent_name = (standing.identity for standing in standings)
    assert [rows[name].relay for name in READERS] == [tencent_name] * 2 + [usual_name] * 2


def test_what_a_process_knows_of_its_relays_outlives_a_stint(
    environment: dict[str, str],
) -> None:
    file = Path(environment["DISTRIBUTION_HOME"], "relays.toml")
    with Sink() as sink:
        file.write_text(
            f'[dead]\nhost = "127.0.0.1"\nport = {free_port()}\nsecurity = "none"\n'
            f'connections = 2\n[alive]\nhost = "127.0.0.1"\nport = {sink.port}\n'
            'security = "none"\nconnections = 3\n',
            encoding="utf-8",
        )
        settings = relay_settings(sink)
        kept = {name: value for name, value in settings.items() if "_SMTP_" not in name}
        app = open_app(environment | kept)
        make_run(app, 4)
        app.sender.pump(timedelta(minutes=1))
        trouble = app._standings[0].circuit.trouble
        app.sender.pump(timedelta(minutes=1))

    assert app.connections == 5
    assert len(sink.accepted) == 4
    assert trouble is not None
    assert app._standings[0].circuit.trouble is trouble
    app.engine.dispose()
