"""`distribution report run` as a page and a workbook: the same figures in every form."""

from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from cli_office import Office
from databases import only_sqlite
from python_calamine import CalamineWorkbook
from reports.report_samples import (
    agreeing,
    article_ids,
    came_back,
    clicked,
    opened,
    rows,
    send_sample,
)
from runs import plan_sample
from sqlalchemy import update

from distribution import audit, clock, reports
from distribution.app import App
from distribution.models import Article, Run
from distribution.words import Meaning

FORMULA = '=HYPERLINK("https://elsewhere.test")'
SHEETS = [
    "概要", "时间", "服务商", "文章", "主题", "单位", "退信", "关注变化", "历次比较", "指标说明",
]  # fmt: skip


@pytest.fixture
def told(app: App) -> int:
    """A sent run with another before it, of which some things came back; its number."""
    send_sample(app)
    run_id = send_sample(app, label="12")
    with app.transaction() as session:
        articles, agreed = article_ids(session, run_id), agreeing(session, run_id)
        for row in agreed[:6]:
            opened(session, run_id, row)
        clicked(session, run_id, agreed[0], articles[11])
        clicked(session, run_id, None, articles[11])
        first, *_ = rows(session, run_id)
        first.accepted_at = clock.now() - timedelta(hours=1)
        came_back(session, first, status="5.1.1", meaning=Meaning.BAD_ADDRESS)
        who, at = str(agreed[0].subscriber_id), clock.now() + timedelta(hours=1)
        audit.record(session, "reader.preferences", who, by="reader", at=at, topics=["policy"])
        session.execute(
            update(Article).where(Article.id == articles[11]).values(title=FORMULA + "长" * 80)
        )
    return run_id


class Page(HTMLParser):
    """What a browser finds on a page: its tables by the heading above them, and all it names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.text = ""
        self._heading, self._open = "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag
        if tag == "h2":
            self._heading = ""
        if tag == "tr":
            self.tables.setdefault(self._heading, []).append([])
        if tag in ("td", "th"):
            self.tables[self._heading][-1].append("")

    def handle_endtag(self, _tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open == "h2":
            self._heading += data
        if self._open in ("td", "th"):
            self.tables[self._heading][-1][-1] += data


def spelled(cell: Any) -> str:  # noqa: ANN401 - a cell of a workbook
    """A cell of the workbook as the page writes it."""
    if hasattr(cell, "strftime"):
        return str(cell.strftime("%Y-%m-%d %H:%M"))
    return f"{int(cell):,}" if isinstance(cell, float) else str(cell)


def sheets(file: Path) -> dict[str, list[list[Any]]]:
    """The sheets of a workbook by their names."""
    book = CalamineWorkbook.from_path(str(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def figures(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Figures of a document by their names in a workbook's overview."""
    yield "投递", document["books"]["total"]
    yield "退信", document["bounced"]["total"]
    yield "退订", document["left"]["total"]
    yield "同意统计", document["agreed"]
    yield "打开（可确认）", document["opened"]["human"]
    yield "打开（最多）", document["opened"]["at_most"]
    yield "点击", document["clicked"]["readers"]
    yield "匿名点击", document["clicked"]["anonymous"]
    yield "改变关注的读者", document["interests"]["readers"]


def test_page_workbook_document_and_terminal_tell_the_same_figures(
    office: Office, told: int, tmp_path: Path
) -> None:
    html, xlsx = tmp_path / "报告.html", tmp_path / "报告.xlsx"
    written = office("report", "run", str(told), "--html", str(html), "--xlsx", str(xlsx))
    assert (written.code, written.out) == (0, f"已写入 {html}\n已写入 {xlsx}\n")
    document = office("report", "run", str(told), "--json").document
    terminal = office("report", "run", str(told), "--all").out
    page, book = Page(html.read_text("utf-8")), sheets(xlsx)

    overview = {row[0]: row[1] for row in book["概要"]}
    assert {name: overview[name] for name, _ in figures(document)} == dict(figures(document))
    assert list(book) == SHEETS
    for heading, sheet in (
        ("各家邮箱服务商", "服务商"), ("主题", "主题"), ("各篇文章", "文章"), ("各单位", "单位"),
        ("退信与拒收", "退信"), ("关注变化", "关注变化"), ("历次比较", "历次比较"),
    ):  # fmt: skip
        assert page.tables[heading] == [[spelled(cell) for cell in row] for row in book[sheet]]
    assert sum(row["accepted"] for row in document["pace"]["buckets"]) == book["时间"][-1][1] == 67
    assert [row[1] for row in book["服务商"][1:-1]] == [one["planned"] for one in document["lanes"]]
    assert [row[4] for row in book["文章"][1:]] == [
        "不细分" if one["readers"] is None else one["readers"] for one in document["articles"]
    ]
    assert [row[4] for row in book["历次比较"][1:]] == [
        one["accepted"] for one in document["earlier"]
    ]
    for one in document["lanes"]:
        line = [str(one[name]) for name in ("planned", "accepted", "refused", "bounced")]
        assert [one["label"], *line] in [words.split() for words in terminal.splitlines()]


