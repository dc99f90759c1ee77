"""A run's report on the terminal: tables, and below them what each figure means."""

from collections.abc import Iterator, Mapping, Sequence

import click

from distribution import clock, events, reports
from distribution.cli.chinese import folded
from distribution.cli.common import WIDE, console, show_table
from distribution.reports import HIDDEN, ArticleFigures, EnterpriseFigures, Rest, RunReport
from distribution.words import RunState

MOST_ARTICLES = 10
MOST_ENTERPRISES = 20
MOST_LANES = 10
"""Shown without --all."""
CHANNELS = {"web": "网页", "one-click": "一键退订", "mail": "来信", "complaint": "投诉"}
"""How readers leave; a channel without a name here is shown by its code."""


def show(found: RunReport, *, everything: bool) -> None:
    _show_books(found)
    if found.started_at is None:
        cancelled = found.state is RunState.CANCELLED
        click.echo(f"{'开始前已取消' if cancelled else '还没有开始投递'}，谈不上回应。")
        return
    click.echo()
    _show_answers(found)
    click.echo()
    _show_lanes(found, everything=everything)
    click.echo()
    _show_topics(found)
    click.echo()
    _show_articles(found.articles, everything=everything)
    click.echo()
    _show_enterprises(found, everything=everything)
    click.echo()
    _show_interests(found)
    _show_earlier(found)
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
                (reports.meaning_label(one), counts.returned, counts.refused, counts.delayed)
                for one, counts in found.meanings.items()
            ],
            title="退信与拒收的含义",
        )


def _answers(found: RunReport) -> Iterator[tuple[str, int | str, str]]:
    bounced, clicked, opened = found.bounced, found.clicked, found.opened
    kinds = {"永久": bounced.permanent, "暂时": bounced.temporary}
    out_of_use = f"；停用地址 {bounced.suppressed}" if bounced.suppressed else ""
    others = {"机器": clicked.machine, "无法判断": clicked.unknown}
    channels = {CHANNELS.get(code, code): count for code, count in found.left.channels.items()}
    among = f"同意按人统计的 {found.agreed} 人中"
    few = reports.TOO_FEW
    yield "退信（封）", bounced.total, _listed(kinds) + out_of_use
    yield "投诉（封）", found.complaints, ""
    yield "退订（人）", found.left.total, _listed(channels)
    yield "点击（人）", _told(clicked.readers), few if clicked.readers is None else among
    yield "匿名点击（次）", _told(clicked.anonymous), "不能折算为人数"
    yield "其他点击（次）", sum(others.values()), _listed(others)
    signs = f"可确认 {opened.human}、代理预取 {opened.machine}、无法判断 {opened.unknown}"
    range_ = reports.range_of(opened.human, opened.most)
    yield "打开（人）", _told(range_), few if range_ is None else f"{among}：{signs}"
    if opened.anonymous:
        yield "匿名打开（次）", opened.anonymous, "不能折算为人数"
    yield "判定规则（版）", "、".join(map(str, found.rules)) or events.RULES, _older(found)


def _told(figure: int | str | None) -> int | str:
    return HIDDEN if figure is None else figure


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
            (topic.name, topic.articles, topic.mails, _told(topic.readers), _told(topic.anonymous))
            for topic in found.topics
        ],
        title="各主题",
    )


def _show_articles(articles: Sequence[ArticleFigures], *, everything: bool) -> None:
    """The most clicked ones, or all in the order of the issue."""
    shown, title = articles, f"全部 {len(articles)} 篇文章"
    if not everything and len(articles) > MOST_ARTICLES:
        ranked = sorted(articles, key=reports.popularity)
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
                _told(article.readers),
                _told(article.anonymous),
            )
            for article in shown
        ],
        title=title,
    )
    _say_more(len(articles) - len(shown), "篇文章")


def _show_enterprises(found: RunReport, *, everything: bool) -> None:
    enterprises = found.enterprises
    shown = enterprises if everything else enterprises[:MOST_ENTERPRISES]
    show_table(
        ("单位", "投递", "已交", "退信", "退订", "同意统计", "打开", "点击"),
        [*map(_enterprise, shown), *([_rest(found.rest)] if found.rest else [])],
        title="各单位",
        empty="没有投递。",
    )
    _say_more(len(enterprises) - len(shown), "家单位")


def _enterprise(one: EnterpriseFigures) -> tuple[object, ...]:
    return (
        one.name,
        one.planned,
        one.accepted,
        one.bounced,
        one.left,
        _told(one.agreed),
        _told(reports.range_of(one.opened, one.opened_at_most)),
        _told(one.clicked),
    )


def _rest(rest: Rest) -> tuple[object, ...]:
    opened = reports.range_of(rest.opened, rest.opened_at_most)
    name = f"{HIDDEN}的 {rest.groups} 家合计"
    return name, None, None, None, None, rest.agreed, opened, rest.clicked


def _show_lanes(found: RunReport, *, everything: bool) -> None:
    shown = found.lanes if everything else found.lanes[:MOST_LANES]
    show_table(
        ("服务商", "投递", "已交", "拒收", "退信"),
        [(one.label, one.planned, one.accepted, one.refused, one.bounced) for one in shown],
        title="各服务商",
    )
    _say_more(len(found.lanes) - len(shown), "家服务商")
    busiest = max(found.pace.buckets, key=lambda one: one.accepted, default=None)
    if busiest is not None:
        minutes = int(found.pace.width.total_seconds()) // 60
        click.echo(
            f"最忙的 {minutes} 分钟自 {clock.for_people(busiest.start)} 起：{busiest.accepted} 封"
        )


def _show_interests(found: RunReport) -> None:
    interests = found.interests
    if not interests.readers:
        click.echo("关注变化：开始投递以来没有。")
        return
    ways = {reports.INTEREST_CHANNELS[way]: count for way, count in interests.channels.items()}
    show_table(
        ("主题", "新增", "放弃"),
        [(topic.name, topic.gained, topic.lost) for topic in interests.topics],
        title=f"关注变化：{interests.readers} 位读者（{_listed(ways)}）",
    )


def _show_earlier(found: RunReport) -> None:
    if found.last_time is None:
        return
    click.echo()
    show_table(
        ("批次", "期", "已交", "打开", "点击", "退信", "退订"),
        [
            (
                one.run_id,
                one.issue_key,
                one.accepted,
                _told(reports.range_of(one.opened, one.opened_at_most)),
                _told(one.clicked),
                one.bounced,
                one.left,
            )
            for one in found.earlier
        ],
        title="历次比较",
    )


def _say_more(left: int, what: str) -> None:
    if left > 0:
        click.echo(f"还有 {left} {what}：加 --all 全部列出")
