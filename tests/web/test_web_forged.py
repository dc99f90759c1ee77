"""Links that are forged, cut, meant for other doors or too old: one answer, and nothing happens."""

import ast
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from databases import only_sqlite
from doors import USES, House, at, house
from mailbag import write_letters
from starlette.testclient import TestClient
from web_office import GRANTED, contents_of, delivery_to, links_in, path_of, plan, profile_of

from distribution import clock, delivery, web
from distribution.app import App, open_app
from distribution.links import Keyring, for_url
from distribution.words import Decision, LetterPurpose

PAGES = Path(web.__file__).parent
DICE = random.Random(3)  # noqa: S311 - a test's dice
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def doors(app: App, client: TestClient) -> House:
    return house(app, client)


def wrong_tokens(doors: House, letter: str) -> Iterator[str]:
    """For other doors; ours with one letter changed, cut, spelt otherwise; somebody else's."""
    own = USES[letter]
    yield from (doors.token(use) for use in doors.rows if use not in own)
    for token in map(doors.token, own):
        place = DICE.randrange(len(token))
        changed = DICE.choice("ABCDEFGHabcdefgh0123456789-_".replace(token[place], ""))
        yield f"{token[:place]}{changed}{token[place + 1 :]}"
        yield from (token[:-1], token[1:], f"{token}A", f"{token}=", token.swapcase(), "x")
    yield for_url(Keyring.of(["somebody-elses-key-0123456789"]).sign(own[0], doors.rows[own[0]]))


@only_sqlite
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_door_answers_every_wrong_token_alike_and_does_nothing(
    doors: House, method: str
) -> None:
    expected = doors.client.request(method, "/nothing")
    before, tried = contents_of(doors.app, but=""), 0
    for door in doors.locked(method):
        for token in wrong_tokens(doors, door[1]):
            found = doors.client.request(method, at(door, token))
            assert (found.status_code, found.content) == (404, expected.content), door
            assert dict(found.headers) == dict(expected.headers)
            tried += 1
    assert tried > 100
    assert contents_of(doors.app, but="") == before


@only_sqlite
def test_the_right_tokens_open_those_very_doors(doors: House) -> None:
    """Else the test above would prove nothing."""
    for door in doors.locked():
        for use in USES[door[1]]:
            found = doors.client.get(at(door, doors.token(use)))
            no_picture = "sha256" in door  # the issue has none
            assert found.status_code in ((302, 404) if no_picture else (200, 302)), door


def test_one_place_verifies_and_one_place_says_that_there_is_no_such_page() -> None:
    verifying, missing = set(), set()
    for path in PAGES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "verify":
                verifying.add(path.name)
            says = [word.value for word in node.args if isinstance(word, ast.Constant)]
            if name == "HTTPException" and 404 in says:
                missing.add(path.name)
    assert verifying == missing == {"asking.py"}


@only_sqlite
def test_letters_of_long_ago_let_nobody_in(app: App, client: TestClient) -> None:
    plan(app)
    write_letters(app, at=clock.now() - timedelta(days=60))
    with app.reading() as session:
        number = {
            purpose: delivery.list_letters(session, purpose=purpose)[0].id
            for purpose in (LetterPurpose.CONFIRMATION, LetterPurpose.MOVING, LetterPurpose.COPY)
        }
    links = app.addresses
    before = contents_of(app, but="")
    for url in (
        links.confirm(number[LetterPurpose.CONFIRMATION]),
        links.move(number[LetterPurpose.MOVING]),
    ):
        found = client.post(path_of(url))
        assert found.status_code == 200
        assert "失效" in found.text or "过期" in found.text
    for path in ("", "/json"):
        found = client.get(path_of(links.copy(number[LetterPurpose.COPY])) + path)
        assert "链接已失效" in found.text
        assert not [link for link in links_in(found.text) if "/d/" in link]
    assert contents_of(app, but="") == before


@pytest.mark.parametrize("form", [ONE_CLICK, {}], ids=["one-click", "button"])
def test_a_link_of_years_ago_unsubscribes_though_keys_have_changed_since(
    app: App, environment: dict[str, str], form: dict[str, str]
) -> None:
    plan(app)
    keys = environment["DISTRIBUTION_SECRET_KEYS"]
    newer = "the-third-key-0123456789012345,the-second-key-012345678901234"
    later = open_app(environment | {"DISTRIBUTION_SECRET_KEYS": f"{newer},{keys}"})
    link = app.addresses.unsubscribe(delivery_to(app, GRANTED))
    assert link != later.addresses.unsubscribe(delivery_to(app, GRANTED))
    with TestClient(web.make_app(later, lambda _ids: None)) as client:
        assert client.post(path_of(link), data=form).status_code == 200
    later.engine.dispose()
    assert profile_of(app, GRANTED).consents[-1].decision is Decision.WITHDRAWN
