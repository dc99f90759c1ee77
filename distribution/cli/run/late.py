"""`distribution run late`: an issue for those who joined after its run was planned."""

from collections.abc import Sequence

import click

from distribution import audit, clock, delivery
from distribution.cli.common import admin, as_json, installation, show_json
from distribution.cli.listing import show_list
from distribution.cli.run.foreseeing import foresee
from distribution.cli.run.naming import run_argument
from distribution.cli.run.sending import send
from distribution.cli.run.showing import document, show_excluded
from distribution.words import RunState

_SHOWN = 100
_HOW = {"added": "新加入", "agreed": "新近同意", "member": "会籍开始"}


@click.command("late")
@run_argument
@click.option("--dry-run", is_flag=True, help="只列出会投给谁，不改动。")
@click.option("--start", "at_once", is_flag=True, help="规划后随即封存并投递。")
@as_json
def late(run_id: int, dry_run: bool, at_once: bool, as_json: bool) -> None:  # noqa: FBT001
    """补投：把同一期投给这个批次规划之后才加入的读者，别人一概不投。

    加入指：新登记、新近同意或确认、所在企业会籍开始。规划时因暂停、停用或没有匹配而未列入的，
    不算加入。可以一补再补，谁也不会收到两封。

    例如：distribution run late 3 --dry-run
    """
    if dry_run and at_once:
        raise click.UsageError("--dry-run 与 --start 不能同时用。")
    if as_json and at_once:
        raise click.UsageError("--json 与 --start 不能同时用：请先规划，再 run start。")
    app = installation()
    with app.reading() as session:
        count = delivery.late.count(session, run_id)
        nobody = not count and delivery.late.begun(session, run_id) is None
        corrections = delivery.late.corrections(session, run_id)
        found = delivery.late.newcomers(session, run_id, _SHOWN) if dry_run else ()
    if dry_run:
        _show(run_id, count, found, as_json=as_json)
        return
    if nobody:
        if as_json:
            show_json({"original": run_id, "run": None})
        else:
            click.echo(f"批次 {run_id} 规划之后没有可投的新读者：没有新建批次。")
        return
    number = _plan(run_id, as_json=as_json)
    if corrections and not as_json:
        click.echo(
            f"本期已有更正（批次 {'、'.join(map(str, corrections))}）：补投的仍是原来的版本，"
            f"投完可再运行 distribution run correct {number}"
        )
    if at_once:
        send(number)


def _plan(run_id: int, *, as_json: bool) -> int:
    app, at = installation(), clock.now()
    number = delivery.late.plan(app.transaction, run_id, app.recipe, by=admin(), at=at)
    with app.transaction() as session:
        status = delivery.status(session, number)
        audit.record(session, "run.late", str(number), by=admin(), at=at, original=run_id)
        if as_json:
            show_json(document(status))
            return number
    stands = f"{status.run.state.label}：{status.total} 封投递。"
    click.echo(f"批次 {number}（{status.issue_key} 期，补投）{stands}")
    show_excluded(status)
    foresee(number)
    if status.run.state is RunState.PLANNED:
        click.echo(f"下一步：distribution run start {number}")
    return number


def _show(
    run_id: int, count: int, found: Sequence[delivery.late.Newcomer], *, as_json: bool
) -> None:
    if as_json:
        people = [
            {
                "subscriber": one.subscriber_id,
                "email": one.email,
                "name": one.name,
                "enterprise": one.enterprise,
                "joined": one.how,
            }
            for one in found
        ]
        show_json({"original": run_id, "count": count, "newcomers": people})
        return
    show_list(
        ("邮箱", "姓名", "单位", "加入"),
        [(one.email, one.name, one.enterprise, _HOW[one.how]) for one in found],
        elastic=("单位", "姓名"),
        empty=f"批次 {run_id} 规划之后没有可投的新读者。",
    )
    if count > len(found):
        click.echo(f"只列出前 {len(found)} 人。")
    if count:
        click.echo(f"共 {count} 人；没有匹配内容、又选择“有匹配时”才收的，规划时不列入。")
