"""`distribution issue`: read, look at and release the month's issue."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from distribution import audit, clock, issues, topics
from distribution.cli.chinese import why
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
from distribution.compiler import Complaint, complaint_from_json, complaint_to_json, read_issue
from distribution.errors import DistributionError, NotFound
from distribution.issues import StoredArticle, StoredIssue
from distribution.models import Issue

MOST_BYTES = 64 * 1024 * 1024
"""Read of a file: more than any issue has, less than a machine's memory."""


class CannotRead(DistributionError):
    """Raised for a file the system does not give."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        super().__init__(f"读不了文件 {path}（{why(error)}）：请检查文件与权限")


@click.group("issue")
def group() -> None:
    """期刊：导入、核对、批准。"""


@group.command("import")
@click.argument(
    "file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@as_json
def import_issue(file: Path, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """读入一期期刊的文本文件；同一文件再次导入不改动任何内容。"""
    app = installation()
    data = _bytes_of(file)
    read = read_issue(data, file.name)
    with app.transaction() as session:
        done = issues.save_issue(session, read, data, file.name, clock.now())
        if done.changed:
            audit.record(
                session, "issue.import", done.key, by=admin(), at=clock.now(), file=file.name
            )
    if as_json:
        show_json(
            {
                "issue": done.key,
                "changed": done.changed,
                "articles": done.articles,
                "complaints": [complaint_to_json(complaint) for complaint in done.complaints],
            }
        )
        return
    if done.changed:
        click.echo(f"已导入 {done.key} 期：{done.articles} 篇文章。")
    else:
        click.echo(f"{done.key} 期已在库中，内容相同（{done.articles} 篇）：没有改动。")
    _show_complaints(done.complaints)
    click.echo(f"核对：distribution issue show {done.key}")


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES)
    except OSError as error:
        raise CannotRead(file, error) from error


@group.command("list")
@as_json
def list_issues(as_json: bool) -> None:  # noqa: FBT001
    """列出各期期刊。"""
    with installation().reading() as session:
        counts = issues.article_counts(session)
        rows = [(issue, counts.get(issue.id, 0)) for issue in issues.list_issues(session)]
        if as_json:
            show_json([_facts(issue) | {"articles": count} for issue, count in rows])
            return
        show_table(
            ("期号", "刊名", "总期号", "文章", "疑点", "导入", "批准"),
            [
                (
                    issues.key_of(issue),
                    issue.publication,
                    issue.total_number,
                    count,
                    len(issue.complaints),
                    issue.imported_at,
                    issue.approved_at,
                )
                for issue, count in rows
            ],
            empty="还没有期刊：先运行 distribution issue import 文件",
        )


@group.command("show")
@click.argument("key", metavar="期号")
@click.option("--article", "number", type=int, help="只看这一篇的全文。")
@as_json
def show_issue(key: str, number: int | None, as_json: bool) -> None:  # noqa: FBT001
    """查看一期的全部文章与疑点，或其中一篇的全文。

    例如：distribution issue show 2023-09 --article 3
    """
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        stored = issues.load_issue(session, row.id)
        if number is not None:
            _show_article(session, stored, number, as_json=as_json)
        elif as_json:
            show_json(_facts(row) | {"articles": [_article(entry) for entry in stored.articles]})
        else:
            _show_issue(session, row, stored)


def _show_issue(session: Session, row: Issue, stored: StoredIssue) -> None:
    key = issues.key_of(row)
    click.echo(printable(f"《{row.publication}》{key} 期 · 总第 {row.total_number or '—'} 期"))
    click.echo(printable(f"主办：{'、'.join(row.publishers) or '—'}"))
    _show_articles(stored, topics.names(session))
    _show_complaints([complaint_from_json(complaint) for complaint in row.complaints])
    click.echo(f"查看一篇的全文：distribution issue show {key} --article 1")
    if row.approved_at is None:
        click.echo(f"尚未批准。核对无误后：distribution issue approve {key}")
    else:
        click.echo(f"已由 {row.approved_by} 于 {clock.for_people(row.approved_at)} 批准。")


def _show_articles(stored: StoredIssue, names: dict[str, str]) -> None:
    wide = console().width >= WIDE
    rows = []
    for entry in stored.articles:
        article = entry.article
        subjects = "、".join(names.get(code, code) for code in entry.topics)
        row = (article.position, article.section, article.title, subjects, article.date)
        more = (article.source, article.page) if wide else ()
        rows.append((*row, *more, len(article.paragraphs)))
    headings = ("序", "栏目", "标题", "主题", "日期", *(("来源", "页") if wide else ()), "段")
    show_table(headings, rows)


def _show_article(session: Session, stored: StoredIssue, number: int, *, as_json: bool) -> None:
    """Print what the reader made of one article, its whole text included."""
    entry = next((e for e in stored.articles if e.article.position == number), None)
    if entry is None:
        raise NotFound("文章", str(number), f"这一期有第 1 至 {len(stored.articles)} 篇")
    if as_json:
        show_json(_article(entry))
        return
    article, names = entry.article, topics.names(session)
    facts = (
        f"栏目：{article.section}",
        f"主题：{'、'.join(names.get(code, code) for code in entry.topics) or '—'}",
        f"来源：{article.source or '—'}",
        f"日期：{article.date or '—'}",
        f"页：{article.page or '—'}",
    )
    click.secho(printable(f"{article.position}. {article.title}"), bold=True)
    click.echo(printable(" · ".join(facts)))
    click.echo(printable(f"摘要：{article.summary or '—'}"))
    for paragraph in article.paragraphs:
        click.echo()
        click.echo(printable(paragraph))


@group.command("approve")
@click.argument("key", metavar="期号")
def approve_issue(key: str) -> None:
    """批准一期用于投递。"""
    at = clock.now()
    with installation().transaction() as session:
        key = issues.key_of(issues.find_issue(session, key))
        changed = issues.approve(session, key, by=admin(), at=at)
        if changed:
            audit.record(session, "issue.approve", key, by=admin(), at=at)
    if changed:
        click.echo(f"{key} 期已批准。下一步：distribution run plan {key}")
    else:
        click.echo(f"{key} 期早已批准：没有改动。")


def _show_complaints(complaints: Sequence[Complaint]) -> None:
    if not complaints:
        click.echo("没有疑点：每一段都有归属。")
        return
    show_table(
        ("行", "疑点", "原文"),
        [
            (complaint.line or None, complaint.problem, complaint.excerpt)
            for complaint in complaints
        ],
        title=f"{len(complaints)} 处疑点，请核对",
    )


def _facts(row: Issue) -> dict[str, object]:
    return {
        "issue": issues.key_of(row),
        "publication": row.publication,
        "year": row.year,
        "label": row.label,
        "number": row.number,
        "total_number": row.total_number,
        "month": row.month.strftime("%Y-%m"),
        "publishers": row.publishers,
        "contact": row.contact,
        "complaints": row.complaints,
        "imported_at": row.imported_at,
        "approved_at": row.approved_at,
        "approved_by": row.approved_by,
    }


def _article(entry: StoredArticle) -> dict[str, object]:
    article = entry.article
    return {
        "number": article.position,
        "section": article.section,
        "page": article.page,
        "title": article.title,
        "source": article.source,
        "date": article.date,
        "summary": article.summary,
        "topics": list(entry.topics),
        "must_carry": entry.must_carry,
        "paragraphs": list(article.paragraphs),
    }
