"""`distribution issue approve` and `reopen`: somebody's word that the readers get it."""

import gc
from datetime import datetime

import click
from sqlalchemy.orm import Session

from distribution import audit, calendar, clock, delivery, issues
from distribution.app import App
from distribution.cli.common import admin, as_json, installation, printable, show_json
from distribution.cli.issue.appraising import document, show_appraisal
from distribution.delivery import Appraisal, Approved, GateClosed, Seen
from distribution.errors import Refused
from distribution.models import Issue
from distribution.words import Hold, RunKind, SlotState


@click.command("approve")
@click.argument("key", metavar="期号")
@click.option("--override", metavar="理由", help="仍有须处理之处时照样批准；理由会记录下来。")
@click.option("--dry-run", is_flag=True, help="只看批准意味着什么，不批准。")
@as_json
def approve_issue(
    key: str,
    override: str | None,
    dry_run: bool,  # noqa: FBT001 - click's flags
    as_json: bool,  # noqa: FBT001
) -> None:
    """批准一期用于投递：先列出谁会收到、邮件检查的结果、最大的邮件与预计用时。

    读者超过 second_person_above 时，须由导入者以外的人批准；有人员名单时，须是编辑或管理员。
    批准之后改了模板、变了内容，或读者多了一成以上，批准即失效，核对后再批准一次即可。
    """
    app = installation()
    with app.reading() as session:
        row = issues.find_issue(session, key)
        key = issues.key_of(row)
        lapses = delivery.lapses_of(session, row, app.recipe.templates)
        stands = row.approved_at is not None and not lapses
    if stands and not dry_run:
        _say_standing(key, as_json=as_json)
        return
    seen = _look(app, key, override=override, dry_run=dry_run)
    starts_at = _starts_at(app)
    if not as_json:
        show_appraisal(key, seen, starts_at)
    if seen.gate.errors and not dry_run:
        raise GateClosed(key, seen.gate.errors, "请先改正；")
    refusal = _refusal(app, key, seen, override) if dry_run else ""
    done = None if dry_run else _approve(app, key, override, seen)
    if as_json:
        changed = done is not None and done.changed
        facts = {"issue": key, "changed": changed, "dry_run": dry_run}
        show_json({**facts, "refusal": refusal or None, **document(seen, starts_at)})
    elif done is None:
        _say_looked(key, refusal, stands=stands)
    else:
        _say_approved(app, done)


def _look(app: App, key: str, *, override: str | None, dry_run: bool) -> Appraisal:
    """Look at the issue; what forbids the approval at once is said before that takes its time."""
    # Readers come and go by thousands and hold no circles: looking for some is time lost.
    gc.freeze()
    gc.set_threshold(100_000)
    with app.reading() as session:
        row = issues.find_issue(session, key)
        seen = delivery.sight_of(session, row, app.recipe)
        if not dry_run:
            _require(app, session, row, seen, override)
        paced = app.settings.transport != "outbox"
        return delivery.appraise(session, row, app.recipe, seen, paced=paced, at=clock.now())


def _require(app: App, session: Session, row: Issue, seen: Seen, override: str | None) -> None:
    """Raise what forbids the approval, as far as it is known without looking at mails."""
    above = app.settings.second_person_above
    delivery.require_voucher(session, row, seen.audience, above=above, by=admin())
    if override is None and row.approved_despite is None:
        issues.require_ready(session, row)


def _refusal(app: App, key: str, seen: Appraisal, override: str | None) -> str:
    """Why the approval would be refused; empty where it would be taken."""
    try:
        with app.reading() as session:
            _require(app, session, issues.find_issue(session, key), seen.seen, override)
        if seen.gate.errors:
            raise GateClosed(key, seen.gate.errors, "请先改正；")
    except Refused as refusal:
        return str(refusal)
    return ""


def _starts_at(app: App) -> datetime | None:
    """When the next run is to start by the schedule; None where a person starts it."""
    if app.settings.schedule == "off":
        return None
    at = clock.now()
    with app.reading() as session:
        return max(at, calendar.next_slot(session, app.house, at=at).due_at)


