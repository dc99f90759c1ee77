"""Whole issues against what a person read in them."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from distribution.compiler.article.formulas import without_latex
from distribution.compiler.compiling import USUAL_SECTIONS, read_issue
from distribution.compiler.content import Article, ReadIssue
from distribution.compiler.doubts import Doubt

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "issues"
FILES = {
    "real": (REAL / "2023-09.txt", REAL / "2023-09.expected.json"),
    "sample": (
        ROOT / "distribution/sample/issue.txt",
        Path(__file__).with_name("sample.expected.json"),
    ),
}


class Truth:
    """An issue as read, and as expected; formulas are left out of both."""

    def __init__(self, text: Path, expected: Path) -> None:
        if not text.exists():
            pytest.skip(f"{text} is not here")
        self.read: ReadIssue = read_issue(text.read_bytes(), text.name)
        self.expected: dict[str, Any] = json.loads(expected.read_text(encoding="utf-8"))
        formulas = re.findall(r"\$[^$]+\$", text.read_text(encoding="utf-8"))
        self.formulas = [without_latex(formula) for formula in formulas]

    def bare(self, paragraph: str) -> str:
        for formula in self.formulas:
            paragraph = paragraph.replace(formula, "")
        return "".join(unicodedata.normalize("NFKC", paragraph).split())

    def facts(self, article: Article) -> dict[str, object]:
        bare = [self.bare(paragraph) for paragraph in article.paragraphs]
        return {
            "number": article.position,
            "section": article.section,
            "page": article.page,
            "title": article.title,
            "source": article.source,
            "date": article.date and article.date.isoformat(),
            "paragraph_count": len(article.paragraphs),
            "first": article.paragraphs[0][:16],
            "last": article.paragraphs[-1][-16:],
            "characters": sum(map(len, bare)),
            "paragraph_ends": [paragraph[-8:] for paragraph in bare],
        }


@pytest.fixture(params=list(FILES))
def truth(request: pytest.FixtureRequest) -> Truth:
    return Truth(*FILES[request.param])


def test_every_article_is_read_as_a_person_reads_it(truth: Truth) -> None:
    assert [truth.facts(article) for article in truth.read.articles] == truth.expected["articles"]


def test_the_masthead_is_read_as_a_person_reads_it(truth: Truth) -> None:
    masthead, contact = truth.read.masthead, truth.read.masthead.contact

    assert {
        "publication": masthead.publication,
        "year": masthead.year,
        "number": masthead.number,
        "total_number": masthead.total_number,
        "month": f"{masthead.month:%Y-%m}",
        "publishers": list(masthead.publishers),
        "contact": {
            "email": contact.email,
            "phone": contact.phone,
            "postcode": contact.postcode,
            "address": contact.address,
            "website": contact.website,
        },
    } == {fact: value for fact, value in truth.expected.items() if fact != "articles"}


def test_only_a_new_section_stands_between_it_and_approval(truth: Truth) -> None:
    grave = [complaint for complaint in truth.read.complaints if complaint.kind.grave]

    new = {one["section"] for one in truth.expected["articles"]} - set(USUAL_SECTIONS)
    assert {(one.kind, one.excerpt) for one in grave} == {(Doubt.SECTION_NEW, one) for one in new}


def test_every_character_has_a_home(truth: Truth) -> None:
    account = truth.read.account

    assert (account.listed, account.found, account.homeless, account.orphans) == (29, 29, 0, 0)
    assert account.articles + sum(account.furniture.values()) == account.characters


def test_the_doubled_character_is_told(truth: Truth) -> None:
    (complaint,) = [one for one in truth.read.complaints if one.kind is Doubt.DOUBLED]

    assert re.fullmatch("分页处重复的「.」已去掉一个，请核对", complaint.problem)


def test_the_offices_of_the_colophon_are_kept_in_order(truth: Truth) -> None:
    offices = [office for office, _ in truth.read.masthead.contact.editors]

    assert offices == ["编辑", "终审", "校编", "责任编辑"]


def test_every_summary_says_something_and_ends(truth: Truth) -> None:
    for article in truth.read.articles:
        assert 30 <= len(article.summary) <= 145, article.title
        assert article.summary.endswith(("。", "……", "？", "”")), article.title


def test_no_summary_begins_with_its_agency(truth: Truth) -> None:
    for article in truth.read.articles:
        assert not re.match("据|来自", article.summary), article.title
        assert article.source is None or not article.summary.startswith(article.source)


def test_no_formula_stays_in_latex(truth: Truth) -> None:
    assert truth.formulas
    assert not [
        paragraph
        for article in truth.read.articles
        for paragraph in article.paragraphs
        if "$" in paragraph or "\\" in paragraph
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_the_sample_reads_the_same_in_every_encoding(encoding: str) -> None:
    data = FILES["sample"][0].read_bytes()

    again = data.decode().replace("\n", "\r\n").encode(encoding)

    assert read_issue(again, "x") == read_issue(data, "x")
