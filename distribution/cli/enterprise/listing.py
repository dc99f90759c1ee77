"""`distribution enterprise list`: the enterprises, page by page, or all in a file."""

from pathlib import Path

import click

from distribution import audience, clock
from distribution.audience import ENTERPRISE_ORDERS, TheseEnterprises
from distribution.cli.choices import STANDING, labels, paged
from distribution.cli.common import as_json, installation, show_json
from distribution.cli.enterprise.exporting import HEADINGS, cells
from distribution.cli.listing import show_list, show_page, write_list
from distribution.cli.subscriber.filters import region_of
from distribution.models import Enterprise
from distribution.words import Membership


@click.command("list")
@click.option("--search", default="", help="名称、简称或信用代码的一部分。")
@click.option("--region", help="在这个市的；省外 指山西以外。")
@click.option("--industry", help="属这个行业的，代码或名称。")
@click.option("--state", "standing", type=STANDING, help=f"{labels(tuple(Membership))}。")
@click.option("--ending", is_flag=True, help="会籍即将到期的，最早的在前。")
@paged(tuple(ENTERPRISE_ORDERS), "编号")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件",
    help="全部写入文件，按扩展名 .xlsx、.csv 或 .tsv；可再导入。",
)
@as_json
def list_enterprises(  # noqa: PLR0913 - one argument for each option
    *,
    search: str,
    region: str | None,
    industry: str | None,
    standing: Membership | None,
    ending: bool,
    order: str,
    page: int,
    limit: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """列出会员企业、会籍与联系人数。"""
    these = TheseEnterprises(
        search=search,
        region="" if region is None else region_of(region),
        industry="" if industry is None else audience.read_industry(industry),
        standing=Membership.ENDING if ending else standing,
    )
    order = "到期" if ending else order
    today = clock.today()
    with installation().reading() as session:
        if out is not None:
            found = audience.exported_enterprises(session, these, today=today, order=order)
            rows = (cells(one, today) for one in found)
            write_list(out, HEADINGS, rows, unit="家企业", title="会员企业")
            return
        listed = audience.enterprises(
            session, these, today=today, order=order, limit=limit, offset=(page - 1) * limit
        )
        if as_json:
            show_json([document(row, contacts, agreed) for row, contacts, agreed in listed])
            return
        show_list(
            ("名称", "地区", "行业", "会籍", "到期", "联系人", "同意接收"),
            [
                (
                    row.name,
                    row.region,
                    audience.industry_name(row.industry),
                    stands(row).label,
                    row.member_until,
                    contacts,
                    agreed,
                )
                for row, contacts, agreed in listed
            ],
            elastic=("名称", "行业", "地区"),
            empty=_none(these, page),
        )
        show_page(audience.count_enterprises(session, these, today=today), page, limit, unit="家")


def stands(row: Enterprise) -> Membership:
    """Where an enterprise stands today."""
    return audience.membership(
        row.member_since,
        row.member_until,
        suspended=row.suspended_at is not None,
        today=clock.today(),
    )


def document(row: Enterprise, contacts: int, agreed: int) -> dict[str, object]:
    """An enterprise as a programme reads it."""
    return {
        "name": row.name,
        "short_name": row.short_name,
        "credit_code": row.credit_code,
        "region": row.region,
        "industry": row.industry,
        "member_since": row.member_since,
        "member_until": row.member_until,
        "standing": stands(row).value,
        "contacts": contacts,
        "agreed": agreed,
    }


def _none(these: TheseEnterprises, page: int) -> str:
    if page > 1:
        return f"第 {page} 页没有企业。"
    if these != TheseEnterprises():
        return "没有符合的会员企业。"
    return "还没有会员企业：distribution enterprise import 文件，或 add 逐家新增"
