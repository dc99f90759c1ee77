"""What a request shows of who asks, and what is kept of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.events import Client, Request, client
from distribution.events.requests import from_json, to_json
from distribution.links import Use
from distribution.words import Signal

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


def test_an_agent_loses_what_nobody_can_see_and_what_is_too_long() -> None:
    agent = "Moz\x00illa\r\n\x1b[31m/5.0\u202e\ud800 " + "x" * 300
    seen = client({"user-agent": agent}, "GET").agent
    assert seen.startswith("Mozilla[31m/5.0 x")
    assert len(seen) == 200


@pytest.mark.parametrize(
    ("headers", "prefetch"),
    [
        ({"purpose": "prefetch"}, True),
        ({"sec-purpose": "prefetch;prerender"}, True),
        ({"x-moz": "Prefetch"}, True),
        ({"x-purpose": "preview"}, True),
        ({"purpose": "reading"}, False),
        ({}, False),
    ],
)
def test_a_request_may_say_that_nobody_looks_yet(headers: dict[str, str], prefetch: bool) -> None:  # noqa: FBT001 - what is expected
    assert client(headers, "GET").prefetch is prefetch


HEADERS = st.dictionaries(
    st.sampled_from(["user-agent", "purpose", "sec-purpose", "x-moz", "accept"]), st.text()
)


@given(HEADERS, st.text())
def test_whatever_is_asked_it_can_be_stored(headers: dict[str, str], method: str) -> None:
    seen = client(headers, method)
    assert len(seen.agent) <= 200
    assert seen.agent.isprintable()
    assert seen.method in ("GET", "HEAD")


def test_a_request_comes_out_of_the_inbox_as_it_went_in() -> None:
    seen = Client("Mozilla/5.0 (X11)", "GET", prefetch=True)
    request = Request(Signal.CLICK, Use.CLICK, 7, 3, NOON, seen)
    assert from_json(Signal.CLICK, NOON, to_json(request)) == request
