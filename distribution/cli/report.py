"""`distribution report`: how a run went."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import click

from distribution import clock, events, reports
from distribution.cli.chinese import folded, row_number
from distribution.cli.common import (
    WIDE,
    as_json,
    console,
    installation,
    show_json,
    show_table,
)
from distribution.cli.rejudging import rejudge
from distribution.reports import ArticleFigures, EnterpriseFigures, RunReport
from distribution.words import Meaning, RunState

MOST_ARTICLES = 10
MOST_ENTERPRISES = 20
"""Shown without --all."""
CHANNELS = {"web": "网页", "one-click": "一键退订", "mail": "来信", "complaint": "投诉"}
"""How readers leave; a channel without a name here is shown by its code."""


@click.group("report")
def group() -> None:
    """报告：一个批次投递得怎样，读者有何回应。"""


group.add_command(rejudge)


@group.command("run")
@click.argument("run_id", metavar="批次号", type=int, callback=row_number)
@click.option("--all", "everything", is_flag=True, help="列出全部文章（按期刊次序）与全部单位。")
@as_json
def run(run_id: int, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """一个批次的报告：账目、退信与退订、点击与打开，以及各主题、文章与单位。

    投递数与封存时不符则退出码为 1。
    """
    with installation().reading() as session:
        found = reports.run_report(session, run_id)
    if as_json:
        show_json(_document(found))
    else:
        _show(found, everything=everything)
    if not found.books.agree:
        sys.exit(1)


def _show(found: RunReport, *, everything: bool) -> None:
    _show_books(found)
    if found.started_at is None:
        cancelled = found.state is RunState.CANCELLED
        click.echo(f"{'开始前已取消' if cancelled else '还没有开始投递'}，谈不上回应。")
        return
    click.echo()
    _show_answers(found)
    click.echo()
    _show_topics(found)
    click.echo()
    _show_articles(found.articles, everything=everything)
    click.echo()
    _show_enterprises(found.enterprises, everything=everything)
    click.echo()
    _show_notes()


def _show_notes() -> None:
    width = min(console().width, WIDE) - len("· ")
    for note in reports.NOTES.values():
        click.secho("· " + "\n  ".join(folded(note, width)), dim=True)


def _show_books(found: RunReport) -> None:
    books = found.books
    rows = [(state.label, count) for state, count in books.states.items() if count]
    show_table(
        ("状态", "封"),
        [*rows, ("合计", books.total)],
        title=(
            f"《{found.publication}》{found.issue_key} 期 · 批次 {found.run_id}"
            f" · {found.state.label}"
        ),
    )
    if not books.agree:
        click.secho(
            f"不符：封存时有 {books.planned} 封投递，现有 {books.total} 封；"
            f"请运行 distribution run verify {found.run_id}",
            fg="red",
            bold=True,
        )
    elif books.planned is not None:
        click.echo(f"封存 {books.planned} 封，与各状态之和相符。")
    if found.excluded:
        left_out = _listed({cause.label: count for cause, count in found.excluded.items()})
        click.echo(f"未列入：{left_out}")
    end = "取消" if found.state is RunState.CANCELLED else "完成"
    times = {"开始": found.started_at, end: found.finished_at}
    said = [f"{name} {clock.for_people(at)}" for name, at in times.items() if at is not None]
    if said:
        click.echo(" · ".join(said))


def _show_answers(found: RunReport) -> None:
    show_table(("回应", "数", "说明"), _answers(found), title="读者与邮件系统的回应")
    if found.meanings:
        click.echo()
        show_table(
            ("含义", "退信", "投递时被拒", "延迟"),
            [
                (_meaning(one), counts.returned, counts.refused, counts.delayed)
                for one, counts in found.meanings.items()
            ],
            title="退信与拒收的含义",
        )


def _meaning(meaning: Meaning | None) -> str:
    return meaning.label if meaning else reports.NO_CLASS


def _answers(found: RunReport) -> Iterator[tuple[str, int | str, str]]:
    bounced, clicked, opened = found.bounced, found.clicked, found.opened
    kinds = {"永久": bounced.permanent, "暂时": bounced.temporary}
    out_of_use = f"；停用地址 {bounced.suppressed}" if bounced.suppressed else ""
    others = {"机器": clicked.machine, "无法判断": clicked.unknown}
    channels = {CHANNELS.get(code, code): count for code, count in found.left.channels.items()}
    among = f"同意按人统计的 {found.agreed} 人中"
    yield "退信（封）", bounced.total, _listed(kinds) + out_of_use
    yield "投诉（封）", found.complaints, ""
    yield "退订（人）", found.left.total, _listed(channels)
    yield "点击（人）", clicked.readers, among
    yield "匿名点击（次）", clicked.anonymous, "不能折算为人数"
    yield "其他点击（次）", sum(others.values()), _listed(others)
    signs = f"可确认 {opened.human}、代理预取 {opened.machine}、无法判断 {opened.unknown}"
    yield "打开（人）", _range(opened.human, opened.most), f"{among}：{signs}"
    if opened.anonymous:
        yield "匿名打开（次）", opened.anonymous, "不能折算为人数"
    yield "判定规则（版）", "、".join(map(str, found.rules)) or events.RULES, _older(found)


def _range(least: int, most: int) -> int | str:
    return least if least == most else f"{least}–{most}"


def _older(found: RunReport) -> str:
    """What to do where older rules have judged."""
    older = any(version < events.RULES for version in found.rules)
    return f"现为第 {events.RULES} 版：distribution report rejudge {found.run_id}" if older else ""


def _listed(parts: Mapping[str, int]) -> str:
    return "、".join(f"{name} {count}" for name, count in parts.items() if count)


def _show_topics(found: RunReport) -> None:
    show_table(
        ("主题", "文章", "邮件", "点击的人", "匿名点击"),
        [
            (topic.name, topic.articles, topic.mails, topic.readers, topic.anonymous)
            for topic in found.topics
        ],
        title="各主题",
    )


def _show_articles(articles: Sequence[ArticleFigures], *, everything: bool) -> None:
    """The most clicked ones, or all in the order of the issue."""
    shown, title = articles, f"全部 {len(articles)} 篇文章"
    if not everything and len(articles) > MOST_ARTICLES:
        ranked = sorted(articles, key=lambda article: -article.readers - article.anonymous)
        shown, title = ranked[:MOST_ARTICLES], f"点击最多的 {MOST_ARTICLES} 篇文章"
    wide = console().width >= WIDE
    show_table(
        ("序", *(("栏目",) if wide else ()), "标题", "邮件", "点击的人", "匿名点击"),
        [
            (
                article.position,
                *((article.section,) if wide else ()),
                article.title,
                article.mails,
                article.readers,
                article.anonymous,
            )
            for article in shown
        ],
        title=title,
    )
    _say_more(len(articles) - len(shown), "篇文章")


def _show_enterprises(enterprises: Sequence[EnterpriseFigures], *, everything: bool) -> None:
    shown = enterprises if everything else enterprises[:MOST_ENTERPRISES]
    show_table(
        ("单位", "投递", "已交", "退信", "退订", "同意统计", "打开", "点击"),
        [
            (
                one.name,
                one.planned,
                one.accepted,
                one.bounced,
                one.left,
                one.agreed,
                _range(one.opened, one.opened_at_most),
                one.clicked,
            )
            for one in shown
        ],
        title="各单位",
        empty="没有投递。",
    )
    _say_more(len(enterprises) - len(shown), "家单位")


def _say_more(left: int, what: str) -> None:
    if left > 0:
        click.echo(f"还有 {left} {what}：加 --all 全部列出")


def _document(found: RunReport) -> dict[str, object]:
    books, left = found.books, found.left
    return {
        "run": found.run_id,
        "issue": found.issue_key,
        "publication": found.publication,
        "state": found.state.value,
        "created_at": found.created_at,
        "sealed_at": found.sealed_at,
        "started_at": found.started_at,
        "finished_at": found.finished_at,
        "excluded": found.excluded,
        "books": {
            "planned": books.planned,
            "total": books.total,
            "agree": books.agree,
            "states": books.states,
        },
        "bounced": {"total": found.bounced.total} | asdict(found.bounced),
        "meanings": [
            {"meaning": one.value if one else None, "label": _meaning(one)} | asdict(counts)
            for one, counts in found.meanings.items()
        ],
        "complaints": found.complaints,
        "left": {"total": left.total, "channels": left.channels},
        "agreed": found.agreed,
        "clicked": asdict(found.clicked),
        "opened": asdict(found.opened) | {"at_most": found.opened.most, "of": found.agreed},
        "rules": found.rules,
        "topics": [asdict(topic) for topic in found.topics],
        "articles": [asdict(article) for article in found.articles],
        "enterprises": [asdict(one) for one in found.enterprises],
        "notes": reports.NOTES,
    }
