"""`distribution bounce unreachable`: whom the federation's liaison officer should telephone."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click

from distribution import clock, reports
from distribution.cli.common import as_json, installation, show_json
from distribution.cli.listing import show_list, write_list
from distribution.reports import Unreachable
from distribution.tables import Cell

_HEADINGS = (
    "单位", "地区", "联系人", "职务", "电话", "邮箱", "缘由", "自", "最近收到的一期", "收到日期",
    "依据",
)  # fmt: skip


@click.command("unreachable")
@click.option(
    "--out", "--export", "out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件",
    help="写入文件，按扩展名 .xlsx、.csv 或 .tsv。",
)  # fmt: skip
@as_json
def unreachable(out: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """列出邮件已到不了的会员企业：每位在任联系人的地址都因退信或整个域名被抑制。

    供联合会联络员打电话核实。会籍已终止、暂停或尚未开始的，以及已离任的联系人不计；
    只是退订或投诉的人收得到邮件，他的单位不在此列。

    例如：distribution bounce unreachable --out 待联络.xlsx
    """
    with installation().reading() as session:
        found = reports.unreachable(session, today=clock.today())
    if out is not None:
        write_list(out, _HEADINGS, map(_cells, found), unit="位联系人", title="待联络")
    elif as_json:
        show_json([_document(one) for one in found])
    else:
        _show(found)


def _show(found: Sequence[Unreachable]) -> None:
    show_list(
        ("单位", "地区", "联系人", "职务", "电话", "邮箱", "缘由", "自", "最近收到"),
        [
            (
                one.enterprise,
                one.region,
                one.name,
                one.role.label,
                one.phone,
                one.email,
                _why(one),
                _day(one.since),
                one.last_issue,
            )
            for one in found
        ],
        elastic=("单位", "联系人", "缘由"),
        spare=("地区", "职务", "自", "最近收到"),
        empty="没有邮件到不了的会员企业。",
    )
    if found:
        enterprises = len({(one.enterprise, one.region) for one in found})
        click.echo(f"共 {enterprises} 家企业，{len(found)} 位联系人。")
        click.echo("问到新邮箱后：distribution subscriber change 邮箱 --email 新邮箱")


def _why(one: Unreachable) -> str:
    return f"整个域名：{one.reason.label}" if one.domain else one.reason.label


def _cells(one: Unreachable) -> list[Cell]:
    return [
        one.enterprise,
        one.region,
        one.name,
        one.role.label,
        one.phone,
        one.email,
        _why(one),
        _day(one.since),
        one.last_issue,
        _day(one.last_at) if one.last_at else None,
        one.evidence,
    ]


def _document(one: Unreachable) -> dict[str, object]:
    return asdict(one) | {
        "domain": one.domain or None,
        "last_issue": one.last_issue or None,
    }


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.SHANGHAI).date()
