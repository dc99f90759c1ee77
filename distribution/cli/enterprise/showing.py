"""`distribution enterprise show`: all that is held of one enterprise, and its contacts."""

from collections.abc import Iterator

import click

from distribution import audience, clock, topics
from distribution.cli.choices import MAILABLE
from distribution.cli.common import as_json, installation, show_json, show_table
from distribution.cli.enterprise.exporting import industry
from distribution.cli.enterprise.listing import stands
from distribution.cli.listing import show_list
from distribution.models import Enterprise, Subscriber
from distribution.words import Cause

name_argument = click.argument("name", metavar="单位")


@click.command("show")
@name_argument
@as_json
def show(name: str, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """查看一家企业：资料、会籍、默认主题与联系人；可写名称的一部分、简称或信用代码。"""
    with installation().reading() as session:
        row = audience.find_enterprise(session, name)
        contacts = audience.contacts_with_barriers(session, row.id)
        codes = audience.enterprise_topics(session, row)
        if as_json:
            show_json(_document(row, codes, contacts))
            return
        show_table(("项目", "内容"), list(_rows(row, [topics.names(session)[c] for c in codes])))
        click.echo()
        show_list(
            ("姓名", "邮箱", "职务", "状态"),
            [
                (one.name, one.email, one.role.label, Cause(why).label if why else MAILABLE)
                for one, why in contacts
            ],
            elastic=("姓名",),
            empty="还没有联系人：distribution subscriber add",
        )


def _rows(row: Enterprise, names: list[str]) -> Iterator[tuple[str, object]]:
    yield "名称", row.name
    yield "简称", row.short_name
    yield "统一社会信用代码", row.credit_code
    yield "地区", row.region
    yield "行业", industry(row.industry)
    yield "入会日期", row.member_since
    yield "会籍到期", row.member_until
    since = f"，自 {clock.for_people(row.suspended_at)}" if row.suspended_at else ""
    yield "会籍状态", f"{stands(row).label}{since}"
    yield "默认主题", "、".join(names)
    yield "备注", row.notes
    yield "入册", row.created_at


def _document(
    row: Enterprise, codes: tuple[str, ...], contacts: list[tuple[Subscriber, str | None]]
) -> dict[str, object]:
    return {
        "name": row.name,
        "short_name": row.short_name,
        "credit_code": row.credit_code,
        "region": row.region,
        "industry": row.industry,
        "member_since": row.member_since,
        "member_until": row.member_until,
        "standing": stands(row).value,
        "suspended_at": row.suspended_at,
        "notes": row.notes,
        "topics": list(codes),
        "created_at": row.created_at,
        "contacts": [
            {
                "email": one.email,
                "name": one.name,
                "role": one.role.value,
                "mailable": why is None,
                "barrier": why,
            }
            for one, why in contacts
        ],
    }
