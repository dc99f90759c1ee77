"""The tables of a run's report: the page prints them, the workbook keeps them, both the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from distribution.reports.bounce_figures import meaning_label
from distribution.reports.figures import Rest, RunReport
from distribution.reports.interests import CHANNELS

Cell = int | str | datetime | None
"""None is a figure that is not told."""
HIDDEN = "不细分"
"""Stands where a figure is not told; the footnote on small groups says why."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the figures it shows by their keys in `notes`."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    keys: tuple[str, ...]
    total: tuple[Cell, ...] | None = None
    """A last row that sums up."""

    def first(self, count: int) -> "Table":
        """With so many rows only."""
        return Table(self.name, self.heads, self.rows[:count], self.keys, self.total)


def times(found: RunReport) -> Table:
    rows = tuple((bucket.start, bucket.accepted) for bucket in found.pace.buckets)
    return Table(
        "时间",
        (f"自此起{_width(found.pace.width)}", "已交中继"),
        rows,
        ("accepted", "pace"),
        ("合计", found.accepted) if rows else None,
    )


def lanes(found: RunReport) -> Table:
    rows = tuple(
        (one.label, one.planned, one.accepted, one.refused, one.bounced) for one in found.lanes
    )
    return Table(
        "服务商",
        ("服务商", "投递", "已交中继", "拒收", "退信"),
        rows,
        ("planned", "accepted", "refused", "bounced", "lanes"),
        _sums(rows),
    )


def opens(found: RunReport) -> Table:
    opened = found.opened
    return Table(
        "打开",
        ("凭据", "数"),
        (
            ("可确认（人）", opened.human),
            ("无法判断（人）", opened.unknown),
            ("只有代理预取（人）", opened.machine),
            ("匿名打开（次）", opened.anonymous),
        ),
        ("agreed", "opened", "rules", "few"),
        ("最多（人）", opened.most),
    )


def articles(found: RunReport) -> Table:
    return Table(
        "文章",
        ("序", "栏目", "标题", "邮件", "点击的人", "匿名点击（次）"),
        tuple(
            (one.position, one.section, one.title, one.mails, one.readers, one.anonymous)
            for one in found.articles
        ),
        ("mails", "clicked", "few"),
    )


def topics(found: RunReport) -> Table:
    return Table(
        "主题",
        ("主题", "文章", "邮件", "点击的人", "匿名点击（次）"),
        tuple(
            (one.name, one.articles, one.mails, one.readers, one.anonymous) for one in found.topics
        ),
        ("topics", "mails", "clicked", "few"),
    )


def enterprises(found: RunReport) -> Table:
    """Most deliveries first."""
    ranked = sorted(found.enterprises, key=lambda one: -one.planned)
    return Table(
        "单位",
        (
            "单位", "投递", "已交中继", "退信", "退订",
            "同意统计", "可确认打开", "最多打开", "点击",
        ),
        tuple(
            (
                one.name, one.planned, one.accepted, one.bounced, one.left,
                one.agreed, one.opened, one.opened_at_most, one.clicked,
            )
            for one in ranked
        ),
        ("accepted", "bounced", "left", "agreed", "opened", "clicked", "enterprises", "few"),
        rest_row(found.rest),
    )  # fmt: skip


def rest_row(rest: Rest | None) -> tuple[Cell, ...] | None:
    """The reading of the hidden enterprises together; their other figures stand in their rows."""
    if rest is None:
        return None
    name = f"{HIDDEN}的 {rest.groups} 家合计"
    reading = (rest.agreed, rest.opened, rest.opened_at_most, rest.clicked)
    return (name, "", "", "", "", *reading)


def bounces(found: RunReport) -> Table:
    rows = tuple(
        (meaning_label(one), counts.returned, counts.refused, counts.delayed)
        for one, counts in found.meanings.items()
    )
    return Table(
        "退信",
        ("含义", "退信", "投递时被拒", "延迟"),
        rows,
        ("bounced", "refused", "meanings"),
        _sums(rows),
    )


def interests(found: RunReport) -> Table:
    rows = tuple((one.name, one.gained, one.lost) for one in found.interests.topics)
    return Table("关注变化", ("主题", "新增", "放弃"), rows, ("interests",))


def ways(found: RunReport) -> str:
    """How readers changed their topics, in a line."""
    said = [
        f"{CHANNELS[way]} {count} 位" for way, count in found.interests.channels.items() if count
    ]
    return "、".join(said)


def earlier(found: RunReport) -> Table:
    return Table(
        "历次比较",
        (
            "批次", "期", "类别", "开始", "已交中继", "同意统计",
            "可确认打开", "最多打开", "点击", "退信", "退订",
        ),
        tuple(
            (
                one.run_id, one.issue_key, one.kind.label, one.started_at or "", one.accepted,
                one.agreed, one.opened, one.opened_at_most, one.clicked, one.bounced, one.left,
            )
            for one in found.earlier
        ),
        ("accepted", "agreed", "opened", "clicked", "bounced", "left", "earlier", "few"),
    )  # fmt: skip


def _sums(rows: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...] | None:
    if not rows:
        return None
    columns = list(zip(*rows, strict=True))[1:]
    return ("合计", *(sum(cell for cell in one if isinstance(cell, int)) for one in columns))


def _width(width: timedelta) -> str:
    """A stretch of time in words.

    >>> _width(timedelta(minutes=5)), _width(timedelta(hours=3)), _width(timedelta(days=2))
    (' 5 分钟', ' 3 小时', ' 2 天')
    """
    minutes = int(width.total_seconds()) // 60
    for size, word in ((24 * 60, "天"), (60, "小时")):
        if minutes >= size:
            return f" {minutes // size} {word}"
    return f" {minutes} 分钟"
