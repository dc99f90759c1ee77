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
        (["nowhere.csv", "--result", "名单.csv"], "没有这个文件"),
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


def instructed(path: Path, *advice: str) -> None:
    """A workbook that begins with how to fill it in."""
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("填表说明").write_column("A1", advice)
    sheet = book.add_worksheet("2026年")
    sheet.write_row("A1", ["单位名称", "姓名", "邮箱", "办公电话", "手机"])
    row = ["太行重工", "张三", "zhang@taihang.example", "0351-2022001", 13800000000]
    sheet.write_row("A2", row)
    book.close()


@pytest.mark.parametrize("advice", ["请如实填写。", "填好后发到 office@federation.example。"])
def test_a_sheet_of_instructions_is_passed_over(office: Office, desk: Path, advice: str) -> None:
    instructed(desk / "登记表.xlsx", "填表说明", advice)

    done = office("subscriber", "import", "登记表.xlsx", "--apply")

    assert (done.code, done.err) == (0, "")
    assert "工作表「2026年」，表头在第 1 行" in done.out
    assert "办公电话→电话、手机→电话" in done.out
    assert "另有工作表 填表说明 没有读" in done.out
    shown = office("subscriber", "show", "zhang@taihang.example", "--json").document
    assert shown["phone"] == "0351-2022001、13800000000"


def test_a_sheet_that_is_named_is_the_one_that_is_read(office: Office, desk: Path) -> None:
    instructed(desk / "登记表.xlsx", "请如实填写。")

    refused = office("subscriber", "import", "登记表.xlsx", "--sheet", "填表说明")

    assert refused.code == 2
    assert "没有找到「邮箱」列：前 30 行里没有认得的表头" in refused.sentence
    assert refused.sentence.endswith("例如 --map B=邮箱")


@pytest.mark.usefixtures("desk")
def test_who_was_given_an_office_by_hand_since_outlives_the_list(office: Office) -> None:
    office("subscriber", "add", "old@taihang.example", "--name", "孙八", "--enterprise", "太行重工")
    office("subscriber", "import", "名单.csv", "--apply")
    assert office("enterprise", "hand-over", "太行重工", "zhang@taihang.example").code == 0
    assert office("subscriber", "replace", "old@taihang.example", "li@taihang.example").code == 0
    history = office("subscriber", "history", "zhang@taihang.example").out
    assert "修改资料（职务：其他 → 联络员）" in history
    assert "接任（前任编号：1）" in office("subscriber", "history", "li@taihang.example").out

    undone = office("import", "undo", "1", "--yes")

    assert "恢复 1 行，保留 2 行" in undone.out
    left = {row["email"] for row in office("subscriber", "list", "--json").document}
    assert left == {"zhang@taihang.example", "li@taihang.example", "old@taihang.example"}


def test_enterprises_nobody_knows_are_told_before_and_after(office: Office, desk: Path) -> None:
    assert desk.exists()
    office("enterprise", "add", "太行重工")

    tried = office("subscriber", "import", "名单.csv")
    document = office("subscriber", "import", "名单.csv", "--json").document
    done = office("subscriber", "import", "名单.csv", "--apply")

    sentence = "新建单位 1 家：汾河机床。已有的单位若写法不同也会另建，请核对名称。"
    assert sentence in tried.out
    assert sentence in done.out
    assert document["new_enterprises"] == 1
    assert len(office("enterprise", "list", "--json").document) == 2


@pytest.mark.parametrize("options", [[], ["--apply"]])
def test_a_result_is_not_written_over_its_list(
    office: Office, desk: Path, options: list[str]
) -> None:
    before = (desk / "名单.csv").read_bytes()

    refused = office("subscriber", "import", "名单.csv", "--result", "./名单.csv", *options)

    assert refused.code == 2
    assert "就是要导入的文件" in refused.sentence
    assert (desk / "名单.csv").read_bytes() == before
    assert office("import", "list", "--json").document == []


def test_the_result_of_a_result_has_its_columns_once(office: Office, desk: Path) -> None:
    office("subscriber", "import", "名单.csv", "--apply")
    office("subscriber", "import", "名单-导入结果.xlsx", "--result", "again.csv")

    with tables.open_table(desk / "again.csv") as table:
        rows = [cells for _, cells in table.rows()]
    assert rows[0] == ["单位名称", "姓名", "电子邮箱", "关注栏目", "结果", "原因"]
    assert [row[4] for row in rows[1:]] == ["未变", "未变", "未变", "拒绝"]


def test_the_result_of_a_list_without_headings_has_all_its_cells(
    office: Office, desk: Path
) -> None:
    (desk / "bare.csv").write_text("甲,a@taihang.example,\n乙,坏@,备注\n", encoding="utf-8")

    office("subscriber", "import", "bare.csv", "--result", "r.csv")

    with tables.open_table(desk / "r.csv") as table:
        heading, first, second = (cells for _, cells in table.rows())
    assert heading == ["第 1 列", "第 2 列", "第 3 列", "结果", "原因"]
    assert first[:4] == ["甲", "a@taihang.example", "", "新增"]
    assert second[:4] == ["乙", "坏@", "备注", "拒绝"]
