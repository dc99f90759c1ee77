"""A year for the board as a page: two sheets of A4 where it is printed."""

from collections.abc import Sequence
from datetime import datetime

from distribution.reports import board_tables as tables
from distribution.reports import charts
from distribution.reports.annual import BoardReport, YearArticle
from distribution.reports.charts import FAINT, SURE, Bar, Part
from distribution.reports.figures import ArticleFigures, TopicFigures
from distribution.reports.page import Page, Section, render
from distribution.reports.reading import popularity
from distribution.reports.tables import HIDDEN

MOST_BARS, MOST_NAMED = 5, 6
_LONGEST = 20
"""What two sheets of paper hold, titles in characters; the workbook holds all."""
_KINDS = [(SURE, "点击的人次"), (FAINT, "匿名点击（次）")]


def year_page(found: BoardReport, *, at: datetime) -> str:
    """The page of a year's report, made at this moment."""
    name = f"《{found.publication}》" if found.publication else ""
    runs = found.this.sums.runs
    more = {*tables.KEYS, "year", "members", "clicked", "mails", "topics", "few"}
    page = Page(
        kind="board",
        title=f"{name}{found.year} 年度投递报告",
        about=f"提交理事会 · 会员企业 {found.members:,} 家（{found.day}） · {runs} 个批次",
        sentence=tables.sentence(found),
        remarks=_remarks(found),
        keys=tables.keys(found) if runs else (),
        sections=_sections(found),
        figures=more if runs else (),
    )
    return render(page, at=at)


def _remarks(found: BoardReport) -> list[str]:
    untold = found.this.sums.runs - found.this.sums.reading.runs
    if not untold:
        return []
    return [f"{untold} 个批次同意统计的读者不满 5 人，其打开与点击不计入。"]


def _sections(found: BoardReport) -> list[Section]:
    if not found.this.sums.runs:
        return []
    return [_months(found), _most_read(found), _unreached(found)]


def _months(found: BoardReport) -> Section:
    readers = [(f"{one.month.month} 月", one.reached.readers) for one in found.months]
    enterprises = [(f"{one.month.month} 月", one.reached.enterprises) for one in found.months]
    return Section(
        "逐月",
        [
            charts.columns("readers", "每月送达的读者", "每根柱子是一个月。", readers, "人"),
            charts.columns("members", "每月送达的单位", "每根柱子是一个月。", enterprises, "家"),
        ],
        [tables.months(found)],
        captions=("送达的读者", "送达的单位"),
    )


def _most_read(found: BoardReport) -> Section:
    articles = _clicks("articles", "点击最多的文章", found.articles)
    topics = _clicks("topics", "点击最多的主题", found.topics)
    return Section(
        "读得最多的",
        [articles, topics],
        [],
        _KINDS if articles else (),
        "" if articles else "还没有可以列出的点击。",
        captions=("文章", "主题"),
    )


def _clicks(name: str, title: str, rows: Sequence[YearArticle | TopicFigures]) -> str:
    ranked = [one for one in rows if popularity(_figures(one)) < (0, 0)][:MOST_BARS]
    bars = [_bar(one) for one in ranked]
    summary = "实心是点击的人次，点纹是匿名点击的次数，多的在前。"
    return charts.bars(name, title, summary, bars) if bars else ""


def _figures(one: YearArticle | TopicFigures) -> ArticleFigures | TopicFigures:
    return one.figures if isinstance(one, YearArticle) else one


def _bar(one: YearArticle | TopicFigures) -> Bar:
    figures = _figures(one)
    people = HIDDEN if figures.readers is None else f"{figures.readers:,}"
    said = [f"{people} 人次"] if figures.readers != 0 else []
    if figures.anonymous:
        said.append(f"匿名 {figures.anonymous:,} 次")
    name = _named(one) if isinstance(one, YearArticle) else one.name
    parts = (Part(figures.readers or 0), Part(figures.anonymous or 0, FAINT))
    return Bar(name, parts, "，".join(said))


def _named(one: YearArticle) -> str:
    title = one.figures.title
    short = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
    return f"{one.issue_key} {short}"


def _unreached(found: BoardReport) -> Section:
    if not found.unreached:
        return Section("没有送达的会员企业", [], [], said="没有：每一家都送达过。")
    causes = "，".join(f"{why} {count} 家" for why, count in tables.causes(found).rows)
    share = f"{found.members:,} 家里有 {len(found.unreached):,} 家"
    return Section(
        "没有送达的会员企业",
        [],
        [tables.unreached(found).first(MOST_NAMED)],
        said=f"{share}，宜由联络员上门核对：{causes}。",
        left_out=max(0, len(found.unreached) - MOST_NAMED),
    )
