"""`distribution issue import`: the report, a changed file, a folder, a mere look."""

from pathlib import Path

import pytest
from cli_office import Office
from databases import only_sqlite
from desk_files import FIFTH, SAMPLE, at_a_terminal, audited, changed

from distribution.app import App


def titles(office: Office, key: str) -> list[str]:
    articles = office("issue", "show", key, "--json").document["articles"]
    return [article["title"] for article in articles]


def test_an_import_tells_the_compilers_report_and_the_way_on(office: Office) -> None:
    shown = office("issue", "import", SAMPLE).out

    assert "目录 29 篇，找到 29 篇，0 段没有归属。" in shown
    assert "全文 10164 字：文章 9146，" in shown
    assert "93%     没有电头；跨页的段落已接上" in shown
    assert "第 134 行；第 142 行" in shown
    assert shown.endswith("核对：distribution issue check 2026-11\n")


def test_each_new_section_is_named_once_with_its_command(office: Office) -> None:
    command = "distribution issue section map 安全生产 --topic 主题"
    imported = office("issue", "import", SAMPLE).out
    checked = office("issue", "check", "2026-11", "--json").document

    assert f"设定栏目「安全生产」的主题：{command}\n" in imported
    assert imported.count(command) == 1
    assert office("issue", "report", "2026-11").out.count(command) == 1
    assert {one["remedy"] for one in checked["findings"] if one["error"]} == {command}


def test_the_same_content_in_another_file_renews_the_doubts(
    office: Office, issue: str, tmp_path: Path, app: App
) -> None:
    path = tmp_path / "spaced.txt"
    path.write_text(f"\n\n{Path(SAMPLE).read_text(encoding='utf-8')}", encoding="utf-8")

    done = office("issue", "import", str(path))

    assert done.out.startswith(f"{issue} 期已在库中，内容相同（29 篇）：只有疑点按这个文件更新。")
    assert "第 136 行；第 144 行" in office("issue", "report", issue).out
    assert audited(app) == [("issue.import", issue)]


def test_the_report_as_json_counts_every_character(office: Office) -> None:
    report = office("issue", "import", SAMPLE, "--json").document["report"]

    account = report["account"]
    parts = account["articles"] + sum(account["furniture"].values()) + account["orphans"]
    assert (report["listed"], report["found"], report["homeless"]) == (29, 29, 0)
    assert parts == account["characters"]
    fifth = report["articles"][4]
    assert (fifth["number"], fifth["title"], fifth["confidence"]) == (5, FIFTH, 0.93)
    assert [doubt["kind"] for doubt in fifth["doubts"]] == ["no_dateline", "joined"]


def test_the_report_can_be_read_again(office: Office, issue: str) -> None:
    again = office("issue", "report", issue)
    document = office("issue", "report", issue, "--json").document

    assert "目录 29 篇，找到 29 篇，0 段没有归属。" in again.out
    assert (document["issue"], document["report"]["found"]) == (issue, 29)


def test_a_changed_file_shows_its_difference_and_is_not_kept_unasked(
    office: Office, issue: str, tmp_path: Path, app: App
) -> None:
    refused = office("issue", "import", changed(tmp_path))

    assert refused.code == 2
    assert refused.sentence.endswith("没有改动任何内容：确定的话请加 --yes")
    assert "新增 0 篇，删去 0 篇，改动 1 篇。" in refused.out
    assert f"标题：{FIFTH} → 矿山装备订单结构进一步优化" in refused.out
    assert titles(office, issue)[4] == FIFTH
    assert audited(app) == []


def test_a_changed_file_is_kept_with_yes(
    office: Office, issue: str, tmp_path: Path, app: App
) -> None:
    done = office("issue", "import", changed(tmp_path), "--yes")

    assert done.code == 0
    assert "已更新 2026-11 期：29 篇文章。" in done.out
    assert titles(office, issue)[4] == "矿山装备订单结构进一步优化"
    assert audited(app) == [("issue.import", "2026-11")]


