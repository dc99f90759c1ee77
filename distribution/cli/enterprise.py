"""`distribution enterprise`: the member enterprises."""

import click

from distribution import audience
from distribution.cli.common import as_json, installation, show_json, show_table


@click.group("enterprise")
def group() -> None:
    """会员企业。"""


@group.command("list")
@as_json
def list_enterprises(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出会员企业与联系人数。"""
    with installation().reading() as session:
        rows = audience.enterprises(session)
        if as_json:
            show_json(
                [
                    {
                        "name": row.name,
                        "region": row.region,
                        "industry": row.industry,
                        "contacts": contacts,
                        "agreed": agreed,
                    }
                    for row, contacts, agreed in rows
                ]
            )
            return
        show_table(
            ("名称", "地区", "行业", "联系人", "同意接收"),
            [(row.name, row.region, row.industry, count, agreed) for row, count, agreed in rows],
            empty="还没有会员企业：新增订阅者时写明 --enterprise 即可",
        )
