"""One printed issue in many forms: text, Word in three manners, Markdown, PDF, a folder."""

import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.text.paragraph import Paragraph as WordParagraph
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph
from reportlab.platypus.flowables import Flowable

from distribution.compiler import Source
from distribution.compiler.lines import key


def _chromium() -> str | None:
    """A browser that can print Chinese; without a font for it, it prints nothing to read."""
    found = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    fonts = shutil.which("fc-list")
    if found is None or fonts is None:
        return None
    listed = subprocess.run([fonts, ":lang=zh"], capture_output=True, text=True, check=False)
    return found if listed.stdout.strip() else None


CHROMIUM = _chromium()


@dataclass
class Printed:
    """The lines of a printed issue, and which of them are headings."""

    front: list[str]
    """Title page, the line 目录 and the contents, leaders and pages included."""
    body: list[str]
    titles: set[str] = field(default_factory=set)
    """Keys of the titles of articles."""
    sections: set[str] = field(default_factory=set)

    def kind(self, line: str) -> str:
        """Whether a line of the body is a title, a section's heading or text."""
        if key(line) in self.titles:
            return "title"
        return "section" if key(line) in self.sections else "text"


def printed(text: str, titles: list[str], sections: list[str]) -> Printed:
    """A text issue taken apart: the body begins where the first title stands again."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wanted = {key(title) for title in titles}
    first = next(
        index
        for index, line in enumerate(lines)
        if key(line) == key(titles[0]) and index > lines.index("目 录")
    )
    if key(lines[first - 1]) in map(key, sections):
        first -= 1
    return Printed(lines[:first], lines[first:], wanted, set(map(key, sections)))


def as_text(issue: Printed, encoding: str = "utf-8") -> Source:
    text = "\n".join([*issue.front, *issue.body])
    return Source("本期.txt", text.encode(encoding))


def as_crlf(issue: Printed) -> Source:
    text = "\r\n\r\n".join([*issue.front, *issue.body])
    return Source("本期.txt", text.encode("utf-16"))


def as_markdown(issue: Printed) -> Source:
    marks = {"title": "## ", "section": "# ", "text": ""}
    rows = [*issue.front, *(marks[issue.kind(line)] + line for line in issue.body)]
    return Source("本期.md", "\n\n".join(rows).encode())


def _word(issue: Printed, dress: Callable[[WordParagraph, str], None]) -> Source:
    document = docx.Document()
    for line in issue.front:
        document.add_paragraph(line)
    for line in issue.body:
        dress(document.add_paragraph(line), issue.kind(line))
    stream = io.BytesIO()
    document.save(stream)
    return Source("本期.docx", stream.getvalue())


def as_styled_word(issue: Printed) -> Source:
    def dress(paragraph: WordParagraph, kind: str) -> None:
        if kind != "text":
            paragraph.style = {"section": "Heading 1", "title": "Heading 2"}[kind]

    return _word(issue, dress)


def as_bold_word(issue: Printed) -> Source:
    def dress(paragraph: WordParagraph, kind: str) -> None:
        if kind != "text":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            for run in paragraph.runs:
                run.bold = True

    return _word(issue, dress)


def as_plain_word(issue: Printed) -> Source:
    return _word(issue, lambda _paragraph, _kind: None)


def as_folder(issue: Printed) -> list[Source]:
    """A contents file and one Word file per article; the colophon ends the last."""
    document = docx.Document()
    for line in issue.front:
        document.add_paragraph(line)
    files = [_saved(document, "00 目录.docx")]
    document, count = None, 0
    for line in issue.body:
        if issue.kind(line) == "section":
            continue
        if issue.kind(line) == "title":
            if document is not None:
                files.append(_saved(document, f"{count} 文章.docx"))
            document, count = docx.Document(), count + 1
        assert document is not None
        document.add_paragraph(line)
    assert document is not None
    files.append(_saved(document, f"{count} 文章.docx"))
    return files


def _saved(document: "docx.document.Document", name: str) -> Source:
    stream = io.BytesIO()
    document.save(stream)
    return Source(name, stream.getvalue())


# -- PDF -----------------------------------------------------------------------------------------

FONT = "STSong-Light"


class Leader(Flowable):
    """A line of the contents: title, dots, page at the right margin."""

    def __init__(self, text: str, style: ParagraphStyle) -> None:
        super().__init__()
        self._text, self._style = text, style

    def wrap(self, width: float, height: float) -> tuple[float, float]:  # noqa: ARG002 - theirs
        self._width = width
        return width, self._style.leading

    def draw(self) -> None:
        self.canv.setFont(FONT, self._style.fontSize)
        self.canv.drawString(0, 2, self._text)


def as_pdf(
    issue: Printed,
    *,
    columns: int = 2,
    size: float = 10.5,
    indent: bool = True,
    heads: bool = True,
    centred: bool = True,
) -> Source:
    """A PDF by reportlab, with running heads and page numbers; titles in a larger size."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    text = ParagraphStyle(
        "text", fontName=FONT, fontSize=size, leading=1.6 * size, alignment=TA_JUSTIFY,
        wordWrap="CJK", firstLineIndent=2 * size if indent else 0,
        spaceAfter=0 if indent else 0.8 * size,
    )  # fmt: skip
    title = ParagraphStyle(
        "title", parent=text, fontSize=1.3 * size, leading=2 * size, firstLineIndent=0,
        alignment=TA_CENTER if centred else TA_JUSTIFY, spaceBefore=size, spaceAfter=size,
    )  # fmt: skip
    front = ParagraphStyle("front", parent=text, firstLineIndent=0)
    width, height = A4
    margin, gap = 60, 24
    wide = Frame(margin, margin, width - 2 * margin, height - 2 * margin, id="wide")
    each = (width - 2 * margin - gap * (columns - 1)) / columns
    frames = [
        Frame(margin + at * (each + gap), margin, each, height - 2 * margin, 0, 0, 0, 0)
        for at in range(columns)
    ]

    def decorate(canvas: Canvas, document: BaseDocTemplate) -> None:
        if heads:
            canvas.setFont(FONT, 8)
            canvas.drawString(margin, height - 40, "行业月刊通讯 2026年合订")
            canvas.drawCentredString(width / 2, 34, f"· {document.page} ·")

    stream = io.BytesIO()
    document = BaseDocTemplate(stream, pagesize=A4, title="issue")
    document.addPageTemplates(
        [PageTemplate("front", [wide]), PageTemplate("body", frames, onPage=decorate)]
    )
    story: list[Flowable] = [Paragraph(escape(line), front) for line in issue.front]
    story += [_next_template("body"), PageBreak()]
    styles = {"title": title, "section": title, "text": text}
    story += [Paragraph(escape(line), styles[issue.kind(line)]) for line in issue.body]
    document.build(story)
    return Source("本期.pdf", stream.getvalue())


