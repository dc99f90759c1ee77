"""The compiler's report as a person reads it: where everything went, what to doubt."""

from collections.abc import Mapping, Sequence

import click

from distribution import issues
from distribution.cli.common import printable, show_table
from distribution.cli.issue.documents import about
from distribution.compiler import FURNITURE_LABELS, Account, Furniture
from distribution.issues import Report, Told


def show_report(report: Report, titles: Mapping[int, str]) -> None:
    """Print the balance, the articles that have doubts, and what is to doubt about the issue."""
    account = report.account
    click.echo(_found(account, len(titles)))
    if account.characters:
        click.echo(_balance(account))
    rows = [
        (number, title, percent(told), _reasons(told), _places(told))
        for number, title in titles.items()
        if (told := about(report, number))
    ]
    if rows:
        headings = ("序", "标题", "可信度", "疑点", "位置")
        show_table(headings, rows, title=f"{len(rows)} 篇有疑点")
    for_issue = about(report, 0)
    if for_issue:
        show_table(
            ("疑点", "位置", "原文"),
            [(_problem(one), one.complaint.place, one.complaint.excerpt) for one in for_issue],
            title=f"{len(for_issue)} 处关于整期的疑点",
        )
    for section in issues.new_sections(report.doubts):
        click.echo(printable(f"设定栏目「{section}」的主题：{issues.mapping(section)}"))
    if not rows and not for_issue:
        click.echo("没有疑点：每一段都有归属。")


def percent(told: Sequence[Told]) -> str:
    """How far an article can be trusted, in percent."""
    return f"{round(issues.trust(told) * 100)}%"


def _found(account: Account, articles: int) -> str:
    homeless = f"{account.homeless} 段没有归属。"
    if not account.listed:
        return f"文件没有目录，按版面找到 {articles} 篇，{homeless}"
    return f"目录 {account.listed} 篇，找到 {account.found} 篇，{homeless}"


def _balance(account: Account) -> str:
    found = account.furniture
    kinds = [(FURNITURE_LABELS[kind], found[kind]) for kind in Furniture if kind in found]
    parts = [("文章", account.articles), *kinds, ("没有归属", account.orphans)]
    sums = "，".join(f"{label} {count}" for label, count in parts)
    return f"全文 {account.characters} 字：{sums}。"


def _reasons(told: Sequence[Told]) -> str:
    return "；".join(dict.fromkeys(_label(one) for one in told))


def _label(told: Told) -> str:
    return told.complaint.kind.label + ("（已核对）" if told.seen or told.settled else "")


def _problem(told: Told) -> str:
    return told.complaint.problem + ("（已核对）" if told.seen or told.settled else "")


def _places(told: Sequence[Told]) -> str:
    places = dict.fromkeys(one.complaint.place for one in told if one.complaint.place)
    return printable("；".join(places))
