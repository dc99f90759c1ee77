"""Who opened or clicked: the rules on each request by itself, and the lists they know."""

import tomllib
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from distribution import events
from distribution.events import Client, Request
from distribution.events.classes import (
    OTHER,
    agent_class,
    kind_of,
    machines,
    network_class,
    showed,
)
from distribution.events.verdicts import Act, by_itself
from distribution.links import Use
from distribution.words import Signal, Verdict

FOLDER = Path(events.__file__).parent
LISTED = tomllib.loads((FOLDER / "agents.toml").read_text(encoding="utf-8"))
NETWORKS = tomllib.loads((FOLDER / "networks.toml").read_text(encoding="utf-8"))["network"]
NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

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


def act(
    agent: str = PEOPLE[0],
    *,
    since: timedelta | None = HOUR,
    signal: Signal = Signal.CLICK,
    network: str = "192.0.2.0/24",
    shown: str = "",
) -> Act:
    """One act of a mail."""
    kinds = agent_class(agent), network_class(network)
    return Act(1, 7, signal, 3, NOON, shown, *kinds, network, since)


@pytest.mark.parametrize("entry", LISTED["agent"], ids=lambda entry: entry["code"])
def test_every_machine_of_the_list_is_known_by_its_example(entry: dict[str, str]) -> None:
    assert agent_class(entry["example"]) == entry["code"]
    rule = f"agent:{entry['code']}"
    assert by_itself(act(entry["example"])) == (Verdict.MACHINE, rule)
    assert rule.isascii()
    assert len(rule) <= 40


@pytest.mark.parametrize("entry", LISTED["reader"], ids=lambda entry: entry["code"])
def test_every_program_of_readers_is_known_by_its_example(entry: dict[str, str]) -> None:
    assert agent_class(entry["example"]) == entry["code"]
    assert by_itself(act(entry["example"])) == (Verdict.HUMAN, "nothing-against")


def test_no_code_is_longer_than_its_column_and_none_stands_twice() -> None:
    codes = [entry["code"] for entry in (*LISTED["agent"], *LISTED["reader"], *NETWORKS)]
    assert all(code.isascii() and 0 < len(code) <= 30 for code in codes)
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("agent", PEOPLE)
def test_what_people_use_is_no_machine(agent: str) -> None:
    assert agent_class(agent) not in machines() | {OTHER}
    assert by_itself(act(agent)) == (Verdict.HUMAN, "nothing-against")


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
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/63.0 DingTalkBot-LinkService/1.0",
        "WhatsApp/2.23.20",
    ],
)
def test_programs_are_no_people(agent: str) -> None:
    assert by_itself(act(agent))[0] is Verdict.MACHINE


@pytest.mark.parametrize(
    ("signal", "seconds", "expected"),
    [
        (Signal.CLICK, -5, Verdict.MACHINE),
        (Signal.CLICK, 4.9, Verdict.MACHINE),
        (Signal.CLICK, 5, Verdict.UNKNOWN),
        (Signal.CLICK, 9.9, Verdict.UNKNOWN),
        (Signal.CLICK, 10, Verdict.HUMAN),
        (Signal.CLICK, None, Verdict.HUMAN),
        (Signal.OPEN, 1.9, Verdict.MACHINE),
        (Signal.OPEN, 2, Verdict.UNKNOWN),
        (Signal.OPEN, 10, Verdict.HUMAN),
        (Signal.ACT, 1, Verdict.HUMAN),
    ],
)
def test_nobody_reads_before_the_mail_is_there(
    signal: Signal, seconds: float | None, expected: Verdict
) -> None:
    since = None if seconds is None else timedelta(seconds=seconds)
    assert by_itself(act(signal=signal, since=since))[0] is expected


@pytest.mark.parametrize("entry", NETWORKS, ids=lambda entry: entry["code"])
def test_every_listed_network_is_known(entry: dict[str, str]) -> None:
    for listed in map(ip_network, entry["networks"]):
        bits = 24 if listed.version == 4 else 48
        assert listed.prefixlen <= bits, "a smaller one is never known of who asks"
        assert network_class(f"{listed.network_address}/{bits}") == entry["code"]
    assert kind_of(entry["code"]) == entry["kind"]
    assert entry["kind"] in ("scanner", "proxy")


def test_whoever_comes_from_a_scanners_network_is_one() -> None:
    machine = (Verdict.MACHINE, "network:microsoft-mail")
    assert by_itself(act(network="40.94.31.0/24")) == machine
    assert by_itself(act(network="40.94.31.0/24", signal=Signal.OPEN)) == machine


def test_a_proxy_of_pictures_opens_for_others_and_may_click_for_somebody() -> None:
    opened = act(network="66.249.84.0/24", signal=Signal.OPEN)
    assert by_itself(opened) == (Verdict.MACHINE, "network:google")
    assert by_itself(act(network="66.249.84.0/24")) == (Verdict.UNKNOWN, "network:google")


def test_networks_that_nobody_lists_say_nothing() -> None:
    kinds = {"10.8.1.0/24": "private", "223.5.5.0/24": "public", "2409:8a00:1::/48": "public"}
    assert {network: network_class(network) for network in kinds} == kinds


@pytest.mark.parametrize("shown", ["head", "prefetch", "hidden-link"])
def test_what_gives_itself_away_is_a_machine(shown: str) -> None:
    assert by_itself(act(shown=shown)) == (Verdict.MACHINE, shown)


def test_a_request_gives_itself_away_by_its_form_and_by_its_link() -> None:
    def of(client: Client, position: int = 3, signal: Signal = Signal.CLICK) -> str:
        return showed(Request(signal, Use.CLICK, 7, position, NOON, client))

    browser = Client(PEOPLE[0], "GET", prefetch=False)
    assert of(browser) == of(browser, 0, Signal.OPEN) == ""
    assert of(browser, events.HIDDEN) == "hidden-link"
    assert of(Client(PEOPLE[0], "HEAD", prefetch=True)) == "head"
    assert of(Client(PEOPLE[0], "GET", prefetch=True)) == "prefetch"


def test_who_does_not_name_himself_is_not_called_a_reader() -> None:
    assert by_itself(act("")) == (Verdict.UNKNOWN, "no-agent")


@pytest.mark.parametrize("signal", [Signal.OPEN, Signal.CLICK])
def test_where_clocks_differ_nobody_is_called_a_machine_for_it(signal: Signal) -> None:
    """A web host an hour behind the database sees its readers before they have their mails."""
    early = act(since=-HOUR, signal=signal)
    assert by_itself(early) == (Verdict.UNKNOWN, "clock")
    assert not early.too_soon
    just_before = act(since=timedelta(seconds=-20), signal=signal)
    assert by_itself(just_before) == (Verdict.MACHINE, "too-soon")
