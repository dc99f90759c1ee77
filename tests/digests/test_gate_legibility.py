"""The gate, contrast: every text stands out from its ground, by day and by night."""

import pytest
from gate_samples import judge, mail, spoilt

from distribution.digests.gate import Finding, Rule
from distribution.digests.gate.legibility import check_contrast
from distribution.digests.gate.reading import tree_of

DARK = "@media (prefers-color-scheme:dark){%s}"


def faint(html: str) -> list[str]:
    """The schemes in which something cannot be read."""
    return [one.sentence[:2] for one in check_contrast(tree_of(html))]


def page(body: str, css: str = "") -> str:
    return f"<html><head><style>{css}</style></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "readable"),
    [
        ("<p>黑字</p>", True),
        ('<p style="color:#767676">正好够</p>', True),
        ('<p style="color:#777777">差一点</p>', False),
        ('<p style="color:#777;font-size:24px">大字</p>', True),
        ('<p style="color:#777;font:bold 18.66px/1 serif">粗字</p>', True),
        ('<p style="color:#777;font:18.66px/1 serif">细字</p>', False),
        ('<h1 style="color:#949494">标题</h1>', True),
        ('<h1 style="color:#959595">标题</h1>', False),
        ('<div style="color:#777"><b style="font-size:20px">粗体</b></div>', True),
        ('<div style="color:#ccc"><p>承自外层</p></div>', False),
        ('<div style="color:#ccc"><p style="display:none">看不见</p></div>', True),
        ('<div style="color:#ccc"><br></div>', True),
        ('<div style="color:#ccc"><b style="color:#000">里</b>外</div>', False),
        ('<div style="background-color:#333"><p>底色承自外层</p></div>', False),
        ('<div style="background:#333"><p style="color:#fff">白字</p></div>', True),
        ('<td bgcolor="#333333">属性里的底色</td>', False),
        ('<font color="#cccccc">属性里的颜色</font>', False),
        ('<p style="color:rgb(204, 204, 204)">另一种写法</p>', False),
        ('<p style="background-color:#00f"><a href="x">蓝底蓝链接</a></p>', False),
        ('<p style="color:#ccc"><a href="x">链接有自己的颜色</a></p>', True),
        ('<p style="color:#ccc"><a href="x" style="color:inherit">承自外层</a></p>', False),
    ],
)
def test_a_text_is_readable_or_found(body: str, readable: bool) -> None:  # noqa: FBT001 - a column
    assert (
        faint(page(f"<table><tr>{body}</tr></table>" if "<td" in body else body)) == []
    ) is readable


def test_the_dark_scheme_is_judged_by_its_own_rules() -> None:
    body = (
        '<div class="a" style="background-color:#fff"><p class="b" style="color:#000">字</p></div>'
    )

    assert faint(page(body)) == []
    assert faint(page(body, DARK % ".a{background-color:#111!important}")) == ["深色"]
    both = ".a{background-color:#111!important}.b{color:#eee!important}"
    assert faint(page(body, DARK % both)) == []


def test_a_dark_rule_without_importance_loses_to_the_element() -> None:
    body = '<p class="b" style="color:#111">字</p>'

    assert faint(page(body, DARK % ".b{color:#eee}")) == ["深色"]


@pytest.mark.parametrize("selector", ["p", "p.b", ".b", "#c", "div .b", "p#c"])
def test_rules_apply_to_what_they_name(selector: str) -> None:
    body = '<div><p class="x b" id="c" style="color:#eee;background-color:#000">字</p></div>'

    assert faint(page(body, DARK % (selector + "{color:#222!important}"))) == ["深色"]
    assert faint(page(body, DARK % (selector + "x{color:#222!important}"))) == []


def test_a_grey_that_is_too_light_is_found_in_the_mail() -> None:
    def contrasts(found: tuple[Finding, ...]) -> list[str]:
        return [one.sentence for one in found if one.rule is Rule.CONTRAST]

    assert contrasts(judge(mail())) == []
    [sentence] = contrasts(judge(spoilt("html", "color:#646b73", "color:#b4bbc3")))
    assert "浅色模式下 m 的文字 #b4bbc3 写在 #ffffff 上" in sentence
    dark = contrasts(
        judge(spoilt("html", ".m,.f,.fl,.sa{color:#a3a8ae", ".m,.f,.fl,.sa{color:#43484e"))
    )
    assert [sentence.split()[1] for sentence in dark] == ["f", "fl", "m", "sa"]
    assert all(sentence.startswith("深色模式下") for sentence in dark)
