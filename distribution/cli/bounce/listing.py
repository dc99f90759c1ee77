"""`distribution bounce list`: what came back, the newest first."""

from datetime import date

import click

from distribution import audience, delivery, replies, reports
from distribution.cli.bounce.numbering import bounds, in_a_time
from distribution.cli.chinese import row_number
from distribution.cli.choices import CONSEQUENCE, MEANING, Choice, labels
from distribution.cli.common import as_json, installation, show_json
from distribution.cli.listing import show_list
from distribution.reports import KINDS, CameBack, Kind, Wanted
from distribution.words import Consequence, Meaning

KIND: Choice[Kind] = Choice(KINDS, "种类")
NOBODY = "未找到"
_DEFAULT_LIMIT = 100


@click.command("list")
@click.option("--kind", type=KIND, help=f"只列这一种：{labels(KINDS)}。")
@click.option("--meaning", type=MEANING, help=f"只列这个含义：{labels(tuple(Meaning))}。")
@click.option(
    "--consequence", type=CONSEQUENCE, help=f"只列有这个后果的：{labels(tuple(Consequence))}。"
)
@click.option("--run", "run_id", type=int, callback=row_number, help="这个批次的。")
@click.option("--enterprise", metavar="单位", help="这家单位的联系人的；可写名称的一部分。")
@click.option("--subscriber", metavar="邮箱", help="这位订阅者的。")
@click.option("--unmatched", is_flag=True, help="只列看不出是哪一封投递或信的来信。")
@in_a_time
@click.option(
    "--limit", default=_DEFAULT_LIMIT, show_default=True, type=click.IntRange(1, 100_000),
    help="至多列几条。",
)  # fmt: skip
@as_json
def list_bounces(  # noqa: PLR0913 - one argument for each option
    *,
    kind: Kind | None,
    meaning: Meaning | None,
    consequence: Consequence | None,
    run_id: int | None,
    enterprise: str | None,
    subscriber: str | None,
    unmatched: bool,
    since: date | None,
    until: date | None,
    limit: int,
    as_json: bool,
) -> None:
    """列出退回的邮件、投诉、自动回复等来信，以及投递时被拒的，新的在前。

    条件可以合用，一起成立的才列出。编号供 bounce show 与 bounce release 用。

    例如：distribution bounce list --meaning 地址不存在 --since 2026-12-01
    """
    begin, end = bounds(since, until)
    with installation().reading() as session:
        if run_id is not None:
            delivery.find_run(session, run_id)
        wanted = Wanted(
            kind=kind,
            meaning=meaning,
            consequence=consequence,
            run_id=run_id,
            enterprise_id=(
                None if enterprise is None else audience.find_enterprise(session, enterprise).id
            ),
            subscriber_id=(
                None if subscriber is None else audience.find_subscriber(session, subscriber).id
            ),
            unmatched=unmatched,
            since=begin,
            before=end,
        )
        found = reports.came_back(session, wanted, limit=limit)
    if as_json:
        show_json([document(one) for one in found])
        return
    show_list(
        ("编号", "时间", "种类", "含义", "收件人", "单位", "线路", "后果"),
        [_row(one) for one in found],
        elastic=("收件人", "单位", "线路"),
        spare=("单位", "线路"),
        empty="没有符合的。" if wanted != Wanted() else "还没有退信，也没有投递时被拒的。",
    )
    if len(found) == limit:
        click.echo(f"只列出最近 {limit} 条；--limit 可改。")


def document(one: CameBack) -> dict[str, object]:
    """What came back, as a programme reads it."""
    return {
        "number": one.number,
        "at": one.at,
        "kind": one.kind.value,
        "meaning": one.meaning.value if one.meaning else None,
        "consequence": one.consequence.value,
        "status": one.status or None,
        "words": one.words,
        "lane": one.lane or None,
        "provider": replies.lane_label(one.lane) if one.lane else None,
        "rule": one.rule or None,
        "found_by": one.found_by.value if one.found_by else None,
        "inbox": one.inbox_id,
        "delivery": one.delivery_id,
        "run": one.run_id,
        "issue": one.issue or None,
        "letter": one.letter_id,
        "recipient": one.recipient or None,
        "name": one.name or None,
        "enterprise": one.enterprise or None,
    }


def _row(one: CameBack) -> tuple[object, ...]:
    return (
        one.number,
        one.at,
        one.kind.label,
        one.meaning.label if one.meaning else None,
        one.name or one.recipient or NOBODY,
        one.enterprise,
        replies.lane_label(one.lane) if one.lane else None,
        one.consequence.label,
    )
