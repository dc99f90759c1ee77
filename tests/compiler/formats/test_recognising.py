"""What a file is, and the one sentence for what it is not."""

import io
import zipfile

import pytest
from PIL import Image
from word_files import p, png, word, zipped

from distribution.compiler import Source, UnreadableIssue
from distribution.compiler.formats.recognising import format_of

WORD = word(p("甲"))
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ENCRYPTED = COMPOUND + "EncryptedPackage".encode("utf-16-le")


def image(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4)).save(stream, kind)
    return stream.getvalue()


def sheet(main: str) -> bytes:
    return zipped({"[Content_Types].xml": "<Types/>", main: "<a/>"})


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.docx", WORD, ".docx"),
        ("a.DOCX", WORD, ".docx"),
        ("没有扩展名", WORD, ".docx"),
        ("a.docx", word(p("甲")).replace(b"word/document.xml", b"word/document2xml"), ".docx"),
        ("a.pdf", b"%PDF-1.7\n", ".pdf"),
        ("a.pdf", b"\r\n\xef\xbb\xbf%PDF-1.7\n", ".pdf"),
        ("a.txt", "三晋装备".encode("utf-16"), ".txt"),
        ("a.TXT", "三晋装备".encode("gb18030"), ".txt"),
        ("a.txt", b"BMW", ".txt"),
        ("a.txt", "PK 赛在太原举行".encode(), ".txt"),
        ("a.md", b"# a", ".md"),
        ("a.markdown", b"# a", ".md"),
        ("a.doc", COMPOUND, ".doc"),
        ("a.wps", COMPOUND, ".doc"),
    ],
)
def test_content_says_what_a_file_is(name: str, data: bytes, found: str) -> None:
    assert format_of(Source(name, data)) == found


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.docx", b"", "文件是空的"),
        ("a.docx", b"%PDF-1.7", "扩展名是 .docx，内容却是PDF 文件"),
        ("a.txt", WORD, "扩展名是 .txt，内容却是Word 文档"),
        ("a.docx", "纯文本".encode(), "扩展名是 .docx，内容却是文本文件"),
        ("a.doc", WORD, "扩展名是 .doc，内容却是Word 文档"),
        ("a.pdf", image("JPEG"), "JPEG 图片"),
        ("a.docx", png(), "PNG 图片"),
        ("a.txt", image("BMP"), "BMP 图片"),
        ("a.docx", image("TIFF"), "TIFF 图片"),
        ("a.doc", b"<html><body>a</body></html>", "网页或 XML 文件"),
        ("a.doc", b"\xef\xbb\xbf\r\n<!DOCTYPE HTML>", "网页或 XML 文件"),
        ("a.doc", b"MIME-Version: 1.0\r\n", "网页存档"),
        ("a.doc", b"{\\rtf1", "RTF 文档"),
        ("a.docx", sheet("xl/workbook.xml"), "Excel 工作簿"),
        ("a.docx", sheet("ppt/presentation.xml"), "PowerPoint 演示文稿"),
        ("a.docx", zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
        ("a.ofd", zipped({"OFD.xml": "<a/>"}), "OFD 版式文件"),
        ("a.zip", zipped({"1.txt": "甲"}), "zip 压缩包"),
        ("a.docx", ENCRYPTED, "文件有打开密码"),
        ("a.docm", WORD, "带宏的 Word 文档"),
        ("a.docx", zipped({"word/document.xml": "<a/>", "word/vbaProject.bin": "x"}), "文件含有宏"),
        ("a.docx", zipped({"[Content_Types].xml": "macroEnabled", "word/document.xml": "<a/>"}),
         "文件含有宏"),
        ("a.exe", b"MZ\x00\x01", "Windows 程序"),
    ],
)  # fmt: skip
def test_what_is_none_of_the_formats_is_refused_in_one_sentence(
    name: str, data: bytes, what: str
) -> None:
    with pytest.raises(UnreadableIssue, match=what) as refused:
        format_of(Source(name, data))

    assert str(refused.value).count("。") == 1
    assert str(refused.value).startswith(f"无法读取刊物文件 {name}：")


def test_a_locked_archive_is_refused() -> None:
    data = bytearray(WORD)
    with zipfile.ZipFile(io.BytesIO(WORD)) as archive:
        start = archive.start_dir
    data[start + 8] |= 1

    with pytest.raises(UnreadableIssue, match="文件已加密"):
        format_of(Source("a.docx", bytes(data)))