def _next_template(name: str) -> Flowable:
    from reportlab.platypus import NextPageTemplate

    return NextPageTemplate(name)


def as_browser_pdf(issue: Printed, folder: Path, *, columns: int = 2, style: str = "") -> Source:
    """A PDF that Chromium prints of a page in columns."""
    assert CHROMIUM is not None
    tags = {"title": "h2", "section": "h1", "text": "p"}
    front = "".join(f"<p class=front>{escape(line)}</p>" for line in issue.front)
    body = "".join(
        f"<{tags[issue.kind(line)]}>{escape(line)}</{tags[issue.kind(line)]}>"
        for line in issue.body
    )
    page = folder / "issue.html"
    page.write_text(
        "<!doctype html><meta charset=utf-8><style>@page{size:A4;margin:20mm}"
        "body{font:10.5pt/1.6 'Noto Serif CJK SC',serif;text-align:justify}"
        "p{margin:0;text-indent:2em}"
        f".front{{text-indent:0}}h1,h2{{font-size:13pt;text-align:center}}"
        f"main{{columns:{columns};column-gap:8mm}}{style}</style>"
        f"{front}<main>{body}</main>",
        encoding="utf-8",
    )
    file = folder / "issue.pdf"
    subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={folder / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={file}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return Source("本期.pdf", file.read_bytes())
