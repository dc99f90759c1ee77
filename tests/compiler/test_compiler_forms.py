"""One issue in every form: the same articles come out of all of them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import forms
import pytest
from forms import Printed

from distribution.bundle import sample
from distribution.compiler import Article, Doubt, ReadIssue, Source, compile_issue

TRUTH = json.loads(Path(__file__).with_name("sample.expected.json").read_text(encoding="utf-8"))
NEW = "安全生产"
FORMS: dict[str, Callable[[Printed], Source | Sequence[Source]]] = {
    "gb18030": lambda issue: forms.as_text(issue, "gb18030"),
    "utf-16 with CRLF": forms.as_crlf,
    "markdown": forms.as_markdown,
    "styled word": forms.as_styled_word,
    "bold centred word": forms.as_bold_word,
    "plain word": forms.as_plain_word,
    "folder": forms.as_folder,
    "one-column pdf": lambda issue: forms.as_pdf(issue, columns=1),
    "two-column pdf": lambda issue: forms.as_pdf(issue, columns=2),
    "two-column pdf without indents": lambda issue: forms.as_pdf(issue, indent=False),
}


def facts(article: Article) -> tuple[object, ...]:
    """All that an editor sees of an article."""
    return (
        article.section,
        article.page,
        article.title,
        article.source,
        article.date,
        article.paragraphs,
        article.summary,
    )


@pytest.fixture(scope="module")
def printed() -> Printed:
    text = sample("issue.txt").read_text(encoding="utf-8")
    titles = [article["title"] for article in TRUTH["articles"]]
    sections = list(dict.fromkeys(article["section"] for article in TRUTH["articles"]))
    return forms.printed(text, titles, sections)


@pytest.fixture(scope="module")
def as_text(printed: Printed) -> ReadIssue:
    return compile_issue([forms.as_text(printed)])


def balance(issue: ReadIssue) -> bool:
    """Whether the account adds up, and nothing is left without a home."""
    account = issue.account
    sums = account.articles + sum(account.furniture.values())
    return account.orphans == 0 and sums == account.characters


def compare(found: ReadIssue, as_text: ReadIssue) -> None:
    for article, expected in zip(found.articles, as_text.articles, strict=True):
        assert facts(article) == facts(expected)
    assert found.masthead == as_text.masthead
    assert balance(found)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_compiles_to_the_same_articles(
    form: str, printed: Printed, as_text: ReadIssue
) -> None:
    made = FORMS[form](printed)
    sources = [made] if isinstance(made, Source) else made

    found = compile_issue(sources)

    compare(found, as_text)
    assert {one.kind for one in found.complaints if one.kind.grave} == {Doubt.SECTION_NEW}


@pytest.mark.skipif(forms.CHROMIUM is None, reason="no Chromium with a Chinese font")
def test_what_a_browser_prints_compiles_to_the_same_articles(
    printed: Printed, as_text: ReadIssue, tmp_path: Path
) -> None:
    compare(compile_issue([forms.as_browser_pdf(printed, tmp_path)]), as_text)


def test_the_form_with_which_all_others_are_compared_is_right(as_text: ReadIssue) -> None:
    wanted = [(one["section"], one["title"], one["paragraph_count"]) for one in TRUTH["articles"]]

    found = [(one.section, one.title, len(one.paragraphs)) for one in as_text.articles]

    assert found == wanted


def test_a_section_nobody_knows_is_asked_about_once(as_text: ReadIssue) -> None:
    asked = [one for one in as_text.complaints if one.kind is Doubt.SECTION_NEW]

    assert [article.section for article in as_text.articles].count(NEW) == 2
    assert len(asked) == 1
    assert asked[0].problem == f"栏目「{NEW}」还没有对应的主题"
