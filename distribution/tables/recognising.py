"""What a file is, by its content: people rename files, and systems export pages as .xls."""

import re
import stat
from enum import Enum
from pathlib import Path

from distribution.tables.archive import kind_in_archive
from distribution.tables.faults import SAVE_AGAIN, SAVE_AS_CSV, UnreadableTable, unreadable
from distribution.tables.limits import MOST_WORKBOOK_BYTES


class Kind(Enum):
    """How a file is read."""

    WORKBOOK = "工作簿"
    TEXT = "文本"


_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_HEAD = 4096
_OTHERS = (
    (b"%PDF-", "PDF 文件"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x7fELF", "程序"),
    (b"BEGIN:VCARD", "通讯录名片（vCard）"),
)
_PAGES = (b"<!doctype", b"<html", b"<head", b"<meta", b"<table", b"<?xml", b"mime-version:")
_ENCRYPTED, _WORKBOOK, _OLD_WORKBOOK, _WORD, _SLIDES = (
    f"{name}\0".encode("utf-16-le")
    for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument", "PowerPoint Document")
)
"""Names in the directory of a compound file (MS-CFB), each with its closing zero."""
_LOCKED = re.compile(
    rb"\x09\x08(?:\x10\0\0\x06\x05\0.{12}|\x08\0\0\x05\x05\0.{4})(?:\x86\0\0\0)?\x2f\0", re.DOTALL
)
"""How the stream of a locked .xls begins: BOF, maybe WRITEPROTECT, FILEPASS (MS-XLS 2.1.7.20)."""
_ACCEPTED = "请改用 Excel、WPS 表格或 CSV 文件"


def kind_of(path: Path) -> Kind:
    """Raises `UnreadableTable` for what is no table, and for a file that cannot be read."""
    try:
        if not stat.S_ISREG((status := path.stat()).st_mode):
            raise UnreadableTable(str(path), "这是文件夹或设备，不是文件", "请写出一个文件")
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            if not head:
                raise UnreadableTable(str(path), "文件是空的", "请换成有内容的表格")
            if not head.startswith((_COMPOUND, *_ARCHIVES)):
                return _kind_of_text(path, head)
            if status.st_size > MOST_WORKBOOK_BYTES:
                reason = f"工作簿超过 {MOST_WORKBOOK_BYTES // 1024 // 1024} MB"
                raise UnreadableTable(str(path), reason, SAVE_AS_CSV)
            if head.startswith(_COMPOUND):
                _check_compound(path, head + stream.read())
    except OSError as error:
        raise unreadable(path, error) from error
    if not head.startswith(_COMPOUND):
        _check_archive(path)
    return Kind.WORKBOOK


def _kind_of_text(path: Path, head: bytes) -> Kind:
    for signature, what in _OTHERS:
        if head.startswith(signature):
            raise UnreadableTable(str(path), f"这是{what}，不是表格", _ACCEPTED)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGES):
        raise UnreadableTable(str(path), "这是网页或 XML 文件，只是扩展名像表格", SAVE_AGAIN)
    return Kind.TEXT


def _check_compound(path: Path, data: bytes) -> None:
    """A workbook is told first, for it may carry a Word document."""
    if _ENCRYPTED in data or _LOCKED.search(data):
        raise UnreadableTable(str(path), "工作簿有打开密码", "请取消密码后另存再试")
    if _WORKBOOK in data or _OLD_WORKBOOK in data:
        return
    if _WORD in data:
        raise UnreadableTable(str(path), "这是旧版 Word 或 WPS 文档，不是表格", _ACCEPTED)
    if _SLIDES in data:
        raise UnreadableTable(str(path), "这是 PowerPoint 演示文稿，不是表格", _ACCEPTED)
    raise UnreadableTable(str(path), "文件已损坏，或不是表格", SAVE_AGAIN)


def _check_archive(path: Path) -> None:
    what = kind_in_archive(path)
    if what is not None:
        raise UnreadableTable(str(path), f"这是{what}，不是表格", _ACCEPTED)
