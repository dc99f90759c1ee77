"""Looks: legible in both schemes, usable with thumbs and keyboards, whole without script."""

import hashlib
import re
from urllib.parse import urlsplit

import pytest
from databases import only_sqlite
from web_office import BASE_URL, Visitor, elements

from distribution.health import Examiner
from distribution.web import styling

STYLE = styling.SHEET.decode()
SHEET = urlsplit(BASE_URL).path + styling.PATH
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", rule))
    for rule in re.findall(r":root\{([^}]*)\}", STYLE)[:2]
)
PAIRS = [  # a text and what it stands on
    *((text, "card") for text in ("ink", "text", "faint", "red")),
    *((text, "soft") for text in ("faint", "red")),
    ("on-red", "red"),
    ("good", "good-ground"),
    ("ink", "good-ground"),
    ("ink", "mark"),
]


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    first, second = sorted(map(luminance, (one, other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_every_text_stands_out_from_its_ground(
    scheme: dict[str, str], pair: tuple[str, str]
) -> None:
    assert contrast(*(scheme[name] for name in pair)) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_a_field_is_seen(scheme: dict[str, str]) -> None:
    assert contrast(scheme["edge"], scheme["card"]) >= 3


def test_both_schemes_name_the_same_colours() -> None:
    assert set(LIGHT) == set(DARK)
    used = set(re.findall(r"var\(--([a-z-]+)\)", STYLE))
    assert used == set(LIGHT)


@only_sqlite
def test_pages_are_whole_in_themselves(visitor: Visitor) -> None:
    for kind, position in (
        ("run_read", 1),
        ("run_read", None),
        ("unsubscribe", None),
        ("preferences", None),
    ):
        text = visitor.get(kind, position).text
        found = list(elements(text))
        assert ("html", "lang", "zh-CN") in found
        assert ("meta", "name", "viewport") in found
        assert len(re.findall("<h1[ >]", text)) == 1
        assert {tag for tag, _, _ in found}.isdisjoint({"script", "style", "img", "iframe"})
        assert not [name for _, name, _ in found if name.startswith("on") or name == "style"]
        assert sheets_of(text) == [SHEET]
        assert ("a", "href", "#main") in found
        assert ("main", "id", "main") in found


def sheets_of(text: str) -> list[str]:
    return re.findall('<link rel="stylesheet" href="([^"]+)">', text)


def test_the_style_sheet_brings_nothing_from_elsewhere() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_paper_shows_no_ways_and_no_dark_ground() -> None:
    printed = STYLE.partition("@media print{")[2]
    (hidden,) = re.findall(r"^([^{}]+)\{display:none\}", printed, flags=re.MULTILINE)
    assert {".places", ".next", ".related", ".skip", "form"} <= set(hidden.split(","))
    colours = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", printed))
    assert colours["card"] == colours["ground"] == "#fff"
    assert contrast(colours["faint"], colours["card"]) >= 7


@only_sqlite
def test_the_style_sheet_is_fetched_once_and_by_its_content(visitor: Visitor) -> None:
    found = visitor.client.get(styling.PATH)
    assert found.headers["content-type"] == "text/css; charset=utf-8"
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert found.text == STYLE
    assert hashlib.sha256(found.content).hexdigest()[:12] in styling.PATH
    assert visitor.client.get("/style-0123456789ab.css").status_code == 404


@only_sqlite
def test_pages_of_what_went_wrong_are_dressed_too_and_lead_to_whom_to_ask(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Examiner, "examine", lambda _self: 1 / 0)
    for path in ("/nothing", "/" + "x" * 3000, "/health"):
        found = visitor.client.get(path)
        assert found.status_code in (404, 414, 500)
        assert sheets_of(found.text) == [SHEET]
        assert f'<p class="name">{visitor.app.settings.sender_name}</p>' in found.text
        assert ("a", "href", f"{urlsplit(BASE_URL).path}/") in elements(found.text)


@only_sqlite
def test_no_page_but_the_mail_itself_may_bear_style_in_itself(visitor: Visitor) -> None:
    policies = {
        kind: visitor.get(kind).headers["content-security-policy"]
        for kind in ("read", "run_read", "unsubscribe", "preferences")
    }
    assert "style-src 'unsafe-inline'" in policies.pop("read")
    assert all("style-src 'self'" in policy for policy in policies.values())
    assert all("unsafe" not in policy for policy in policies.values())


@only_sqlite
def test_ways_within_a_page_lead_somewhere_and_a_long_page_has_some(visitor: Visitor) -> None:
    found = list(elements(visitor.get("preferences").text))
    ways = {link[1:] for _, name, link in found if name == "href" and link and link[0] == "#"}
    places = {value for _, name, value in found if name == "id"}
    assert {"pause", "address", "data"} <= ways <= places


@only_sqlite
def test_forms_lead_to_their_own_page(visitor: Visitor) -> None:
    """A form's absolute address would be refused where somebody tries another host name."""
    for kind in ("unsubscribe", "preferences"):
        found = list(elements(visitor.get(kind).text))
        assert ("form", "method", "post") in found
        assert not [name for tag, name, _ in found if (tag, name) == ("form", "action")]


@only_sqlite
def test_every_choice_has_its_label(visitor: Visitor) -> None:
    text = visitor.get("preferences").text
    named = set(re.findall('<label [^>]*for="([^"]+)"', text))
    outside = re.sub("<label[ >].*?</label>", "", text, flags=re.DOTALL)
    for field in re.findall("<(?:input|select|textarea) [^>]*>", outside):
        facts = dict(re.findall('([a-z-]+)="([^"]*)"', field))
        assert facts.get("type") == "hidden" or "aria-label" in facts or facts.get("id") in named
    assert len(re.findall("<legend>", text)) == len(re.findall("<fieldset[ >]", text)) > 0