@only_sqlite
@pytest.mark.parametrize(
    ("answer", "code", "title"), [("y", 0, "矿山装备订单结构进一步优化"), ("n", 1, FIFTH)]
)
def test_at_a_terminal_the_editor_is_asked(
    office: Office,
    issue: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
    title: str,
) -> None:
    at_a_terminal(monkeypatch, answer)

    assert office("issue", "import", changed(tmp_path)).code == code
    assert titles(office, issue)[4] == title


def test_a_mere_look_keeps_nothing(office: Office, tmp_path: Path, app: App) -> None:
    first = office("issue", "import", SAMPLE, "--dry-run")
    assert "只是试读，没有保存；2026-11 期有 29 篇文章。" in first.out
    assert office("issue", "list", "--json").document == []

    office("issue", "import", SAMPLE)
    again = office("issue", "import", changed(tmp_path), "--dry-run", "--json").document

    assert (again["dry_run"], again["changed"]) == (True, True)
    assert [one["number"] for one in again["diff"]["articles"]] == [5]
    assert titles(office, "2026-11")[4] == FIFTH
    assert audited(app) == [("issue.import", "2026-11")]


def test_a_file_that_leaves_a_correction_without_place_says_so_and_keeps_it(
    office: Office, issue: str, tmp_path: Path
) -> None:
    office("article", "split", f"{issue}/5", "--at", "2", "--title", "后半篇")
    articles = office("issue", "show", issue, "--json").document["articles"]
    heads = [articles[place]["paragraphs"][0][:6] for place in (4, 5)]
    file = changed(tmp_path, *((head, f"{head[0]}换了一个开头，") for head in heads))

    done = office("issue", "import", file, "--yes")

    assert "（拆分）要改的内容不在这个文件里，将用不上。" in done.out
    listed = office("issue", "corrections", issue, "--json").document
    assert [(one["kind"], one["applied"]) for one in listed] == [("split", False)]
    checked = office("issue", "check", issue)
    assert (checked.code, "--undo" in checked.out) == (1, True)


def test_an_approved_issue_names_the_way_to_open_it(
    office: Office, issue: str, tmp_path: Path
) -> None:
    office("issue", "approve", issue)

    for options in ((), ("--yes",), ("--dry-run",)):
        refused = office("issue", "import", changed(tmp_path), *options)
        assert refused.code == 1
        assert "distribution issue reopen 2026-11 --reason 理由" in refused.sentence
    assert titles(office, issue)[4] == FIFTH


@only_sqlite
def test_a_folder_without_articles_says_what_belongs_there(office: Office, tmp_path: Path) -> None:
    (tmp_path / ".hidden.txt").write_text("目录", encoding="utf-8")
    (tmp_path / "~$锁.docx").write_text("锁", encoding="utf-8")

    refused = office("issue", "import", str(tmp_path))

    assert refused.code == 2
    assert "文件夹里没有文章" in refused.sentence


@only_sqlite
def test_a_folder_with_one_issue_in_one_file_is_read(office: Office, tmp_path: Path) -> None:
    (tmp_path / "期刊.txt").write_bytes(Path(SAMPLE).read_bytes())

    assert office("issue", "import", str(tmp_path)).out.startswith("已导入 2026-11 期：29 篇")


@only_sqlite
def test_what_is_not_read_of_a_folder_is_named(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "十一月"
    folder.mkdir()
    (folder / "期刊.txt").write_bytes(Path(SAMPLE).read_bytes())
    for name in ("现场.jpg", "名单.xlsx", "Thumbs.db", ".hidden"):
        (folder / name).write_bytes(b"x")
    (folder / "旧稿").mkdir()

    done = office("issue", "import", str(folder))

    assert done.code == 0
    assert done.err == "没有读入（不是文章的文件）：名单.xlsx、旧稿、现场.jpg\n"
    for number in range(10):
        (folder / f"照片 {number}.jpg").write_bytes(b"x")
    assert office("issue", "import", str(folder)).err.endswith("、照片 9.jpg 等 13 个\n")
