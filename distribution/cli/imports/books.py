"""`distribution import`: what was imported, row by row, and taking it back."""

import click

from distribution import audience, clock
from distribution.cli.chinese import row_number
from distribution.cli.common import (
    admin,
    as_json,
    ask,
    installation,
    saying_yes,
    show_json,
    show_table,
)
from distribution.models import Import, ImportRow
from distribution.words import RowOutcome


@click.group("import")
def group() -> None:
    """导入过的文件：查看与撤销。导入用 subscriber import 与 enterprise import。"""


@group.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@as_json
def list_imports(limit: int, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出导入过的文件，新的在前。"""
    with installation().reading() as session:
        found = audience.imports(session, limit=limit)
        if as_json:
            show_json([_document(row) | {"rows": _figures(tally)} for row, tally in found])
            return
        show_table(
            ("编号", "内容", "文件", "时间", *(one.label for one in RowOutcome), "状态"),
            [
                (
                    row.id,
                    row.kind.label,
                    row.file_name,
                    row.at,
                    *(tally[one] for one in RowOutcome),
                    _state(row),
                )
                for row, tally in found
            ],
            empty="还没有导入过：distribution subscriber import 文件",
        )


@group.command("show")
@click.argument("import_id", metavar="编号", type=int, callback=row_number)
@click.option("--outcome", "label", help="只列这种结果：新增、更新、未变、拒绝。")
@click.option("--after", default=0, help="从这一行之后列起。")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@as_json
def show(
    import_id: int,
    label: str | None,
    after: int,
    limit: int,
    as_json: bool,  # noqa: FBT001
) -> None:
    """查看一次导入，逐行。"""
    outcome = None if label is None else _outcome(label)
    with installation().reading() as session:
        row = audience.find_import(session, import_id)
        rows = audience.rows_of(session, import_id, outcome=outcome, after=after, limit=limit)
        if as_json:
            show_json(_document(row) | {"rows": [_row(one) for one in rows]})
            return
        click.echo(f"{row.file_name}：{clock.for_people(row.at)} 由 {row.by} 导入，{_state(row)}。")
        show_table(
            ("行", "结果", "原因"),
            [(one.line, one.outcome.label, one.reason) for one in rows],
            empty="没有这样的行。",
        )
        if len(rows) == limit:
            click.echo(f"只列出 {limit} 行；其余：--after {rows[-1].line}")


@group.command("undo")
@click.argument("import_id", metavar="编号", type=int, callback=row_number)
@saying_yes
def undo(import_id: int, yes: bool) -> None:  # noqa: FBT001
    """撤销一次导入：新增的删去，更新的恢复原样；之后又有变动的保留。"""
    app, at = installation(), clock.now()
    with app.reading() as session:
        row = audience.find_import(session, import_id)
        question = f"撤销 {clock.for_people(row.at)} 导入的 {row.file_name}？"
    ask(question, yes=yes)
    with app.transaction() as session:
        row = audience.find_import(session, import_id)
        done = audience.undo(session, row, by=admin(), at=at)
    click.echo(f"导入 {import_id} 已撤销：恢复 {done['undone']} 行，保留 {done['kept']} 行。")
    if done["kept"]:
        click.echo(f"保留的之后已有变动：distribution import show {import_id}")


def _outcome(label: str) -> RowOutcome:
    for one in RowOutcome:
        if label in (one.label, one.value):
            return one
    raise click.BadParameter(
        f"没有结果 {label!r}：可用的有 {'、'.join(one.label for one in RowOutcome)}。"
    )


def _state(row: Import) -> str:
    if row.undone_at is not None:
        return f"{clock.for_people(row.undone_at)} 已撤销"
    return "已完成" if row.finished_at else "未完成：再导入同一文件即继续"


def _document(row: Import) -> dict[str, object]:
    return {
        "id": row.id,
        "kind": row.kind.value,
        "file": row.file_name,
        "basis": row.basis,
        "by": row.by,
        "at": row.at,
        "finished_at": row.finished_at,
        "undone_at": row.undone_at,
        "undone_by": row.undone_by,
    }


def _figures(tally: "dict[RowOutcome, int]") -> dict[str, int]:
    return {one.value: tally[one] for one in RowOutcome}


def _row(one: ImportRow) -> dict[str, object]:
    return {
        "line": one.line,
        "outcome": one.outcome.value,
        "reason": one.reason,
        "subscriber": one.subscriber_id,
        "enterprise": one.enterprise_id,
    }
