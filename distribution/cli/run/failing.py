"""`distribution run failed`: what was refused or held and why, and trying a kind of it again."""

from collections.abc import Sequence

import click

from distribution import audit, clock, delivery
from distribution.cli.chinese import folded
from distribution.cli.choices import UnknownWord
from distribution.cli.common import (
    WIDE,
    admin,
    as_json,
    console,
    installation,
    printable,
    show_json,
    show_table,
)
from distribution.cli.run.naming import run_argument
from distribution.delivery import STUCK_FOR, Failure, Retried
from distribution.errors import DistributionError
from distribution.words import Meaning

_KINDS = tuple({word.label: word for word in (*Meaning, *STUCK_FOR)}.values())


class NothingToTry(DistributionError):
    """Raised for --dry-run without what it is to try."""

    def __init__(self) -> None:
        super().__init__("--dry-run 要和 --retry 一起用：请写明试算重投哪一类")


@click.command("failed")
@run_argument
@click.option("--retry", "kind", metavar="类别", help="重投这一类，写含义或缘由，如 对方策略拒收。")
@click.option("--dry-run", is_flag=True, help="只数会重投几封，不改动。")
@as_json
def failed(run_id: int, kind: str | None, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001
    """列出被拒收的与已扣留的：按含义与缘由计数，附例子与原话；--retry 重投其中一类。

    已扣留的缘由是“多次导致进程崩溃”：邮件做不出来，或进程几次死在同一封上；查明后再重投，崩溃
    次数从头数起。

    重投占用原来的位置，邮件编号不变；此间退订或停用的地址不再投。已完成的批次会重新投递中；
    已取消的、过了投递期限的不能重投。

    例如：distribution run failed 3 --retry 对方策略拒收
    """
    if kind is None:
        if dry_run:
            raise NothingToTry
        _list(run_id, as_json=as_json)
        return
    codes = delivery.codes_of(kind.strip())
    if not codes:
        raise UnknownWord("这一类", kind, [word.label for word in _KINDS])
    app, at, by = installation(), clock.now(), admin()
    with app.transaction() as session:
        done = delivery.retry(session, run_id, codes, by=by, dry_run=dry_run)
        if done.planned and not dry_run:
            audit.record(
                session, "run.retry", str(run_id), by=by, at=at,
                kinds=sorted(codes), planned=done.planned,
            )  # fmt: skip
    if as_json:
        show_json(_outcome(run_id, sorted(codes), done, dry_run=dry_run))
    else:
        _show_outcome(run_id, done, dry_run=dry_run)


def _list(run_id: int, *, as_json: bool) -> None:
    with installation().reading() as session:
        found = delivery.failures(session, run_id)
    if as_json:
        show_json({"run": run_id, "failed": [_document(one) for one in found]})
        return
    show_table(
        ("类别", "缘由", "封", "例如"),
        [
            (one.kind.label, one.cause.label if one.cause else None, one.count, _named(one))
            for one in found
        ],
        empty=f"批次 {run_id} 没有被拒收或扣留的投递。",
    )
    _show_words(found)
    if found:
        click.echo(f"\n重投一类：distribution run failed {run_id} --retry 类别 --dry-run")


def _named(one: Failure) -> str:
    """One that was refused, and that there are more."""
    first = one.examples[0]
    return f"{first.delivery_id} {first.recipient}{' 等' if one.count > 1 else ''}"


def _show_words(found: Sequence[Failure]) -> None:
    """What the relays said, whole: it says what is to be done."""
    width = min(console().width, WIDE)
    for one in found:
        words = dict.fromkeys(example.words for example in one.examples if example.words)
        if words:
            click.secho(f"\n{one.kind.label}，原话：", bold=True)
        for said in words:
            for line in folded(printable(said), width - 2):
                click.echo(f"  {line}")


def _show_outcome(run_id: int, done: Retried, *, dry_run: bool) -> None:
    if done.planned:
        click.echo(f"批次 {run_id}：{'会重投' if dry_run else '重投'} {done.planned} 封。")
    else:
        click.echo(f"批次 {run_id} 没有这一类可以重投的：没有改动。")
    if done.barred:
        named = "、".join(f"{cause.label} {count}" for cause, count in sorted(done.barred.items()))
        click.echo(f"不重投：{named}")
    if done.planned and not dry_run:
        click.echo(f"没有常驻的投递进程时，请运行：distribution run start {run_id}")


def _document(one: Failure) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "label": one.kind.label,
        "meaning": one.meaning.value if one.meaning else None,
        "cause": one.cause.value if one.cause else None,
        "count": one.count,
        "examples": [
            {"delivery": row.delivery_id, "recipient": row.recipient, "words": row.words}
            for row in one.examples
        ],
    }


def _outcome(
    run_id: int, codes: Sequence[str], done: Retried, *, dry_run: bool
) -> dict[str, object]:
    return {
        "run": run_id,
        "kinds": list(codes),
        "dry_run": dry_run,
        "planned": done.planned,
        "left_out": {cause.value: count for cause, count in done.barred.items()},
    }