def _approve(app: App, key: str, override: str | None, looked: Appraisal) -> Approved:
    """Approve what was looked at, and nothing else."""
    at, above, seen = clock.now(), app.settings.second_person_above, looked.seen
    with app.transaction() as session:
        done = delivery.approve_issue(
            session, key, app.recipe, above=above, by=admin(), at=at, override=override, seen=seen
        )
        if done.changed:
            despite = issues.find_issue(session, key).approved_despite
            detail: dict[str, object] = {"override": despite} if despite else {}
            if done.lapses:
                detail["lapsed"] = [one.what.name.lower() for one in done.lapses]
            audit.record(session, "issue.approve", key, by=admin(), at=at, **detail)
        return done


def _say_standing(key: str, *, as_json: bool) -> None:
    if as_json:
        show_json({"issue": key, "changed": False, "dry_run": False})
    else:
        click.echo(f"{key} 期早已批准：没有改动。")


def _say_looked(key: str, refusal: str, *, stands: bool) -> None:
    if stands:
        click.echo("早已批准；只是查看，没有改动。")
    elif refusal:
        click.echo(printable(f"只是查看，没有批准；现在还不能批准：{refusal}"))
    else:
        click.echo(f"只是查看，没有批准。批准：distribution issue approve {key}")


def _say_approved(app: App, done: Approved) -> None:
    key = done.key
    with app.reading() as session:
        row = issues.find_issue(session, key)
        sent, despite = issues.went_out(session, row.id, {RunKind.REGULAR}), row.approved_despite
    click.echo(f"{key} 期已批准。{'' if sent else _next_step(app, key)}")
    for run_id in sent:
        click.echo(
            f"批次 {run_id} 已投出这一期；其读者要更正的，"
            f"请运行 distribution run correct {run_id} --reason 缘由"
        )
    if despite:
        click.echo(printable(f"仍有未处理之处；已记录理由：{despite}"))


def _next_step(app: App, key: str) -> str:
    """When it leaves by itself; who plans it by hand leaves the slot without an issue."""
    by_hand = f"distribution run plan {key}"
    if app.settings.schedule == "off":
        return f"下一步：{by_hand}"
    with app.reading() as session:
        slot = calendar.next_slot(session, app.house, at=clock.now())
        row = calendar.find_slot(session, slot.month)
        leaves, _ = calendar.outlook(session, app.house, slot.month)
    month = calendar.name_of(slot.month)
    if row is not None and row.state is SlotState.HELD:
        waits_for_it = row.hold in (Hold.NO_ISSUE, Hold.REFUSED) and leaves == key
        if waits_for_it and app.house.by_itself:
            return f"{month} 在等它，到可投递的时刻自动投递；不等到那时：{by_hand}"
        return f"{month} 正等待处理，放行才投递：distribution schedule release {month}"
    if leaves != key:
        return f"按日程还不会投递这一期，缘由见 distribution schedule show；由人投递：{by_hand}"
    return f"按日程 {clock.for_people(slot.due_at)} 自动投递；不等到那时：{by_hand}"


@click.command("reopen")
@click.argument("key", metavar="期号")
@click.option("--reason", metavar="理由", required=True, help="为什么要重新打开；会记录下来。")
def reopen_issue(key: str, reason: str) -> None:
    """撤回批准，以便修改；有未完成的投递批次的不能撤回。

    已投递的，改好后用 distribution run correct 更正；文章的增减与次序不能再变。
    """
    at, reason = clock.now(), issues.checked_text("reason", reason)
    with installation().transaction() as session:
        key = issues.key_of(issues.find_issue(session, key, lock=True))
        changed = issues.reopen(session, key)
        if changed:
            audit.record(session, "issue.reopen", key, by=admin(), at=at, reason=reason)
    if changed:
        click.echo(f"{key} 期已重新打开，可以修改；改好后再运行 distribution issue approve {key}")
    else:
        click.echo(f"{key} 期现在没有批准，本来就可以修改：没有改动。")
