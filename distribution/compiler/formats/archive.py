"""A Word file is a zip archive: measured and judged before anything in it is opened."""

import io
import re
import zipfile
import zlib

from distribution.compiler.lines import Source
from distribution.compiler.unreadable import UnreadableIssue

MOST_ENTRIES = 2000
MOST_BYTES = 128 * 1024 * 1024
"""Of all entries together, unpacked: photographs hardly shrink in the archive."""
HIGHEST_RATIO = 100
"""Unpacked to packed; text and XML stay below 30."""
_SMALL = 8 * 1024 * 1024
"""Bytes up to which an entry may be packed as tightly as it likes: blank drawings shrink well."""
_ENCRYPTED = 0x1
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""All that office programmes write."""

SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为新的 .docx 再导入"
NO_MACROS = "请用 Word 或 WPS 另存为不含宏的「Word 文档 (*.docx)」再导入"


def opened(source: Source) -> zipfile.ZipFile:
    """The archive, if it is whole, of a sane size, and neither encrypted nor with macros."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(source.data))
        _measure(source.name, archive)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError,
    ) as error:  # fmt: skip
        raise UnreadableIssue(source.name, "文件不完整或已损坏", SAVE_AGAIN) from error
    _refuse_macros(source.name, archive)
    return archive


def read(source: Source, archive: zipfile.ZipFile, entry: str) -> bytes:
    """The bytes of one entry, counted while they are unpacked: what an archive says may be a lie.

    Raises `UnreadableIssue`; KeyError for an entry that is not there.
    """
    information = archive.getinfo(entry)
    try:
        with archive.open(information) as stream:
            data = stream.read(information.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise UnreadableIssue(source.name, "文件不完整或已损坏", SAVE_AGAIN) from error
    if len(data) != information.file_size:
        raise UnreadableIssue(source.name, "压缩包内的大小与所写不符，像是恶意文件", SAVE_AGAIN)
    return data


def _measure(name: str, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        reason = f"压缩包内有 {len(entries)} 个文件，最多 {MOST_ENTRIES} 个"
        raise UnreadableIssue(name, reason, SAVE_AGAIN)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise UnreadableIssue(name, "文件已加密", "请取消密码后重新保存再导入")
    total = sum(entry.file_size for entry in entries)
    tight = [
        entry
        for entry in entries
        if entry.file_size > max(_SMALL, HIGHEST_RATIO * entry.compress_size)
    ]
    if total > MOST_BYTES or tight:
        reason = f"解开后有 {total // 1024 // 1024} MB，像是压缩炸弹"
        raise UnreadableIssue(name, reason, SAVE_AGAIN)
    if any(entry.compress_type not in _PACKINGS for entry in entries):
        raise zipfile.BadZipFile(name)
    _refuse_overlaps(archive)


def _refuse_overlaps(archive: zipfile.ZipFile) -> None:
    """Entries that share their bytes unpack to any size without a high ratio."""
    behind = 0
    for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if entry.header_offset < behind:
            raise zipfile.BadZipFile(entry.filename)
        behind = entry.header_offset + entry.compress_size


def _refuse_macros(name: str, archive: zipfile.ZipFile) -> None:
    names = [entry.filename.lower() for entry in archive.infolist()]
    types = b""
    if "[Content_Types].xml" in archive.namelist():
        types = read(Source(name, b""), archive, "[Content_Types].xml")
    if any(one.endswith("vbaproject.bin") for one in names) or re.search(rb"macroEnabled", types):
        raise UnreadableIssue(name, "文件含有宏", NO_MACROS)
