"""`distribution issue check`, `seen`, `approve` and `reopen`: between the desk and the readers."""

import sys
from collections.abc import Sequence

import click

from distribution import audit, clock, issues
from distribution.cli.common import admin, as_json, installation, printable, show_json, show_table
from distribution.cli.issue.documents import finding_facts
from distribution.errors import NotFound
from distribution.issues import Desk, Fault, Finding, InvalidFact, Told
from distribution.words import RunKind

_LONGEST_EXCERPT = 20
"""Characters of the text in question that a table shows; the JSON document has them all."""


@click.command("check")
@click.argument("key", metavar="期号")
@as_json
def check_issue(key: str, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """核对一期：列出批准之前还要处理的，每条附上处理的命令。"""
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        found = issues.check(session, row)
        key, approved = issues.key_of(row), row.approved_at is not None
    errors = [finding for finding in found if finding.error]
    if as_json:
        facts = {"issue": key, "ready": not errors, "errors": len(errors)}
        notices = {"notices": len(found) - len(errors)}
        show_json(facts | notices | {"findings": [finding_facts(one) for one in found]})
    else:
        _show_errors(errors)
        _show_notices(key, found[len(errors) :])
        if not errors and approved:
            click.echo(f"{key} 期已批准，没有须处理之处。")
        elif not errors:
            click.echo(f"{key} 期没有须处理之处，可以批准：distribution issue approve {key}")
    if errors:
        sys.exit(1)


@click.command("seen")
@click.argument("key", metavar="期号")
@click.argument("numbers", metavar="[编号]…", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="全部疑点。")
def mark_seen(key: str, numbers: tuple[int, ...], everything: bool) -> None:  # noqa: FBT001
    """把疑点标为已核对；编号见 issue check。"""
    if everything == bool(numbers):
        raise click.UsageError("请给出疑点的编号，或用 --all 表示全部。")
    at = clock.now()
    with installation().transaction() as session:
        desk = Desk(session, key, by=admin(), at=at)
        doubts = issues.report(session, desk.row).doubts
        findings = {one.number for one in issues.check(session, desk.row)}
        chosen = doubts if everything else [_doubt(desk.key, n, doubts, findings) for n in numbers]
        fresh = list(dict.fromkeys(told for told in chosen if not told.seen))
        desk.see(fresh)
        if fresh:
            seen = [told.number for told in fresh]
            audit.record(session, "issue.seen", desk.key, by=admin(), at=at, doubts=seen)
        left = sum(finding.error for finding in issues.check(session, desk.row))
    click.echo(f"{desk.key} 期：{len(fresh)} 处疑点标为已核对，还有 {left} 处须处理。")


def _doubt(key: str, number: int, doubts: tuple[Told, ...], findings: set[int]) -> Told:
    if 1 <= number <= len(doubts):
        return doubts[number - 1]
    if number in findings:
        raise InvalidFact(f"第 {number} 条", "不是疑点，不能只看过：请按 issue check 的命令改正")
    raise NotFound("疑点", str(number), f"运行 distribution issue check {key} 查看编号")


@click.command("approve")
@click.argument("key", metavar="期号")
@click.option("--override", metavar="理由", help="仍有须处理之处时照样批准；理由会记录下来。")
def approve_issue(key: str, override: str | None) -> None:
    """批准一期用于投递。"""
    at = clock.now()
    with installation().transaction() as session:
        row = issues.find_issue(session, key, lock=True)
        key = issues.key_of(row)
        changed = issues.approve(session, key, by=admin(), at=at, override=override)
        despite = row.approved_despite
        sent = issues.went_out(session, row.id, {RunKind.REGULAR})
        if changed:
            detail = {"override": despite} if despite else {}
            audit.record(session, "issue.approve", key, by=admin(), at=at, **detail)
    if not changed:
        click.echo(f"{key} 期早已批准：没有改动。")
        return
    click.echo(f"{key} 期已批准。下一步：distribution run plan {key}")
    for run_id in sent:
        click.echo(
            f"批次 {run_id} 已投出这一期；其读者要更正的，"
            f"请运行 distribution run correct {run_id} --reason 缘由"
        )
    if despite:
        click.echo(printable(f"仍有未处理之处；已记录理由：{despite}"))


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
        click.echo(f"{key} 期没有批准过，本来就可以修改：没有改动。")


def _show_errors(errors: Sequence[Finding]) -> None:
    if errors:
        show_table(
            ("号", "篇", "问题", "处理"),
            [(one.number, one.position or None, _in_words(one), one.remedy) for one in errors],
            title=f"{len(errors)} 处须先处理",
        )


def _show_notices(key: str, notices: Sequence[Finding]) -> None:
    """Most are doubts that bind nobody: one command serves for them all."""
    doubts = [one for one in notices if one.kind is Fault.DOUBT]
    others = [one for one in notices if one.kind is not Fault.DOUBT]
    if notices:
        show_table(
            ("号", "篇", "问题"),
            [(one.number, one.position or None, _in_words(one)) for one in notices],
            title=f"{len(notices)} 处提示，不影响批准",
        )
    for one in others:
        click.echo(printable(f"第 {one.number} 条可改：{one.remedy}"))
    if doubts:
        click.echo(f"核对过的提示可以收起：distribution issue seen {key} 编号")


def _in_words(finding: Finding) -> str:
    excerpt = finding.excerpt
    if len(excerpt) > _LONGEST_EXCERPT:
        excerpt = f"{excerpt[:_LONGEST_EXCERPT]}…"
    known = finding.excerpt in finding.sentence
    return finding.sentence if known else f"{finding.sentence}：{excerpt}"
