"""`distribution issue list`, `show` and `report`: what is in an issue, and what to doubt of it."""

from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from distribution import clock, delivery, issues, topics
from distribution.cli.common import (
    WIDE,
    as_json,
    console,
    installation,
    printable,
    show_json,
    show_table,
)
from distribution.cli.issue.documents import (
    about,
    article_facts,
    contract_facts,
    issue_facts,
    report_facts,
    way_facts,
)
from distribution.cli.issue.reporting import percent, show_report
from distribution.compiler import Article, Picture, Table, key_figures
from distribution.delivery import Missing
from distribution.issues import Limit, Report, StoredArticle, StoredIssue
from distribution.models import Issue
from distribution.words import TopicOrigin

_LONGEST_LINE = 40
"""Characters of a longer text that are shown in passing."""


@click.command("list")
@as_json
def list_issues(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """列出各期期刊。"""
    with installation().reading() as session:
        counts = issues.article_counts(session)
        rows = [(issue, counts.get(issue.id, 0)) for issue in issues.list_issues(session)]
        stages = issues.stages_of(session, [issue for issue, _ in rows])
        if as_json:
            show_json(
                [
                    issue_facts(issue) | {"stage": stages[issue.id].value, "articles": count}
                    for issue, count in rows
                ]
            )
            return
        show_table(
            ("期号", "刊名", "总期号", "文章", "疑点", "进度", "导入", "批准"),
            [
                (
                    issues.key_of(issue),
                    issue.publication,
                    issue.total_number,
                    count,
                    len(issue.complaints),
                    stages[issue.id].label,
                    issue.imported_at,
                    issue.approved_at,
                )
                for issue, count in rows
            ],
            empty="还没有期刊：先运行 distribution issue import 文件",
        )


@click.command("show")
@click.argument("key", metavar="期号")
@click.option("--article", "number", type=int, help="只看这一篇的全文。")
@as_json
def show_issue(key: str, number: int | None, as_json: bool) -> None:  # noqa: FBT001
    """查看一期的全部文章，或其中一篇的全文。

    例如：distribution issue show 2023-09 --article 3
    """
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        stored = issues.load_issue(session, row.id)
        report = issues.report(session, row)
        if number is not None:
            show_article(session, article_at(stored, number), report, as_json=as_json)
        elif as_json:
            articles = [article_facts(entry, report) for entry in stored.articles]
            contract = {"contract": contract_facts(stored)}
            way = way_facts(issues.way_of(session, row), _missing(session, row))
            show_json(issue_facts(row) | way | contract | {"articles": articles})
        else:
            _show_issue(session, row, stored, report)


@click.command("report")
@click.argument("key", metavar="期号")
@as_json
def report_issue(key: str, as_json: bool) -> None:  # noqa: FBT001
    """再看编译报告：文章是否找齐，每篇的可信度与疑点。"""
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        report = issues.report(session, row)
        stored = issues.load_issue(session, row.id).articles
        titles = {entry.article.position: entry.article.title for entry in stored}
        if as_json:
            show_json({"issue": issues.key_of(row), "report": report_facts(report, titles)})
        else:
            show_report(report, titles)
            click.echo(f"核对：distribution issue check {issues.key_of(row)}")


def article_at(stored: StoredIssue, number: int) -> StoredArticle:
    """The article at a place; NotFound says how many there are."""
    entry = next((e for e in stored.articles if e.article.position == number), None)
    if entry is None:
        raise issues.no_article(number, len(stored.articles))
    return entry


def _show_issue(session: Session, row: Issue, stored: StoredIssue, report: Report) -> None:
    key = issues.key_of(row)
    click.echo(printable(f"《{row.publication}》{key} 期 · 总第 {row.total_number or '—'} 期"))
    click.echo(printable(f"主办：{'、'.join(row.publishers) or '—'}"))
    show_contents(session, stored.articles, report)
    _show_contract(stored)
    click.echo(f"查看一篇的全文：distribution issue show {key} --article 1")
    if row.approved_at is None:
        click.echo(f"{_doubts_left(report)}：distribution issue check {key}")
    else:
        click.echo(f"已由 {row.approved_by} 于 {clock.for_people(row.approved_at)} 批准。")
        if row.approved_despite:
            click.echo(printable(f"当时仍有未处理之处，批准理由：{row.approved_despite}"))
    _show_way(session, row)


def _doubts_left(report: Report) -> str:
    """How many nobody has looked at; most of them stand in nobody's way."""
    standing = sum(told.stands for told in report.doubts)
    open_ones = sum(not told.seen and not told.settled for told in report.doubts)
    if standing:
        return f"{standing} 处疑点待核对"
    if open_ones:
        return f"没有须处理的疑点，有 {open_ones} 处提示"
    return "没有待核对的疑点"


def _missing(session: Session, row: Issue) -> Sequence[Missing]:
    return delivery.missing(session, row, installation().recipe.templates)


def _show_way(session: Session, row: Issue) -> None:
    """How far it has come, by whom it came in, and what is left to do before it can leave."""
    way = issues.way_of(session, row)
    by = f"；由 {'、'.join(way.importers)} 导入" if way.importers else ""
    click.echo(printable(f"进度：{way.stage.label}{by}"))
    left = _missing(session, row)
    if left:
        click.echo("投递之前：")
    for one in left:
        click.echo(printable(f"  {one.sentence}：{one.command}"))


def _show_contract(stored: StoredIssue) -> None:
    """What the editor adds to the articles, a line each; nothing of what there is not."""
    contract = stored.contract
    lead = [f"第 {e.article.position} 篇「{e.article.title}」" for e in stored.articles if e.lead]
    pinned = [str(entry.article.position) for entry in stored.articles if entry.must_carry]
    for heading, words in (
        ("头条", "".join(lead)),
        ("必发", f"第 {'、'.join(pinned)} 篇" if pinned else ""),
        ("限额", "；".join(map(_limit, contract.limits))),
        ("卷首语", _first_line(contract.note)),
        ("联合会通知", _first_line(contract.notice)),
        ("广告", "是，邮件主题照此标明" if contract.commercial else ""),
    ):
        if words:
            click.echo(printable(f"{heading}：{words}"))


def _limit(limit: Limit) -> str:
    least = f"至少 {limit.least} 篇" if limit.least else ""
    most = f"至多 {limit.most} 篇" if limit.most is not None else ""
    label = f"（{limit.label}）" if limit.label else ""
    return f"{limit.section} {'、'.join(filter(None, (least, most)))}{label}"


def _first_line(text: str) -> str:
    line = text.split("\n", maxsplit=1)[0]
    cut = line[:_LONGEST_LINE]
    return cut if cut == text else f"{cut}…"


def show_contents(session: Session, articles: tuple[StoredArticle, ...], report: Report) -> None:
    """Print the contents, or some lines of them."""
    names, wide = topics.names(session), console().width >= WIDE
    rows = []
    for entry in articles:
        article = entry.article
        subjects = _topics(entry, names) + _place(entry)
        row = (article.position, article.section, article.title, subjects, article.date)
        trust = percent(about(report, article.position))
        more = (article.source, article.page, trust) if wide else ()
        rows.append((*row, *more, len(article.paragraphs)))
    more_headings = ("来源", "页", "可信度") if wide else ()
    show_table(("序", "栏目", "标题", "主题", "日期", *more_headings, "段"), rows)


def show_article(
    session: Session,
    entry: StoredArticle,
    report: Report,
    *,
    as_json: bool,
    numbered: bool = False,
) -> None:
    """Print one article: facts, why it is under its topics, tables and pictures where they are."""
    if as_json:
        show_json(article_facts(entry, report))
        return
    article, names = entry.article, topics.names(session)
    facts = (
        f"栏目：{article.section or '—'}",
        f"主题：{_topics(entry, names) or '—'}",
        *_matched(entry),
        f"来源：{article.source or '—'}",
        f"日期：{article.date or '—'}",
        f"页：{article.page or '—'}",
    )
    click.secho(printable(f"{article.position}. {article.title}"), bold=True)
    click.echo(printable(" · ".join(facts)))
    click.echo(printable(f"摘要：{article.summary or '—'}"))
    if figures := _figures(article):
        click.echo(printable(f"数字：{figures}"))
    for number, block in enumerate(article.blocks, start=1):
        click.echo()
        if numbered:
            click.secho(f"[{number}] ", dim=True, nl=isinstance(block, Table))
        if isinstance(block, Table):
            _show_table(block)
        elif isinstance(block, Picture):
            click.echo(printable(issues.words(block)))
        else:
            click.echo(printable(block.text))


def _figures(article: Article) -> str:
    """The key figures of its text by kind, as they are printed."""
    kinds: dict[str, list[str]] = {}
    for figure in key_figures("\n".join(article.paragraphs)):
        kinds.setdefault(figure.kind, []).append(figure.text)
    return "；".join(f"{kind} {'、'.join(found)}" for kind, found in kinds.items())


def _place(entry: StoredArticle) -> str:
    """What the editor says of its place in the mails."""
    return ("（头条）" if entry.lead else "") + ("（必发）" if entry.must_carry else "")


def _topics(entry: StoredArticle, names: dict[str, str]) -> str:
    return "、".join(names.get(code, code) for code in entry.topics)


def _matched(entry: StoredArticle) -> list[str]:
    """The words that put an article under a topic; a section speaks for itself."""
    rules = [reason for reason in entry.reasons if reason.origin is TopicOrigin.RULE]
    words = dict.fromkeys(word for reason in rules for word in reason.evidence)
    return [f"命中：{'、'.join(words)}"] if words else []


def _show_table(block: Table) -> None:
    header, *rows = block.rows or ((),)
    show_table(header, rows, title=block.caption)
