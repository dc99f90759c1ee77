"""`distribution bounce report`: what came back, by class, provider, enterprise, consequence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TypeVar

import click

from distribution import replies, reports
from distribution.cli.bounce.numbering import bounds, in_a_time
from distribution.cli.chinese import folded, row_number
from distribution.cli.common import WIDE, as_json, console, installation, show_json
from distribution.cli.listing import show_list
from distribution.reports import BounceReport, Counts, Scope
from distribution.words import Meaning

MOST_ROWS = 20
"""Of providers and enterprises, without --all."""
_COLUMNS = ("退信", "投递时被拒", "合计", "延迟")

Key = TypeVar("Key")


@click.command("report")
@click.option("--run", "run_id", type=int, callback=row_number, help="只计这个批次的。")
@in_a_time
@click.option("--all", "everything", is_flag=True, help="列出全部服务商与单位。")
@as_json
def report(
    *, run_id: int | None, since: date | None, until: date | None, everything: bool, as_json: bool
) -> None:
    """退信统计：按含义、服务商、单位与后果，以及投诉、自动回复等来信的数目。

    不写批次与日期则计全部；日期按来信收到、投递被拒的时间。

    例如：distribution bounce report --since 2026-12-01
    """
    begin, end = bounds(since, until)
    with installation().reading() as session:
        found = reports.bounce_report(session, Scope(run_id, begin, end))
    if as_json:
        show_json(_document(found, since, until))
        return
    click.secho(_title(found, since, until), bold=True)
    _show_total(found)
    if found.groups:
        _show_groups(found, everything=everything)
    _show_mails(found)
    click.echo()
    width = min(console().width, WIDE) - len("· ")
    for note in reports.BOUNCE_NOTES.values():
        click.secho("· " + "\n  ".join(folded(note, width)), dim=True)


def _title(found: BounceReport, since: date | None, until: date | None) -> str:
    of = "" if found.run_id is None else f"批次 {found.run_id} · "
    bounded = {"自": since, "至": until}
    time = " ".join(f"{word} {day}" for word, day in bounded.items() if day is not None)
    return f"{of}退信统计 · {time or '全部时间'}"


def _show_total(found: BounceReport) -> None:
    total = found.total
    delayed = f"；仍在重试、可能送达的另有 {total.delayed} 封" if total.delayed else ""
    if not total.total:
        click.echo(f"没有退信，也没有投递时被拒的{delayed}。")
        return
    click.echo(
        f"未送达 {total.total} 封：退信 {total.returned}、投递时被拒 {total.refused}{delayed}。"
    )


def _show_groups(found: BounceReport, *, everything: bool) -> None:
    _show("含义", found.meanings, _meaning, everything=True)
    _show("服务商", found.lanes, replies.lane_label, everything=everything)
    _show("单位", found.enterprises, lambda one: one[1], everything=everything)
    _show("后果", found.consequences, lambda one: one.label, everything=True)


def _show(
    heading: str, counts: Mapping[Key, Counts], name: Callable[[Key], str], *, everything: bool
) -> None:
    rows = list(counts.items())
    shown = rows if everything else rows[:MOST_ROWS]
    click.echo()
    show_list(
        (heading, *_COLUMNS),
        [(name(key), one.returned, one.refused, one.total, one.delayed) for key, one in shown],
        elastic=(heading,),
    )
    if len(rows) > len(shown):
        click.echo(f"还有 {len(rows) - len(shown)} 行：加 --all 全部列出")


def _show_mails(found: BounceReport) -> None:
    mails = found.mails
    rows: Sequence[tuple[str, int | None, str]] = (
        ("投诉（封）", mails.complaints, "bounce list --kind 投诉"),
        ("单独的信退回（封）", mails.letters, "letter list --state 被拒收"),
        ("自动回复（封）", mails.auto_replies, "bounce list --kind 自动回复"),
        ("要求验证发件人（封）", mails.challenges, "bounce list --kind 要求验证发件人"),
        ("未找到对应邮件（封）", mails.unmatched, "bounce list --unmatched"),
    )
    click.echo()
    show_list(
        ("其他来信", "数", "查看：distribution"),
        [row for row in rows if row[1] is not None],
        elastic=(),
        spare=("查看：distribution",),
    )


def _meaning(meaning: Meaning | None) -> str:
    return meaning.label if meaning else reports.NO_CLASS


def _document(found: BounceReport, since: date | None, until: date | None) -> dict[str, object]:
    return {
        "run": found.run_id,
        "since": since,
        "until": until,
        **_counts(found.total),
        "meanings": [
            {"meaning": one.value if one else None, "label": _meaning(one), **_counts(counts)}
            for one, counts in found.meanings.items()
        ],
        "lanes": [
            {"lane": lane, "label": replies.lane_label(lane), **_counts(counts)}
            for lane, counts in found.lanes.items()
        ],
        "enterprises": [
            {"enterprise_id": number, "name": name, **_counts(counts)}
            for (number, name), counts in found.enterprises.items()
        ],
        "consequences": [
            {"consequence": one.value, "label": one.label, **_counts(counts)}
            for one, counts in found.consequences.items()
        ],
        "mails": asdict(found.mails),
        "notes": reports.BOUNCE_NOTES,
    }


def _counts(counts: Counts) -> dict[str, int]:
    return asdict(counts) | {"total": counts.total}
