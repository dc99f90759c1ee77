"""The whole way of a file: text, title page, contents, body, articles, and complaints."""

import re
from collections.abc import Sequence
from datetime import date

from distribution.compiler.article.datelines import read_dateline, source_at_end
from distribution.compiler.article.formulas import without_latex
from distribution.compiler.article.summaries import summary
from distribution.compiler.body.furniture import Furniture
from distribution.compiler.body.paragraphs import is_finished, is_heading, paragraphs_of
from distribution.compiler.body.titles import Portion, split_body
from distribution.compiler.content import (
    Article,
    Complaint,
    Contact,
    Masthead,
    Paragraph,
    ReadIssue,
)
from distribution.compiler.doubts import Doubt
from distribution.compiler.formats.text import decode
from distribution.compiler.front.colophon import (
    PUBLISHER_LABELS,
    contact_of,
    facts_of,
    split_colophon,
)
from distribution.compiler.front.contents import heading_of_contents, read_contents
from distribution.compiler.front.masthead import TitlePage, publishers_in, read_title_page
from distribution.compiler.lines import Line, excerpt, lines_of
from distribution.compiler.unreadable import UnreadableIssue

_UNPRINTABLE = re.compile("[\ufffd\ue000-\uf8ff]")


def read_issue(data: bytes, name: str) -> ReadIssue:
    """Read the text file of one issue; `name` is what people call the file.

    Raises `UnreadableIssue` where no issue can be made of it; every smaller doubt is a
    complaint, in the order of the lines.
    """
    lines = lines_of(decode(data, name))
    start = heading_of_contents(lines, name)
    page, month = read_title_page(lines[:start], name)
    contents, rest = read_contents(lines[start + 1 :], name)
    pages = [entry.page for entry in contents.entries if entry.page]
    furniture = Furniture(page.publication, contents.sections, pages)
    body, colophon = split_colophon([line for line in rest if not furniture.includes(line)])
    masthead = _masthead(page, month, colophon)
    portions, doubts = split_body(body, contents)
    if not any(portion.number for portion in portions):
        reason = f"目录所列的 {len(portions)} 篇文章，正文里一篇也没有找到"
        raise UnreadableIssue(name, reason, "正文应在目录之后，每篇以目录中的标题单独成行开头")
    articles, doubts_within = _articles(portions, month)
    complaints = [
        *page.complaints, *contents.complaints, *doubts, *doubts_within,
        *_complaints_about_masthead(masthead), *_unprintable(lines),
    ]  # fmt: skip
    complaints.sort(key=lambda complaint: complaint.line)
    return ReadIssue(masthead, articles, tuple(complaints))


def _masthead(page: TitlePage, month: date, colophon: Sequence[Line]) -> Masthead:
    facts = [*page.facts, *facts_of(colophon)]
    publishers = list(page.publishers)
    if not publishers:
        stated = [text for label, text in facts if label in PUBLISHER_LABELS]
        publishers = [one for text in stated for one in publishers_in(text)]
    return Masthead(
        publication=page.publication,
        year=page.year or month.year,
        label=page.label,
        number=page.number,
        total_number=page.total_number,
        month=month,
        publishers=tuple(publishers),
        contact=contact_of(facts),
    )


def _articles(
    portions: Sequence[Portion], month: date
) -> tuple[tuple[Article, ...], list[Complaint]]:
    articles, complaints = [], []
    for position, portion in enumerate(portions, start=1):
        article, doubts = _article(position, portion, month)
        articles.append(article)
        complaints += doubts
    return tuple(articles), complaints


def _article(position: int, portion: Portion, month: date) -> tuple[Article, list[Complaint]]:
    found, doubts = paragraphs_of(portion.lines)
    paragraphs = tuple(without_latex(paragraph.text) for paragraph in found)
    if found and not (is_finished(found[-1].text) or is_heading(found[-1].text)):
        problem = "文章最后一段没有句末标点，可能缺少文字"
        doubts.append(
            Complaint(Doubt.UNFINISHED, found[-1].number, problem, excerpt(found[-1].text))
        )
    if portion.number and not found:
        problem = "标题之下没有正文"
        doubts.append(
            Complaint(Doubt.NO_TEXT, portion.number, problem, excerpt(portion.entry.title))
        )
    dateline = read_dateline(paragraphs[0] if paragraphs else "", month)
    article = Article(
        position=position,
        section=portion.entry.section,
        page=portion.entry.page,
        title=without_latex(portion.entry.title),
        source=dateline.source or (source_at_end(paragraphs[-1]) if paragraphs else None),
        date=dateline.date,
        summary=summary(paragraphs, dateline.length),
        blocks=tuple(map(Paragraph, paragraphs)),
    )
    return article, doubts


def _complaints_about_masthead(masthead: Masthead) -> list[Complaint]:
    complaints = []
    if not masthead.publishers:
        complaints.append(Complaint(Doubt.MASTHEAD, 0, "没有找到主办单位"))
    if masthead.contact == Contact():
        complaints.append(
            Complaint(Doubt.MASTHEAD, 0, "文件末尾没有版权页（编辑、电话、邮箱、地址等）")
        )
    return complaints


def _unprintable(lines: Sequence[Line]) -> list[Complaint]:
    """Characters that a PDF tool could not name; readers would see empty boxes."""
    problem = "有无法识别的字符，请对照原刊改正"
    return [
        Complaint(Doubt.UNPRINTABLE, line.number, problem, excerpt(line.text))
        for line in lines
        if _UNPRINTABLE.search(line.text)
    ]
