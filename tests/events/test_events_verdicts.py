"""Who opened or clicked: the rules, and the agents they know."""

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from distribution import events
from distribution.events import Client
from distribution.events.verdicts import machine_of, verdict
from distribution.words import Verdict

AGENTS = tomllib.loads(Path(events.__file__).with_name("agents.toml").read_text(encoding="utf-8"))[
    "agent"
]

PEOPLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (Linux; Android 14; V2309A) Chrome/116.0 Mobile MicroMessenger/8.0.50 Language/zh",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X18) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile",
    "Mozilla/5.0 (Windows NT 6.1) Chrome/109.0 Safari/537.36 Foxmail 7.2.25",
    "Mozilla/5.0 (Windows NT 10.0; rv:115.0) Gecko/20100101 Thunderbird/115.4.1",
    "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
    "Mozilla/5.0 (Windows NT 10.0) Chrome/116.0 Safari/537.36 360SE",
    "okhttp/4.9.3",
    "Dalvik/2.1.0 (Linux; U; Android 13)",
)


def client(agent: str = PEOPLE[0], method: str = "GET", *, prefetch: bool = False) -> Client:
    return Client(agent, method, prefetch)


@pytest.mark.parametrize("entry", AGENTS, ids=lambda entry: entry["code"])
def test_every_agent_of_the_list_is_known_by_its_example(entry: dict[str, str]) -> None:
    assert machine_of(entry["example"]) == entry["code"]
    _, rule = verdict(client(entry["example"]), timedelta(hours=1))
    assert rule == f"agent:{entry['code']}"
    assert rule.isascii()
    assert len(rule) <= 40


@pytest.mark.parametrize("agent", PEOPLE)
def test_what_people_use_is_on_no_list(agent: str) -> None:
    assert verdict(client(agent), timedelta(hours=1)) == (Verdict.HUMAN, "nothing-against")


@pytest.mark.parametrize(
    "agent",
    [
        "curl/8.5.0",
        "Wget/1.21.4",
        "Python/3.12 aiohttp/3.9.5",
        "Go-http-client/2.0",
        "Java/17.0.9",
        "Apache-HttpClient/4.5.14 (Java/17.0.9)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "WhatsApp/2.23.20",
    ],
)
def test_programs_are_no_people(agent: str) -> None:
    assert verdict(client(agent), timedelta(hours=1))[0] is Verdict.MACHINE


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, Verdict.MACHINE),
        (1.9, Verdict.MACHINE),
        (2, Verdict.UNKNOWN),
        (9.9, Verdict.UNKNOWN),
        (10, Verdict.HUMAN),
        (None, Verdict.HUMAN),
    ],
)
def test_nobody_reads_before_the_mail_is_there(seconds: float | None, expected: Verdict) -> None:
    since = None if seconds is None else timedelta(seconds=seconds)
    assert verdict(client(), since)[0] is expected


def test_head_and_prefetch_are_machines() -> None:
    hour = timedelta(hours=1)
    assert verdict(client(method="HEAD"), hour) == (Verdict.MACHINE, "head")
    assert verdict(client(prefetch=True), hour) == (Verdict.MACHINE, "prefetch")


def test_who_does_not_name_himself_is_not_called_a_reader() -> None:
    assert verdict(client(""), timedelta(hours=1)) == (Verdict.UNKNOWN, "no-agent")
