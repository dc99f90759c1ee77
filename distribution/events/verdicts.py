"""Judges who opened or clicked: a person, or one of the machines that read mail before him.

The agents of machines stand in `agents.toml`: data, so that an admin can read them.
"""

import re
import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path

from distribution.events.requests import Client
from distribution.words import Verdict

TOO_SOON = timedelta(seconds=2)
"""Nobody reads that fast: a scanner looks before, or just after, the relay has answered."""
SOON = timedelta(seconds=10)


def verdict(client: Client, since_accepted: timedelta | None) -> tuple[Verdict, str]:
    """Judge one open or click; gives the rule that spoke, at most 40 ASCII characters.

    `since_accepted` is None where it is not known since when the mail could be read.

    >>> browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36"
    >>> verdict(Client(browser, "GET", prefetch=False), timedelta(minutes=3))
    (<Verdict.HUMAN: 'human'>, 'nothing-against')
    >>> verdict(Client(browser, "GET", prefetch=False), timedelta(seconds=1))
    (<Verdict.MACHINE: 'machine'>, 'too-soon')
    >>> verdict(Client("curl/8.5.0", "GET", prefetch=False), None)
    (<Verdict.MACHINE: 'machine'>, 'agent:library')
    """
    shape = _machine_by_shape(client)
    if shape is not None:
        return Verdict.MACHINE, shape
    if since_accepted is not None and since_accepted < TOO_SOON:
        return Verdict.MACHINE, "too-soon"
    if since_accepted is not None and since_accepted < SOON:
        return Verdict.UNKNOWN, "soon"
    if not client.agent:  # every browser and mail program names itself
        return Verdict.UNKNOWN, "no-agent"
    return Verdict.HUMAN, "nothing-against"


def _machine_by_shape(client: Client) -> str | None:
    if client.method == "HEAD":
        return "head"
    if client.prefetch:
        return "prefetch"
    machine = machine_of(client.agent)
    return None if machine is None else f"agent:{machine}"


def machine_of(agent: str) -> str | None:
    """The code of the machine that bears this User-Agent, or None.

    >>> machine_of("Mozilla/5.0"), machine_of("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac)")
    ('apple-privacy', None)
    """
    return next((code for code, says in _agents() if says.search(agent)), None)


@cache
def _agents() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = Path(__file__).with_name("agents.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["agent"]
    return tuple((entry["code"], re.compile(entry["says"], re.IGNORECASE)) for entry in entries)
