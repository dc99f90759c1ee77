"""The labelled set: of machines nearly all are found, of people nearly nobody is lost."""

import labelled_sessions
import pytest
from verdict_table import rows


@pytest.mark.parametrize("seed", [9, 2026, 31337])
def test_machines_are_found_and_people_are_not_lost(seed: int) -> None:
    table = rows(labelled_sessions.make(seed))
    machines = [row for row in table if not row.person]
    people = [row for row in table if row.person]
    assert sum(row.sessions for row in table) >= 500
    assert sum(row.machine for row in machines) >= 0.95 * sum(row.sessions for row in machines)
    assert sum(row.machine for row in people) <= 0.03 * sum(row.sessions for row in people)
