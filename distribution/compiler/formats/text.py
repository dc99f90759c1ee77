"""Bytes to text: a byte order mark, else strict UTF-8, else strict GB18030, else a refusal.

Guessing encodings by statistics is left out on purpose: on short Chinese texts it takes
GB2312 for Big5, and a wrong guess would go out to every reader.
"""

import codecs
import re

from distribution.compiler.formats.ruled import cells_of, is_rule
from distribution.compiler.lines import Document, Line, Source, refuse_endless, tidied
from distribution.compiler.unreadable import UnreadableIssue

LARGEST = 8 * 1024 * 1024
"""Bytes; an issue of thirty articles has about sixty thousand."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_SOFT_END = re.compile("[\v\f\x85\u2028\u2029]")
"""Line and page breaks that editors do not count as lines."""
_UNMARKED, _FEWEST_ZEROS = 30, 4
"""UTF-16 without a mark: one byte of thirty is zero where digits and line ends stand."""
_SAVE_AS_TEXT = "请把全文另存为 UTF-8 编码的文本文件（.txt）再试"

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
    _refuse_what_is_no_text(data, name)
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


def _refuse_what_is_no_text(data: bytes, name: str) -> None:
    if not data:
        raise UnreadableIssue(name, "文件是空的", "请换成写有全文的文件")
    if len(data) > LARGEST:
        limit = LARGEST // 1024 // 1024
        raise UnreadableIssue(name, f"文件超过 {limit} MB，不像一期刊物的文本", _SAVE_AS_TEXT)


def _encodings_to_try(data: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (encoding,)
    for encoding, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if zeros.count(0) >= max(_FEWEST_ZEROS, len(zeros) / _UNMARKED):
            return (encoding,)
    return ("utf-8", "gb18030")


def read_text(source: Source) -> Document:
    """The lines of a text file by its own numbers, with the cells that tabs or bars divide.

    A line with a page break in it is several, so that those below it count on from there.
    """
    lines: list[Line] = []
    rows = _LINE_END.split(decode(source.data, source.name))
    refuse_endless(source.name, sum(map(bool, rows)))
    for number, row in enumerate(rows, start=1):
        for piece in _SOFT_END.split(row):
            text = tidied(piece)
            if text and not is_rule(text):
                own = max(number, lines[-1].number + 1 if lines else 1)
                lines.append(Line(own, text, f"第 {number} 行", cells=cells_of(piece)))
    return Document(tuple(lines))
