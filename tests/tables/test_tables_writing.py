"""Tables are written whole or not at all, and no spreadsheet runs what is in them."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distribution.tables import (
    WRITTEN,
    Cell,
    TableWriter,
    UnwritableTable,
    defuse,
    open_table,
    undefuse,
    write_table,
)
from distribution.tables.pages import WorkbookPage

HEADINGS = ["单位名称", "编号", "日期", "人数"]
ROW: list[Cell] = ["晋一", "001234567890123456", date(2026, 3, 1), 12]
AS_TEXT = ["晋一", "001234567890123456", "2026-03-01", "12"]


def read(path: Path) -> list[list[str]]:
    with open_table(path) as table:
        return [cells for _, cells in table.rows()]


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


@pytest.mark.parametrize("extension", [*WRITTEN, ".XLSX", ".Csv"])
def test_what_is_written_is_read_again(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"名单{extension}"

    assert write_table(path, HEADINGS, [ROW, [None, "", None, None], ROW]) == 3
    assert read(path) == [HEADINGS, AS_TEXT, AS_TEXT]
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_csv_is_what_excel_in_china_opens(tmp_path: Path) -> None:
    write_table(tmp_path / "名单.csv", ["姓名", "备注"], [["张三", '说"好", 去']])

    data = (tmp_path / "名单.csv").read_bytes()

    assert data == '\ufeff姓名,备注\r\n张三,"说""好"", 去"\r\n'.encode()


def test_a_workbook_keeps_codes_as_text_and_dates_as_dates(tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    write_table(path, HEADINGS, [["=1+1", "0012", date(2026, 3, 1), 12]], title="联系人")

    sheet = part(path, "xl/worksheets/sheet1.xml")

    assert "<f>" not in sheet
    assert '<c r="B2" t="inlineStr"><is><t>0012</t>' in sheet
    assert "<v>46082</v>" in sheet
    assert 'state="frozen"' in sheet
    assert 'name="联系人"' in part(path, "xl/workbook.xml")


def test_chinese_characters_take_two_places_in_a_column(tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    write_table(path, ["统一社会信用代码", "a", "备注"], [["x", "abcdefghij", "好" * 900]])

    sheet = part(path, "xl/worksheets/sheet1.xml")

    widths = [float(one.split('"')[0]) for one in sheet.split(' width="')[1:]]
    assert [round(width) for width in widths] == [19, 13, 61]


@pytest.mark.parametrize("extension", WRITTEN)
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (True, "是"),
        (False, "否"),
        (-3, "-3"),
        (0.5, "0.5"),
        (123456789012345678, "123456789012345678"),
        (datetime(2026, 3, 1, 8, 30, 5, 999, tzinfo=UTC), "2026-03-01 08:30:05"),
        (date(1899, 12, 31), "1899-12-31"),
        ("x" * 32_767, "x" * 32_767),
    ],
)
def test_every_kind_of_cell_is_written(
    tmp_path: Path, extension: str, cell: str | float | date, text: str
) -> None:
    path = tmp_path / f"名单{extension}"
    write_table(path, ["甲", "乙"], [[cell, "尾"]])

    assert read(path)[1] == [text, "尾"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+8613800000000",
        "-",
        "@甲",
        "＝1",
        "＋1",
        "－1",
        "＠甲",
        " =1",
        "\u3000=1",
        "\t甲",
        "\r甲",
    ],
)
def test_cells_that_would_be_run_are_defused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "名单.csv"
    write_table(path, ["甲", "乙"], [[text, "尾"]])

    assert f"'{text}" in path.read_bytes().decode()
    assert read(path)[1] == [text, "尾"]


@given(st.text() | st.text("'=+-@＝\t\r a"))
def test_defusing_can_be_taken_back(text: str) -> None:
    assert undefuse(defuse(text)) == text
    assert not defuse(text).startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"))


SEEN = st.characters(
    codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff"
) | st.sampled_from("\t\r\n")
TEXTS = st.text(SEEN, max_size=12) | st.text(
    "=+-@'\"\r\n\t,;，； 张\U00020bb7😀\u3000_x0041", max_size=8
)


@pytest.mark.parametrize("extension", WRITTEN)
@pytest.mark.parametrize("columns", [1, 3])
def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, extension: str, columns: int
) -> None:
    path = tmp_path_factory.mktemp("表") / f"名单{extension}"
    headings = ["甲", "乙", "丙"][:columns]

    @settings(max_examples=25 if extension == ".xlsx" else 100, deadline=None)
    @given(st.lists(st.lists(TEXTS, min_size=columns, max_size=columns), max_size=6))
    def check(rows: list[list[str]]) -> None:
        write_table(path, headings, rows)
        assert read(path) == [headings, *(row for row in rows if any(map(str.strip, row)))]

    check()


@pytest.mark.parametrize("extension", WRITTEN)
def test_characters_that_no_one_sees_are_left_out(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"名单{extension}"
    write_table(path, ["甲", "乙"], [["晋\0一\x0b", "\ud83d\uffff尾\x1f"]])

    assert read(path)[1] == ["晋一", "尾"]


@pytest.mark.parametrize("name", ["名单.xls", "名单", "名单.txt"])
def test_an_unknown_extension_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnwritableTable, match=r"请用 \.xlsx、\.csv、\.tsv 之一"):
        TableWriter(tmp_path / name, HEADINGS)


@pytest.mark.parametrize("extension", WRITTEN)
def test_an_error_halfway_leaves_the_old_table(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"名单{extension}"
    write_table(path, HEADINGS, [ROW])
    before = path.read_bytes()

    def rows() -> Iterator[list[str]]:
        yield ["晋二"]
        raise OSError("the source of the rows, not their file")

    with pytest.raises(OSError, match="the source"):
        write_table(path, HEADINGS, rows())

    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("extension", WRITTEN)
def test_places_that_take_no_file_are_refused(tmp_path: Path, extension: str) -> None:
    folder = tmp_path / f"文件夹{extension}"
    folder.mkdir()

    with pytest.raises(UnwritableTable, match="没有这个文件或文件夹"):
        write_table(tmp_path / "没有" / f"名单{extension}", HEADINGS, [])
    with pytest.raises(UnwritableTable, match="文件夹"):
        write_table(folder, HEADINGS, [])
    assert [one.name for one in tmp_path.iterdir()] == [folder.name]


@pytest.mark.parametrize("extension", WRITTEN)
def test_a_table_that_the_disk_cannot_take_leaves_nothing(tmp_path: Path, extension: str) -> None:
    """A limit of the system on the size of files stands for a full disk."""
    deed = (
        "import resource, sys; from pathlib import Path\n"
        "from distribution.tables import write_table\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "rows = ([str(number)] for number in range(200_000))\n"
        "write_table(Path(sys.argv[1]), ['编号'], rows)\n"
    )
    command = [sys.executable, "-W", "error", "-c", deed, str(tmp_path / f"名单{extension}")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert "UnwritableTable: 无法写入表格文件" in done.stderr
    assert "文件超过了系统允许的大小" in done.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_that_is_full_is_refused(tmp_path: Path) -> None:
    with TableWriter(tmp_path / "名单.xlsx", ["甲"]) as writer:
        writer.count = 1_048_575

        with pytest.raises(UnwritableTable, match=r"请写成 \.csv"):
            writer.row(["乙"])


def test_a_workbook_whose_folder_vanished_is_refused_and_let_go(tmp_path: Path) -> None:
    (tmp_path / "旧").mkdir()
    page = WorkbookPage(tmp_path / "旧" / "名单.xlsx", "名单", tmp_path)
    page.row(["甲"])
    (tmp_path / "旧").rmdir()

    with pytest.raises(FileNotFoundError):
        page.finish()
    page.abandon()


@pytest.mark.parametrize("extension", WRITTEN)
def test_what_a_killed_writer_left_is_cleared_by_the_next(tmp_path: Path, extension: str) -> None:
    deed = (
        "import os, pathlib, signal, sys\n"
        "from distribution.tables import TableWriter\n"
        "with TableWriter(pathlib.Path(sys.argv[1]), ['邮箱']) as writer:\n"
        "    writer.row(['a@sanjin.example'])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", deed, str(tmp_path / f"名单{extension}")]
    subprocess.run(command, check=False, timeout=60)
    assert len(list(tmp_path.iterdir())) == 1

    write_table(tmp_path / "别的.csv", ["甲"], [["乙"]])

    assert [path.name for path in tmp_path.iterdir()] == ["别的.csv"]


@pytest.mark.parametrize("extension", WRITTEN)
def test_two_tables_are_written_beside_each_other(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"名单{extension}"
    with TableWriter(path, ["甲"]) as writer:
        writer.row(["乙"])
        write_table(tmp_path / f"别的{extension}", ["丙"], [["丁"]])
        writer.row(["戊"])

    assert read(path) == [["甲"], ["乙"], ["戊"]]
    assert len(list(tmp_path.iterdir())) == 2
