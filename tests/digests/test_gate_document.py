"""The gate, the HTML document: what is declared, forbidden, shown, linked, left over, too large."""

import pytest
from gate_samples import errors, judge, mail, spoilt, warnings

from distribution.digests.encoding import LINE
from distribution.digests.gate import Rule, Severity
from distribution.digests.gate.sizes import check_size
from distribution.digests.message import HTML_LINES

HTML = "图文版"


def test_the_good_mail_has_neither_errors_nor_warnings() -> None:
    found = judge(mail())

    assert {one.severity for one in found} == {Severity.NOTE}
    assert {one.sentence.split("：")[0] for one in found} == {
        "display:inline-block",
        "max-height",
        "max-width",
        "overflow",
        "padding",
    }


def test_every_sentence_says_what_to_do() -> None:
    spoiled = spoilt("html", "<body", '<script></script><form></form><img src="data:x"><body')

    assert all("请" in one.sentence for one in judge(spoiled) if one.blocks)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('lang="zh-CN"', "", Rule.DOCUMENT),
        ("<title>", "<title></title><b>", Rule.DOCUMENT),
        ("charset=utf-8", "", Rule.DOCUMENT),
        ('name="viewport"', 'name="view"', Rule.DOCUMENT),
        ('<table role="presentation" class="c"', '<table class="c"', Rule.DOCUMENT),
        ("</body>", "<script>1</script></body>", Rule.FORBIDDEN),
        ("</body>", "<form></form></body>", Rule.FORBIDDEN),
        ("</body>", '<iframe src="https://a.example"></iframe></body>', Rule.FORBIDDEN),
        ("</body>", "<object></object></body>", Rule.FORBIDDEN),
        ("</body>", "<svg></svg></body>", Rule.FORBIDDEN),
        ("</head>", '<base href="https://a.example"></head>', Rule.FORBIDDEN),
        ("</head>", '<link rel="stylesheet" href="https://a.example/"></head>', Rule.FORBIDDEN),
        ("</head>", '<meta http-equiv="refresh" content="0;url=x"></head>', Rule.FORBIDDEN),
        ("<style>", "<style>@import 'https://a.example/a.css';", Rule.FORBIDDEN),
        ("<style>", "<style>.x{background:url(https://a.example/a.png)}", Rule.FORBIDDEN),
        ("<body", '<body onload="alert(1)"', Rule.FORBIDDEN),
        ("</body>", '<a href="javascript:alert(1)">x</a></body>', Rule.LINKS),
        ("</body>", '<a href="ftp://a.example/">x</a></body>', Rule.LINKS),
        ("</body>", '<a href="https://a.example/"></a></body>', Rule.LINKS),
        ("</body>", "<a>x</a></body>", Rule.LINKS),
        ("</body>", '<img src="https://a.example/a.png"></body>', Rule.IMAGES),
        ("</body>", '<img src="https://a.example/a.png" alt=""></body>', Rule.IMAGES),
        ("</body>", '<img src="http://a.example/a.png" alt="图"></body>', Rule.IMAGES),
        ("</body>", '<img src="data:image/png;base64,AA" alt="图"></body>', Rule.IMAGES),
        ("<body", '<body background="https://a.example/a.png"', Rule.IMAGES),
        ("</body>", "<!--01234567890123456789:top--></body>", Rule.PLACEHOLDERS),
        ("<body", '<body title="01234567890123456789count01234567890123456789"', Rule.PLACEHOLDERS),
        ("<body", '<body title="{{ issue.title }}"', Rule.PLACEHOLDERS),
    ],
)  # fmt: skip
def test_a_fault_in_the_document_is_found(old: str, new: str, rule: Rule) -> None:
    assert (rule, HTML) in errors(judge(spoilt("html", old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<!DOCTYPE html>", "", Rule.DOCUMENT),
        ("<h1", "<h2", Rule.DOCUMENT),
        ("<h3", "<h4", Rule.DOCUMENT),
        ("</body>", "{{ reader.cuont }}</body>", Rule.PLACEHOLDERS),
        ("</body>", "01234567890123456789count01234567890123456789</body>", Rule.PLACEHOLDERS),
        ("</body>", '<a href="http://a.example/">x</a></body>', Rule.LINKS),
    ],
)
def test_what_may_be_meant_is_warned_of(old: str, new: str, rule: Rule) -> None:
    spoiled = spoilt("html", old, new)

    assert (rule, HTML) in warnings(judge(spoiled))


def test_what_is_harmless_is_let_through() -> None:
    added = (
        '<img src="https://read.example.cn/o/x" width="1" height="1" alt="">'
        '<img src="http://127.0.0.1:8000/o/x" width="1" height="1" alt="">'
        '<a href="mailto:office@example.cn">来信</a><table><tr><th>表头</th></tr></table>'
    )

    assert errors(judge(spoilt("html", "</body>", f"{added}</body>"))) == []


@pytest.mark.parametrize("html", ["", "<!-- -->", "一", "\x00"])
def test_what_is_no_document_at_all_is_judged_too(html: str) -> None:
    assert (Rule.DOCUMENT, HTML) in errors(judge(spoilt("html", mail().html, html)))


@pytest.mark.parametrize("size", [69, 75])
def test_a_mail_that_gmail_would_cut_is_found(size: int) -> None:
    assert (Rule.SIZE, HTML) not in errors(judge(mail()))

    filled = "<!--" + "x" * (size * 1024) + "-->"

    assert (Rule.SIZE, HTML) in errors(judge(spoilt("html", "</body>", f"{filled}</body>")))


def test_line_ends_count_as_they_travel() -> None:
    longest = HTML_LINES * LINE
    assert not list(check_size("x\n" * (longest // 3)))
    assert list(check_size("x\n" * (longest // 3 + 1)))
