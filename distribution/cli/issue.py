"""`distribution issue`: read, look at and release the month's issue."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from distribution import audit, clock, issues
from distribution.cli.common import admin, as_json, installation, show_json, show_table
from distribution.issues import Complaint, StoredIssue
from distribution.models import Issue


@click.group("issue")
def group() -> None:
    """期刊：导入、核对、批准。"""


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def import_issue(file: Path, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """读入一期期刊的文本文件；同一文件再次导入不改动任何内容。"""
    app = installation()
    data = file.read_bytes()
    read = issues.read_issue(data, file.name)
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
                "complaints": [asdict(complaint) for complaint in done.complaints],
            }
        )
        return
    if done.changed:
        click.echo(f"已导入 {done.key} 期：{done.articles} 篇文章。")
    else:
        click.echo(f"{done.key} 期已在库中，内容相同（{done.articles} 篇）：没有改动。")
    _show_complaints(done.complaints)
    click.echo(f"核对：distribution issue show {done.key}")


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
        )


@group.command("show")
@click.argument("key", metavar="期号")
@as_json
def show_issue(key: str, as_json: bool) -> None:  # noqa: FBT001
    """查看一期的全部文章与疑点，例如：distribution issue show 2023-09。"""
    with installation().reading() as session:
        row = issues.find_issue(session, key)
        stored = issues.load_issue(session, row.id)
        if as_json:
            show_json(_facts(row) | {"articles": _articles(stored)})
            return
        click.echo(f"《{row.publication}》{key} 期 · 总第 {row.total_number or '—'} 期")
        click.echo(f"主办：{'、'.join(row.publishers) or '—'}")
        show_table(
            ("序", "栏目", "页", "标题", "来源", "日期", "主题", "段"),
            [
                (
                    entry.article.position,
                    entry.article.section,
                    entry.article.page,
                    entry.article.title,
                    entry.article.source,
                    entry.article.date,
                    "、".join(entry.topics),
                    len(entry.article.paragraphs),
                )
                for entry in stored.articles
            ],
        )
        _show_complaints([Complaint(**complaint) for complaint in row.complaints])
        if row.approved_at is None:
            click.echo(f"尚未批准。核对无误后：distribution issue approve {key}")
        else:
            click.echo(f"已由 {row.approved_by} 于 {clock.for_people(row.approved_at)} 批准。")


@group.command("approve")
@click.argument("key", metavar="期号")
def approve_issue(key: str) -> None:
    """批准一期用于投递。"""
    at = clock.now()
    with installation().transaction() as session:
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


def _articles(stored: StoredIssue) -> list[dict[str, object]]:
    return [
        {
            "number": entry.article.position,
            "section": entry.article.section,
            "page": entry.article.page,
            "title": entry.article.title,
            "source": entry.article.source,
            "date": entry.article.date,
            "summary": entry.article.summary,
            "topics": list(entry.topics),
            "must_carry": entry.must_carry,
            "paragraphs": list(entry.article.paragraphs),
        }
        for entry in stored.articles
    ]
