"""Every address of the pages, out of their own table of routes: a new one is tested unasked."""

from dataclasses import dataclass

import proofs
from mailbag import write_letters
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from web_office import GRANTED, delivery_to, plan

from distribution import delivery
from distribution.app import App
from distribution.links import Use, for_url
from distribution.words import LetterPurpose

USES = {
    "o": (Use.OPEN,),
    "c": (Use.CLICK, Use.RUN_CLICK),
    "r": (Use.READ, Use.RUN_READ),
    "u": (Use.UNSUBSCRIBE, Use.LETTER_UNSUBSCRIBE),
    "p": (Use.PREFERENCES, Use.LETTER_PREFERENCES),
    "s": (Use.CONFIRM,),
    "m": (Use.MOVE,),
    "d": (Use.COPY,),
    "a": (Use.APPROVE,),
}
"""What opens the doors of each letter."""
_FILLED = {
    "position": "1",
    "way": "more",
    "topic": "technology",
    "key": "2026-09",
    "sha256": "0" * 64,
    "provider": "sns",
}
_LETTERS = {
    Use.CONFIRM: LetterPurpose.CONFIRMATION,
    Use.LETTER_UNSUBSCRIBE: LetterPurpose.CHANGED,
    Use.LETTER_PREFERENCES: LetterPurpose.WELCOME,
    Use.MOVE: LetterPurpose.MOVING,
    Use.COPY: LetterPurpose.COPY,
    Use.APPROVE: LetterPurpose.PROOF,
}


@dataclass(frozen=True)
class House:
    """The pages, and every key that opens one of them."""

    app: App
    client: TestClient
    rows: dict[Use, int]
    """A row there is, for each use."""

    def token(self, use: Use) -> str:
        """A good one, as links spell it."""
        return for_url(self.app.keyring.sign(use, self.rows[use]))

    def doors(self, method: str = "GET") -> list[str]:
        """The templates of all addresses that take this method."""
        site = self.client.app
        assert isinstance(site, Starlette)
        routes = [route for route in site.routes if isinstance(route, Route)]
        return [route.path for route in routes if method in (route.methods or ())]

    def locked(self, method: str = "GET") -> list[str]:
        """Those a token opens."""
        return [door for door in self.doors(method) if "{token}" in door]

    def open(self, method: str = "GET") -> list[str]:
        """An address of every door, with a good token for each of its uses."""
        return [
            at(door, self.token(use) if use else "")
            for door in self.doors(method)
            for use in (USES[door[1]] if "{token}" in door else (None,))
        ]


def at(door: str, token: str = "") -> str:
    """The address: a door's template, filled in."""
    return door.format(token=token, **_FILLED)


def house(app: App, client: TestClient) -> House:
    """A planned run, letters of every kind, and what opens the doors of their links."""
    run = plan(app)
    write_letters(app)
    proofs.write(app)
    with app.reading() as session:
        rows = {
            use: delivery.list_letters(session, purpose=purpose)[0].id
            for use, purpose in _LETTERS.items()
        }
    rows |= dict.fromkeys((Use.RUN_CLICK, Use.RUN_READ), run)
    own = (Use.OPEN, Use.CLICK, Use.READ, Use.UNSUBSCRIBE, Use.PREFERENCES)
    return House(app, client, rows | dict.fromkeys(own, delivery_to(app, GRANTED)))
