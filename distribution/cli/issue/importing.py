"""`distribution issue import`: compile what was handed in, show what changes, keep it."""

from pathlib import Path

import click

from distribution import audit, clock, issues, topics
from distribution.app import App
from distribution.cli.common import (
    admin,
    as_json,
    ask,
    installation,
    printable,
    saying_yes,
    show_json,
)
from distribution.cli.issue.differences import show_difference, show_lost
from distribution.cli.issue.documents import report_facts
from distribution.cli.issue.files import bytes_of, left_out, sources_of
from distribution.cli.issue.reporting import show_report
from distribution.compiler import ReadIssue, compile_apart, complaint_to_json
from distribution.issues import Imported, Preview, Report

_NAMED = 12
"""Of the files that are left out."""


@click.command("import")
@click.argument("file", metavar="文件", type=click.Path(exists=True, path_type=Path))
@saying_yes
@click.option("--dry-run", is_flag=True, help="只看会怎样，不保存。")
@as_json
def import_issue(file: Path, yes: bool, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """读入一期期刊：一个文件，或每篇文章一个文件的文件夹。

    文件可以是 Word、PDF 或文本。同一内容再次导入不改动任何内容；
    改过的文件先显示差别，确认后才更新，已做的更正会保留。
    """
    app, file = installation(), file.absolute()
    sources = sources_of(file)
    _say_left_out(left_out(file))
    with app.reading() as session:
        sections = topics.known_sections(session)
    read = compile_apart(sources, sections)
    with app.reading() as session:
        preview = issues.preview(session, read, file.name)
    if preview.diff is not None and not as_json:
        show_difference(preview.key, preview.diff)
        show_lost(preview.lost)
    if dry_run:
        _show_dry_run(read, preview, sections, as_json=as_json)
        return
    if preview.diff is not None:
        ask(f"用这个文件更新 {preview.key} 期，确定吗？", yes=yes)
    done, report = _save(app, read, bytes_of(sources), file.name, preview)
    titles = _titles(app, done)
    if as_json:
        show_json(_document(done, preview) | {"report": report_facts(report, titles)})
    else:
        _say_done(done, preview)
        show_report(report, titles)
        _show_next(done.key)


def _say_left_out(names: list[str]) -> None:
    if names:
        more = f" 等 {len(names)} 个" if len(names) > _NAMED else ""
        known = f"{'、'.join(names[:_NAMED])}{more}"
        click.echo(printable(f"没有读入（不是文章的文件）：{known}"), err=True)


def _save(
    app: App, read: ReadIssue, data: bytes, name: str, preview: Preview
) -> tuple[Imported, Report]:
    at = clock.now()
    with app.transaction() as session:
        done = issues.save_issue(session, read, data, name, at, version=preview.version, by=admin())
        if done.changed or done.doubts_changed:
            audit.record(session, "issue.import", done.key, by=admin(), at=at, file=name)
        return done, issues.report(session, issues.find_issue(session, done.key))


def _titles(app: App, done: Imported) -> dict[int, str]:
    with app.reading() as session:
        stored = issues.load_issue(session, done.issue_id).articles
    return {one.article.position: one.article.title for one in stored}


def _show_dry_run(read: ReadIssue, preview: Preview, sections: list[str], *, as_json: bool) -> None:
    report = issues.report_of(read, sections)
    titles = {article.position: article.title for article in read.articles}
    if as_json:
        would = Imported(0, preview.key, not preview.same, read.complaints, len(read.articles))
        facts = _document(would, preview) | {"report": report_facts(report, titles)}
        show_json(facts | {"dry_run": True})
        return
    show_report(report, titles)
    if preview.same:
        click.echo(f"{preview.key} 期已在库中，内容相同：导入不会有改动。")
    else:
        click.echo(f"只是试读，没有保存；{preview.key} 期有 {len(titles)} 篇文章。")


def _document(done: Imported, preview: Preview) -> dict[str, object]:
    document: dict[str, object] = {
        "issue": done.key,
        "changed": done.changed,
        "articles": done.articles,
        "complaints": [complaint_to_json(complaint) for complaint in done.complaints],
    }
    if preview.diff is not None:
        document["diff"] = issues.as_facts(preview.diff)
        document["lost"] = [correction.id for correction in preview.lost]
    return document


def _say_done(done: Imported, preview: Preview) -> None:
    if done.doubts_changed:
        click.echo(
            f"{done.key} 期已在库中，内容相同（{done.articles} 篇）：只有疑点按这个文件更新。"
        )
    elif not done.changed:
        click.echo(f"{done.key} 期已在库中，内容相同（{done.articles} 篇）：没有改动。")
    elif preview.diff is None:
        click.echo(f"已导入 {done.key} 期：{done.articles} 篇文章。")
    else:
        click.echo(f"已更新 {done.key} 期：{done.articles} 篇文章。")


def _show_next(key: str) -> None:
    click.echo(f"看全部文章：distribution issue show {key}")
    click.echo(f"核对：distribution issue check {key}")
