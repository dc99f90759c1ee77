"""An enterprise's year in tables, as a page and as a workbook: for who visits it."""

from collections.abc import Sequence
from datetime import datetime

from distribution.reports import charts
from distribution.reports.bounce_figures import meaning_label
from distribution.reports.charts import Bar, Part
from distribution.reports.discretion import TOO_FEW
from distribution.reports.figures import range_of
from distribution.reports.page import Page, Section, render
from distribution.reports.sheets import Book, Chart
from distribution.reports.summary import Key
from distribution.reports.tables import Cell, Table
from distribution.reports.visit import ContactFigures, EnterpriseReport
from distribution.reports.workbook import definitions
from distribution.words import Cause

_MOST = 8
KEYS = ("year", "accepted", "bounced", "left", "contacts", "enterprise_reading", "wanted")
"""Figures of every such report."""


def sentence(found: EnterpriseReport) -> str:
    """How they are served, in one sentence."""
    present = [one for one in found.contacts if one.barrier is not Cause.DEPARTED]
    served = sum(one.barrier is None for one in present)
    if not present:
        return f"{found.name}没有联系人：请问由谁来收。"
    said = f"{found.name}现有 {len(present)} 位联系人，{served} 位可收信"
    sums = found.sums
    if not sums.runs:
        return f"{said}；{found.year} 年还没有给他们投递过。"
    return (
        f"{said}；{found.year} 年应寄 {sums.planned:,} 封，寄出 {sums.accepted:,} 封，"
        f"{f'退回 {sums.bounced:,} 封' if sums.bounced else '没有退回'}。"
    )


def about(found: EnterpriseReport) -> str:
    """Where they are, and whom to ask for."""
    until = f"会籍至 {found.member_until}" if found.member_until else "会籍未定期限"
    one = found.liaison
    liaison = f"联络员 {one.name}{f'，{one.phone}' if one.phone else ''}" if one else "没有联络员"
    return " · ".join(filter(None, (found.region, found.standing.label, until, liaison)))


def keys(found: EnterpriseReport) -> tuple[Key, ...]:
    """What became of their mails, and how they read where that may be told."""
    sums, reading = found.sums, found.sums.reading
    opened = range_of(reading.opened, reading.opened_at_most)
    present = [one for one in found.contacts if one.barrier is not Cause.DEPARTED]
    served = sum(one.barrier is None for one in present)
    unit = "" if opened is None else "人次"
    return (
        Key("可收信的联系人", f"{served:,}", "人", f"共 {len(present)} 位"),
        Key("寄出的邮件", f"{sums.accepted:,}", "封", f"应寄 {sums.planned:,}"),
        Key("退信", f"{sums.bounced:,}", "封", ""),
        Key("退订", f"{sums.left:,}", "人", ""),
        Key("打开", TOO_FEW if opened is None else str(opened), unit, ""),
        Key(
            "点击",
            TOO_FEW if reading.clicked is None else f"{reading.clicked:,}",
            unit,
            "",
        ),
    )


def contacts(found: EnterpriseReport) -> Table:
    """Each contact: whether he gets mail, and what he got."""
    return Table(
        "联系人",
        ("姓名", "职务", "邮箱", "电话", "现在", "收到的期", "退信与拒收"),
        tuple(
            (
                one.name, one.role.label, one.email, one.phone, one.state,
                issues(one), losses(one),
            )
            for one in found.contacts
        ),
        ("contacts",),
    )  # fmt: skip


def issues(one: ContactFigures) -> str:
    """What arrived, in words."""
    return f"{len(one.issues)} 期，最近 {one.issues[-1]}" if one.issues else "没有"


def losses(one: ContactFigures) -> str:
    """What did not arrive, in words."""
    return "；".join(
        f"{loss.issue_key} {'退回' if loss.returned else '拒收'}：{meaning_label(loss.meaning)}"
        for loss in one.losses
    )


def advice(found: EnterpriseReport) -> Table:
    """What to ask or say."""
    rows = tuple((one.name, one.state, one.advice) for one in found.contacts if one.advice)
    return Table("上门要办", ("姓名", "现在", "请问"), rows, ("contacts",))


def wanted(found: EnterpriseReport) -> Table:
    """Topics by how many are sent them."""
    rows = tuple((one.name, one.contacts) for one in found.wanted)
    return Table("关注主题", ("主题", "联系人"), rows, ("wanted",))


def choices(found: EnterpriseReport) -> Table:
    """Each contact's topics, and whose choice they are."""
    return Table(
        "各人的主题",
        ("姓名", "主题", "由谁选的"),
        tuple(
            (one.name, "、".join(one.topics) or "全部", one.topics_from.label)
            for one in found.contacts
            if one.barrier is None
        ),
        ("contacts", "wanted"),
    )


