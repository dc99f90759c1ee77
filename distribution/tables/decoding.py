"""How a text is encoded: by its mark, else strict UTF-8, else strict GB18030, else a refusal.

The whole file is decoded once, piece by piece, before a row is believed: a wrong guess would
store names that nobody wrote. Statistics are left out on purpose: on short lists they fail.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from distribution.tables.faults import UnreadableTable

_PIECE = 256 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED, _FEWEST_ZEROS = 60, 3
"""UTF-16 without a mark: one byte of sixty is zero where separators and line ends stand."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
_GLUED = re.compile(rb"[\xe4-\xe9][\x80-\xbf]{2}(?:[\xe4-\xe9][\x80-\xbf]{2}){3}")
"""Four Chinese characters in UTF-8; in GB18030 nonsense that hardly ever stands in a text.

Without a group at its start the expression runs five times as fast.
"""
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MANY_CONTROLS = 50
"""One control character of fifty: no text."""
_SAVE_AS_UTF_8 = "请在 Excel 或 WPS 中另存为 CSV UTF-8 或 .xlsx 再试"
_NO_TEXT = "这是二进制文件，不是表格"
_OTHER_FILE = "请改用 Excel、WPS 表格或 CSV 文件"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to read a text, and how many lines there are at most."""

    name: str
    lines: int


@dataclass(frozen=True, slots=True)
class _Fault:
    offset: int
    """Bytes from the start of the file."""
    is_zero: bool
    """A zero character; otherwise bytes that the encoding does not know."""


def encoding_of(path: Path) -> Encoding:
    """Raises `UnreadableTable` with the line that is no text, and OSError."""
    faults: list[tuple[str, _Fault]] = []
    for name in _candidates(path):
        decoded = _decode(path, name)
        if isinstance(decoded, Encoding):
            return decoded
        faults.append((name, decoded))
        if any(map(_CHINESE.search, _texts(path, name, decoded.offset))):
            break  # so it is a file glued of two, and GB18030 would make nonsense of the first
    name, fault = max(faults, key=lambda found: found[1].offset)
    line = _line_of(path, name, fault.offset)
    if fault.is_zero:
        raise UnreadableTable(str(path), f"第 {line} 行有空字节，像是二进制文件", _SAVE_AS_UTF_8)
    reason = f"第 {line} 行的文字编码既不是 UTF-8、UTF-16，也不是 GB18030"
    raise UnreadableTable(str(path), reason, _SAVE_AS_UTF_8)


def _candidates(path: Path) -> tuple[str, ...]:
    head = next(_pieces(path), b"")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return (name,)
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) >= max(_FEWEST_ZEROS, len(head) / _UNMARKED) and even != odd:
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    return ("utf-8", "gb18030")


def _decode(path: Path, name: str) -> Encoding | _Fault:
    """Strictly to the end, or to the first fault."""
    decoder = codecs.getincrementaldecoder(name)()
    fed, feeds, returns = 0, 0, 0
    for piece in chain(_pieces(path), [b""]):
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            return _Fault(fed + len(piece) - len(error.object) + error.start, is_zero=False)
        if "\0" in text:
            return _Fault(fed + _offset_of_zero(piece, name), is_zero=True)
        if name == "gb18030" and (glued := _GLUED.search(piece)):
            return _Fault(fed + glued.start(), is_zero=False)
        if not fed:
            _refuse_controls(path, text)
        fed += len(piece)
        feeds, returns = feeds + text.count("\n"), returns + text.count("\r")
    return Encoding(name, max(feeds, returns) + 1)


def _offset_of_zero(piece: bytes, name: str) -> int:
    if not name.startswith("utf-16"):
        return piece.index(0)
    return max(piece.find(b"\0\0"), 0)


def _refuse_controls(path: Path, text: str) -> None:
    if len(_CONTROL.findall(text)) * _MANY_CONTROLS > len(text):
        raise UnreadableTable(str(path), _NO_TEXT, _OTHER_FILE)


def _line_of(path: Path, name: str, offset: int) -> int:
    """The line of a byte, as an editor counts."""
    lines, before = 1, ""
    for text in _texts(path, name, offset):
        lines += len(_LINE_END.findall(text))
        lines -= before.endswith("\r") and text.startswith("\n")
        before = text or before
    return lines


def _texts(path: Path, name: str, offset: int) -> Iterator[str]:
    """What stands before a byte, piece by piece."""
    decoder = codecs.getincrementaldecoder(name)("ignore")
    for piece in _pieces(path):
        yield decoder.decode(piece[:offset])
        offset -= len(piece)
        if offset <= 0:
            return


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece
