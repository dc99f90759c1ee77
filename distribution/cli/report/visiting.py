"""`distribution report enterprise`: a year of an enterprise, for who visits it."""

from dataclasses import asdict
from pathlib import Path

import click

from distribution import clock, reports
from distribution.cli.common import as_json, installation
from distribution.cli.enterprise.showing import name_argument
from distribution.cli.report import tables
from distribution.cli.report.boarding import year_option
from distribution.cli.report.files import Forms, as_files, check, give
from distribution.reports import EnterpriseReport


@click.command("enterprise", params=[year_option("哪一年")])
@name_argument
@click.option("--all", "everything", is_flag=True, help="列出全部文章与联系人。")
@as_files
@as_json
def enterprise(
    name: str,
    *,
    year: int | None,
    everything: bool,
    html: Path | None,
    xlsx: Path | None,
    as_json: bool,
) -> None:
    """一家单位一年的情况，供上门走访：联系人收到什么、退信与要办的事、关注的主题。

    谁读了什么不按人列出；单位的阅读也只在同意统计的联系人不少于 5 人时列出合计。

    例如：distribution report enterprise 汾河泵业 --year 2026 --html visit.html
    """
    check(html, xlsx, as_json=as_json)
    at = clock.now()
    with installation().reading() as session:
        found = reports.enterprise_report(session, name, year or clock.today().year, at=at)
    forms = Forms(
        page=lambda: reports.enterprise_page(found, at=at),
        workbook=lambda: reports.enterprise_workbook(found, at=at),
        document=lambda: _document(found),
        terminal=lambda: tables.show(
            reports.enterprise_sentence(found),
            reports.enterprise_tables(found),
            everything=everything,
        ),
    )
    give(forms, html, xlsx, as_json=as_json)


def _document(found: EnterpriseReport) -> dict[str, object]:
    contacts = [asdict(one) | {"state": one.state, "advice": one.advice} for one in found.contacts]
    explained = tables.explained(reports.enterprise_tables(found))
    return {**asdict(found), "contacts": contacts, **explained}
