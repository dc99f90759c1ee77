"""What requests claim, and where they claim to come from: believed nowhere, repeated nowhere."""

import re
from urllib.parse import quote, urlsplit

import pytest
from databases import only_sqlite
from doors import USES, House, at, house
from mailbag import NEW_ADDRESS, STRANGER, WRITTEN_TO
from sign_ups import form as sign_up_form
from starlette.testclient import TestClient
from web_office import GRANTED, UNKNOWN, contents_of, profile_of

from distribution.app import App
from distribution.links import Use
from distribution.web import preferences, webhooks
from distribution.words import Decision, Purpose

EVIL = "evil.example"
CLAIMS = {
    "host": EVIL,
    "x-forwarded-host": EVIL,
    "x-forwarded-server": EVIL,
    "x-forwarded-proto": "gopher",
    "x-forwarded-prefix": f"/{EVIL}",
    "x-forwarded-port": "666",
    "x-original-url": f"/{EVIL}",
    "x-rewrite-url": f"/{EVIL}",
    "x-http-method-override": "POST",
    "forwarded": f"for=192.0.2.9;host={EVIL};proto=gopher",
    "referer": f"https://{EVIL}/",
}
OTHERS = (
    {"origin": f"https://{EVIL}"},
    {"origin": "http://journal.test"},
    {"origin": "https://journal.test.evil.example"},
    {"sec-fetch-site": "cross-site", "origin": "https://journal.test"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site"},
)
"""Where forms come from that are none of ours."""
OURS = (
    {},
    {"origin": "null"},
    {"origin": "https://journal.test"},
    {"sec-fetch-site": "same-origin", "origin": "null"},
    {"sec-fetch-site": "none"},
)
FULL_ADDRESSES = (GRANTED, UNKNOWN, WRITTEN_TO, NEW_ADDRESS, STRANGER, "geng@fenhe.example")
MARK = "injected"
BREAKS = f"x\r\nSet-Cookie: {MARK}=1\r\n\r\n<b>{MARK}"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


pytestmark = only_sqlite


for_both = pytest.mark.parametrize("reading", ["readers", "public"], indirect=True)


@pytest.fixture
def reading(request: pytest.FixtureRequest) -> str:
    """Whether readers only, or all may read issues on the web."""
    return str(getattr(request, "param", "readers"))


@pytest.fixture
def environment(environment: dict[str, str], reading: str) -> dict[str, str]:
    return environment | {"DISTRIBUTION_READING": reading}


@pytest.fixture
def doors(app: App, client: TestClient) -> House:
    return house(app, client)


@for_both
def test_no_host_and_no_forwarded_header_is_believed_or_repeated(doors: House) -> None:
    for path in doors.open():
        plain, claimed = doors.client.get(path), doors.client.get(path, headers=CLAIMS)
        assert (claimed.status_code, EVIL in claimed.text) == (plain.status_code, False), path
        assert EVIL not in str(claimed.headers)
        if path != "/subscribe" and path[:3] != "/d/":  # those say what time it is
            assert claimed.content == plain.content
            assert dict(claimed.headers) == dict(plain.headers)
    for path in doors.open("POST"):
        claimed = doors.client.post(path, headers=CLAIMS)
        assert EVIL not in claimed.text + str(claimed.headers)
    assert EVIL not in repr(contents_of(doors.app, but=""))


@for_both
def test_nobody_is_led_away_from_our_pages(doors: House) -> None:
    ways = (
        *("", "/1", "/whole", f"//{EVIL}", f"/%2f%2f{EVIL}", f"/%5c{EVIL}", f"/@{EVIL}"),
        *(f"/1?next=https://{EVIL}", f"/archive?//{EVIL}", f"/search?q=https://{EVIL}&page=2"),
        *(f"/%0d%0aLocation:%20https://{EVIL}", f"/issues/..%2f..%2f{EVIL}", f"/1/..//{EVIL}"),
    )
    led = 0
    for use in (*USES["c"], *USES["r"]):
        letter = "c" if use in USES["c"] else "r"
        for way in ways:
            found = doors.client.get(f"/{letter}/{doors.token(use)}{way}")
            if found.status_code == 302:
                to = urlsplit(found.headers["location"])
                assert (to.scheme, to.netloc) == ("https", "journal.test")
                assert to.path.startswith("/mail/")
                led += 1
            else:
                assert "location" not in found.headers
    assert led > 5


@for_both
def test_line_breaks_reach_no_header_no_page_and_no_log(
    doors: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    agent = f"{MARK} \x0b\x85 <b>".encode("latin-1")
    odd = {b"user-agent": agent, b"referer": quote(BREAKS).encode(), b"x-request-id": MARK.encode()}
    answers = [
        doors.client.get(f"{path}{after}", headers=odd)
        for path in doors.open()
        for after in (f"/{quote(BREAKS)}", f"?q={quote(BREAKS)}&page={quote(BREAKS)}")
    ]
    fields = dict.fromkeys(
        ("do", "edition", "words", "topic", "email", "until", "name", "company", "step"), BREAKS
    )
    answers += [doors.client.post(path, data=fields, headers=odd) for path in doors.open("POST")]
    typed = sign_up_form(doors.app, name=BREAKS, company=BREAKS, agree=None)
    own = {"sec-fetch-site": "same-origin"}
    answers.append(doors.client.post("/subscribe", data=typed, headers=own))
    assert {one.status_code for one in answers} >= {200, 400, 404}
    for one in answers:
        assert "set-cookie" not in one.headers
        assert f"<b>{MARK}" not in one.text
        assert not re.search(r"[\r\n]", "".join(one.headers.values()))
    assert answers[-1].text.count(MARK) > 1  # shown again, and harmless
    said = [record.getMessage() for record in caplog.records if record.name != "httpx2"]
    assert not [line for line in said if MARK in line]


def test_no_form_may_be_larger_than_ours_are(doors: House) -> None:
    before = contents_of(doors.app, but="")
    own = {"sec-fetch-site": "same-origin"}
    for path in doors.open("POST"):
        found = doors.client.post(path, content=b"x" * (preferences.LARGEST_FORM + 1), headers=own)
        expected = 404 if path.startswith(webhooks.PATH) else 413  # that one is not set up
        assert found.status_code == expected, path
    assert contents_of(doors.app, but="") == before


@pytest.mark.parametrize("headers", OTHERS, ids=str)
def test_forms_of_other_sites_are_refused_whatever_link_they_know(
    doors: House, headers: dict[str, str]
) -> None:
    before = contents_of(doors.app, but="")
    for path in doors.open("POST"):
        if not path.startswith(webhooks.PATH):
            found = doors.client.post(path, data={"do": "leave"}, headers=headers)
            assert (found.status_code, "没有收下任何内容" in found.text) == (403, True), path
    assert contents_of(doors.app, but="") == before


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_forms_of_our_own_pages_are_taken_and_browsers_need_not_say_whose_they_are(
    doors: House, headers: dict[str, str]
) -> None:
    for path in doors.open("POST"):
        if path not in ("/subscribe", at(f"{webhooks.PATH}/{{provider}}")):
            assert doors.client.post(path, headers=headers).status_code in (200, 400), path


@pytest.mark.parametrize("headers", OTHERS, ids=str)
def test_the_one_click_of_a_mail_programme_may_come_from_anywhere(
    doors: House, headers: dict[str, str]
) -> None:
    link = at("/u/{token}", doors.token(Use.UNSUBSCRIBE))
    found = doors.client.post(link, data=ONE_CLICK, headers=headers)
    assert (found.status_code, found.text) == (200, "已退订\n")
    last = [one for one in profile_of(doors.app, GRANTED).consents if one.purpose is Purpose.DIGEST]
    assert last[-1].decision is Decision.WITHDRAWN


def test_no_page_shows_an_address_in_full_but_the_copy_to_its_own_mailbox(doors: House) -> None:
    for path in doors.open():
        shown = doors.client.get(path).text
        if not path.startswith("/d/"):
            assert not [one for one in FULL_ADDRESSES if one in shown], path
    for path in doors.open("POST"):
        for do in ("", "pause", "resume", "copy", "ask", "erase", "why", "return", "matching"):
            shown = doors.client.post(path, data={"do": do}).text
            assert not [one for one in FULL_ADDRESSES if one in shown], (path, do)
