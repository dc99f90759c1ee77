"""A run's report as one page that needs nothing else: for a secretary-general, and on paper."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from distribution import clock
from distribution.digests import clean
from distribution.reports import charts, run_charts, summary, tables
from distribution.reports.discretion import TOO_FEW
from distribution.reports.figures import ArticleFigures, RunReport, TopicFigures
from distribution.reports.notes import footnotes
from distribution.reports.summary import Key
from distribution.reports.tables import HIDDEN, Table
from distribution.words import RunState

MOST_ROWS = 40
"""Of enterprises and providers; the workbook holds all."""
_LANES_ON_PAPER, _ARTICLES_ON_PAPER, _ENTERPRISES_ON_PAPER = 20, 30, 15
TIMES_SIDE_BY_SIDE, _FEW_TIMES = 4, 6
_SHORT = 8
"""Characters."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with pictures, what they show, and the same in figures."""

    title: str
    pictures: Sequence[str]
    tables: Sequence[Table]
    legend: Sequence[tuple[str, str]] = ()
    """Kinds of bars, and what each means."""
    said: str = ""
    """Stands before the pictures, or in their place."""
    captions: Sequence[str] = ()
    """Of each picture, where there are several."""
    left_out: int = 0
    """Rows the tables have no room for."""
    abreast: bool = False
    """The table is narrow and stands beside the picture where there is room."""
    half: bool = False
    """Picture and table are narrow and stand beside those of a neighbour of the kind."""
    on_paper: int | None = None
    """Rows of a table that are printed; None: all of them; 0: no table, the pictures tell all."""

    @property
    def unprinted(self) -> int:
        """Rows that paper has no room for."""
        if self.on_paper is None:
            return self.left_out
        return self.left_out + sum(max(0, len(one.rows) - self.on_paper) for one in self.tables)

    @property
    def drawings(self) -> list[Markup]:
        """The pictures, which are ours and escaped already."""
        return [Markup(one) for one in self.pictures if one]  # noqa: S704 - see `charts`


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of the reports holds, from the top down."""

    kind: str
    """Which report it is, for the style sheet."""
    title: str
    about: str
    sentence: str
    remarks: Sequence[str]
    keys: Sequence[Key]
    sections: Sequence[Section]
    figures: Collection[str]
    """Those that are explained besides the tables' own."""

    @property
    def rows(self) -> list[list[Section]]:
        """The sections, two halves in one."""
        found: list[list[Section]] = []
        for one in self.sections:
            if one.half and found and len(found[-1]) == 1 and found[-1][0].half:
                found[-1].append(one)
            else:
                found.append([one])
        return found


def spelled(cell: tables.Cell) -> str:
    """A cell of a table for people.

    >>> spelled(12345), spelled(None), spelled("a")
    ('12,345', '不细分', 'a')
    """
    if cell is None:
        return HIDDEN
    if isinstance(cell, datetime):
        return clock.for_people(cell)
    return f"{cell:,}" if isinstance(cell, int) else clean(cell)


def figure(cell: tables.Cell) -> bool:
    """Whether a cell stands to the right."""
    return cell is None or isinstance(cell, int)


def short(cell: tables.Cell) -> bool:
    """Whether a text is never folded."""
    return isinstance(cell, datetime) or (isinstance(cell, str) and len(cell) <= _SHORT)


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_environment.filters.update(spelled=spelled, moment=clock.for_people)
_environment.tests.update(figure=figure, short=short)
_environment.globals.update(
    chart_style=Markup(charts.STYLE),  # noqa: S704 - our own style sheet
    patterns=Markup(charts.PATTERNS),  # noqa: S704 - our own picture
)


def render(page: Page, *, at: datetime) -> str:
    """A page of the reports; below it stands what each of its figures means."""
    used = {key for section in page.sections for table in section.tables for key in table.keys}
    notes = footnotes({*used, *page.figures})
    return _environment.get_template("report.html").render(page=page, notes=notes, at=at)


def run_page(found: RunReport, *, at: datetime) -> str:
    """The page of a run's report, made at this moment."""
    started = found.started_at is not None
    page = Page(
        kind="run",
        title=f"《{found.publication}》{found.issue_key} 期投递报告",
        about=_about(found),
        sentence=summary.sentence(found),
        remarks=list(summary.remarks(found)),
        keys=summary.keys(found) if started else (),
        sections=sections(found),
        figures=summary.KEYS if started else (),
    )
    return render(page, at=at)


def _about(found: RunReport) -> str:
    said = [found.kind.label, f"批次 {found.run_id}", found.state.label]
    end = "取消" if found.state is RunState.CANCELLED else "完成"
    times = {"开始": found.started_at, end: found.finished_at}
    said += [f"{name} {clock.for_people(at)}" for name, at in times.items() if at is not None]
    return " · ".join(said)


