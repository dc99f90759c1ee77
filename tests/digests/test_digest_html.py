"""The HTML part: what every mail client can show, and every reader can read."""

import re
from itertools import chain

import pytest
from digest_samples import (
    PERSONAL,
    PUBLICATION,
    TEMPLATES,
    TOPICS,
    choose,
    make_article,
    make_issue,
    make_sheet,
)
from lxml import etree  # type: ignore[import-untyped]

from distribution.digests import Interests, join, render_sheet
from distribution.issues import Contract
from distribution.words import TopicsFrom

BASE = (TEMPLATES[0] / "base.html").read_text(encoding="utf-8")
STYLE = re.search(r"<style>\n(.*?)</style>", re.sub("{%.*?%}\n?", "", BASE), re.DOTALL)[1]  # type: ignore[index]
GROUND = {  # text: what it stands on
    **dict.fromkeys((".nh", ".nd", ".i", ".q", ".gh", ".t", ".m", ".a", ".l"), ".c"),
    **dict.fromkeys((".w", ".j", ".jh", ".wa", ".sa"), ".c"),
    **dict.fromkeys((".kb", ".kt"), ".k"),
    **dict.fromkeys((".f", ".fl"), ".f"),
}


def rules(css: str) -> dict[str, dict[str, str]]:
    """Declarations by selector, later ones over earlier ones."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        pairs = dict(entry.split(":", 1) for entry in body.split(";") if entry)
        for selector in selectors.split(","):
            found.setdefault(selector.strip(), {}).update(pairs)
    return found


def schemes() -> dict[str, dict[str, dict[str, str]]]:
    plain, *queries = STYLE.split("@media ")
    [dark] = [query for query in queries if "prefers-color-scheme:dark" in query]
    light, changes = rules(plain), rules(dark.partition("{")[2].rpartition("}")[0])
    overridden = {
        selector: {**pairs, **changes.get(selector, {})} for selector, pairs in light.items()
    }
    return {"light": light, "dark": overridden}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def html_of(interests: Interests) -> str:
    return join(make_sheet(), choose(make_issue().articles, interests), PERSONAL).html


@pytest.fixture(scope="module")
def html() -> str:
    return html_of(Interests(("quality", "policy"), ("装备",)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(scheme: str) -> None:
    style = schemes()[scheme]
    coloured = {name for name, pairs in style.items() if "color" in pairs} - {".v"}
    assert coloured == set(GROUND)
    for text, ground in GROUND.items():
        colours = style[text]["color"], style[ground]["background-color"]
        dark, bright = sorted(luminance(colour.removesuffix("!important")) for colour in colours)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, (scheme, text, colours)


def test_every_colour_has_its_dark_counterpart() -> None:
    both = schemes()
    for selector, pairs in both["light"].items():
        for name, value in pairs.items():
            if name in {"color", "background-color"}:
                assert both["dark"][selector][name] != value, (selector, name)


def test_dark_and_narrow_rules_survive_with_their_importance(html: str) -> None:
    assert STYLE in html
    media = STYLE[STYLE.index("@media") :]
    declarations = [d for d in re.findall(r"[{;]([a-z-]+:[^;}]+)", media) if "wrap" not in d]
    assert len(declarations) >= 15
    assert all(declaration.endswith("!important") for declaration in declarations)


def test_rules_stand_in_the_elements_for_clients_that_drop_them(html: str) -> None:
    tree = etree.fromstring(html, etree.HTMLParser())
    styled = [name for name in rules(STYLE.partition("@media")[0]) if name != ".h{text-wrap"]
    for name in styled:
        for element in tree.iterfind(f".//*[@class='{name[1:]}']"):
            assert element.get("style"), name


def test_no_class_is_without_a_rule_and_no_rule_without_a_class() -> None:
    articles = (make_article(1, "policy", lead=True), make_article(2, "policy"))
    words = "各位读者：\n\n- [通知](https://a.example)"
    issue = make_issue(*articles, contract=Contract(note=words, notice=words))
    sheet = render_sheet(issue, TOPICS, TEMPLATES, PUBLICATION, correction="电话有误")
    wishes = Interests(("policy",), topics_from=TopicsFrom.ENTERPRISE)
    html = join(sheet, choose(articles, wishes), PERSONAL).html
    used = {name for names in re.findall(r'class="([a-z ]+)"', html) for name in names.split()}
    assert {f".{name}" for name in used} == set(rules(STYLE.partition("@media")[0]))


def test_nothing_is_used_that_mail_clients_drop(html: str) -> None:
    for word in ("<script", "<link", "<form", "@import", "float:", "position:", "url(", ":nth-"):
        assert word not in html
    assert "background-image" not in html


def test_tables_are_for_layout_only_and_say_so(html: str) -> None:
    tables = re.findall("<table[^>]*>", html)
    assert tables
    assert all('role="presentation"' in table for table in tables)


def test_the_language_and_the_schemes_are_declared(html: str) -> None:
    assert html.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "charset=utf-8" in html


def test_the_mail_is_at_most_640_wide_also_where_max_width_is_unknown(html: str) -> None:
    assert "max-width:640px" in html
    assert '<!--[if mso]><table role="presentation" width="640"' in html


def test_elements_are_closed_in_every_selection() -> None:
    for reader in (Interests(()), Interests(("quality",)), Interests(("nowhere",))):
        html = re.sub(
            r"<!--.*?-->|<!DOCTYPE[^>]*>|<style>.*?</style>", "", html_of(reader), flags=re.DOTALL
        )
        stack: list[str] = []
        for close, name in re.findall(r"<(/?)([a-z0-9]+)[^>]*>", html):
            if close:
                assert stack.pop() == name
            elif name not in {"meta", "br", "img"}:
                stack.append(name)
        assert stack == []


def test_links_to_tap_are_44_pixels_high() -> None:
    style = schemes()["light"]
    line_heights = {".l": 15 * 1.7, ".fl": 14 * 1.8}
    for name, line_height in line_heights.items():
        vertical = int(style[name]["padding"].split("px")[0])
        assert style[name]["display"] == "inline-block"
        assert line_height + 2 * vertical >= 44


def test_a_correction_does_not_stick_to_the_rule_above_it() -> None:
    article = make_article(1, "quality")
    issue = make_issue(article)
    sheet = render_sheet(issue, TOPICS, TEMPLATES, PUBLICATION, correction="电话有误")
    html = join(sheet, choose([article], Interests(())), PERSONAL).html

    [box] = re.findall(r'<td class="j(?: [a-z]+)?" style="([^"]*)"', html.partition(">更正<")[0])

    assert re.findall(r"padding-top:\s*(\d+)px", box) == ["20"]


def test_fonts_are_spelled_without_quotes() -> None:
    families = chain.from_iterable(re.findall(r"font:[^;}]*", STYLE))
    assert not set(families) & {'"', "'"}  # in an attribute each would become &quot;
