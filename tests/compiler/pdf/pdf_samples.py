"""Small issues of our own as PDFs: drawn line by line, or printed by Chromium."""

import io
import subprocess
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path

import forms
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from distribution.compiler import ReadIssue, Source, compile_issue
from distribution.compiler.content import Article, Paragraph, Picture, Table

SIZE = 11.0
PITCH = 20.0
WIDTH, HEIGHT = 595.0, 842.0
MARGIN = 60.0
FRONT = (
    "三晋装备", "2026年第11期", "2026年11月", "目录", "政策措施",
    "试点工作正式启动……1", "新型轴承通过验证……2",
)  # fmt: skip
LAST = ("新型轴承通过验证", "　　轴承寿命延长一倍。", "编辑：编辑部", "电话：0351-0000000")
HEADS = (
    '@page:left{@top-left{content:"三晋装备";font-size:8pt}'
    '@top-right{content:"2026年第11期";font-size:8pt}'
    "@bottom-left{content:counter(page);font-size:8pt}}"
    '@page:right{@top-left{content:"行业资讯";font-size:8pt}'
    '@top-right{content:"三晋装备 总第447期";font-size:8pt}'
    "@bottom-right{content:counter(page);font-size:8pt}}"
)
"""Right and left pages differ, and one names the section."""


class Sheets:
    """A PDF under the hand: a title page with its contents, then text and images at any place."""

    def __init__(self, width: float = WIDTH, height: float = HEIGHT) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(forms.FONT))
        self._stream = io.BytesIO()
        self.canvas = Canvas(self._stream, pagesize=(width, height))
        self.y = height - 80
        self.write(*FRONT)
        self.turn()

    def write(self, *lines: str, x: float = MARGIN, size: float = SIZE) -> None:
        """One row each, downwards."""
        for line in lines:
            self.put(line, x, self.y, size)
            self.y -= PITCH

    def put(self, text: str, x: float, y: float, size: float = SIZE) -> None:
        self.canvas.setFont(forms.FONT, size)
        self.canvas.drawString(x, y, text)

    def turn(self) -> None:
        """The next page."""
        self.canvas.showPage()
        self.y = self.canvas._pagesize[1] - 80

    def image(self, picture: Image.Image, x: float, width: float, height: float) -> None:
        self.y -= height
        self.canvas.drawImage(ImageReader(picture), x, self.y, width, height, mask="auto")
        self.y -= PITCH

    def source(self) -> Source:
        self.canvas.save()
        return Source("本期.pdf", self._stream.getvalue())


def photo(mode: str = "RGB", size: tuple[int, int] = (120, 80)) -> Image.Image:
    picture = Image.new("L", size)
    picture.putdata([(3 * index) % 251 for index in range(size[0] * size[1])])
    return picture.convert(mode)


def first_article(draw: Callable[[Sheets], None]) -> ReadIssue:
    """The issue whose first article is drawn by hand; the second ends it."""
    sheets = Sheets()
    sheets.write("政策措施", "试点工作正式启动")
    draw(sheets)
    sheets.write(*LAST)
    return compile_issue([sheets.source()])


def blocks(article: Article) -> list[str | tuple[tuple[str, ...], ...]]:
    """Paragraphs as their text, tables as their rows, images as 图 and their caption."""
    return list(_plain(article))


def _plain(article: Article) -> Iterator[str | tuple[tuple[str, ...], ...]]:
    for block in article.blocks:
        match block:
            case Paragraph(text):
                yield text
            case Table(rows, _):
                yield rows
            case Picture(_, caption):
                yield f"图：{caption}"


def as_page(
    issue: forms.Printed, folder: Path, *, style: str, leaders: str = "dots", over: str = ""
) -> Source:
    """What Chromium prints; `leaders` are dots, or only a blank as wide as a tab makes it."""
    entries = "".join(map(_entry(leaders), issue.front[_contents(issue) + 1 :]))
    head = "".join(f"<p class=front>{escape(line)}" for line in issue.front[: _contents(issue) + 1])
    tags = {"title": "h2", "section": "h1", "text": "p"}
    body = "".join(f"<{tags[issue.kind(line)]}>{escape(line)}" + f"</{tags[issue.kind(line)]}>"
                   for line in issue.body)  # fmt: skip
    page = folder / "page.html"
    page.write_text(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><style>@page{size:A4;margin:20mm}"
        "body{font:10.5pt/1.6 'Noto Serif CJK SC',serif;text-align:justify;margin:0}"
        "p{margin:0;text-indent:2em;overflow-wrap:anywhere}.front{text-indent:0;text-align:center}"
        "h1,h2{font-size:13pt;text-align:center;margin:6pt 0}nav{break-after:page;column-gap:8mm}"
        "nav div{display:flex;align-items:flex-end}nav i{flex:1}"
        "nav u{white-space:nowrap;text-decoration:none;padding-left:1em}"
        f"main{{columns:2;column-gap:8mm}}{style}</style>{over}{head}<nav>{entries}</nav>"
        f"<main>{body}</main>",
        encoding="utf-8",
    )
    file = folder / "page.pdf"
    command = [
        str(forms.CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
        "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer",
        f"--print-to-pdf={file}", page.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return Source("本期.pdf", file.read_bytes())


def _contents(issue: forms.Printed) -> int:
    return issue.front.index("目 录")


def _entry(leaders: str) -> Callable[[str], str]:
    def entry(line: str) -> str:
        title = line.rstrip("0123456789 \t·…")
        number = line[len(title) :].strip(" \t·…")
        if not number:
            return f"<div>{escape(line)}</div>"
        leader = "<i></i><u>" if leaders == "tab" else "<u>……"
        return f"<div><span>{escape(title)}</span>{leader}{number}</u></div>"

    return entry


def facts(articles: Sequence[Article]) -> list[tuple[object, ...]]:
    """What must not depend on the form."""
    return [
        (one.section, one.page, "".join(one.title.split()), one.source, one.date, one.paragraphs)
        for one in articles
    ]
