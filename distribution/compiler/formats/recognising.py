"""What a file is, by its content; its name must agree, for a wrong name is a wrong file."""

from collections.abc import Sequence
from pathlib import PurePath

from distribution.compiler.formats.text import read_text
from distribution.compiler.lines import Document, Source
from distribution.compiler.old_word import SAVE_AS_WORD
from distribution.compiler.unreadable import UnreadableIssue

LARGEST_BYTES = 64 * 1024 * 1024

WORD, PDF, TEXT, MARKDOWN, OLD_WORD = ".docx", ".pdf", ".txt", ".md", ".doc"
EXTENSIONS = {
    ".docx": WORD, ".pdf": PDF, ".txt": TEXT, ".text": TEXT, ".md": MARKDOWN,
    ".markdown": MARKDOWN, ".doc": OLD_WORD, ".wps": OLD_WORD,
}  # fmt: skip
FORMATS = "Word（.docx）、PDF、文本（.txt）或 Markdown（.md）"
_NAMES = {WORD: "Word 文档", PDF: "PDF 文件", OLD_WORD: "旧版 Word 或 WPS 文档", TEXT: "文本文件"}
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HEAD = 1024
_OTHERS = (
    (b"{\\rtf", "RTF 文档"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"II*\0", "TIFF 图片"),
    (b"MM\0*", "TIFF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x7fELF", "程序"),
    (b"AC10", "CAD 图纸"),
    (b"%!PS", "PostScript 文件"),
    (b"MIME-Version:", "网页存档"),
)
_SHORT_SIGNATURES = ((b"BM", "BMP 图片"), (b"MZ", "Windows 程序"))
"""Text may begin so, too, but holds no zero byte."""
_PAGES = (b"<!doctype html", b"<html", b"<?xml")
_MACRO_EXTENSIONS = (".docm", ".dotm")
_IN_ARCHIVE = (
    ("word/document.xml", WORD),
    ("xl/workbook.xml", "Excel 工作簿"),
    ("ppt/presentation.xml", "PowerPoint 演示文稿"),
    ("OFD.xml", "OFD 版式文件"),
)


def read_document(sources: Sequence[Source]) -> Document:
    """The lines of one file, or of a folder's files in their order; or `UnreadableIssue`."""
    if len(sources) == 1:
        return _read(sources[0])
    from distribution.compiler.formats.folder import one_document

    return one_document([(source.name, _read(source)) for source in sources])


def format_of(source: Source) -> str:
    """One of the formats; `UnreadableIssue` for what is none, is locked, or has a wrong name."""
    name, data = source.name, source.data
    if not data:
        raise UnreadableIssue(name, "文件是空的", "请换成写有全文的文件")
    if len(data) > LARGEST_BYTES:
        reason = f"文件超过 {LARGEST_BYTES // 1024 // 1024} MB，不像一期刊物"
        raise UnreadableIssue(name, reason, "请压缩其中的图片，或另存为文本")
    extension = PurePath(name).suffix.lower()
    if extension in _MACRO_EXTENSIONS:
        raise UnreadableIssue(name, "这是带宏的 Word 文档", "请另存为不含宏的 .docx 再导入")
    found = _content_of(source)
    named = EXTENSIONS.get(extension, "")
    if found == TEXT and named == MARKDOWN:
        return MARKDOWN
    if named and found != named:
        reason = f"扩展名是 {extension}，内容却是{_NAMES[found]}"
        raise UnreadableIssue(name, reason, f"请把扩展名改为 {found}，或换成正确的文件")
    return found


def _read(source: Source) -> Document:
    """The format modules are dear to import, so only the one that is needed is."""
    match format_of(source):
        case ".docx":
            from distribution.compiler.formats.word import read_word

            return read_word(source)
        case ".pdf":
            from distribution.compiler.formats.pdf import read_pdf

            return read_pdf(source)
        case ".md":
            from distribution.compiler.formats.markdown import read_markdown

            return read_markdown(source)
        case ".doc":
            reason = "这是旧版 Word（.doc）或 WPS 文档"
            raise UnreadableIssue(source.name, reason, SAVE_AS_WORD)
    return read_text(source)


def _content_of(source: Source) -> str:
    """By the first bytes; what shows no sign of anything else is text."""
    name, data = source.name, source.data
    head = data[:_HEAD]
    if b"%PDF-" in head:
        return PDF
    if data.startswith(_ARCHIVES):
        return _in_archive(source)
    if data.startswith(_COMPOUND):
        if _ENCRYPTED in data:
            reason = "文件有打开密码"
            raise UnreadableIssue(name, reason, "请在 Word 中取消密码后重新保存再导入")
        return OLD_WORD
    short = _SHORT_SIGNATURES if b"\0" in head else ()
    for signature, what in (*_OTHERS, *short):
        if data.startswith(signature):
            raise _wrong_kind(name, what)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGES):
        raise _wrong_kind(name, "网页或 XML 文件")
    return TEXT


def _in_archive(source: Source) -> str:
    from distribution.compiler.formats import archive

    names = set(archive.opened(source).namelist())
    for entry, what in _IN_ARCHIVE:
        if entry in names:
            if what is WORD:
                return WORD
            raise _wrong_kind(source.name, what)
    if "[Content_Types].xml" in names and any(one.startswith("word/") for one in names):
        return WORD
    if "mimetype" in names:
        raise _wrong_kind(source.name, "OpenDocument 文档")
    raise _wrong_kind(source.name, "zip 压缩包")


def _wrong_kind(name: str, what: str) -> UnreadableIssue:
    return UnreadableIssue(name, f"这是{what}，读不了", f"请导入 {FORMATS}，或放着这些文件的文件夹")
