"""`distribution report run`: a run's report on the terminal, as a page, a workbook, a document."""

import sys
from pathlib import Path

import click

from distribution import clock, reports
from distribution.cli.chinese import row_number
from distribution.cli.common import as_json, installation
from distribution.cli.report import terminal
from distribution.cli.report.document import document
from distribution.cli.report.files import Forms, as_files, check, give


@click.command("run")
@click.argument("run_id", metavar="批次号", type=int, callback=row_number)
@click.option("--all", "everything", is_flag=True, help="列出全部文章（按期刊次序）与全部单位。")
@as_files
@as_json
def run(
    run_id: int,
    *,
    everything: bool,
    html: Path | None,
    xlsx: Path | None,
    as_json: bool,
) -> None:
    """一个批次的报告：账目、退信与退订、点击与打开，以及各服务商、主题、文章与单位。

    投递数与封存时不符则退出码为 1。

    例如：distribution report run 7 --html report.html --xlsx report.xlsx
    """
    check(html, xlsx, as_json=as_json)
    with installation().reading() as session:
        found = reports.run_report(session, run_id)
    at = clock.now()
    forms = Forms(
        page=lambda: reports.run_page(found, at=at),
        workbook=lambda: reports.run_workbook(found, at=at),
        document=lambda: document(found),
        terminal=lambda: terminal.show(found, everything=everything),
    )
    give(forms, html, xlsx, as_json=as_json)
    if not found.books.agree:
        sys.exit(1)
