"""A year for the board as a workbook."""

from datetime import datetime

from distribution import clock
from distribution.reports import board_tables as tables
from distribution.reports.annual import BoardReport
from distribution.reports.sheets import Book, Chart
from distribution.reports.tables import Cell, Table
from distribution.reports.workbook import definitions

_MOST = 15
_KEYS = (
    "year", "members", "reached", "active", "unreached", "accepted", "bounced", "left", "agreed",
    "opened", "clicked", "year_reading", "mails", "topics", "few",
)  # fmt: skip


def year_workbook(found: BoardReport, *, at: datetime) -> bytes:
    """The file, made at this moment."""
    book = Book()
    book.sheet(_overview(found, at))
    book.sheet(tables.months(found), Chart("column", "每月送达", 0, (2, 3)))
    book.sheet(tables.articles(found), Chart("bar", "点击最多的文章", 2, (4, 5), most=_MOST))
    book.sheet(tables.topics(found), Chart("bar", "各主题的点击", 0, (3, 4), most=_MOST))
    book.sheet(tables.causes(found), Chart("bar", "未送达的缘由（家）", 0, (1,)))
    book.sheet(tables.unreached(found))
    book.sheet(definitions(_KEYS))
    return book.finish()


def _overview(found: BoardReport, at: datetime) -> Table:
    table = tables.compared(found)
    blank = ("",) * (len(table.heads) - 2)
    name = f"《{found.publication}》" if found.publication else ""
    facts: tuple[tuple[Cell, ...], ...] = (
        ("年度", f"{name}{found.year} 年", *blank),
        ("一句话", tables.sentence(found), *blank),
        ("会员企业（家）", found.members, *blank),
        ("未送达（家）", len(found.unreached) if found.this.sums.runs else "", *blank),
        ("生成", clock.for_people(at), *blank),
    )
    return Table(table.name, table.heads, (*facts, *table.rows), table.keys)
