"""A run's report as one page that needs nothing else: for a secretary-general, and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from distribution import clock
from distribution.digests import clean
from distribution.reports import charts, run_charts, summary, tables
from distribution.reports.discretion import TOO_FEW
from distribution.reports.figures import RunReport
from distribution.reports.notes import footnotes
from distribution.reports.tables import HIDDEN, Table

MOST_ROWS = 40
"""Of enterprises and providers; the workbook holds all."""
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

    @property
    def drawings(self) -> list[Markup]:
        """The pictures, which are ours and escaped already."""
        return [Markup(one) for one in self.pictures if one]  # noqa: S704 - see `charts`


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


def run_page(found: RunReport, *, at: datetime) -> str:
    """The page of a run's report, made at this moment."""
    shown = sections(found)
    used = {key for section in shown for table in section.tables for key in table.keys}
    return render(
        "run.html",
        found=found,
        title=f"《{found.publication}》{found.issue_key} 期投递报告",
        sentence=summary.sentence(found),
        remarks=list(summary.remarks(found)),
        keys=summary.keys(found) if found.started_at is not None else (),
        sections=shown,
        notes=footnotes({*used, *(summary.KEYS if found.started_at is not None else ())}),
        at=at,
    )


def render(template: str, **facts: object) -> str:
    """A page of the reports, from its template; it brings the style and the charts' patterns."""
    return _environment.get_template(template).render(facts)


def sections(found: RunReport) -> list[Section]:
    """Everything below the first look; nothing for a run that has not started."""
    if found.started_at is None or not found.books.total:
        return []
    return [
        _times(found),
        _lanes(found),
        *_reading(found),
        Section(
            "退信与拒收",
            [run_charts.bounces(found)],
            [tables.bounces(found)] if found.meanings else [],
            [(charts.LOSS, "退信"), (charts.LIKELY, "投递时被拒"), (charts.FAINT, "延迟")],
            "" if found.meanings else "没有退信，也没有被拒收的邮件。",
        ),
        _interests(found),
        _earlier(found),
        _enterprises(found),
    ]


def _times(found: RunReport) -> Section:
    table = tables.times(found)
    if not table.rows:
        return Section("何时寄出", [], [], said="还没有邮件被收下。")
    if len(table.rows) == 1:
        (start, accepted), within = table.rows[0], table.heads[0].removeprefix("自此起")
        said = f"{spelled(accepted)} 封都在 {spelled(start)} 起的{within}里被收下。"
        return Section("何时寄出", [], [], said=said)
    size = max(-(-len(table.rows) // TIMES_SIDE_BY_SIDE), _FEW_TIMES)
    parts = [
        Table(table.name, table.heads, table.rows[at : at + size], table.keys)
        for at in range(0, len(table.rows), size)
    ]
    return Section("何时寄出", [run_charts.times(found)], parts)


def _lanes(found: RunReport) -> Section:
    return Section(
        "各家邮箱服务商",
        [run_charts.lanes(found)],
        [tables.lanes(found).first(MOST_ROWS)],
        [(charts.SURE, "收下，没有退回"), (charts.LOSS, "拒收与退信")],
        left_out=max(0, len(found.lanes) - MOST_ROWS),
    )


def _reading(found: RunReport) -> list[Section]:
    people = [(charts.SURE, "点击的人"), (charts.FAINT, "匿名点击（次）")]
    opened = run_charts.opens(found)
    clicks, by_topic = run_charts.articles(found), run_charts.topics(found)
    kinds = [(charts.SURE, "可确认"), (charts.LIKELY, "无法判断"), (charts.FAINT, "只有代理预取")]
    nobody = "还没有人点开文章。"
    return [
        Section(
            "打开",
            [opened],
            [tables.opens(found)],
            kinds if opened else (),
            "" if opened else f"同意统计的读者{TOO_FEW}。",
        ),
        Section(
            "文章",
            [clicks],
            [tables.articles(found)] if found.articles else [],
            people if clicks else (),
            "" if clicks else nobody,
        ),
        Section(
            "主题",
            [by_topic],
            [tables.topics(found)] if found.topics else [],
            people if by_topic else (),
            "" if by_topic else nobody,
        ),
    ]


def _interests(found: RunReport) -> Section:
    if not found.interests.readers:
        return Section("关注变化", [], [], said="开始投递以来，没有读者改变关注的主题。")
    said = f"{found.interests.readers:,} 位读者改变了关注的主题：{tables.ways(found)}。"
    kinds = [(charts.SURE, "新增"), (charts.LOSS, "放弃")]
    return Section(
        "关注变化", [run_charts.interests(found)], [tables.interests(found)], kinds, said
    )


def _earlier(found: RunReport) -> Section:
    if found.last_time is None:
        return Section("历次比较", [], [], said="这是第一次投递，没有更早的批次可比。")
    pictures, captions = run_charts.earlier(found), run_charts.EARLIER
    return Section("历次比较", pictures, [tables.earlier(found)], captions=captions)


def _enterprises(found: RunReport) -> Section:
    return Section(
        "各单位",
        [],
        [tables.enterprises(found).first(MOST_ROWS)],
        left_out=max(0, len(found.enterprises) - MOST_ROWS),
    )
