"""One issue in many layouts: the same articles, whatever the page looks like."""

import json
from pathlib import Path

import forms
import pytest
from pdf_samples import HEADS, as_page, facts

from distribution.compiler import Source, compile_issue
from distribution.compiler.compiling import USUAL_SECTIONS

ROOT = Path(__file__).parents[3]
LAYOUTS = {
    "one column": "main{columns:1}",
    "three columns": "main{columns:3}",
    "titles over both columns": "h2{column-span:all}" + HEADS,
    "titles bold, as large as the text": "h1,h2{font-size:inherit;text-align:left;margin:0}",
    "titles like the text": "h1,h2{font:inherit;text-align:left;margin:0}" + HEADS,
    "paragraphs set apart": "p{text-indent:0;margin-bottom:7pt}main{columns:1}" + HEADS,
    "small print": "body{font:8pt/1.35 'Noto Sans CJK SC',sans-serif}" + HEADS,
    "contents in two columns": "nav{columns:2}" + HEADS,
    "marks pushed together": "body{font-feature-settings:'halt'}" + HEADS,
}
STAMP = (
    "<div style='position:fixed;top:45%;left:15%;font-size:60pt;line-height:1;color:#ddd;"
    "z-index:-1'>内部资料</div>"
)


@pytest.fixture(scope="module")
def issue() -> forms.Printed:
    text = (ROOT / "distribution/sample/issue.txt").read_text(encoding="utf-8")
    truth = json.loads((ROOT / "tests/compiler/sample.expected.json").read_text(encoding="utf-8"))
    titles = [article["title"] for article in truth["articles"]]
    sections = list(dict.fromkeys(article["section"] for article in truth["articles"]))
    return forms.printed(text, titles, sections)


def assert_same(issue: forms.Printed, source: Source) -> None:
    known = [line for line in issue.body if issue.kind(line) == "section"] + list(USUAL_SECTIONS)
    expected, read = compile_issue([forms.as_text(issue)], known), compile_issue([source], known)

    assert facts(read.articles) == facts(expected.articles)
    assert read.account.orphans == 0
    assert not [one for one in read.complaints if one.kind.grave]


@pytest.mark.skipif(forms.CHROMIUM is None, reason="no Chromium with a Chinese font")
@pytest.mark.parametrize("style", LAYOUTS.values(), ids=LAYOUTS)
def test_the_layout_makes_no_difference(issue: forms.Printed, style: str, tmp_path: Path) -> None:
    assert_same(issue, as_page(issue, tmp_path, style=style))


@pytest.mark.skipif(forms.CHROMIUM is None, reason="no Chromium with a Chinese font")
def test_contents_need_no_leaders_and_a_watermark_is_no_text(
    issue: forms.Printed, tmp_path: Path
) -> None:
    style = "nav{columns:2}" + HEADS

    assert_same(issue, as_page(issue, tmp_path, style=style, leaders="tab", over=STAMP))


@pytest.mark.parametrize("columns", [1, 2])
def test_the_programme_that_makes_the_file_makes_no_difference(
    issue: forms.Printed, columns: int
) -> None:
    assert_same(issue, forms.as_pdf(issue, columns=columns))
