"""`distribution issue check` and `seen`: what an editor still has to look at."""

import sys
from collections.abc import Sequence

import click

from distribution import audit, clock, issues
from distribution.cli.common import admin, as_json, installation, printable, show_json, show_table
from distribution.cli.issue.documents import finding_facts
from distribution.errors import NotFound
from distribution.issues import Desk, Fault, Finding, InvalidFact, Told
from distribution.words import IssueStep

_LONGEST_EXCERPT = 20
"""Characters of the text in question that a table shows; the JSON document has them all."""


@click.command("check")
@click.argument("key", metavar="期号")
@click.option("--done", is_flag=True, help="核对完了：没有须处理之处时，记下现在的内容已核对。")
@as_json
def check_issue(key: str, done: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """核对一期：列出批准之前还要处理的，每条附上处理的命令。

    只是查看，什么也不记；核对完了加 --done，这一期就走到“已核对”。内容再改，须再核对。
    """
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        found = issues.check(session, row)
        key, approved = issues.key_of(row), row.approved_at is not None
    errors = [finding for finding in found if finding.error]
    checked = _is_checked(key, done=done)
    if as_json:
        facts = {"issue": key, "ready": not errors, "checked": checked, "errors": len(errors)}
        notices = {"notices": len(found) - len(errors)}
        show_json(facts | notices | {"findings": [finding_facts(one) for one in found]})
    else:
        _show_errors(errors)
        _show_notices(key, found[len(errors) :])
        if not errors and approved:
            click.echo(f"{key} 期已批准，没有须处理之处。")
        elif not errors:
            _say_ready(key, checked=checked)
    if errors:
        sys.exit(1)


def _is_checked(key: str, *, done: bool) -> bool:
    """Whether somebody has checked what the issue says now; with `done` it is written down.

    Not while errors stand: they are looked for again, under the lock.
    """
    app, at, step = installation(), clock.now(), IssueStep.CHECKED
    if not done:
        with app.reading() as session:
            return step in issues.way_of(session, issues.find_issue(session, key)).done
    with app.transaction() as session:
        row = issues.find_issue(session, key, lock=True)
        way = issues.way_of(session, row)
        if step in way.done or any(one.error for one in issues.check(session, row)):
            return step in way.done
        issues.note_once(session, row.id, step, way.fingerprint, by=admin(), at=at)
        audit.record(session, "issue.checked", issues.key_of(row), by=admin(), at=at)
        return True


def _say_ready(key: str, *, checked: bool) -> None:
    if not checked:
        click.echo(f"核对完请记下：distribution issue check {key} --done")
    state = "已核对" if checked else "没有须处理之处"
    click.echo(f"{key} 期{state}，可以批准：distribution issue approve {key}")


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
