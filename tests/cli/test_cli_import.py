"""Importing by command: as an admin does it with a list from Excel."""

from pathlib import Path

import pytest
import xlsxwriter
from cli_office import Office

from distribution import tables

LIST = (
    "联系人名单,,,\n,,,\n单位名称,姓名,电子邮箱,关注栏目\n"
    "太行重工,张三,zhang@taihang.example,质量管理\n"
    "太行重工,李四,li＠taihang.example。,\n"
    "汾河机床,王五,wang@qq.con,\n"
    "汾河机床,赵六,not an address,\n"
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a list in it, as WPS saves it."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "名单.csv").write_bytes(LIST.encode("gb18030"))
    monkeypatch.chdir(folder)
    return folder


def test_a_list_is_tried_first_and_then_written(office: Office, desk: Path) -> None:
    tried = office("subscriber", "import", "名单.csv")
    assert (tried.code, tried.err) == (1, "")
    assert "试算，什么也没有写入：共 4 行，新增 3，更新 0，未变 0，拒绝 1。" in tried.out
    assert "第 6 行 新增：域名 qq.con 是不是 qq.com？" in tried.out
    assert "第 7 行 拒绝：" in tried.out
    assert "3 位没有同意依据" in tried.out
    assert office("subscriber", "list", "--json").document == []

    done = office("subscriber", "import", "名单.csv", "--apply", "--basis", "登记表 2026")
    assert done.code == 1
    assert "已写入（导入编号 1）：共 4 行，新增 3" in done.out
    assert {row["email"] for row in office("subscriber", "list", "--json").document} == {
        "zhang@taihang.example",
        "li@taihang.example",
        "wang@qq.con",
    }
    with tables.open_table(desk / "名单-导入结果.xlsx") as table:
        rows = [cells for _, cells in table.rows()]
    assert rows[0] == ["单位名称", "姓名", "电子邮箱", "关注栏目", "结果", "原因"]
    assert [row[4] for row in rows[1:]] == ["新增", "新增", "新增", "拒绝"]
    assert rows[4][2] == "not an address"


def test_the_same_list_again_changes_nothing_and_keeps_the_result(
    office: Office, desk: Path
) -> None:
    office("subscriber", "import", "名单.csv", "--apply")
    before = (desk / "名单-导入结果.xlsx").read_bytes()

    again = office("subscriber", "import", "名单.csv", "--apply")

    assert again.code == 0
    assert "导入过（编号 1）：没有改动" in again.out
    assert (desk / "名单-导入结果.xlsx").read_bytes() == before
    assert len(office("import", "list", "--json").document) == 1


def test_what_was_imported_is_listed_shown_and_taken_back(office: Office, desk: Path) -> None:
    office("subscriber", "import", "名单.csv", "--apply")

    (listed,) = office("import", "list", "--json").document
    assert listed["rows"] == {"added": 3, "changed": 0, "left": 0, "refused": 1}
    assert listed["kind"] == "subscribers"
    shown = office("import", "show", "1", "--outcome", "拒绝", "--json").document
    assert [row["line"] for row in shown["rows"]] == [7]
    assert "--yes" in office("import", "undo", "1").sentence
    assert office("import", "undo", "1", "--yes").out.startswith("导入 1 已撤销：恢复 3 行，保留 0")
    assert office("subscriber", "list", "--json").document == []
    assert office("import", "undo", "1", "--yes").code == 1
    assert office("import", "undo", "7", "--yes").sentence.startswith("没有导入 7")
    assert (desk / "名单.csv").exists()


def test_a_column_with_an_unusual_heading_is_mapped(office: Office, desk: Path) -> None:
    (desk / "odd.csv").write_text("收件处,谁\na@taihang.example,甲\n", encoding="utf-8")
    tried = office("subscriber", "import", "odd.csv")
    assert "第 1 列是邮箱，其余各列未读，可用 --map 指明" in tried.out

    done = office(
        "subscriber", "import", "odd.csv", "--apply", "--map", "收件处=邮箱", "--map", "谁=姓名"
    )
    assert done.code == 0
    assert [r["name"] for r in office("subscriber", "list", "--json").document] == ["甲"]


def test_json_gives_every_row(office: Office, desk: Path) -> None:
    found = office("subscriber", "import", "名单.csv", "--json")
    assert found.code == 1
    assert found.document["fields"] == {"enterprise": 1, "name": 2, "email": 3, "topics": 4}
    assert [row["outcome"] for row in found.document["rows"]] == ["added"] * 3 + ["refused"]
    assert (found.document["applied"], found.document["heading_line"]) == (False, 3)
    assert desk.exists()


def test_enterprises_come_from_a_workbook_with_merged_cells(office: Office, desk: Path) -> None:
    path = desk / "企业.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("会员")
    sheet.merge_range("A1:C1", "会员企业一览")
    sheet.write_row("A2", ["企业名称", "所在地", "行业", "会籍到期"])
    sheet.write_row("A3", ["太行重工", "", "专用设备制造业", "2027-12-31"])
    sheet.write_row("A4", ["上党轴承", "", "通用设备制造业", "长期"])
    sheet.merge_range("B3:B4", "长治市")
    book.close()

    done = office("enterprise", "import", "企业.xlsx", "--apply")

    assert (done.code, done.err) == (0, "")
    rows = office("enterprise", "list", "--json").document
    assert [(row["name"], row["region"]) for row in rows] == [
        ("太行重工", "长治"),
        ("上党轴承", "长治"),
    ]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["nowhere.csv"], "没有这个文件"),
        (["名单.csv", "--map", "手机"], "表头=字段"),
        (["名单.csv", "--map", "姓名=生日"], "没有这个字段"),
        (["名单.csv", "--result", "out.docx", "--apply"], ".xlsx"),
        (["."], "文件夹"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    office: Office, desk: Path, words: list[str], hint: str
) -> None:
    refused = office("subscriber", "import", *words)
    assert refused.code == 2
    assert hint in refused.sentence
    assert office("import", "list", "--json").document == []
    assert sorted(path.name for path in desk.iterdir()) == ["名单.csv"]
