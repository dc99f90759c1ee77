"""`subscriber import` and `enterprise import`: first what would happen, then that it happens."""

import gc
import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import click

from distribution import audience, clock, tables
from distribution.audience import Result, SheetReader, Source, Verdict
from distribution.cli.common import Command, admin, as_json, installation
from distribution.cli.imports.telling import Account, Ledger, bar, tell, to_json
from distribution.errors import DistributionError
from distribution.tables import Table
from distribution.words import ImportKind, RowOutcome

Told = Callable[[Sequence[Verdict]], None]
Reader = TypeVar("Reader", bound=SheetReader[Any, Any])


class BadMapping(DistributionError):
    """Raised for a --map that does not say which column is what."""

    def __init__(self, given: str) -> None:
        self.given = given
        super().__init__(f"--map {given!r} 看不懂：请写成 表头=字段，例如 --map 电邮地址=邮箱")


class ResultOverSource(DistributionError):
    """Raised when the result would be written over the list it is about."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"--result {path} 就是要导入的文件：没有改动，请写另一个文件名")


@dataclass(frozen=True, slots=True)
class Order(Generic[Reader]):
    """What was asked for on the command line, and who reads, tries and applies it."""

    kind: ImportKind
    path: Path
    mapping: Mapping[str, str]
    sheet: str | None
    basis: str
    result: Path | None
    read: Callable[[Table], Reader]
    attempt: Callable[[Reader, Source, Told], Result]
    apply: Callable[[Reader, Source, Told], Result]


def _options(command: Command) -> Command:
    for option in (
        as_json,
        click.option(
            "--result",
            type=click.Path(dir_okay=False, path_type=Path),
            help="逐行结果写入这个 .xlsx 或 .csv；写入时默认为 文件名-导入结果.xlsx。",
        ),
        click.option("--apply", "apply", is_flag=True, help="写入；不加只试算。"),
        click.option("--sheet", help="工作表的名称；默认第一张有表头的。"),
        click.option("--map", "pairs", multiple=True, help="表头=字段，可多次；字段“忽略”不读。"),
        click.argument("path", metavar="文件", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


@click.command("import")
@_options
@click.option("--basis", default="", help="新增者同意接收的依据，例如 '入会登记表 2026-03'。")
def subscribers(
    path: Path,
    pairs: tuple[str, ...],
    sheet: str | None,
    apply: bool,  # noqa: FBT001 - click's flags
    result: Path | None,
    basis: str,
    as_json: bool,  # noqa: FBT001
) -> None:
    """导入联系人名单：xlsx、xls、csv、tsv；先试算，确认后写入。

    同一文件再导入不会重复；退订、投诉、删除过的人不会因导入而恢复。
    """
    if basis.strip():
        basis = audience.tidy("依据", basis, longest=500)
    app, mapping, by, at = installation(), _mapping(pairs), admin(), clock.now()
    hasher = app.keyring.address_hash
    order = Order(
        kind=ImportKind.SUBSCRIBERS,
        path=path,
        mapping=mapping,
        sheet=sheet,
        basis=basis.strip(),
        result=result,
        read=lambda table: audience.read_contacts(table.rows(), mapping=mapping),
        attempt=lambda reader, source, told: audience.try_contacts(
            app.reading, reader, source, hasher, told
        ),
        apply=lambda reader, source, told: audience.import_contacts(
            app.transaction, reader, source, hasher, told, by=by, at=at
        ),
    )
    _run(order, apply=apply, as_json=as_json)


@click.command("import")
@_options
def enterprises(
    path: Path,
    pairs: tuple[str, ...],
    sheet: str | None,
    apply: bool,  # noqa: FBT001 - click's flags
    result: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """导入会员企业名单：xlsx、xls、csv、tsv；先试算，确认后写入。"""
    app, mapping, by, at = installation(), _mapping(pairs), admin(), clock.now()
    order = Order(
        kind=ImportKind.ENTERPRISES,
        path=path,
        mapping=mapping,
        sheet=sheet,
        basis="",
        result=result,
        read=lambda table: audience.read_enterprises(table.rows(), mapping=mapping),
        attempt=lambda reader, source, told: audience.try_enterprises(
            app.reading, reader, source, told
        ),
        apply=lambda reader, source, told: audience.import_enterprises(
            app.transaction, reader, source, told, by=by, at=at
        ),
    )
    _run(order, apply=apply, as_json=as_json)


def _run(order: Order[Reader], *, apply: bool, as_json: bool) -> None:
    # Rows come and go by thousands and hold no circles: looking for some is time lost.
    gc.freeze()
    gc.set_threshold(100_000)
    account = _pass(order, apply=apply, keep_all=as_json)
    if as_json:
        to_json(account)
    else:
        tell(account, order.path)
    if not apply and not as_json and _is_wanted(account):
        account = _pass(order, apply=True, keep_all=False)
        tell(account, order.path)
    sys.exit(1 if account.result.counts[RowOutcome.REFUSED] else 0)


def _is_wanted(account: Account) -> bool:
    """Whether somebody at a terminal says yes to what he has just been shown."""
    counts = account.result.counts
    if not counts[RowOutcome.ADDED] and not counts[RowOutcome.CHANGED]:
        return False
    return sys.stdin.isatty() and click.confirm("写入？", err=True)


def _pass(order: Order[Reader], *, apply: bool, keep_all: bool) -> Account:
    """Go through the file once."""
    target = order.result
    with suppress(OSError):  # either may not be there
        if target is not None and target.samefile(order.path):
            raise ResultOverSource(target)
    fingerprint = _fingerprint(order)
    if apply and target is None and not _is_done(order.kind, fingerprint):
        target = _free(Path(f"{order.path.stem}-导入结果.xlsx"))
    with ExitStack() as opened:
        table, reader = _open(order, opened)
        source = Source(order.path.name, fingerprint, order.basis)
        headings = reader.columns.headings or _numbered(table)
        with Ledger(target, headings, keep_all=keep_all) as ledger, bar(table.row_count) as moved:

            def told(verdicts: Sequence[Verdict]) -> None:
                ledger.add(verdicts)
                moved(verdicts[-1].number if verdicts else 0)

            result = (order.apply if apply else order.attempt)(reader, source, told)
        return Account(
            kind=order.kind,
            result=result,
            applied=apply,
            columns=reader.columns,
            sheet=table.sheet,
            other_sheets=table.other_sheets,
            ledger=ledger,
            blank_rows=reader.blank_rows,
            passed_over=reader.repeated_headings + reader.summary_rows,
        )


def _open(order: Order[Reader], opened: ExitStack) -> tuple[Table, Reader]:
    """The table that was meant: without --sheet the first in which there is a heading."""
    table = opened.enter_context(tables.open_table(order.path, sheet=order.sheet))
    others = table.other_sheets if order.sheet is None else ()
    try:
        reader = order.read(table)
    except DistributionError:
        if (found := _with_heading(order, others, opened)) is None:
            raise
        return found
    if reader.columns.line is None:
        return _with_heading(order, others, opened) or (table, reader)
    return table, reader


def _with_heading(
    order: Order[Reader], sheets: Sequence[str], opened: ExitStack
) -> tuple[Table, Reader] | None:
    """One of the other sheets: often how to fill in the list is what comes first."""
    for sheet in sheets:
        with suppress(DistributionError):
            table = opened.enter_context(tables.open_table(order.path, sheet=sheet))
            reader = order.read(table)
            if reader.columns.line is not None:
                return table, reader
    return None


def _numbered(table: Table) -> list[str]:
    """Headings for the result of a table that has none."""
    width = max((len(cells) for _, cells in table.head()), default=0)
    return [f"第 {number} 列" for number in range(1, width + 1)]


def _is_done(kind: ImportKind, fingerprint: str) -> bool:
    """Whether there is nothing to write a result of."""
    with installation().reading() as session:
        return audience.done_before(session, kind, fingerprint) is not None


def _free(path: Path) -> Path:
    """A name that is not taken: the results of another import are not overwritten."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        heading, equals, field = pair.replace("＝", "=").rpartition("=")
        if not equals or not heading.strip() or not field.strip():
            raise BadMapping(pair)
        mapping[heading.strip()] = field.strip()
    return mapping


def _fingerprint(order: Order[Reader]) -> str:
    """The same file, read the same way, for the same reason."""
    digest = hashlib.sha256()
    how = [order.kind.value, sorted(order.mapping.items()), order.sheet, order.basis]
    digest.update(json.dumps(how).encode())
    try:
        with order.path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    except OSError:
        pass  # opening it as a table says in a sentence what is wrong
    return digest.hexdigest()
