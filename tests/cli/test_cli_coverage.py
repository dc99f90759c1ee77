"""`distribution digest coverage`: what approval of an issue would mean to its readers."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from cli_office import MORNING, Office
from runs import add_reader
from sqlalchemy import select, update

from distribution import topics
from distribution.app import App
from distribution.models import Article, Run

SVG = "{http://www.w3.org/2000/svg}"
KEYS = {
    "issue", "readers", "mailed", "left_out", "articles", "articles_without_readers",
    "articles_of_no_interest", "few", "topics", "topics_without_followers",
    "topics_of_issue_without_followers", "never_matching", "selections", "mails", "html_limit",
    "largest", "too_large",
}  # fmt: skip


@pytest.fixture
def readers(app: App) -> None:
    """Five readers, one of whom may not be mailed and one of whom follows what leads nowhere."""
    with app.transaction() as session:
        topics.add(session, "green", "绿色低碳")
        add_reader(session, app, "a@fenhe.example", MORNING, topics=("quality", "policy"))
        add_reader(session, app, "b@fenhe.example", MORNING, topics=("quality",))
        add_reader(session, app, "c@fenhe.example", MORNING, topics=("education",))
        add_reader(session, app, "never@fenhe.example", MORNING, topics=("green",))
        add_reader(session, app, "no@fenhe.example", MORNING, consent="")


@pytest.mark.usefixtures("readers")
def test_what_approval_would_mean_is_told_before_it(office: Office, app: App, issue: str) -> None:
    found = office("digest", "coverage", issue)

    assert (found.code, found.err) == (0, "")
    assert "《三晋装备通讯》2026-11 期 · 尚未批准" in found.out
    assert "读者最少的 10 篇文章" in found.out
    assert "还有 19 篇文章：加 --all 全部列出" in found.out
    rows = {line.split()[0]: line for line in found.out.splitlines() if line.strip()}
    assert rows["将收到邮件的读者"].split()[1] == "4"
    assert rows["不发的读者"].split()[1:] == ["1", "未曾同意", "1"]
    assert rows["关注永远不会匹配的读者"].split()[1] == "1"
    assert "never@fenhe.example" in rows["关注永远不会匹配的读者"]
    assert "科技前沿（本期 3 篇）" in rows["没有人关注的主题"]
    assert "距上限 69 KiB 还有" in rows["最大的邮件（字节）"]
    with app.reading() as session:
        assert session.scalars(select(Run)).all() == []


@pytest.mark.usefixtures("readers")
def test_the_document_has_every_figure(office: Office, issue: str) -> None:
    document = office("digest", "coverage", issue, "--json").document

    assert set(document) == KEYS
    assert (document["readers"], document["mailed"]) == (5, 4)
    assert document["left_out"] == {"no_consent": 1}
    assert [article["number"] for article in document["articles"]] == list(range(1, 30))
    for article in document["articles"]:
        assert article["readers"] == sum(article["shares"].values())
    quality = next(topic for topic in document["topics"] if topic["code"] == "quality")
    assert (quality["followers"], max(quality["readers_by_article"])) == (2, 2)
    assert document["topics_of_issue_without_followers"] == [
        "equipment", "industry", "shanxi", "technology",
    ]  # fmt: skip
    assert document["never_matching"] == {"readers": 1, "first": ["never@fenhe.example"]}
    assert document["few"]["own"] == 2  # of education there are two articles, of green none
    assert document["few"]["in_mail"] == 0
    assert (document["selections"], document["mails"]) == (4, {"html": 4, "text": 0})
    largest = document["largest"]
    assert largest["left"] == document["html_limit"] - largest["html_bytes"]
    assert largest["message_bytes"] > largest["html_bytes"]


@pytest.mark.usefixtures("readers")
def test_articles_nobody_gets_are_no_error_and_come_first(office: Office, issue: str) -> None:
    found = office("digest", "coverage", issue)
    document = office("digest", "coverage", issue, "--json").document

    nobody = document["articles_without_readers"]
    assert found.code == 0
    assert nobody
    assert f"第 {'、'.join(map(str, nobody))} 篇" in found.out
    first = re.search(r"─\n *(\d+) ", found.out)
    assert first is not None
    assert int(first[1]) in nobody


@pytest.mark.usefixtures("readers")
def test_all_articles_are_told_in_the_order_of_the_issue(office: Office, issue: str) -> None:
    out = office("digest", "coverage", issue, "--all").out

    numbers = [int(n) for n in re.findall(r"^ ?(\d+)  ", out.split("各主题")[0], re.MULTILINE)]
    assert numbers == list(range(1, 30))


@pytest.mark.usefixtures("readers")
def test_the_picture_is_one_svg_with_a_cell_for_each_topic_and_article(
    office: Office, issue: str, tmp_path: Path
) -> None:
    file = tmp_path / "coverage.svg"

    found = office("digest", "coverage", issue, "--picture", str(file))

    assert f"已写入 {file}" in found.out
    picture = ET.parse(file).getroot()  # noqa: S314 - we have just written it
    assert (picture.tag, picture.get("lang"), picture.get("role")) == (f"{SVG}svg", "zh-CN", "img")
    tips = [tip.text or "" for tip in picture.iter(f"{SVG}title")]
    cells = [tip for tip in tips if " × " in tip]
    assert len(cells) == 8 * 29
    assert any(re.fullmatch(r"质量管理 × 第 23 篇 .*：2 位（关注者 2 位）", tip) for tip in cells)
    text = file.read_text("utf-8")
    assert "prefers-color-scheme:dark" in text
    assert "Microsoft YaHei" in text
    assert {mark for mark in ("1–0", ">1<", ">2<") if mark in text} == {">1<", ">2<"}
    for outside in ("<script", "href", "@import", "url("):
        assert outside not in text
    assert set(re.findall(r"https?://[^\"]+", text)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.usefixtures("readers")
def test_the_page_holds_the_picture_and_a_table_of_all_articles(
    office: Office, issue: str, tmp_path: Path
) -> None:
    file = tmp_path / "coverage.html"

    office("digest", "coverage", issue, "--picture", str(file))

    page = file.read_text("utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert page.count("<svg") == 1
    assert page.count("<tr><td") == 29
    assert "<script" not in page


@pytest.mark.usefixtures("readers")
def test_a_title_is_text_in_terminal_and_picture(
    office: Office, app: App, issue: str, tmp_path: Path
) -> None:
    with app.transaction() as session:
        session.execute(
            update(Article).where(Article.position == 1).values(title="\x1b[1m<script>&{{ x }}")
        )
    svg, page = tmp_path / "coverage.svg", tmp_path / "coverage.html"

    out = office("digest", "coverage", issue, "--all", "--picture", str(svg)).out
    office("digest", "coverage", issue, "--picture", str(page))

    assert "\x1b" not in out
    ET.parse(svg)  # noqa: S314 - we have just written it
    for file in (svg, page):
        assert "&lt;script&gt;&amp;{{ x }}" in file.read_text("utf-8")


def test_without_readers_there_is_a_picture_too(office: Office, issue: str, tmp_path: Path) -> None:
    file = tmp_path / "coverage.svg"

    found = office("digest", "coverage", issue, "--picture", str(file))
    document = office("digest", "coverage", issue, "--json").document

    assert found.code == 0
    assert (document["mailed"], document["largest"]) == (0, None)
    assert "29 篇没有人收到" in file.read_text("utf-8")


def test_a_picture_of_another_kind_is_refused_before_anything_is_counted(
    office: Office, tmp_path: Path
) -> None:
    refused = office("digest", "coverage", "2031-01", "--picture", str(tmp_path / "a.png"))

    assert refused.code == 2
    assert refused.sentence.endswith("的后缀不明：请用 .svg、.html 之一")
