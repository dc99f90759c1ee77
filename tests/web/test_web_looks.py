"""Looks: legible in both schemes, usable with thumbs and keyboards, whole without script."""

import re
from pathlib import Path

import pytest
from databases import only_sqlite
from web_office import Visitor, elements

from distribution.web import pages

STYLE = (Path(pages.__file__).with_name("templates") / "base.html").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", rule))
    for rule in re.findall(r":root\{([^}]*)\}", STYLE)
)
PAIRS = [
    *((text, "card") for text in ("ink", "text", "faint", "red")),
    *((text, "soft") for text in ("faint", "red")),
    ("on-red", "red"),
    ("good", "good-ground"),
    ("ink", "good-ground"),
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


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_every_text_stands_out_from_its_ground(
    scheme: dict[str, str], pair: tuple[str, str]
) -> None:
    first, second = sorted((luminance(scheme[name]) for name in pair), reverse=True)
    assert (first + 0.05) / (second + 0.05) >= 4.5


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
        assert {tag for tag, _, _ in found}.isdisjoint({"script", "link", "img", "iframe"})
        assert not [name for _, name, _ in found if name.startswith("on")]
        assert "url(" not in text
        assert "@import" not in text


@only_sqlite
def test_forms_lead_to_their_own_page(visitor: Visitor) -> None:
    """A form's absolute address would be refused where somebody tries another host name."""
    for kind in ("unsubscribe", "preferences"):
        found = [pair[1:] for pair in elements(visitor.get(kind).text) if pair[0] == "form"]
        assert found == [("method", "post")]


@only_sqlite
def test_every_choice_has_its_label(visitor: Visitor) -> None:
    text = visitor.get("preferences").text
    assert len(re.findall("<label><input ", text)) == len(re.findall("<input ", text)) == 11
    assert len(re.findall("<legend>", text)) == len(re.findall("<fieldset>", text)) == 3
