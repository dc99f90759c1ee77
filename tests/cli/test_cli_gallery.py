"""`digest gallery`: the most different digests on one page that needs nothing else."""

import re
from html import unescape
from pathlib import Path

import pytest
from cli_office import MORNING, Office
from databases import only_sqlite
from runs import add_reader, make_issue

from distribution.app import App


@pytest.fixture
def readers(app: App) -> None:
    """Three who want quality, one who wants policy, one who wants no topic and has left."""
    with app.transaction() as session:
        for number in range(3):
            add_reader(session, app, f"q{number}@fenhe.example", MORNING, topics=("quality",))
        add_reader(session, app, "p@fenhe.example", MORNING, topics=("policy",))
        add_reader(session, app, "gone@fenhe.example", MORNING, consent="", topics=("education",))


def gallery(office: Office, issue: str, path: Path, *more: str) -> str:
    done = office("digest", "gallery", issue, "--out", str(path), *more)
    assert (done.code, done.err) == (0, "")
    assert f"已写入 {path}" in done.out
    return path.read_text(encoding="utf-8")


def frames(page: str) -> list[tuple[int, str]]:
    """Width and mail of each frame."""
    found = re.findall(r'<iframe sandbox [^>]*width="(\d+)"[^>]*srcdoc="([^"]*)"', page)
    return [(int(width), unescape(html)) for width, html in found]


@pytest.mark.usefixtures("readers")
def test_each_mail_hangs_three_times_with_what_is_said_of_it(
    office: Office, issue: str, tmp_path: Path
) -> None:
    page = gallery(office, issue, tmp_path / "g.html")

    assert page.count("<section") == 3  # standard, quality, policy
    assert [width for width, _ in frames(page)] == [720, 390, 390] * 3
    text = re.sub(r'srcdoc="[^"]*"', "", page)
    for said in (
        "共有 3 种不同的邮件", "29 篇 · 0 人", "3 人收到的正是这一封", "主题：质量管理", "标准版",
        "主题：政策措施", "《三晋装备通讯》2026年第11期：为您选出",
    ):  # fmt: skip
        assert said in text
    assert "产教融合" not in text  # he gets no mail


@pytest.mark.usefixtures("readers")
def test_the_dark_copy_is_dark_and_the_others_light_on_any_machine(
    office: Office, issue: str, tmp_path: Path
) -> None:
    found = frames(gallery(office, issue, tmp_path / "g.html"))
    heads = [html.partition("</head>")[0] for _, html in found[:3]]
    assert ["@media (min-width:0px)" in head for head in heads] == [False, False, True]
    assert not any("prefers-color-scheme" in head for head in heads)


@pytest.mark.usefixtures("readers")
def test_the_page_needs_nothing_else_and_runs_nothing(
    office: Office, issue: str, tmp_path: Path
) -> None:
    page = gallery(office, issue, tmp_path / "g.html")
    assert "default-src 'none'" in page
    assert page.count("<iframe") == page.count("<iframe sandbox ")
    everything = page + "".join(html for _, html in frames(page))
    assert not re.search(r"<script|<link\b|<img\b|@import|url\(|\ssrc=", everything)


@pytest.mark.usefixtures("readers")
@only_sqlite
def test_so_many_more_hang_as_are_asked_for(
    office: Office, issue: str, app: App, tmp_path: Path
) -> None:
    with app.transaction() as session:
        for code in ("equipment", "education", "shanxi", "industry"):
            add_reader(session, app, f"{code}@fenhe.example", MORNING, topics=(code,))
    path = tmp_path / "g.html"
    few = gallery(office, issue, path, "--count", "0").count("<section")
    assert gallery(office, issue, path, "--count", "2").count("<section") == few + 2
    assert gallery(office, issue, path).count("<section") == 7
    again = gallery(office, issue, path)
    assert re.sub(r"\d\d:\d\d（", "", again) == re.sub(r"\d\d:\d\d（", "", path.read_text())


def test_without_readers_each_topic_is_shown(office: Office, issue: str, tmp_path: Path) -> None:
    done = office("digest", "gallery", issue, "--out", str(tmp_path / "g.html"), "--count", "20")
    page = (tmp_path / "g.html").read_text(encoding="utf-8")
    assert "目前没有可投递的读者" in done.out
    assert "目前没有可投递的读者" in page
    assert "主题：产教融合" in page
    assert page.count("<section") > 6


@only_sqlite
def test_without_a_name_the_page_is_called_after_the_issue(
    office: Office, issue: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "gallery-2026-11.html" in office("digest", "gallery", issue).out
    assert (tmp_path / "gallery-2026-11.html").exists()
    refused = office("digest", "gallery", issue, "--out", "g.txt")
    assert "的后缀不明：请用 .html" in refused.sentence
    assert "没有期刊" in office("digest", "gallery", "2031-01").sentence


@only_sqlite
def test_an_issue_without_articles_has_no_gallery(office: Office, app: App, tmp_path: Path) -> None:
    key = make_issue(app, articles=0, approved=False)
    refused = office("digest", "gallery", key, "--out", str(tmp_path / "g.html"))
    assert (refused.code, refused.out) == (1, "")
    assert f"{key} 期一篇文章也没有" in refused.sentence
