"""Bytes to text: a byte order mark, else strict UTF-8, else strict GB18030, else a refusal.

Guessing encodings by statistics is left out on purpose: on short Chinese texts it takes
GB2312 for Big5, and a wrong guess would go out to every reader.
"""

import codecs

from distribution.compiler.unreadable import UnreadableIssue

LARGEST = 8 * 1024 * 1024
"""Bytes; an issue of thirty articles has about sixty thousand."""

_SAVE_AS_TEXT = "请把全文另存为 UTF-8 编码的文本文件（.txt）再试"

_OTHER_FORMATS = (
    (b"%PDF", "这是 PDF 文件，不是文本文件"),
    (b"PK\x03\x04", "这是 Word（.docx）或压缩文件，不是文本文件"),
    (b"\xd0\xcf\x11\xe0", "这是旧版 Word（.doc）文件，不是文本文件"),
    (b"{\\rtf", "这是 RTF 文件，不是文本文件"),
)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, name: str) -> str:
    """Return the text of a file; raise `UnreadableIssue` if it is none.

    >>> decode("装备制造".encode("gb18030"), "11.txt")
    '装备制造'
    """
    _refuse_other_formats(data, name)
    for encoding in _encodings_to_try(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise UnreadableIssue(name, "文件中有空字节，是二进制文件", _SAVE_AS_TEXT)
        if not text.strip():
            raise UnreadableIssue(name, "文件里只有空白", "请换成写有全文的文件")
        return text
    reason = "文字编码既不是 UTF-8、UTF-16，也不是 GB18030"
    raise UnreadableIssue(name, reason, _SAVE_AS_TEXT)


def _refuse_other_formats(data: bytes, name: str) -> None:
    if not data:
        raise UnreadableIssue(name, "文件是空的", "请换成写有全文的文件")
    if len(data) > LARGEST:
        limit = LARGEST // 1024 // 1024
        raise UnreadableIssue(name, f"文件超过 {limit} MB，不像一期刊物的文本", _SAVE_AS_TEXT)
    for signature, reason in _OTHER_FORMATS:
        if data.startswith(signature):
            raise UnreadableIssue(name, reason, _SAVE_AS_TEXT)


def _encodings_to_try(data: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (encoding,)
    return ("utf-8", "gb18030")
