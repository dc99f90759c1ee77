"""A new workbook is a zip archive: measured before anything in it is opened."""

import zipfile
import zlib
from pathlib import Path

from distribution.tables.faults import SAVE_AGAIN, SAVE_AS_CSV, UnreadableTable, unreadable
from distribution.tables.limits import (
    HIGHEST_RATIO,
    MOST_ENTRIES,
    MOST_UNPACKED_BYTES,
    SMALL_ENTRY_BYTES,
)

_LOCKED = 0x1
_OPEN_SHEETS = b"application/vnd.oasis.opendocument.spreadsheet"
_FOLDERS = (
    ("word/", "Word 文档"),
    ("ppt/", "PowerPoint 演示文稿"),
    ("OFD.xml", "OFD 版式文件"),
    ("mimetype", "OpenDocument 文档"),
)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)


def kind_in_archive(path: Path) -> str | None:
    """What else the archive is, None if a workbook; `UnreadableTable` if it is none to open."""
    try:
        with zipfile.ZipFile(path) as archive:
            _measure(path, archive)
            if _is_workbook(archive):
                return None
            names = archive.namelist()
    except _DAMAGE as error:
        raise UnreadableTable(str(path), "文件不完整或已损坏", SAVE_AGAIN) from error
    except OSError as error:
        raise unreadable(path, error) from error
    for folder, what in _FOLDERS:
        if any(name.startswith(folder) for name in names):
            return what
    return " zip 压缩包"


def _is_workbook(archive: zipfile.ZipFile) -> bool:
    names = archive.namelist()
    if "mimetype" in names:
        with archive.open("mimetype") as stream:
            return stream.read(len(_OPEN_SHEETS) + 1).strip() == _OPEN_SHEETS
    return any(name.lower().startswith("xl/") for name in names)


def _measure(path: Path, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        reason = f"压缩包内有 {len(entries)} 个文件，最多 {MOST_ENTRIES} 个"
        raise UnreadableTable(str(path), reason, SAVE_AGAIN)
    if any(entry.flag_bits & _LOCKED for entry in entries):
        raise UnreadableTable(str(path), "文件已加密", "请取消密码后另存再试")
    total = sum(entry.file_size for entry in entries)
    tight = any(
        entry.file_size > max(SMALL_ENTRY_BYTES, HIGHEST_RATIO * entry.compress_size)
        for entry in entries
    )
    if tight or total > MOST_UNPACKED_BYTES:
        reason = f"解开后有 {total // 1024 // 1024} MB，表太大或是压缩炸弹"
        raise UnreadableTable(str(path), reason, SAVE_AS_CSV)
    _refuse_overlaps(archive)


def _refuse_overlaps(archive: zipfile.ZipFile) -> None:
    """Files that share their bytes unpack to any size without a high ratio."""
    behind = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if entry.header_offset < behind:
            raise zipfile.BadZipFile(entry.filename)
        behind = entry.header_offset + entry.compress_size
