"""What an import tells: a bar while it works, the figures, the rows somebody should look at."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click
from rich.progress import Progress

from distribution import clock
from distribution.audience import Columns, Result, Verdict
from distribution.cli.common import console, printable, programme, show_json
from distribution.tables import TableWriter
from distribution.words import ImportKind, RowOutcome

SHOWN = 15
"""Rows of each kind that are told one by one."""
RESULT = ("结果", "原因")
"""What a result file has behind the columns of the list."""
FOUNDED = 5
"""New enterprises that are told by name."""
WITHOUT_GROUND = "没有同意依据"


class Ledger:
    """Keeps what became of rows: in the result file all of it, in memory what is told."""

    def __init__(self, path: Path | None, headings: Sequence[str], *, keep_all: bool) -> None:
        self.path = path
        self.refused: list[Verdict] = []
        self.noted: list[Verdict] = []
        self.founded: list[str] = []
        self.noted_count = self.without_ground = self.founded_count = 0
        self.all: list[dict[str, object]] = []
        past = tuple(headings[-2:]) == RESULT  # the result of another import
        self._headings, self._keep_all = list(headings[:-2] if past else headings), keep_all
        self._writer: TableWriter | None = None
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        if self.path is not None:
            headings = [*self._headings, *RESULT]
            self._writer = self._closing.enter_context(TableWriter(self.path, headings))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.__exit__(kind, error, trace)

    def add(self, verdicts: Sequence[Verdict]) -> None:
        """Take what became of some rows."""
        for one in verdicts:
            if self._writer is not None:
                self._writer.row([*self._fitted(one.cells), one.outcome.label, one.reason])
            if one.founded:
                self.founded_count += 1
                self.founded += [one.founded] if len(self.founded) < FOUNDED else []
            if one.outcome is RowOutcome.REFUSED:
                self.refused += [one] if len(self.refused) < SHOWN else []
            elif one.reasons:
                self._note(one)
            if self._keep_all:
                self.all.append(
                    {"line": one.number, "outcome": one.outcome.value, "reasons": one.reasons}
                )

    def _note(self, one: Verdict) -> None:
        self.without_ground += any(reason.startswith(WITHOUT_GROUND) for reason in one.reasons)
        if one.outcome is RowOutcome.LEFT or all(map(_is_common, one.reasons)):
            return
        self.noted_count += 1
        self.noted += [one] if len(self.noted) < SHOWN else []

    def _fitted(self, cells: Sequence[str]) -> list[str]:
        width = len(self._headings)
        return [*cells[:width], *[""] * (width - len(cells))]


@dataclass(frozen=True, slots=True)
class Account:
    """One pass through a file."""

    kind: ImportKind
    result: Result
    applied: bool
    columns: Columns[Any]
    sheet: str | None
    other_sheets: tuple[str, ...]
    ledger: Ledger
    blank_rows: int
    passed_over: int


@contextmanager
def bar(total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal, nothing elsewhere; takes the line it has come to."""
    out = console()
    if not out.is_terminal:
        yield lambda _: None
        return
    with Progress(console=out, transient=True) as progress:
        task = progress.add_task("读入", total=total)
        yield lambda line: progress.update(task, completed=line)


def tell(account: Account, path: Path) -> None:
    """Say to a person what happened, or would."""
    result, ledger, counts = account.result, account.ledger, account.result.counts
    _tell_file(account, path)
    before = result.before
    if before is not None:
        when = clock.for_people(before.at)
        click.echo(f"这个文件已在 {when} 导入过（编号 {before.id}）：没有改动。")
    if result.resumed_after and before is None:
        click.echo(f"上次导入中断于第 {result.resumed_after} 行，已从那里继续。")
    figures = "，".join(f"{one.label} {counts[one]}" for one in RowOutcome)
    heading = "试算，什么也没有写入"
    if account.applied:
        heading = f"已写入（导入编号 {result.import_id}）" if before is None else "没有写入"
    click.echo(f"{heading}：共 {counts.total()} 行，{figures}。")
    for title, rows, count in (
        ("拒绝", ledger.refused, counts[RowOutcome.REFUSED]),
        ("有提示", ledger.noted, ledger.noted_count),
    ):
        for one in rows:
            label = title if title == "拒绝" else one.outcome.label
            click.echo(printable(f"  第 {one.number} 行 {label}：{one.reason}"))
        if count > len(rows):
            click.echo(f"  ……{title}的共 {count} 行，全部见 --result 文件")
    if ledger.founded:
        names = "、".join(ledger.founded) + ("……" if ledger.founded_count > FOUNDED else "")
        click.echo(
            printable(
                f"{'' if account.applied else '将'}新建单位 {ledger.founded_count} 家：{names}。"
                "已有的单位若写法不同也会另建，请核对名称。"
            )
        )
    if ledger.without_ground:
        click.echo(
            f"{ledger.without_ground} 位没有同意依据，不会向他们投递：用 --basis 写明依据，"
            "或在文件中加一列“同意依据”。"
        )
    _tell_next(account, path)


def to_json(account: Account) -> None:
    """The same as one document, with every row."""
    columns, result = account.columns, account.result
    show_json(
        {
            "applied": account.applied,
            "import": result.import_id,
            "imported_before": result.before.id if result.before else None,
            "sheet": account.sheet,
            "heading_line": columns.line,
            "fields": {field.value: at + 1 for field, at in columns.fields.items()},
            "ignored": list(columns.ignored),
            "counts": {one.value: result.counts[one] for one in RowOutcome},
            "new_enterprises": account.ledger.founded_count,
            "rows": account.ledger.all,
        }
    )


def _tell_file(account: Account, path: Path) -> None:
    columns = account.columns
    where = f"，工作表「{account.sheet}」" if account.sheet else ""
    heading = f"，表头在第 {columns.line} 行" if columns.line else ""
    click.echo(printable(f"{path.name}{where}{heading}"))
    if columns.headings:
        pairs = (*columns.fields.items(), *columns.further)
        read = "、".join(f"{columns.headings[at]}→{field.label}" for field, at in pairs)
        click.echo(printable(f"读入的列：{read}"))
    if columns.ignored:
        click.echo(printable(f"没有读的列：{'、'.join(columns.ignored)}（--map 表头=字段 可指明）"))
    for note in columns.notes:
        click.echo(printable(note))
    if account.other_sheets:
        click.echo(printable(f"另有工作表 {'、'.join(account.other_sheets)} 没有读：--sheet 名称"))
    if account.passed_over:
        click.echo(f"跳过重复的表头、合计与备注行 {account.passed_over} 行。")


def _tell_next(account: Account, path: Path) -> None:
    if account.applied:
        if account.ledger.path is not None:
            click.echo(f"逐行结果：{account.ledger.path}")
        if account.result.before is None:
            click.echo(f"要撤销：distribution import undo {account.result.import_id}")
        return
    counts = account.result.counts
    if counts[RowOutcome.ADDED] or counts[RowOutcome.CHANGED]:
        noun = account.kind.value.removesuffix("s")
        command = f"{programme()} {noun} import {shlex.quote(str(path))} --apply"
        click.echo(f"确认无误后写入：{command}（选项照旧）")


def _is_common(reason: str) -> bool:
    """What is said once for all rows."""
    return reason.startswith(WITHOUT_GROUND)