def runs(found: EnterpriseReport) -> Table:
    """Each run's row of this enterprise, as the run's own report has it."""
    rows = tuple(
        (
            one.issue_key, one.kind.label, one.run_id, one.figures.planned, one.figures.accepted,
            one.figures.bounced, one.figures.left, one.figures.agreed, one.figures.opened,
            one.figures.opened_at_most, one.figures.clicked,
        )
        for one in found.runs
    )  # fmt: skip
    sums, reading = found.sums, found.sums.reading
    read = (reading.agreed, reading.opened, reading.opened_at_most, reading.clicked)
    total = ("合计", "", "", sums.planned, sums.accepted, sums.bounced, sums.left, *read)
    return Table(
        "各批次",
        (
            "期", "类别", "批次", "投递", "已交中继", "退信", "退订",
            "同意统计", "可确认打开", "最多打开", "点击",
        ),
        rows,
        ("year", "accepted", "bounced", "left", "agreed", "opened", "clicked",
         "enterprise_reading", "few"),
        total if rows else None,
    )  # fmt: skip


def articles(found: EnterpriseReport) -> Table:
    """The most clicked first; only where they are told of."""
    return Table(
        "文章",
        ("期", "栏目", "标题", "邮件", "点击（人次）"),
        tuple(
            (
                one.issue_key, one.figures.section, one.figures.title,
                one.figures.mails, one.figures.readers,
            )
            for one in found.articles
        ),
        ("mails", "clicked", "few"),
    )  # fmt: skip


def enterprise_page(found: EnterpriseReport, *, at: datetime) -> str:
    """The page for a visit, made at this moment."""
    page = Page(
        kind="visit",
        title=f"{found.name} · {found.year} 年收信情况",
        about=about(found),
        sentence=sentence(found),
        remarks=(),
        keys=keys(found) if found.sums.runs else (),
        sections=_sections(found),
        figures=KEYS,
    )
    return render(page, at=at)


def _sections(found: EnterpriseReport) -> Sequence[Section]:
    todo = advice(found)
    return [
        Section("上门要办", [], [todo] if todo.rows else [], said="" if todo.rows else "没有。"),
        Section(
            "联系人",
            [],
            [contacts(found)] if found.contacts else [],
            said="" if found.contacts else "还没有联系人。",
        ),
        Section(
            "关注主题",
            [_bars(found)],
            [choices(found)] if found.wanted else [],
            said="" if found.wanted else "没有可收信的联系人选了主题。",
            abreast=True,
        ),
        *([_most_read(found)] if found.sums.runs else []),
        *([Section("各批次", [], [runs(found)])] if found.sums.runs else []),
    ]


def _bars(found: EnterpriseReport) -> str:
    rows = [Bar(one.name, (Part(one.contacts),), f"{one.contacts} 位") for one in found.wanted]
    return charts.bars("wanted", "关注主题", "按联系人数，多的在前。", rows) if rows else ""


def _most_read(found: EnterpriseReport) -> Section:
    table = articles(found)
    if not table.rows:
        said = f"{TOO_FEW}：同意统计的联系人不够多，读了哪些文章不在这里列出。"
        return Section("读得最多的文章", [], [], said=said)
    left_out = max(0, len(table.rows) - _MOST)
    return Section("读得最多的文章", [], [table.first(_MOST)], left_out=left_out)


def enterprise_workbook(found: EnterpriseReport, *, at: datetime) -> bytes:
    """The same as a file, made at this moment."""
    book = Book()
    facts: tuple[tuple[Cell, ...], ...] = (
        ("单位", found.name),
        ("年度", found.year),
        ("会籍与联络员", about(found)),
        ("一句话", sentence(found)),
        ("生成", at),
        *(
            (f"{one.name}（{one.unit}）" if one.unit else one.name, one.value)
            for one in keys(found)
        ),
    )
    book.sheet(Table("概要", ("指标", "数"), facts, KEYS))
    for table in (advice(found), contacts(found), choices(found)):
        book.sheet(table)
    book.sheet(wanted(found), Chart("bar", "关注主题（位联系人）", 0, (1,)))
    book.sheet(runs(found), Chart("column", "各批次已交中继（封）", 0, (4,)))
    book.sheet(articles(found))
    book.sheet(definitions(("year", "contacts", "wanted", *dict.fromkeys(_keys(found)))))
    return book.finish()


def _keys(found: EnterpriseReport) -> list[str]:
    return [*(key for key in runs(found).keys if key != "year"), "mails"]


def enterprise_tables(found: EnterpriseReport) -> tuple[Table, ...]:
    """All of them."""
    return (advice(found), contacts(found), choices(found), runs(found), articles(found))
