"""`distribution schedule show`: when each month's issue leaves, why then, and what is missing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import click

from distribution import calendar, clock
from distribution.calendar import Looked, Row
from distribution.cli.common import as_json, installation, printable, show_json, show_table
from distribution.config import Settings
from distribution.words import Hold, SlotState

_SHOWN = 12
"""Months, where no year is named."""
_LATELY = timedelta(minutes=5)
"""A scheduler looks every 20 seconds."""
_FIRST_YEAR, _LAST_YEAR = 2007, 2100


@click.command("show")
@click.option(
    "--year",
    metavar="年份",
    type=click.IntRange(_FIRST_YEAR, _LAST_YEAR),
    help="列出这一年；不写则从本月起 12 个月。",
)
@as_json
def show(year: int | None, as_json: bool) -> None:  # noqa: FBT001 - click's flag
    """列出各月的投递日：星期、为什么是那天、哪一期、还差什么。"""
    app, at = installation(), clock.now()
    first = date(year, 1, 1) if year else calendar.month_of(at)
    months = list(calendar.months(first, calendar.shifted(first, _SHOWN - 1)))
    with app.reading() as session:
        rows = calendar.timetable(session, app.house, months, at=at)
        looked = calendar.last_look(session)
    if as_json:
        show_json(_document(rows, looked, app.settings, at))
        return
    show_table(
        ("月份", "日期", "星期", "时刻", "为什么", "期刊", "状态"), [_cells(row) for row in rows]
    )
    _show_unknown(rows, app.settings)
    for row in rows:
        _show_needs(row)
    click.echo(_scheduler_in_words(looked, app.settings, at))


def _cells(row: Row) -> tuple[object, ...]:
    day = row.slot.day
    return (
        calendar.name_of(row.slot.month),
        f"{day}{'*' if row.slot.unknown else ''}",
        f"周{calendar.WEEKDAYS[day.weekday()]}",
        f"{row.slot.due_at.astimezone(clock.SHANGHAI):%H:%M}",
        row.slot.reason,
        row.issue,
        _state(row),
    )


def _state(row: Row) -> str:
    if row.hold not in (None, Hold.PERSON) and row.state is not None:
        return f"{row.state.label}：{row.hold.label}"
    if row.state is not None:
        return row.state.label + (f"（批次 {row.run_id}）" if row.run_id else "")
    if row.over:
        return "已过"
    if row.is_next:
        return f"还差 {len(row.missing)} 步" if row.missing else "已齐备"
    return ""


def _show_unknown(rows: Sequence[Row], settings: Settings) -> None:
    years = sorted({year for row in rows for year in row.slot.unknown})
    if not years:
        return
    named = "、".join(map(str, years))
    what = (
        "日期不受影响（schedule_on_holiday 是 same-day）"
        if settings.schedule_on_holiday == "same-day"
        else "带 * 的日期只按周末与法定节日推算，调休可能使它不对"
    )
    click.echo(
        f"{named} 年的放假通知尚不知道：{what}。"
        "公布后请运行 distribution schedule import-notice 文件"
    )


def _show_needs(row: Row) -> None:
    name = calendar.name_of(row.slot.month)
    if row.state is SlotState.HELD:
        click.echo(
            printable(f"{name} 等待处理：{row.words or (row.hold.label if row.hold else '')}")
        )
        click.echo(printable(f"  {row.advice}"))
    for missing in row.missing:
        click.echo(printable(f"{name} 还差：{missing.sentence}：{missing.command}"))


def _scheduler_in_words(looked: Looked | None, settings: Settings, at: datetime) -> str:
    if settings.schedule == "off":
        return "自动投递已关闭（schedule 是 off）：由人运行 run plan 与 run start。"
    start = "请启动 distribution scheduler（或 up），或由 cron 运行 schedule tick"
    if looked is None:
        return f"还没有进程看过日程，到日子不会投递：{start}。"
    said = f"{looked.host} 上的进程 {looked.pid} 在 {clock.for_people(looked.at)} 看过日程"
    if at - looked.at > _LATELY:
        return f"{said}，此后没有，到日子不会投递：{start}。"
    return f"{said}。"


def _document(
    rows: Sequence[Row], looked: Looked | None, settings: Settings, at: datetime
) -> dict[str, object]:
    return {
        "schedule": settings.schedule,
        "on_holiday": settings.schedule_on_holiday,
        "unknown_years": sorted({year for row in rows for year in row.slot.unknown}),
        "scheduler": None
        if looked is None
        else {
            "looked_at": looked.at,
            "host": looked.host,
            "pid": looked.pid,
            "lately": at - looked.at <= _LATELY,
        },
        "rows": [_row_document(row) for row in rows],
    }


def _row_document(row: Row) -> dict[str, object]:
    slot = row.slot
    return {
        "month": calendar.name_of(slot.month),
        "date": slot.day,
        "weekday": f"周{calendar.WEEKDAYS[slot.day.weekday()]}",
        "time": f"{slot.due_at.astimezone(clock.SHANGHAI):%H:%M}",
        "at": slot.due_at,
        "reason": slot.reason,
        "known": not slot.unknown,
        "state": row.state,
        "hold": row.hold,
        "words": row.words,
        "issue": row.issue,
        "run": row.run_id,
        "next": row.is_next,
        "missing": [{"what": one.sentence, "command": one.command} for one in row.missing],
    }
