"""Characters a database or a page may choke on: they are refused or kept, and never a defect."""

from urllib.parse import quote

import pytest
from doors import House, house
from sign_ups import OWN
from sign_ups import form as sign_up_form
from starlette.testclient import TestClient

from distribution.app import App

ODD = ("机\0床", "\ud800", "\u202e'%_\\\x1b[2J")
FIELDS = ("do", "edition", "words", "topic", "email", "until", "name", "company", "place-quality")


@pytest.fixture
def doors(app: App, client: TestClient) -> House:
    return house(app, client)


def test_odd_text_is_answered_as_any_other(doors: House) -> None:
    looks = [
        path
        for path in doors.open()
        if "technology" in path or "search" in path or "2026-09" in path
    ]
    for odd in ODD:
        written = odd.encode("utf-8", "surrogatepass")
        for path in looks:
            asked = path.replace("technology", quote(written)).replace("2026-09", quote(written))
            found = doors.client.get(asked, params={"q": written, "page": written})
            assert found.status_code in (200, 302, 404), (path, odd)
        for path in doors.open("POST"):
            for do in (b"", b"pause", b"why", written):
                fields = dict.fromkeys(FIELDS, written) | {"edition": b"standard", "do": do}
                found = doors.client.post(path, data=fields)
                assert found.status_code in (200, 400, 403, 404, 422), (path, do, odd)
        typed = sign_up_form(doors.app, name=written, company=written, enterprise=written)
        assert doors.client.post("/subscribe", data=typed, headers=OWN).status_code in (200, 400)
