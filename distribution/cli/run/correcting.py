"""`distribution run correct` and `approve`: what was wrong, once more, with somebody's word."""

import click

from distribution import audience, audit, clock, delivery, staff
from distribution.cli.choices import Choice
from distribution.cli.common import admin, as_json, installation, show_json
from distribution.cli.run.foreseeing import foresee
from distribution.cli.run.naming import run_argument
from distribution.cli.run.showing import document, show_excluded
from distribution.delivery import Status, correcting
from distribution.words import Addressees

_ADDRESSEES = Choice(tuple(Addressees), "收件范围")


@click.command("correct")
@run_argument
@click.option("--reason", required=True, metavar="缘由", help="错在哪里；写在邮件开头，读者可见。")
@click.option(
    "--to",
    "addressees",
    type=_ADDRESSEES,
    default=Addressees.ALL.value,
    show_default=True,
    metavar="范围",
    help="投给原批次的谁：all 全部，accepted 已交中继，failed 被拒收，in_doubt 存疑。",
)
@click.option("--again", is_flag=True, help="邮件没有改动也照原样再投。")
@click.option("--dry-run", is_flag=True, help="只数会投几人，不改动。")
@as_json
def correct(
    run_id: int,
    reason: str,
    addressees: Addressees,
    again: bool,  # noqa: FBT001 - click's flags
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """更正：把改好的这一期再投一次给原批次（及其补投）的读者，主题标明更正，开头写明缘由。

    先改好内容：distribution issue reopen 期号，改正后重新批准；邮件没有改动的不投。更正自成一个
    批次，须经批准才能投递；收件人多时，须由另一人批准。

    例如：distribution run correct 3 --reason '“首台套”一文的电话有误' --to accepted
    """
    app, at, by = installation(), clock.now(), admin()
    errand = correcting.Errand(
        audience.tidy("缘由", reason, longest=correcting.LONGEST_REASON), addressees, again
    )
    with app.reading() as session:
        count = correcting.count(session, run_id, addressees)
    if dry_run:
        if as_json:
            show_json({"original": run_id, "addressees": addressees.value, "count": count})
        else:
            click.echo(f"批次 {run_id}：更正会投给 {count} 人，此间退订或停用的除外。")
        return
    number = correcting.plan(app.transaction, run_id, errand, app.recipe, by=by, at=at)
    with app.transaction() as session:
        status = delivery.status(session, number)
        audit.record(
            session, "run.correct", str(number), by=by, at=at,
            original=run_id, to=addressees.value, reason=errand.reason,
        )  # fmt: skip
        if as_json:
            show_json(document(status))
            return
    _show(status, by)


def _show(status: Status, by: str) -> None:
    run = status.run
    click.echo(
        f"批次 {run.id}（{status.issue_key} 期，更正）{run.state.label}：{status.total} 封投递。"
    )
    show_excluded(status)
    foresee(run.id)
    click.echo(f"核对：distribution run rehearse {run.id} --to 邮箱")
    above = installation().settings.second_person_above
    who = f"须由 {by} 以外的一人" if status.total > above else ""
    click.echo(f"{who}批准：distribution run approve {run.id}")


@click.command("approve")
@run_argument
def approve(run_id: int) -> None:
    """批准一个更正批次；收件人超过 second_person_above 时，须由建立者以外的人批准。"""
    app, at, by = installation(), clock.now(), admin()
    above = app.settings.second_person_above
    with app.transaction() as session:
        staff.require_approver(session, by)
        new = delivery.approving.approve(session, run_id, above=above, by=by, at=at)
        if new:
            audit.record(session, "run.approve", str(run_id), by=by, at=at)
    if new:
        click.echo(f"批次 {run_id} 已批准。下一步：distribution run start {run_id}")
    else:
        click.echo(f"批次 {run_id} 早已批准：没有改动。")
