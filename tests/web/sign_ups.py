"""Somebody who fills in the form, and what lies in the mailboxes afterwards."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from starlette.testclient import TestClient

from distribution import clock, delivery
from distribution.app import App
from distribution.models import Letter, SignUp
from distribution.web import stamps

NEW = "ding.yi@fenhe.example"
OWN = {"sec-fetch-site": "same-origin"}
"""What a browser says of a form that was sent from our page."""


def form(app: App, email: str = NEW, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    """The form as a person sends it who has had it for a minute."""
    given_out = clock.now() - timedelta(minutes=1)
    typed = {
        "name": "丁一",
        "email": email,
        "role": "quality",
        "company": "",
        "topic": ["quality", "policy"],
        "agree": "yes",
        "fax": "",
        "step": "subscribe",
        "stamp": stamps.stamp(app.keyring, "subscribe", at=given_out),
    }
    return {name: value for name, value in (typed | changes).items() if value is not None}


def send(app: App, client: TestClient, email: str = NEW, **changes: Any) -> Any:  # noqa: ANN401
    """What is answered to somebody who sends it."""
    return client.post("/subscribe", data=form(app, email, **changes), headers=OWN)


def answer(app: App, after: timedelta = timedelta(0)) -> int:
    """What a worker does next: so many were answered."""
    at = clock.now() + after
    return delivery.answer_sign_ups(app.transaction, app.stationery, at=at)


def waiting(app: App) -> list[SignUp]:
    """All that was kept."""
    with app.reading() as session:
        found = list(session.scalars(select(SignUp).order_by(SignUp.asked_at)))
        session.expunge_all()
    return found


def letters(app: App) -> list[Letter]:
    """All that were written, the oldest first."""
    with app.reading() as session:
        found = list(session.scalars(select(Letter).order_by(Letter.id)))
        session.expunge_all()
    return found


def version_in(page: str) -> str:
    """What tells the page which of the things typed it shows."""
    found = re.search('name="version" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def confirm(client: TestClient, path: str) -> Any:  # noqa: ANN401 - a response
    """What is answered to a mailbox that opens the link and says yes."""
    return client.post(path, data={"version": version_in(client.get(path).text)})
