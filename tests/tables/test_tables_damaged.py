"""Workbooks that are broken, locked, hostile or none: one sentence each, and in good time."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from table_files import cells, compound, new_workbook, old_workbook

from distribution.tables import UnreadableTable, open_table
from distribution.tables.limits import MOST_ENTRIES, MOST_WORKBOOK_BYTES

OLD_START = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0, 1997, 0, 0x0600)
TYPES = "[Content_Types].xml"


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableTable) as caught, open_table(path) as table:
        list(table.rows())
    return str(caught.value)


def good(folder: Path) -> Path:
    rows = [[f"单位{row}", row, "2026-03-01"] for row in range(30)]
    return new_workbook(folder / "名单.xlsx", 名单=cells(*rows))


def old(folder: Path) -> Path:
    values: dict[tuple[int, int], str | float] = {
        (row, column): f"文{row}" if column else float(row)
        for row in range(20)
        for column in range(4)
    }
    return old_workbook(folder / "名单.xls", values, merged=[(2, 3, 1, 2)])


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({TYPES: b"", "word/document.xml": b""}, "Word 文档"),
        ({TYPES: b"", "ppt/presentation.xml": b""}, "PowerPoint"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "OpenDocument"),
        ({"照片.jpg": b"\xff\xd8"}, "zip 压缩包"),
    ],
)
def test_other_archives_are_called_by_their_names(
    tmp_path: Path, entries: dict[str, bytes], expected: str
) -> None:
    assert f"这是{expected}" in refusal(archive(tmp_path / "名单.xlsx", entries)).replace(
        "是 ", "是"
    )


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("EncryptedPackage", "打开密码"),
        ("WordDocument", "旧版 Word"),
        ("PowerPoint Document", "PowerPoint"),
        ("Contents", "不是表格"),
    ],
)
def test_other_compound_files_are_called_by_their_names(
    tmp_path: Path, stream: str, expected: str
) -> None:
    path = tmp_path / "名单.xls"
    path.write_bytes(compound(stream, b""))

    assert expected in refusal(path)


def test_a_locked_old_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "名单.xls"
    path.write_bytes(
        compound("Workbook", OLD_START + struct.pack("<HH6s", 0x002F, 6, b"\1\0\1\0\1\0"))
    )

    assert "打开密码" in refusal(path)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ({"xl/workbook.xml": b"0" * 2_000_000}, "压缩炸弹"),
        ({f"xl/{number}.xml": b"" for number in range(MOST_ENTRIES + 1)}, "最多 2000 个"),
    ],
    ids=["tight", "many"],
)
def test_archives_of_odd_measures_are_not_unpacked(
    tmp_path: Path, entries: dict[str, bytes], expected: str
) -> None:
    assert expected in refusal(archive(tmp_path / "名单.xlsx", entries))


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """The sum of what the entries say is too much, whatever they hold."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        for number in range(5):
            written.writestr(f"xl/{number}.xml", b"x")
    data = stream.getvalue()
    claimed = struct.pack("<II", 600_000, 100_000_000)
    central = data.index(b"PK\1\2")
    data = data[:central] + data[central:].replace(struct.pack("<II", 1, 1), claimed)
    (tmp_path / "名单.xlsx").write_bytes(data)

    assert "压缩炸弹" in refusal(tmp_path / "名单.xlsx")


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = good(tmp_path)
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\1\2")
    second = data.index(b"PK\1\2", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]  # where its header stands
    path.write_bytes(data)

    assert "损坏" in refusal(path)


def test_a_workbook_of_too_many_bytes_is_not_opened(tmp_path: Path) -> None:
    path = good(tmp_path)
    with path.open("ab") as stream:
        stream.truncate(MOST_WORKBOOK_BYTES + 1)  # zeros that take no room on the disk

    assert "超过 64 MB" in refusal(path)


def test_a_sheet_of_broken_xml_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(good(tmp_path)) as whole:
        entries = {name: whole.read(name) for name in whole.namelist()}
    entries["xl/worksheets/sheet1.xml"] = entries["xl/worksheets/sheet1.xml"][:-400]

    assert "损坏" in refusal(archive(tmp_path / "坏.xlsx", entries))


@pytest.mark.parametrize("make", [good, old])
def test_whatever_is_damaged_gives_rows_or_a_sentence(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path)
    whole = path.read_bytes()
    dice = random.Random(5)  # noqa: S311 - no secret; the same damage every time
    for _ in range(30):
        data = bytearray(whole[: dice.randrange(600, 2 * len(whole))])
        for _ in range(dice.randrange(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data)
        try:
            with open_table(path) as table:
                assert all(isinstance(number, int) for number, _ in table.rows())
        except UnreadableTable as error:
            assert error.remedy  # noqa: PT017 - either is right


def test_a_panic_of_the_library_is_a_sentence(tmp_path: Path) -> None:
    """The record of a sheet's name is cut short, and the library reads behind its end."""
    path = tmp_path / "名单.xls"
    path.write_bytes(compound("Workbook", OLD_START + struct.pack("<HHB", 0x0085, 1, 0)))

    assert "损坏" in refusal(path)
