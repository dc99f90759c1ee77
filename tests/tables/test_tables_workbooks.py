"""Tables in workbooks, new and old, as offices fill them in."""

from datetime import date, datetime, time
from pathlib import Path

import pytest
from table_files import cells, new_workbook, old_workbook, open_document
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from distribution.tables import UnknownSheet, UnreadableTable, open_table
from distribution.tables.limits import MOST_COLUMNS, MOST_ROWS

HEADING = ["单位名称", "手机"]


def rows_of(path: Path, sheet: str | None = None) -> list[tuple[int, list[str]]]:
    with open_table(path, sheet=sheet) as table:
        return list(table.rows())


def as_shown(book: Workbook, sheet: Worksheet) -> None:
    """One row of what people and formulas put into cells."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.write_row(0, 0, ["00123", 13800000000.0, 0.1 + 0.2, -3, 1e-5, 123456789012345678])
    sheet.write_datetime(0, 6, datetime(2026, 3, 1), day)  # noqa: DTZ001 - cells know no zones
    sheet.write_datetime(0, 7, datetime(2026, 3, 1, 8, 30), moment)  # noqa: DTZ001 - likewise
    sheet.write_datetime(0, 8, time(8, 30), book.add_format({"num_format": "hh:mm"}))
    sheet.write_row(0, 9, [True, False])
    sheet.write_formula(0, 11, "=NA()", None, "#N/A")
    sheet.write_formula(0, 12, '="晋"&"一"', None, "晋一")
    sheet.write_string(0, 13, "=1+1")


def test_cells_say_what_people_meant(tmp_path: Path) -> None:
    path = new_workbook(tmp_path / "名单.xlsx", 名单=as_shown)

    assert rows_of(path) == [
        (
            1,
            [
                "00123", "13800000000", "0.3", "-3", "1e-05", "123456789012345696",
                "2026-03-01", "2026-03-01 08:30:00", "08:30:00", "是", "否", "", "晋一", "=1+1",
            ],
        )
    ]  # fmt: skip


def test_rows_keep_their_numbers_below_empty_ones(tmp_path: Path) -> None:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.write_row(4, 2, HEADING)
        sheet.write_row(7, 2, ["晋一", 1])
        sheet.write_row(8, 2, ["  ", ""])
        sheet.write_row(9, 3, ["2"])

    path = new_workbook(tmp_path / "名单.xlsx", 名单=fill)

    assert rows_of(path) == [(5, HEADING), (8, ["晋一", "1"]), (10, ["", "2"])]


def test_merged_cells_are_filled(tmp_path: Path) -> None:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.merge_range(1, 1, 1, 3, "联系人名单")
        sheet.write_row(2, 1, ["单位", "姓名", "职务"])
        sheet.merge_range(3, 1, 5, 1, "晋一")
        for row, name in enumerate(["张三", "李四", "王五"], start=3):
            sheet.write(row, 2, name)
        sheet.merge_range(4, 3, 5, 3, 7)
        sheet.merge_range(7, 1, 900, 1, "")  # formatting without content

    path = new_workbook(tmp_path / "名单.xlsx", 名单=fill)

    assert rows_of(path) == [
        (2, ["联系人名单"] * 3),
        (3, ["单位", "姓名", "职务"]),
        (4, ["晋一", "张三", ""]),
        (5, ["晋一", "李四", "7"]),
        (6, ["晋一", "王五", "7"]),
    ]


def test_hidden_rows_are_read_like_others(tmp_path: Path) -> None:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.write_column(0, 0, ["甲", "乙"])
        sheet.set_row(1, None, None, {"hidden": True})

    assert rows_of(new_workbook(tmp_path / "名单.xlsx", 名单=fill)) == [(1, ["甲"]), (2, ["乙"])]


def several_sheets(folder: Path) -> Path:
    def hidden(_: Workbook, sheet: Worksheet) -> None:
        sheet.write(0, 0, "旧")
        sheet.hide()

    def shown(_: Workbook, sheet: Worksheet) -> None:
        sheet.write(0, 0, "甲")
        sheet.activate()

    return new_workbook(
        folder / "名单.xlsx", 旧=hidden, 空=cells(), 名单=shown, 说明=cells(["乙"]), 空二=cells()
    )


def test_the_first_visible_sheet_with_something_in_it_is_read(tmp_path: Path) -> None:
    with open_table(several_sheets(tmp_path)) as table:
        assert (table.sheet, table.other_sheets) == ("名单", ("说明",))
        assert list(table.rows()) == [(1, ["甲"])]


@pytest.mark.parametrize(("sheet", "text"), [("说明", "乙"), ("旧", "旧")])
def test_another_sheet_is_read_by_its_name(tmp_path: Path, sheet: str, text: str) -> None:
    with open_table(several_sheets(tmp_path), sheet=sheet) as table:
        assert table.sheet == sheet
        assert "名单" in table.other_sheets
        assert sheet not in table.other_sheets
        assert list(table.rows()) == [(1, [text])]


def test_an_unknown_sheet_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownSheet, match="没有工作表「名册」：请写 「旧」、「空」") as caught:
        open_table(several_sheets(tmp_path), sheet="名册")

    assert caught.value.known == ("旧", "空", "名单", "说明", "空二")


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="工作表「空」是空的"):
        open_table(several_sheets(tmp_path), sheet="空")
    with pytest.raises(UnreadableTable, match="没有一个看得见的工作表有内容"):
        open_table(new_workbook(tmp_path / "空.xlsx", 空=cells()))


def test_a_table_is_read_again_and_twice_at_once(tmp_path: Path) -> None:
    rows = [[str(number)] for number in range(1200)]
    with open_table(new_workbook(tmp_path / "名单.xlsx", 名单=cells(*rows))) as table:
        numbered = list(enumerate(rows, start=1))

        assert table.head(2) == numbered[:2]
        assert list(table.rows()) == numbered
        assert [*zip(table.rows(), table.rows(), strict=True)] == [(one, one) for one in numbered]
        assert table.row_count == len(rows)


@pytest.mark.parametrize("name", ["名单.csv", "名单", "名单.xls"])
def test_a_workbook_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    path = new_workbook(tmp_path / "名单.xlsx", 名单=cells(HEADING)).rename(tmp_path / name)

    assert rows_of(path) == [(1, HEADING)]


def test_old_workbooks_are_read_with_their_merged_cells(tmp_path: Path) -> None:
    path = old_workbook(
        tmp_path / "名单.xls",
        {
            (2, 1): "联系人名单",
            (3, 1): "单位名称", (3, 2): "手机",
            (4, 1): "晋一", (4, 2): 13800000000.0,
            (5, 2): 0.5,
        },
        merged=[(2, 2, 1, 2), (4, 5, 1, 1)],
    )  # fmt: skip

    assert rows_of(path) == [
        (3, ["联系人名单", "联系人名单"]),
        (4, HEADING),
        (5, ["晋一", "13800000000"]),
        (6, ["晋一", "0.5"]),
    ]


@pytest.mark.parametrize(
    ("row", "column"), [(MOST_ROWS, 0), (0, MOST_COLUMNS), (1_048_575, 1), (3, 16_383)]
)
def test_a_sheet_that_is_too_large_is_refused_with_its_measure(
    tmp_path: Path, row: int, column: int
) -> None:
    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.write(0, 0, "甲")
        sheet.write(row, column, "远")

    path = new_workbook(tmp_path / "名单.xlsx", 名单=fill)

    with pytest.raises(UnreadableTable, match=f"有 {row + 1} 行、{column + 1} 列.*CSV"):
        open_table(path)


def test_a_cell_at_the_end_of_a_sheet_takes_no_memory_of_ours(tmp_path: Path) -> None:
    """Every cell up to it would need hundreds of gigabytes."""

    def fill(_: Workbook, sheet: Worksheet) -> None:
        sheet.write(0, 0, "甲")
        sheet.write(1_048_575, 16_383, "远")

    path = new_workbook(tmp_path / "名单.xlsx", 名单=fill)

    with pytest.raises(UnreadableTable, match="最右、最下方很远处还有内容"):
        open_table(path)


def test_formatting_far_off_is_no_content(tmp_path: Path) -> None:
    def fill(book: Workbook, sheet: Worksheet) -> None:
        sheet.write_row(0, 0, HEADING)
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    assert rows_of(new_workbook(tmp_path / "名单.xlsx", 名单=fill)) == [(1, HEADING)]


def test_dates_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    with Workbook(str(path), {"date_1904": True}) as book:
        day = book.add_format({"num_format": "yyyy/m/d"})
        book.add_worksheet("名单").write_datetime(0, 0, date(2026, 3, 1), day)

    assert rows_of(path) == [(1, ["2026-03-01"])]


def test_open_document_sheets_are_read(tmp_path: Path) -> None:
    path = open_document(
        tmp_path / "名单.ods",
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell office:value-type="string"><text:p>晋一</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="float" office:value="13800000000"/>'
        '<table:table-cell office:value-type="date" office:date-value="2026-03-01"/>'
        "</table:table-row>",
    )

    assert rows_of(path) == [(3, ["晋一", "13800000000", "2026-03-01"])]


def test_an_open_document_that_repeats_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    path = open_document(
        tmp_path / "名单.ods",
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell'
        ' table:number-columns-repeated="16384" office:value-type="string"><text:p>晋</text:p>'
        "</table:table-cell></table:table-row>",
    )

    with pytest.raises(UnreadableTable):
        open_table(path)
