"""`distribution schedule import-notice`: a year's days off, as they were announced."""

from pathlib import Path

import click

from distribution import calendar, clock
from distribution.calendar import Slot
from distribution.cli.common import admin, installation, printable, show_table


@click.command("import-notice")
@click.argument("path", metavar="文件", type=click.Path(path_type=Path))
@click.option("--year", metavar="年份", type=int, help="应是哪一年的；不符则不导入。")
@click.option("--dry-run", is_flag=True, help="只看日程会怎样变，不改动。")
def import_notice(path: Path, year: int | None, dry_run: bool) -> None:  # noqa: FBT001
    """导入一年的放假通知（JSON），替换那一年先前导入的。

    形式：{"year": 2027, "papers": [网址], "days": [{"name": "元旦", "date": "2027-01-01",
    "isOffDay": true}, …]}；休息的日子与调休上班的日子都要列全。
    """
    app, at = installation(), clock.now()
    notice = calendar.read_notice(path, year)
    with app.transaction() as session:
        entered = calendar.enter_notice(session, app.house, notice, by=admin(), at=at)
        if dry_run:
            session.rollback()
    off = sum(day.off for day in notice.days.values())
    done = "会替换" if entered.replaced else "会导入"
    if not dry_run:
        done = "已替换" if entered.replaced else "已导入"
    click.echo(
        f"{done} {notice.year} 年的放假通知：休息 {off} 天，调休上班 {len(notice.days) - off} 天。"
    )
    if entered.moved:
        show_table(
            ("月份", "原先", "现在"),
            [
                (calendar.name_of(new.month), _in_words(old), _in_words(new))
                for old, new in entered.moved
            ],
        )
    else:
        click.echo("今后的投递日没有变化。")


def _in_words(slot: Slot) -> str:
    return printable(f"{slot.day}（{slot.reason}）")
