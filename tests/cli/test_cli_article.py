"""`distribution article`: an editor corrects what the compiler made of one article."""

import io
import sys
from dataclasses import replace

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from desk_files import FIFTH, SIXTH, at_a_terminal, audited, details
from runs import MASTHEAD

from distribution import issues
from distribution.app import App
from distribution.compiler import Article, Paragraph, Picture, ReadIssue, Table


def titles(office: Office, key: str) -> list[str]:
    articles = office("issue", "show", key, "--json").document["articles"]
    return [article["title"] for article in articles]


def article(office: Office, key: str, number: int) -> dict[str, object]:
    shown = office("issue", "show", key, "--article", str(number), "--json").document
    assert isinstance(shown, dict)
    return shown


def test_an_edit_prints_the_new_line_of_the_contents(office: Office, issue: str, app: App) -> None:
    done = office(
        "article", "edit", f"{issue}/5", "--title", "新标题", "--section", "质量管理",
        "--source", "晋工社", "--date", "2026年11月3日", "--page", "8", "--summary", "新摘要。",
        "--topics", "政策措施,quality", "--must-carry",
    )  # fmt: skip

    assert done.code == 0
    assert "新标题" in done.out.splitlines()[-1]
    assert FIFTH not in done.out
    shown = article(office, issue, 5)
    assert (shown["title"], shown["source"], shown["page"]) == ("新标题", "晋工社", 8)
    assert (shown["date"], shown["must_carry"]) == ("2026-11-03", True)
    assert shown["topics"] == ["policy", "quality"]
    assert {one["origin"] for one in shown["topic_reasons"]} == {"editor"}  # type: ignore[attr-defined]
    assert details(app, "article.edit")["title"] == "新标题"


def test_an_edit_that_changes_nothing_says_so_and_is_not_audited(
    office: Office, issue: str, app: App
) -> None:
    done = office("article", "edit", f"{issue}/5", "--title", FIFTH)

    assert (done.code, done.out.splitlines()[-1]) == (0, "本来就是这样：没有改动。")
    assert audited(app) == []


def test_an_issue_is_named_as_people_write_it(office: Office, issue: str) -> None:
    done = office("article", "show", "２０２６–１１／５", "--json")

    assert issue == "2026-11"
    assert (done.code, done.document["number"]) == (0, 5)


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "2026-11"),
        ("show", "2026-11/"),
        ("show", "/5"),
        ("show", "2026-11/五"),
        ("show", "2026-11/0"),
        ("show", "2026-11/30"),
        ("show", "2026-11/99999999999999999999"),
        ("show", "2025-01/1"),
        ("edit", "2026-11/5", "--date", "昨天"),
        ("edit", "2026-11/5", "--section", ""),
        ("edit", "2026-11/5", "--title", "长" * 301),
        ("edit", "2026-11/5", "--title", "响\x07铃"),
        ("edit", "2026-11/5", "--topics", "没有的主题"),
        ("merge", "2026-11/5", "5"),
        ("merge", "2026-11/5", "30", "--yes"),
        ("split", "2026-11/5", "--at", "1", "--title", "新"),
        ("split", "2026-11/5", "--at", "99", "--title", "新"),
        ("move", "2026-11/5", "--to", "30"),
        ("drop", "2026-11/5", "--reason", " ", "--yes"),
        ("drop", "2026-11/30", "--reason", "重复", "--yes"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    office: Office, issue: str, app: App, arguments: tuple[str, ...]
) -> None:
    before = titles(office, issue)

    refused = office("article", *arguments)

    assert (refused.code, refused.out) == (2, "")
    assert refused.sentence
    assert (titles(office, issue), audited(app)) == (before, [])


def test_a_merged_article_stands_at_the_end_of_the_other(
    office: Office, issue: str, app: App
) -> None:
    five, six = article(office, issue, 5), article(office, issue, 6)

    done = office("article", "merge", f"{issue}/6", "5", "--yes")

    assert SIXTH in done.out
    merged = article(office, issue, 5)
    assert merged["title"] == SIXTH
    assert merged["paragraphs"] == [*six["paragraphs"], *five["paragraphs"]]  # type: ignore[misc]
    assert len(titles(office, issue)) == 28
    assert details(app, "article.merge") == {"takes": 5, "title": FIFTH}


def test_a_split_shows_both_lines(office: Office, issue: str) -> None:
    done = office("article", "split", f"{issue}/5", "--at", "2", "--title", "后半篇")

    assert [FIFTH in done.out, "后半篇" in done.out] == [True, True]
    assert titles(office, issue)[4:7] == [FIFTH, "后半篇", SIXTH]
    assert article(office, issue, 6)["summary"]


def test_a_moved_article_shows_all_lines_that_moved(office: Office, issue: str, app: App) -> None:
    done = office("article", "move", f"{issue}/6", "--to", "4")

    assert len(done.out.splitlines()) == 2 + 3
    assert titles(office, issue)[3] == SIXTH
    assert details(app, "article.move") == {"to": 4}
    assert office("article", "move", f"{issue}/4", "--to", "4").out.endswith("没有改动。\n")


