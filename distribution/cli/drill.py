"""`distribution drill`: shows on this machine that nobody gets two and nobody is missed."""

import secrets
import sys
import time
from functools import partial

import click

from distribution import delivery, drill
from distribution.cli.common import as_json, show_json, show_table
from distribution.cli.stopping import asked_to_stop
from distribution.words import DeliveryState

_LINE_EVERY = 10.0
"""Seconds between two lines about how it goes."""
_MAILS_A_KILL = 5
_NAMED = 5


@click.command("drill")
@click.option(
    "--mails",
    type=click.IntRange(10, 1_000_000),
    default=500,
    show_default=True,
    help="虚构读者的人数，每人一封。",
)
@click.option(
    "--kills",
    type=click.IntRange(0, 10_000),
    default=20,
    show_default=True,
    help="杀死投递进程的次数（SIGKILL，如同断电）；封数至少是它的 5 倍。",
)
@click.option(
    "--database", metavar="URL", default="", help="一个空的 PostgreSQL 数据库；用后清空。"
)
@click.option("--redis", metavar="URL", default="", help="一个空的 Redis 库；用后清空。")
@click.option("--seed", type=click.IntRange(0, 2**32), help="随机数的种子：重现同样的安排。")
@as_json
def command(
    mails: int,
    kills: int,
    database: str,
    redis: str,
    seed: int | None,
    as_json: bool,  # noqa: FBT001 - click's flags
) -> None:
    """演练断电：反复杀死投递进程，由中继的收信记录判定有无重复、遗漏。

    一切都在临时文件夹中：虚构的读者、自带的中继（只在本机，偶尔也出错）；不碰现有的装置，
    结束后全部清除。默认用 SQLite。有人收到两封或被漏掉，退出码为 1。
    """
    if mails < _MAILS_A_KILL * kills:
        raise click.UsageError(f"--mails 至少是 --kills 的 {_MAILS_A_KILL} 倍。")
    plan = drill.Plan(mails, kills, secrets.randbits(32) if seed is None else seed, database, redis)
    with asked_to_stop("结束演练的进程并清除一切") as stop:
        outcome = drill.drill(
            plan, stop, partial(_announce, plan, err=as_json), _Teller(err=as_json)
        )
    if as_json:
        show_json(_document(plan, outcome))
    else:
        _show(outcome)
    if not outcome.good:
        sys.exit(1)


def _announce(plan: drill.Plan, *, err: bool) -> None:
    """Say what is going to happen, and what was shortened for it."""
    here, usual = drill.HERE, drill.USUAL
    where = "PostgreSQL" if plan.database else "SQLite"
    click.echo(
        f"演练：{plan.mails} 封，断电 {plan.kills} 次，{where}{' + Redis' if plan.redis else ''}，"
        f"--seed {plan.seed}。",
        err=err,
    )
    click.echo(
        f"为了不久等，各时限缩短：领取 {here.lease} 秒（平时 {usual.lease}），"
        f"等待最终答复 {here.dot} 秒（平时 {usual.dot}），"
        f"多久没有结果即为存疑 {here.quarantine:g} 秒（平时 {usual.quarantine:g}）；"
        "被推迟的随即重试。",
        err=err,
    )


class _Teller:
    """Tells now and then how it goes."""

    def __init__(self, *, err: bool) -> None:
        self._err = err
        self._line_at = time.monotonic() + _LINE_EVERY

    def __call__(self, kills: int, taken: int, mails: int) -> None:
        now = time.monotonic()
        if now >= self._line_at:
            self._line_at = now + _LINE_EVERY
            click.echo(f"已断电 {kills} 次，中继已收 {taken}/{mails} 封。", err=self._err)


def _show(outcome: drill.Outcome) -> None:
    rows = [(_name(point), count, _moment(point)) for point, count in _kills(outcome)]
    show_table(("断点", "次数", "这时"), rows, title="进程死在何处", empty="没有断电。")
    mishaps = [(one.code, count, one.sentence) for one, count in outcome.mishaps.items()]
    show_table(("失误", "次数", "怎样"), mishaps, title="中继的失误", empty="中继没有失误。")
    states = "、".join(f"{state.label} {count}" for state, count in outcome.states.items())
    click.echo(
        f"账上：{states}。曾有 {outcome.in_doubt} 封存疑，至多可有 {outcome.may_doubt} 封"
        "（每次断电每个连接一封，中继没有答复的每次一封）；"
        f"凭中继的记录了结 {outcome.settled} 封：收下的入账，没有收下的重投。"
    )
    if outcome.states.get(DeliveryState.HELD):
        click.echo("已扣留：几次断电都恰好落在同一封上，账上写明缘由，不再自动投递。")
    for sentence, who in _faults(outcome).items():
        if who:
            click.echo(f"{sentence} {len(who)} 个：{'、'.join(who[:_NAMED])}")
    for mismatch in outcome.mismatches:
        click.echo(f"不符：{mismatch}")
    if outcome.in_doubt > outcome.may_doubt:
        click.echo("存疑的太多：一个连接一次断电不止一封。")
    click.echo(outcome.line)


def _document(plan: drill.Plan, outcome: drill.Outcome) -> dict[str, object]:
    return {
        "good": outcome.good,
        "seed": plan.seed,
        "kills": outcome.killed,
        "mails": outcome.mails,
        "duplicate": list(outcome.verdict.duplicate),
        "missed": list(outcome.verdict.missed),
        "unplanned": list(outcome.verdict.unplanned),
        "unbooked": list(outcome.verdict.unbooked),
        "in_doubt": outcome.in_doubt,
        "may_doubt": outcome.may_doubt,
        "settled": outcome.settled,
        "states": {state.value: count for state, count in outcome.states.items()},
        "points": {_name(point): count for point, count in _kills(outcome)},
        "mishaps": {mishap.code: count for mishap, count in outcome.mishaps.items()},
        "mismatches": list(outcome.mismatches),
    }


def _faults(outcome: drill.Outcome) -> dict[str, tuple[str, ...]]:
    verdict = outcome.verdict
    return {
        "收到不止一封的": verdict.duplicate,
        "没有收到、账上也没有说明的": verdict.missed,
        "不在名单上却收到的": verdict.unplanned,
        "收到了而账上不知道的": verdict.unbooked,
    }


def _kills(outcome: drill.Outcome) -> list[tuple[delivery.Point | None, int]]:
    """How often each point was hit, those that were not included; at last the random moments."""
    return [(point, outcome.kills[point]) for point in (*delivery.Point, None)]


def _name(point: delivery.Point | None) -> str:
    return point.code if point else "random"


def _moment(point: delivery.Point | None) -> str:
    return point.sentence if point else "任意时刻"
