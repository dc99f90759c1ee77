"""Tables in text files, in every encoding and with every separator that people use."""

import os
import tracemalloc
from pathlib import Path

import pytest

from distribution.tables import Table, UnreadableTable, open_table

ROWS = [
    ["单位名称", "联系人", "邮箱"],
    ["晋一机械", "张三", "zhang@firm.example"],
    ["晋二轴承；配件", "李四, 王五", "li@firm.example"],
]
NUMBERED = [(1, ROWS[0]), (2, ROWS[1]), (3, ROWS[2])]


def table_of(folder: Path, data: bytes) -> Table:
    path = folder / "名单.csv"
    path.write_bytes(data)
    return open_table(path)


def rows_of(folder: Path, text: str) -> list[list[str]]:
    return [cells for _, cells in table_of(folder, text.encode()).rows()]


def refusal_of(folder: Path, data: bytes) -> UnreadableTable:
    with pytest.raises(UnreadableTable) as caught:
        list(table_of(folder, data).rows())
    return caught.value


def written(separator: str, line_end: str = "\r\n") -> str:
    lines = (
        separator.join(f'"{cell}"' if separator in cell else cell for cell in row) for row in ROWS
    )
    return line_end.join(lines) + line_end


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"), (b"", "utf-8-sig"), (b"", "gb18030"), (b"", "utf-16"),
        (b"\xfe\xff", "utf-16-be"), (b"", "utf-16-le"), (b"", "utf-16-be"),
    ],
)  # fmt: skip
def test_every_encoding_is_read_with_every_separator(
    tmp_path: Path, mark: bytes, encoding: str, separator: str
) -> None:
    table = table_of(tmp_path, mark + written(separator).encode(encoding))

    assert list(table.rows()) == NUMBERED


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_every_line_end_is_one(tmp_path: Path, line_end: str) -> None:
    assert list(table_of(tmp_path, written(",", line_end).encode()).rows()) == NUMBERED


@pytest.mark.parametrize("separator", ["，", "；"])
def test_a_file_may_be_divided_by_chinese_punctuation(tmp_path: Path, separator: str) -> None:
    text = f"姓名{separator}邮箱\n张三{separator}zhang@firm.example\n"

    assert rows_of(tmp_path, text) == [["姓名", "邮箱"], ["张三", "zhang@firm.example"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@firm.example\nb@firm.example\n", [["a@firm.example"], ["b@firm.example"]]),
        (
            "邮箱\na@firm.example\nb@firm.example, c@firm.example\nd@firm.example\ne@firm.example",
            [
                ["邮箱"], ["a@firm.example"], ["b@firm.example, c@firm.example"],
                ["d@firm.example"], ["e@firm.example"],
            ],
        ),
        ("邮箱", [["邮箱"]]),
        ("邮箱\na@b.example\nb@b.example, c@b.example", [
            ["邮箱"], ["a@b.example"], ["b@b.example, c@b.example"],
        ]),
    ],
)  # fmt: skip
def test_a_list_of_one_column_is_not_divided(
    tmp_path: Path, text: str, expected: list[list[str]]
) -> None:
    assert rows_of(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("姓名,关注栏目\n张三,政策;标准;人才\n李四,政策;标准;人才\n", 2),
        ("姓名;关注栏目\n张三;政策,标准,人才\n李四;政策,标准,人才\n", 2),
        ("姓名\t栏目\n张三\t政策,标准,人才\n李四\t政策,标准,人才\n", 2),
        ("山西装备联合会，2026年\n单位,姓名,邮箱\n晋一,张三,a@firm.example\n", 3),
        (
            "名单\n说明；仅供内部使用\n单位,姓名,邮箱,备注\n晋一,张三,a@b.example\n晋二,李四,c@d.example\n",
            4,
        ),
        ("姓名,备注\n张三,他说，好\n李四,她说，好\n", 2),
        ("名单;内部\n单位,姓名,邮箱\n晋一,张三,a@firm.example\n", 3),
        ("名单, 2026年, 内部\n姓名\t邮箱\n张三\ta@b.example\n", 2),
        ("甲,乙,丙,丁\n1,2,3\n1,2\n1,2,3,4\n1,2,3\n1;2,2\n", 4),
        ('姓名,备注\n张三,"\t"\n李四,"\t\t"\n', 2),
        ("名单\n内部\n说明\n单位,姓名,邮箱\n晋一,张三,a@firm.example\n", 3),
    ],
)
def test_separators_inside_cells_do_not_divide(tmp_path: Path, text: str, width: int) -> None:
    rows = rows_of(tmp_path, text)

    assert max(map(len, rows)) == width


def test_quoted_cells_keep_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    text = '姓名,备注\r\n"张三, 李四","第一行\r\n第""二""行"\r\n王五,无\r\n'

    assert list(table_of(tmp_path, text.encode()).rows()) == [
        (1, ["姓名", "备注"]),
        (2, ["张三, 李四", '第一行\r\n第"二"行']),
        (3, ["王五", "无"]),
    ]