def sections(found: RunReport) -> list[Section]:
    """Everything below the first look: what readers did, then what was sent, then the details.

    Nothing for a run that has not started.
    """
    if found.started_at is None or not found.books.total:
        return []
    return [
        _opens(found),
        _bounces(found),
        *_clicks(found),
        _earlier(found),
        _times(found),
        _interests(found),
        _lanes(found),
        *_details(found),
    ]


def _times(found: RunReport) -> Section:
    table = tables.times(found)
    if not table.rows:
        return Section("何时寄出", [], [], said="还没有邮件寄出。", half=True)
    if len(table.rows) == 1:
        (start, accepted), within = table.rows[0], table.heads[0].removeprefix("自此起")
        said = f"{spelled(accepted)} 封都在 {spelled(start)} 起的{within}里寄出。"
        return Section("何时寄出", [], [], said=said, half=True)
    size = max(-(-len(table.rows) // TIMES_SIDE_BY_SIDE), _FEW_TIMES)
    parts = [
        Table(table.name, table.heads, table.rows[at : at + size], table.keys)
        for at in range(0, len(table.rows), size)
    ]
    return Section("何时寄出", [run_charts.times(found)], parts, on_paper=0)


def _lanes(found: RunReport) -> Section:
    return Section(
        "各家邮箱服务商",
        [run_charts.lanes(found)],
        [tables.lanes(found).first(MOST_ROWS)],
        [(charts.SURE, "已寄出，没有退回"), (charts.LOSS, "拒收与退信")],
        left_out=max(0, len(found.lanes) - MOST_ROWS),
        abreast=True,
        on_paper=_LANES_ON_PAPER,
    )


def _opens(found: RunReport) -> Section:
    picture, rows = run_charts.opens(found), [tables.opens(found)]
    if not picture:
        return Section("打开", [], rows, said=f"同意统计的读者{TOO_FEW}。", half=True)
    kinds = [(charts.SURE, "可确认"), (charts.LIKELY, "无法判断"), (charts.FAINT, "只有代理预取")]
    return Section("打开", [picture], rows, kinds, half=True)


def _bounces(found: RunReport) -> Section:
    if not found.meanings:
        return Section("退信与拒收", [], [], said="没有退信，也没有被拒收的邮件。", half=True)
    kinds = [(charts.LOSS, "退信"), (charts.LIKELY, "投递时被拒"), (charts.FAINT, "延迟")]
    picture, rows = run_charts.bounces(found), [tables.bounces(found)]
    return Section("退信与拒收", [picture], rows, kinds, half=True)


def _clicks(found: RunReport) -> list[Section]:
    topics = [tables.topics(found)] if found.topics else []
    return [
        _clicked("点击最多的文章", run_charts.articles(found), found.articles, []),
        _clicked("主题", run_charts.topics(found), found.topics, topics),
    ]


def _clicked(
    title: str,
    picture: str,
    figures: Sequence[ArticleFigures | TopicFigures],
    rows: Sequence[Table],
) -> Section:
    if not picture:
        untold = any(one.readers is None or one.anonymous is None for one in figures)
        said = "没有可以列出的点击。" if untold else "还没有人点开文章。"
        return Section(title, [], rows, said=said, half=True)
    kinds = [(charts.SURE, "点击的人"), (charts.FAINT, "匿名点击（次）")]
    return Section(title, [picture], rows, kinds, half=True)


def _interests(found: RunReport) -> Section:
    if not found.interests.readers:
        said = "开始投递以来，没有读者改变关注的主题。"
        return Section("关注变化", [], [], said=said, half=True)
    said = f"{found.interests.readers:,} 位读者改变了关注的主题：{tables.ways(found)}。"
    kinds = [(charts.SURE, "新增"), (charts.LOSS, "放弃")]
    return Section(
        "关注变化",
        [run_charts.interests(found)],
        [tables.interests(found)],
        kinds,
        said,
        abreast=True,
    )


def _earlier(found: RunReport) -> Section:
    if found.last_time is None:
        said = "没有更早的月度批次可比。"
        return Section("历次比较", [], [], said=said, half=True)
    pictures, captions = run_charts.earlier(found), run_charts.EARLIER
    rows = [tables.earlier(found)]
    return Section("历次比较", pictures, rows, captions=captions, on_paper=0)


def _details(found: RunReport) -> list[Section]:
    """Long tables, for who looks something up."""
    enterprises = Section(
        "各单位",
        [],
        [tables.enterprises(found).first(MOST_ROWS)],
        left_out=max(0, len(found.enterprises) - MOST_ROWS),
        on_paper=_ENTERPRISES_ON_PAPER,
    )
    if not found.articles:
        return [enterprises]
    articles = Section("各篇文章", [], [tables.articles(found)], on_paper=_ARTICLES_ON_PAPER)
    return [articles, enterprises]
