"""Archives that would do harm, or that are no archives."""

import io
import struct
import zipfile

import pytest
from word_files import p, word, zipped

from distribution.compiler import Source, UnreadableIssue
from distribution.compiler.formats import archive

WORD = word(p("甲"))


def opened(data: bytes) -> zipfile.ZipFile:
    return archive.opened(Source("本期.docx", data))


def packed(name: str, size: int, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as made:
        made.writestr(name, bytes(size))
    return stream.getvalue()


def test_a_whole_archive_is_opened() -> None:
    assert "word/document.xml" in opened(WORD).namelist()


def test_a_blank_drawing_that_shrinks_well_is_no_bomb() -> None:
    assert opened(packed("word/media/a.bmp", 3_000_000)).namelist() == ["word/media/a.bmp"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (packed("word/document.xml", 40_000_000), "压缩炸弹"),
        (zipped({f"{at}.xml": "" for at in range(2001)}), "压缩包内有 2001 个文件"),
        (packed("word/document.xml", 10, zipfile.ZIP_LZMA), "文件不完整或已损坏"),
        (packed("word/document.xml", 10, zipfile.ZIP_BZIP2), "文件不完整或已损坏"),
        (b"PK\x05\x06" + bytes(18), None),
        (WORD[:-30], "文件不完整或已损坏"),
        (WORD[200:], "文件不完整或已损坏"),
    ],
    ids=["ratio", "entries", "lzma", "bzip2", "empty", "no end", "no beginning"],
)
def test_what_is_not_whole_or_not_sane_is_refused(data: bytes, why: str | None) -> None:
    if why is None:
        assert opened(data).namelist() == []
        return
    with pytest.raises(UnreadableIssue, match=why):
        opened(data)


def directory(data: bytes) -> tuple[bytearray, int]:
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        return bytearray(data), whole.start_dir


@pytest.mark.parametrize("size", [1, 10_000])
def test_an_entry_that_lies_about_its_size_is_refused_when_read(size: int) -> None:
    data, start = directory(packed("word/document.xml", 1000))
    data[start + 24 : start + 28] = struct.pack("<I", size)
    source = Source("本期.docx", bytes(data))

    with pytest.raises(UnreadableIssue):
        archive.read(source, archive.opened(source), "word/document.xml")


def test_entries_that_share_their_bytes_are_refused() -> None:
    """Thousands of names for one stretch of bytes unpack to any size."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a.xml", "甲" * 100)
        made.writestr("b.xml", "甲" * 100)
        made.filelist[1].header_offset = made.filelist[0].header_offset

    with pytest.raises(UnreadableIssue, match="文件不完整或已损坏"):
        opened(stream.getvalue())


def test_a_broken_entry_is_refused_when_read() -> None:
    data = bytearray(WORD)
    at = data.index(b"word/document.xml") + len("word/document.xml") + 4
    data[at : at + 8] = b"\xff" * 8
    source = Source("本期.docx", bytes(data))

    with pytest.raises(UnreadableIssue, match="文件不完整或已损坏"):
        archive.read(source, archive.opened(source), "word/document.xml")
