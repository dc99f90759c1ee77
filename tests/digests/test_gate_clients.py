"""The gate, mail clients: what some of them do not draw, by the table of facts."""

import pytest

from distribution.digests.gate import Severity
from distribution.digests.gate.clients import check_clients, facts
from distribution.digests.gate.reading import tree_of

CLIENTS = {"Outlook", "QQ 邮箱", "163 邮箱", "Foxmail", "企业微信邮箱", "Gmail", "Apple Mail"}


def severities(html: str) -> list[Severity]:
    return [one.severity for one in check_clients(tree_of(html))]


def test_the_table_is_complete() -> None:
    assert len(facts()) >= 40
    for fact in facts():
        assert fact.what in {"property", "at-rule", "selector"}
        assert fact.clients
        assert set(fact.clients) <= CLIENTS
        assert fact.effect
        assert fact.source


@pytest.mark.parametrize(
    ("style", "severity"),
    [
        ("display:flex", Severity.ERROR),
        ("display: inline-flex !important", Severity.ERROR),
        ("display:grid", Severity.ERROR),
        ("position:absolute", Severity.ERROR),
        ("margin:-10px 0", Severity.ERROR),
        ("margin:0 -1px", Severity.ERROR),
        ("color:var(--red)", Severity.ERROR),
        ("color:rgb(1 2 3)", Severity.ERROR),
        ("background-image:url(https://a.example/a.png)", Severity.ERROR),
        ("float:left", Severity.WARNING),
        ("margin:0 auto", Severity.WARNING),
        ("background:linear-gradient(#fff,#000)", Severity.WARNING),
        ("opacity:.5", Severity.WARNING),
        ("color:rgba(0,0,0,.5)", Severity.WARNING),
        ("font-size:1.2rem", Severity.WARNING),
        ("font-size:4vw", Severity.WARNING),
        ("width:calc(100% - 2px)", Severity.WARNING),
        ("max-width:9px", Severity.WARNING),
        ("transform:none", Severity.WARNING),
        ("border-radius:4px", Severity.NOTE),
        ("box-shadow:none", Severity.NOTE),
        ("padding:4px", Severity.NOTE),
    ],
)
def test_a_property_that_is_not_drawn_everywhere_is_found(style: str, severity: Severity) -> None:
    assert severity in severities(f'<div style="color:#000;{style}">字</div>')


@pytest.mark.parametrize(
    "html",
    [
        '<td style="padding:4px;width:100px;color:#1c2024;font:bold 16px/1.7 SimSun,serif">字</td>',
        '<p style="margin:0 0 12px;letter-spacing:1px;text-align:center">字</p>',
        '<p style="display:none;border-top:1px solid #000;word-wrap:break-word">字</p>',
        '<img style="width:100px;display:block" src="x">',
    ],
)
def test_what_all_draw_is_let_through(html: str) -> None:
    assert severities(f"<table><tr>{html}</tr></table>" if "<td" in html else html) == []


@pytest.mark.parametrize(
    ("css", "severity"),
    [
        ("@font-face{font-family:x;src:local(x)}", Severity.WARNING),
        ("@keyframes x{from{color:red}}", Severity.NOTE),
        ("@supports (gap:1px){p{color:red}}", Severity.WARNING),
        ("p::before{content:'x'}", Severity.WARNING),
        ("p:nth-child(2){color:red}", Severity.ERROR),
        ("p:has(b){color:red}", Severity.WARNING),
        ("p[lang=zh]{color:red}", Severity.WARNING),
        ("@media (max-width:600px){p{position:fixed}}", Severity.ERROR),
    ],
)
def test_a_rule_that_is_not_kept_everywhere_is_found(css: str, severity: Severity) -> None:
    assert severity in severities(f"<style>{css}</style><p>字</p>")


def test_what_only_outlook_lacks_may_stand_where_outlook_never_looks() -> None:
    assert severities("<style>@media (max-width:600px){p{max-width:9px}}</style><p>字</p>") == []


def test_a_fact_is_told_once_with_its_clients_and_source() -> None:
    [found] = check_clients(tree_of('<p style="float:left">甲</p><p style="float:left">乙</p>'))

    assert found.sentence.startswith("float:left：Outlook、QQ 邮箱、163 邮箱 不认浮动")
    assert "依据：caniemail css-float" in found.sentence