def test_empty_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    text = "\n姓名,邮箱\n\n,\n \u3000,\n张三,a@firm.example\n"

    assert [number for number, _ in table_of(tmp_path, text.encode()).rows()] == [2, 6]


def test_rows_may_differ_in_length(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "甲,乙\n1\n1,2,3\n4,5\n") == [
        ["甲", "乙"], ["1"], ["1", "2", "3"], ["4", "5"]
    ]  # fmt: skip


def test_a_table_is_read_again_after_a_look_at_its_head(tmp_path: Path) -> None:
    table = table_of(tmp_path, written(",").encode())

    assert table.head(2) == NUMBERED[:2]
    assert list(table.rows()) == NUMBERED
    assert table.row_count >= len(NUMBERED)


def test_apostrophes_before_formulas_are_taken_away(tmp_path: Path) -> None:
    assert rows_of(tmp_path, "甲,乙\n'=1+1,'92\n") == [["甲", "乙"], ["=1+1", "'92"]]


def test_a_character_at_the_border_of_two_pieces_stays_whole(tmp_path: Path) -> None:
    """The file is decoded piece by piece."""
    name = "张" * 200
    data = b"".join(f"x{name},{number}\n".encode("gb18030") for number in range(6000))
    table = table_of(tmp_path, "姓名,号\n".encode("gb18030") + data)

    assert len(data) > 2 * 1024 * 1024
    assert {cells[0] for _, cells in table.rows()} == {"姓名", f"x{name}"}


def test_a_text_of_any_size_takes_little_memory(tmp_path: Path) -> None:
    data = "晋一机械,张三,zhang@firm.example\r\n".encode("gb18030") * 200_000
    tracemalloc.start()
    try:
        count = sum(1 for _ in table_of(tmp_path, data).rows())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 200_000
    assert peak < len(data) / 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("姓名,单位\n张三,".encode() + "晋一\n".encode("gb18030") + b"x,y\n", "第 2 行的文字编码"),
        ("姓名,单位\n".encode("gb18030") + "张三,装备制造\n".encode(), "第 2 行的文字编码"),
        (b"a,b\r\n" * 300_000 + b"\xff\xff,b\r\n", "第 300001 行的文字编码"),
        ("甲\r乙\r".encode() + b"\xff", "第 3 行的文字编码"),
        ("甲,乙\n".encode("utf-16") + b"\x00\xd8\n\x00", "第 2 行的文字编码"),
        ("甲,乙\n丙,".encode() + b"\0\n", "第 2 行有空字节"),
        (b"x,y\n" + b"\0" * 400, "第 2 行有空字节"),
        (b"\x01\x02\x03\x04\x05", "这是二进制文件"),
        (b"", "文件是空的"),
        ("\ufeff \r\n\r\n".encode(), "文件里只有空白"),
        ('甲,乙\n丙,"丁\n戊,己\n'.encode(), "第 2 行的双引号不成对"),
        ('甲,乙\n"丙"丁,戊\n'.encode(), "第 2 行的双引号不成对"),
        ("甲,乙\n丙,".encode() + b"x" * 140_000 + b"\n", "第 2 行有一个单元格太长"),
        ("甲,乙\n".encode() + b"x" * 5_000_000, "第 2 行有一个单元格太长"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, data: bytes, expected: str) -> None:
    error = refusal_of(tmp_path, data)

    assert error.reason.startswith(expected)
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n", "PDF 文件"),
        (b"\x89PNG\r\n\x1a\n", "PNG 图片"),
        (b"{\\rtf1", "RTF 文档"),
        ("\ufeff\n<html><table>".encode(), "网页或 XML 文件"),
        (b"<?xml version='1.0'?><Workbook/>", "网页或 XML 文件"),
        (b"BEGIN:VCARD\r\n", "通讯录名片"),
    ],
)
def test_files_of_other_kinds_are_called_by_their_names(
    tmp_path: Path, data: bytes, expected: str
) -> None:
    assert expected in refusal_of(tmp_path, data).reason


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match="文件夹"):
        open_table(tmp_path)
    with pytest.raises(UnreadableTable, match="没有这个文件"):
        open_table(tmp_path / "没有.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator of the system may read all")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("甲,乙", encoding="utf-8")
    path.chmod(0)

    with pytest.raises(UnreadableTable, match="没有权限"):
        open_table(path)


def test_a_file_that_changes_between_two_readings_is_refused(tmp_path: Path) -> None:
    table = table_of(tmp_path, "甲,乙\n".encode())
    (tmp_path / "名单.csv").write_bytes("甲,乙\n".encode("gb18030"))

    with pytest.raises(UnreadableTable, match="改动"):
        list(table.rows())
