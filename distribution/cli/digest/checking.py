"""`distribution digest check`: what stands between an issue's mails and their readers."""

import sys

import click

from distribution import delivery, issues
from distribution.cli.common import as_json, installation, printable, show_json, show_table
from distribution.delivery import Inspection
from distribution.digests import gate
from distribution.templates import unused_overrides


@click.command("check")
@click.argument("key", metavar="期号")
@click.option("--all", "everything", is_flag=True, help="连同不必处理的提示一起列出。")
@as_json
def check(key: str, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """检查一期的全部邮件：大小、邮件头、两部分是否一致、可读性、客户端支持、法定内容。

    已规划的检查规划好的邮件，否则按现有读者检查。有错误时退出码为 1，不能封存。
    """
    app = installation()
    with app.reading() as session:
        issue = issues.find_issue(session, key)
        key = issues.key_of(issue)
        run = delivery.run_of(session, issue.id)
        run_id = run.id if run else None
        if run_id is None:
            found = delivery.inspect_issue(session, issue.id, app.recipe)
    if run_id is not None:
        found = delivery.inspect_run(app.reading, run_id)
    unused = [str(path) for path in unused_overrides(app.recipe.templates)]
    if as_json:
        show_json(_document(key, run_id, found, unused))
    else:
        _show(found, unused, everything=everything)
        click.echo(_summary(key, run_id, found))
    if found.errors:
        sys.exit(1)


def _show(found: Inspection, unused: list[str], *, everything: bool) -> None:
    rows = [
        (one.severity.label, one.rule.label, one.where, one.sentence)
        for one in found.findings
        if everything or one.severity is not gate.Severity.NOTE
    ]
    if rows:
        show_table(("程度", "项目", "位置", "问题与办法"), rows)
    for path in unused:
        click.echo(printable(f"警告：{path} 不会用到，文件名与自带的模板都不相同，请核对文件名"))


def _summary(key: str, run_id: int | None, found: Inspection) -> str:
    what = f"批次 {run_id}" if run_id else "按现有读者"
    counts = "、".join(
        f"{severity.label} {count}"
        for severity in gate.Severity
        if (count := sum(one.severity is severity for one in found.findings))
    )
    verdict = "不能封存" if found.errors else "可以封存"
    looked = f"{found.mails} 种邮件，逐项拆看 {found.examined} 种"
    return f"{key} 期（{what}）：检查了 {looked}；{counts or '没有问题'}。{verdict}。"


def _document(
    key: str, run_id: int | None, found: Inspection, unused: list[str]
) -> dict[str, object]:
    return {
        "issue": key,
        "run": run_id,
        "passed": not found.errors,
        "mails": found.mails,
        "examined": found.examined,
        "findings": [
            {
                "severity": one.severity.value,
                "rule": one.rule.value,
                "where": one.where,
                "sentence": one.sentence,
            }
            for one in found.findings
        ],
        "unused_templates": unused,
    }
