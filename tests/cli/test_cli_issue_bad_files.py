"""Files that are no issue: one sentence each, exit code 2, and nothing has changed."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from cli_office import Office
from databases import only_sqlite
from desk_files import SAMPLE, audited
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from distribution.app import App

CONTENT_TYPES = "[Content_Types].xml"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def word() -> bytes:
    stream = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("三晋装备通讯")
    document.save(stream)
    return stream.getvalue()


def word_with(name: str, content: bytes) -> bytes:
    """A Word file in which one part is another."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return stream.getvalue()


def pdf(pages: int, text: str = "", password: str = "") -> bytes:
    stream = io.BytesIO()
    encryption = StandardEncryption(password) if password else None
    canvas = Canvas(stream, encrypt=encryption)
    for _ in range(pages):
        canvas.drawString(60, 700, text)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def scan() -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("L", (600, 800), 240).save(stream, "PDF")
    return stream.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b"<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)
BAD = {
    "empty.txt": (lambda: b"", "文件是空的"),
    "empty.docx": (lambda: b"", "文件是空的"),
    "blank.txt": (lambda: b" \r\n\r\n", "文件里只有空白"),
    "no-issue.txt": ("只是一封信。\n".encode, "没有找到「目录」这一行"),
    "binary.txt": (lambda: bytes(range(256)) * 40, "文字编码既不是 UTF-8"),
    "truncated.docx": (lambda: word()[:-900], "文件不完整或已损坏"),
    "truncated.pdf": (lambda: pdf(3, "x" * 30)[:-400], "PDF"),
    "locked.docx": (
        lambda: COMPOUND + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
        "文件有打开密码",
    ),
    "locked.pdf": (lambda: pdf(1, "x" * 30, "secret"), "PDF 有打开密码"),
    "macro.docx": (lambda: word_with("word/vbaProject.bin", b"x"), "文件含有宏"),
    "macro.docm": (word, "这是带宏的 Word 文档"),
    "wrong.docx": (lambda: pdf(1, "x" * 30), "扩展名是 .docx，内容却是"),
    "wrong.pdf": (word, "扩展名是 .pdf，内容却是"),
    "picture.txt": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "这是PNG 图片"),
    "bomb.docx": (lambda: word_with("word/media/a.xml", bytes(40 << 20)), "压缩炸弹"),
    "entities.docx": (lambda: word_with("word/document.xml", ENTITIES), "文档类型声明"),
    "endless.pdf": (lambda: pdf(10_000), "PDF 有 10000 页，最多 500 页"),
    "scan.pdf": (scan, "PDF 是扫描件，只有图像，没有文字"),
}


@only_sqlite
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_costs_one_sentence_and_nothing_else(
    office: Office, app: App, tmp_path: Path, name: str
) -> None:
    content, words = BAD[name]
    file = tmp_path / name
    file.write_bytes(content())

    refused = office("issue", "import", str(file))

    assert (refused.code, refused.out) == (2, "")
    assert refused.sentence.startswith(f"无法读取刊物文件 {name}：")
    assert words in refused.sentence
    assert refused.sentence.count("。") == 1
    assert office("issue", "list", "--json").document == []
    assert audited(app) == []


@only_sqlite
def test_a_bad_file_leaves_the_issue_that_is_there(
    office: Office, issue: str, app: App, tmp_path: Path
) -> None:
    before = office("issue", "show", issue, "--json").document
    broken = tmp_path / "broken.txt"
    broken.write_bytes(Path(SAMPLE).read_bytes()[:300])

    refused = office("issue", "import", str(broken), "--yes")

    assert refused.code == 2
    assert office("issue", "show", issue, "--json").document == before
    assert audited(app) == []