def test_a_dropped_article_leaves_its_reason(office: Office, issue: str, app: App) -> None:
    done = office("article", "drop", f"{issue}/5", "--reason", "与上期重复", "--yes")

    assert done.out == f"已删去「{FIFTH}」，2026-11 期现有 28 篇。\n"
    assert FIFTH not in titles(office, issue)
    assert details(app, "article.drop") == {"reason": "与上期重复", "title": FIFTH}


@only_sqlite
@pytest.mark.parametrize(
    "arguments", [("drop", "2026-11/5", "--reason", "重复"), ("merge", "2026-11/5", "6")]
)
def test_what_takes_an_article_away_asks_first(
    office: Office, issue: str, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    unasked = office("article", *arguments)
    assert (unasked.code, "--yes" in unasked.sentence) == (2, True)
    at_a_terminal(monkeypatch, "n")
    assert office("article", *arguments).code == 1
    assert len(titles(office, issue)) == 29

    at_a_terminal(monkeypatch, "y")

    assert office("article", *arguments).code == 0
    assert len(titles(office, issue)) == 28


class _Slow(io.StringIO):
    """Somebody who thinks about a question while another editor is at work."""

    def __init__(self, app: App, key: str) -> None:
        super().__init__("y\n")
        self._app, self._key = app, key

    def isatty(self) -> bool:
        return True

    def readline(self, size: int = -1, /) -> str:
        with self._app.transaction() as session:
            issues.Desk(session, self._key, by="li", at=MORNING).drop(1, "重复")
        return super().readline(size)


@only_sqlite
@pytest.mark.parametrize(
    "arguments", [("drop", "2026-11/5", "--reason", "重复"), ("merge", "2026-11/5", "6")]
)
def test_what_was_asked_about_one_article_is_not_done_to_another(
    office: Office,
    app: App,
    issue: str,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.setattr(sys, "stdin", _Slow(app, issue))

    refused = office("article", *arguments)

    assert refused.code == 1
    assert "第 5 篇刚由别人改动，已不是所问的那一篇：没有改动" in refused.err
    assert len(titles(office, issue)) == 28


def test_an_approved_issue_is_not_touched(office: Office, issue: str) -> None:
    office("issue", "approve", issue)
    before = titles(office, issue)

    for arguments in (
        ("edit", f"{issue}/5", "--title", "新"),
        ("merge", f"{issue}/5", "6", "--yes"),
        ("split", f"{issue}/5", "--at", "2", "--title", "新"),
        ("move", f"{issue}/5", "--to", "1"),
        ("drop", f"{issue}/5", "--reason", "重复"),
    ):
        refused = office("article", *arguments)
        assert (refused.code, "issue reopen 2026-11" in refused.sentence) == (1, True)
    assert titles(office, issue) == before


@pytest.fixture
def illustrated(app: App) -> str:
    """An issue whose article holds a table, a picture and figures."""
    blocks = (
        Paragraph("2026年9月2日，产值达1.2亿元，增长8.5%。"),
        Table((("年份", "产量"), ("2025", "12")), "表 1 产量"),
        Picture("ab" * 32, "图 1 试验台"),
    )
    told = Article(1, "行业资讯", 1, "质量管理标准发布", None, None, "产值增长。", blocks)
    with app.transaction() as session:
        read = ReadIssue(replace(MASTHEAD), (told,), ())
        return issues.save_issue(session, read, b"", "a.txt", MORNING).key


def test_tables_and_pictures_are_shown_where_they_stand(office: Office, illustrated: str) -> None:
    plain = office("issue", "show", illustrated, "--article", "1").out
    numbered = office("article", "show", f"{illustrated}/1").out

    assert plain.index("产值达") < plain.index("表 1 产量") < plain.index("[图片 图 1 试验台]")
    assert "[1] 2026年9月2日" in numbered
    assert "[3] [图片 图 1 试验台]" in numbered


def test_the_words_that_led_to_a_topic_are_shown(office: Office, illustrated: str) -> None:
    assert "命中：质量管理 ·" in office("issue", "show", illustrated, "--article", "1").out


def test_the_key_figures_are_shown_by_kind(office: Office, illustrated: str) -> None:
    shown = office("article", "show", f"{illustrated}/1").out

    assert "数字：日期 2026年9月2日；金额 1.2亿元；百分比 8.5%\n" in shown


def test_figures_and_blocks_are_in_the_document(office: Office, illustrated: str) -> None:
    shown = article(office, illustrated, 1)

    assert shown["figures"] == [
        {"kind": "日期", "text": "2026年9月2日"},
        {"kind": "金额", "text": "1.2亿元"},
        {"kind": "百分比", "text": "8.5%"},
    ]
    assert [block["kind"] for block in shown["blocks"]] == ["paragraph", "table", "picture"]  # type: ignore[attr-defined]
    assert shown["confidence"] == 1.0
