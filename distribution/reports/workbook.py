"""A run's report as a workbook: a sheet for each kind of figure, with charts of Excel's own."""

from collections.abc import Iterator
from datetime import datetime

from distribution import clock
from distribution.reports import summary, tables
from distribution.reports.figures import RunReport
from distribution.reports.notes import FIGURES, figure_of
from distribution.reports.sheets import Book, Chart
from distribution.reports.tables import Cell, Table

_MOST = 15
"""Bars of a chart; the sheet holds all rows."""


def run_workbook(found: RunReport, *, at: datetime) -> bytes:
    """The file, made at this moment."""
    book = Book()
    book.sheet(_overview(found, at))
    book.sheet(tables.times(found), Chart("column", "何时寄出（封）", 0, (1,), moments=True))
    book.sheet(tables.lanes(found), Chart("bar", "各服务商（封）", 0, (2, 3, 4), most=_MOST))
    book.sheet(tables.articles(found), Chart("column", "各篇文章的点击，按序", 0, (4, 5)))
    book.sheet(tables.topics(found), Chart("bar", "各主题的点击", 0, (3, 4)))
    book.sheet(tables.enterprises(found))
    book.sheet(tables.bounces(found), Chart("bar", "退信与拒收的缘由（封）", 0, (1, 2, 3)))
    book.sheet(tables.interests(found), Chart("bar", "关注变化（人）", 0, (1, 2), most=_MOST))
    book.sheet(
        tables.earlier(found),
        Chart("line", "历次已交中继（封）", 1, (4,), backwards=True),
        Chart("line", "历次打开、点击、退信与退订", 1, (6, 7, 8, 9, 10), backwards=True),
    )
    book.sheet(definitions(tuple(FIGURES)))
    return book.finish()


def definitions(keys: tuple[str, ...]) -> Table:
    """What the figures mean, as a sheet."""
    figures = map(figure_of, keys)
    rows = tuple((one.name, one.unit, one.definition) for one in figures)
    return Table("指标说明", ("指标", "单位", "说明"), rows, ())


def _overview(found: RunReport, at: datetime) -> Table:
    return Table(
        "概要", ("指标", "本批次", "单位", "上期"), (*_facts(found, at), *_figures(found)), ()
    )


def _facts(found: RunReport, at: datetime) -> Iterator[tuple[Cell, ...]]:
    yield "期刊", f"《{found.publication}》{found.issue_key} 期", "", ""
    yield "批次", found.run_id, "", found.last_time.run_id if found.last_time else ""
    yield "类别", found.kind.label, "", ""
    yield "状态", found.state.label, "", ""
    for name, moment in (("开始", found.started_at), ("结束", found.finished_at), ("生成", at)):
        yield name, clock.for_people(moment) if moment else "", "", ""
    yield "一句话", summary.sentence(found), "", ""
    for remark in summary.remarks(found):
        yield "请留意", remark, "", ""


def _figures(found: RunReport) -> Iterator[tuple[Cell, ...]]:
    last, opened, clicked = found.last_time, found.opened, found.clicked
    names = ("accepted", "agreed", "opened", "opened_at_most", "clicked", "bounced", "left")
    then: dict[str, Cell] = {name: getattr(last, name) if last else "" for name in names}
    yield "投递", found.books.total, "封", ""
    for state, count in found.books.states.items():
        if count:
            yield f"其中：{state.label}", count, "封", _accepted(state.label, then["accepted"])
    for cause, count in found.excluded.items():
        yield f"未列入：{cause.label}", count, "人", ""
    yield "退信", found.bounced.total, "封", then["bounced"]
    yield "其中：永久", found.bounced.permanent, "封", ""
    yield "其中：暂时", found.bounced.temporary, "封", ""
    yield "其中：因此停用的地址", found.bounced.suppressed, "个", ""
    yield "投诉", found.complaints, "封", ""
    yield "退订", found.left.total, "人", then["left"]
    yield "同意统计", found.agreed, "人", then["agreed"]
    yield "打开（可确认）", opened.human, "人", then["opened"]
    yield "打开（最多）", opened.most, "人", then["opened_at_most"]
    yield "其中：只有代理预取", opened.machine, "人", ""
    yield "其中：无法判断", opened.unknown, "人", ""
    yield "匿名打开", opened.anonymous, "次", ""
    yield "点击", clicked.readers, "人", then["clicked"]
    yield "匿名点击", clicked.anonymous, "次", ""
    yield "机器的点击", clicked.machine, "次", ""
    yield "无法判断的点击", clicked.unknown, "次", ""
    yield "改变关注的读者", found.interests.readers, "人", ""


def _accepted(label: str, then: Cell) -> Cell:
    return then if label == FIGURES["accepted"].name else ""
