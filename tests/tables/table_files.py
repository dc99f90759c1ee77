"""Table files made for the tests: workbooks of this century, and of the one before."""

import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

SECTOR = 512
END_OF_CHAIN, FREE, TABLE_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def new_workbook(path: Path, **sheets: Callable[[Workbook, Worksheet], object]) -> Path:
    """A .xlsx whose sheets are filled by functions; the first that is called is shown."""
    with Workbook(str(path)) as book:
        for name, fill in sheets.items():
            fill(book, book.add_worksheet(name))
    return path


def cells(*rows: Sequence[object], at: int = 0) -> Callable[[Workbook, Worksheet], object]:
    """Fills a sheet row by row, from row `at` (0 is the first)."""

    def fill(_: Workbook, sheet: Worksheet) -> None:
        for number, row in enumerate(rows, start=at):
            sheet.write_row(number, 0, row)

    return fill


def old_workbook(
    path: Path,
    values: dict[tuple[int, int], str | float],
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> Path:
    """A .xls (BIFF8) of one sheet; `merged`: first row, last row, first column, last column."""
    globals_ = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 0x0600))
    name = "名单".encode("utf-16-le")
    end = _record(0x000A, b"")
    bound = struct.pack("<BBBB", 0, 0, 2, 1) + name
    start = len(globals_) + 4 + 4 + len(bound) + len(end)
    book = globals_ + _record(0x0085, struct.pack("<I", start) + bound) + end
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 0x0600))
    for (row, column), value in values.items():
        sheet += _cell(row, column, value)
    if merged:
        ranges = b"".join(struct.pack("<HHHH", *one) for one in merged)
        sheet += _record(0x00E5, struct.pack("<H", len(merged)) + ranges)
    path.write_bytes(compound("Workbook", book + sheet + end))
    return path


def open_document(path: Path, rows: str) -> Path:
    """A .ods of one sheet; `rows` as XML."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    sheet = f'<table:table table:name="名单">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml", f"<office:document-content {names}>{body}</office:document-content>"
        )
    return path


def _cell(row: int, column: int, value: str | float) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
    return _record(0x0203, place + struct.pack("<d", value))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def compound(stream: str, content: bytes) -> bytes:
    """A compound file (MS-CFB, version 3) with one stream: sector 0 the table, 1 the folder."""
    content = content.ljust(4096, b"\0")  # smaller streams would be kept in another way
    content += b"\0" * (-len(content) % SECTOR)
    last = 1 + len(content) // SECTOR
    table = [TABLE_SECTOR, END_OF_CHAIN, *range(3, last + 1), END_OF_CHAIN]
    assert len(table) <= SECTOR // 4
    table += [FREE] * (SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1)
    header += struct.pack("<IIIIII", 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    folder = _entry("Root Entry", 5, child=1, start=END_OF_CHAIN, size=0)
    folder += _entry(stream, 2, child=FREE, start=2, size=len(content))
    folder += bytes(SECTOR - len(folder))
    return header + struct.pack(f"<{SECTOR // 4}I", *table) + folder + content


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    spelled = (name + "\0").encode("utf-16-le")
    entry = spelled.ljust(64, b"\0") + struct.pack("<HBB", len(spelled), kind, 1)
    entry += struct.pack("<III", FREE, FREE, child) + bytes(16 + 4 + 16)
    return entry + struct.pack("<IQ", start, size)
