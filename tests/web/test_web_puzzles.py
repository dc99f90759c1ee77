"""Proof of work, where it is asked for: solved by a browser, good for one form, ours alone."""

import base64
import hashlib
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from databases import only_sqlite
from sign_ups import send, waiting
from starlette.testclient import TestClient

from distribution import clock
from distribution.app import App
from distribution.web import puzzles

pytestmark = only_sqlite


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """An installation that asks for a little work."""
    return environment | {"DISTRIBUTION_SUBSCRIBE_PUZZLE": "50"}


def puzzle_in(page: str) -> dict[str, Any]:
    found = re.search('data-puzzle="([^"]+)"', page)
    assert found is not None
    puzzle: dict[str, Any] = json.loads(unescape(found[1]))
    return puzzle


def solution(puzzle: dict[str, Any], **changes: object) -> str:
    """What the script sends: the number it has found by trying."""
    number = next(
        number
        for number in range(puzzle["maxnumber"] + 1)
        if hashlib.sha256(f"{puzzle['salt']}{number}".encode()).hexdigest() == puzzle["challenge"]
    )
    return base64.b64encode(json.dumps(puzzle | {"number": number} | changes).encode()).decode()


def test_the_page_bears_one_script_of_ours_and_says_what_to_do_without(client: TestClient) -> None:
    found = client.get("/subscribe")

    assert re.findall("<script[^>]*>", found.text) == [
        f'<script src="{puzzles.PATH.lstrip("/")}" defer>'
    ]
    assert "<noscript>" in found.text
    assert "script-src 'self'" in found.headers["content-security-policy"]
    script = client.get(puzzles.PATH)
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]


def test_who_has_done_the_work_is_let_in_once(app: App, client: TestClient) -> None:
    solved = solution(puzzle_in(client.get("/subscribe").text))

    assert send(app, client, altcha=solved).status_code == 200
    assert len(waiting(app)) == 1
    again = send(app, client, "other@fenhe.example", altcha=solved)
    assert again.status_code == 400
    assert "浏览器还没有准备好" in again.text
    fresh = solution(puzzle_in(again.text))
    assert send(app, client, "other@fenhe.example", altcha=fresh).status_code == 200


def test_nothing_else_is_taken_for_work(app: App, client: TestClient) -> None:
    puzzle = puzzle_in(client.get("/subscribe").text)
    others = [
        *("", "x", "é", base64.b64encode(b"[]").decode(), base64.b64encode(b"{}").decode()),
        base64.b64encode(b"[" * 900).decode(),
        solution(puzzle, number=51),
        solution(puzzle, number=True),
        solution(puzzle, signature=puzzle["signature"][:-1] + "g"),
        solution(puzzle, algorithm="MD5"),
        solution(puzzle, salt=puzzle["salt"] + "0"),
        solution(puzzle, salt=5),
    ]
    for given in others:
        assert puzzles.solved(app.keyring, given, at=clock.now()) is None, given
    assert send(app, client, altcha=None).status_code == 400
    assert waiting(app) == []


def test_a_puzzle_has_its_time(app: App) -> None:
    at = clock.now()
    solved = solution(puzzles.puzzle(app.keyring, 50, at=at))
    assert puzzles.solved(app.keyring, solved, at=at + puzzles.LIFE - timedelta(seconds=2))
    assert puzzles.solved(app.keyring, solved, at=at + puzzles.LIFE) is None
