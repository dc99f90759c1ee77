"""The drill: workers killed again and again, and a count of what their readers got.

An installation of its own, with made-up readers and a relay of its own on this machine, whose
accept log is the only judge of who got how many copies.
"""

from distribution.drill.driving import Plan, Stuck, drill
from distribution.drill.ground import HERE, USUAL, NotEmpty, Stopped, Times
from distribution.drill.judging import Verdict, judge
from distribution.drill.outcome import Outcome
from distribution.drill.seat import WorkerFailed
from distribution.drill.sink import Mishap, Sink

__all__ = [
    "HERE",
    "USUAL",
    "Mishap",
    "NotEmpty",
    "Outcome",
    "Plan",
    "Sink",
    "Stopped",
    "Stuck",
    "Times",
    "Verdict",
    "WorkerFailed",
    "drill",
    "judge",
]
