"""`distribution report board`: a year for the board, on two sheets of paper."""

from dataclasses import asdict
from pathlib import Path

import click

from distribution import clock, reports
from distribution.cli.common import as_json, installation
from distribution.cli.report import tables
from distribution.cli.report.files import Forms, as_files, check, give
from distribution.reports import BoardReport

_FIRST_YEAR, _LAST_YEAR = 2007, 2100


def year_option(what: str) -> click.Option:
    """--year, the present one where none is named."""
    return click.Option(
        ["--year"],
        metavar="年份",
        type=click.IntRange(_FIRST_YEAR, _LAST_YEAR),
        help=f"{what}；不写则为本年。",
    )


@click.command("board", params=[year_option("哪一年")])
@click.option("--all", "everything", is_flag=True, help="列出全部文章与单位。")
@as_files
@as_json
def board(
    *, year: int | None, everything: bool, html: Path | None, xlsx: Path | None, as_json: bool
) -> None:
    """给理事会的年度报告：送达多少企业与读者、活跃读者、逐月、读得最多的、没有送达的。

    --html 打印出来是两页 A4。

    例如：distribution report board --year 2026 --html board.html --xlsx board.xlsx
    """
    check(html, xlsx, as_json=as_json)
    at = clock.now()
    with installation().reading() as session:
        found = reports.board_report(session, year or clock.today().year, at=at)
    forms = Forms(
        page=lambda: reports.year_page(found, at=at),
        workbook=lambda: reports.year_workbook(found, at=at),
        document=lambda: _document(found),
        terminal=lambda: tables.show(
            reports.year_sentence(found), reports.year_tables(found), everything=everything
        ),
    )
    give(forms, html, xlsx, as_json=as_json)


def _document(found: BoardReport) -> dict[str, object]:
    return {"year": found.year, **asdict(found), **tables.explained(reports.year_tables(found))}
