"""The circuit breaker and the number of connections, by a clock of the test's own."""

import logging

import pytest

from distribution.delivery import RelayUnavailable
from distribution.transports.circuit import Circuit, Width

AWAY = RelayUnavailable("中继不应答", permanent=False)
MIDDLE = 0.5


def rests(circuit: Circuit, times: int) -> list[float]:
    """How long it rests after each of so many failed probes."""
    found, now = [], 0.0
    for _ in range(times):
        circuit.failed(AWAY, now, MIDDLE)
        found.append(circuit.wait(now))
        now += found[-1]
        assert circuit.admit(now) is None
    return found


def test_rests_double_up_to_five_minutes() -> None:
    assert rests(Circuit("r"), 8) == [5, 10, 20, 40, 80, 160, 300, 300]


def test_what_fails_during_a_rest_does_not_make_it_longer() -> None:
    circuit = Circuit("r")
    for now in (0, 0.1, 0.2, 3):
        circuit.failed(AWAY, now, MIDDLE)

    assert circuit.wait(3) == 2
    assert circuit.admit(5) is None
    assert circuit.admit(5) is False


def test_success_forgets_all_failures() -> None:
    circuit = Circuit("r")
    rests(circuit, 5)
    circuit.worked()

    assert circuit.admit(0) is True
    assert rests(circuit, 1) == [5]


def test_the_rest_is_spread_by_chance() -> None:
    early, late = Circuit("r"), Circuit("r")
    early.failed(AWAY, 0, 0.0)
    late.failed(AWAY, 0, 0.999)

    assert early.wait(0) == 4
    assert 5.9 < late.wait(0) < 6


def test_a_probe_whose_end_nobody_tells_is_repeated_in_the_end() -> None:
    circuit = Circuit("r")
    circuit.failed(AWAY, 0, MIDDLE)

    assert circuit.admit(10) is None
    assert circuit.admit(100) is False
    assert circuit.admit(2000) is None


def test_a_change_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    circuit = Circuit("main")
    rests(circuit, 3)
    circuit.worked()
    circuit.worked()

    assert [record.getMessage() for record in caplog.records] == [
        "relay main rests: 中继不应答",
        "relay main works again",
    ]


def test_fewer_connections_become_more_again_one_by_one() -> None:
    width = Width(8)
    width.narrow(3, 100)

    assert [width.at(now) for now in (100, 159, 160, 161, 220, 10_000)] == [3, 3, 4, 4, 5, 6]
    width.restore()
    assert width.at(10_000) == 8


def test_one_connection_is_always_left() -> None:
    width = Width(2)
    width.narrow(0, 0)
    assert width.at(0) == 1