def test_small_enterprises_are_hidden_in_every_form(
    office: Office, told: int, tmp_path: Path
) -> None:
    xlsx = tmp_path / "r.xlsx"
    office("report", "run", str(told), "--xlsx", str(xlsx))
    document = office("report", "run", str(told), "--json").document
    terminal = office("report", "run", str(told), "--all").out

    hidden = [one for one in document["enterprises"] if one["opened"] is None]
    assert len(hidden) == 14
    assert {(one["agreed"], one["opened_at_most"], one["clicked"]) for one in hidden} == {
        (None, None, None)
    }
    assert document["enterprises_too_few"]["agreed"] == document["agreed"] == 40
    assert document["enterprises_too_few"]["opened"] == document["opened"]["human"]
    for one in hidden:
        (line,) = [words for words in terminal.splitlines() if words.startswith(one["name"])]
        assert line.split()[-3:] == ["不细分"] * 3
    assert [row[5:] for row in sheets(xlsx)["单位"][1:-1]] == [["不细分"] * 4] * 14


@only_sqlite
def test_a_page_needs_nothing_else_and_no_title_is_a_formula(
    office: Office, told: int, tmp_path: Path
) -> None:
    html, xlsx = tmp_path / "r.html", tmp_path / "r.xlsx"
    office("report", "run", str(told), "--html", str(html), "--xlsx", str(xlsx))
    text = html.read_text("utf-8")
    page = Page(text)

    assert not {"script", "link", "img", "iframe", "a", "form"} & {tag for tag, _ in page.tags}
    assert not any({"src", "href", "style"} & set(facts) for _, facts in page.tags)
    assert "url(http" not in text
    policy = next(facts for _, facts in page.tags if "http-equiv" in facts)
    assert str(policy["content"]).startswith("default-src 'none'; style-src 'unsafe-inline'")
    title = sheets(xlsx)["文章"][12][2]
    assert title.startswith(FORMULA)
    assert [row[2] for row in page.tables["各篇文章"]][12] == title


@only_sqlite
def test_each_figure_that_is_shown_has_its_footnote(
    office: Office, told: int, tmp_path: Path
) -> None:
    html = tmp_path / "r.html"
    office("report", "run", str(told), "--html", str(html))
    page = Page(html.read_text("utf-8"))

    for one in reports.FIGURES.values():
        if one.name != "投诉":
            assert f"{one.name}：{one.definition}" in page.text
    assert "2026-12 期寄给 67 位读者；全部已寄出，后来退回 1 封；" in page.text
    assert "6 位打开过邮件，1 位点开了文章" in page.text
    assert "上期 0，多 1" in page.text


@only_sqlite
def test_the_page_goes_to_standard_output_on_demand(office: Office, told: int) -> None:
    done = office("report", "run", str(told), "--html", "-")
    both = office("report", "run", str(told), "--html", "-", "--json")

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("<!DOCTYPE html>")
    assert done.out.endswith("</html>\n")
    assert (both.code, both.out) == (2, "")
    assert both.sentence == "--html - 与 --json 都写到标准输出：请给 --html 一个文件名"


@only_sqlite
def test_a_file_of_another_kind_or_without_a_place_is_refused(
    office: Office, told: int, tmp_path: Path
) -> None:
    number = str(told)
    other = office("report", "run", number, "--html", "report.txt")
    nowhere = office("report", "run", number, "--xlsx", str(tmp_path / "none" / "report.xlsx"))

    assert (other.code, other.sentence) == (2, "report.txt 的后缀不明：请用 .html")
    assert nowhere.code == 2
    assert "文件夹不存在，请先建立" in nowhere.sentence


@only_sqlite
def test_a_run_before_its_start_has_a_page_that_says_so(office: Office, app: App) -> None:
    run_id = str(plan_sample(app))
    waiting = Page(office("report", "run", run_id, "--html", "-").out)
    assert office("run", "cancel", run_id, "--yes").code == 0
    cancelled = Page(office("report", "run", run_id, "--html", "-").out)

    assert "2026-11 期还没有开始投递，准备寄给 67 位读者。" in waiting.text
    assert "2026-11 期在开始投递之前已取消，没有寄出邮件。" in cancelled.text
    assert not waiting.tables


@only_sqlite
def test_what_is_wrong_with_a_run_stands_above_its_figures(
    office: Office, app: App, told: int
) -> None:
    with app.transaction() as session:
        session.execute(update(Run).where(Run.id == told).values(planned=70, state="sending"))

    done = office("report", "run", str(told), "--html", "-")

    assert done.code == 1
    assert "账目不符：封存时有 70 封投递，现有 67 封，请管理员核对。" in done.out
    assert "投递仍在进行，以下数字还会变。" in done.out
