"""`distribution subscriber list`: who there is, page by page, or all in a file."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from distribution import audience
from distribution.audience import ORDERS, Those
from distribution.cli.choices import MAILABLE, paged
from distribution.cli.common import as_json, installation, show_json
from distribution.cli.listing import show_list, show_page, write_list
from distribution.cli.subscriber.exporting import HEADINGS, cells
from distribution.cli.subscriber.filters import Filters, filtered
from distribution.cli.subscriber.signing_up import say_who_waits
from distribution.words import Cause


@click.command("list")
@filtered
@paged(tuple(ORDERS), "编号")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件",
    help="全部写入文件，按扩展名 .xlsx、.csv 或 .tsv；可再导入。",
)
@as_json
def list_subscribers(
    filters: Filters, *, order: str, page: int, limit: int, out: Path | None, as_json: bool
) -> None:
    """列出订阅者；条件可以合用，一起成立的才列出。"""
    with installation().reading() as session:
        those = filters.those(session)
        if out is not None:
            found = audience.exported_contacts(session, those, order=order)
            write_list(out, HEADINGS, map(cells, found), unit="位订阅者", title="订阅者")
            return
        rows = audience.subscribers(
            session, those, order=order, limit=limit, offset=(page - 1) * limit
        )
        if as_json:
            show_json(
                [
                    {
                        "email": row.email,
                        "name": row.name,
                        "role": row.role.value,
                        "enterprise": enterprise,
                        "edition": row.edition.value,
                        "frequency": row.frequency.value,
                        "format": row.format.value,
                        "mailable": why is None,
                        "barrier": why,
                    }
                    for row, enterprise, why in rows
                ]
            )
            return
        show_list(
            ("姓名", "邮箱", "单位", "职务", "状态"),
            [
                (row.name, row.email, enterprise, row.role.label, _state(why))
                for row, enterprise, why in rows
            ],
            elastic=("单位", "姓名"),
            empty=_nobody(session, page),
        )
        show_page(audience.count_those(session, those), page, limit, unit="位")
        say_who_waits(session)


def _state(why: str | None) -> str:
    return MAILABLE if why is None else Cause(why).label


def _nobody(session: Session, page: int) -> str:
    if page > 1:
        return f"第 {page} 页没有订阅者。"
    if audience.count_those(session, Those()):
        return "没有符合的订阅者。"
    return "还没有订阅者：distribution subscriber import 文件，或 add 逐位新增"
