"""What an approval would mean, in lines for people and as a document."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import click

from distribution import clock, replies
from distribution.cli.common import printable
from distribution.cli.digest.covering import largest_facts, listed, numbers, unread
from distribution.cli.run.foreseeing import in_hours
from distribution.delivery import Appraisal
from distribution.digests import FEW, HTML_LIMIT, fewer, gate

_SHOWN = 8
"""Findings; who has more should look at the check."""


def show_appraisal(key: str, seen: Appraisal, starts_at: datetime | None) -> None:
    """Print who gets it, what is wrong, the largest mail, and how long it takes from then on."""
    by = f"由 {'、'.join(seen.way.importers)} 导入" if seen.way.importers else "导入者没有记录"
    click.secho(printable(f"{key} 期 · {seen.way.stage.label} · {by}"), bold=True)
    for lapse in seen.lapses:
        click.echo(printable(f"再次批准，因为{lapse.sentence}。"))
    for line in (*_coverage(seen), _largest(seen), *_gate(key, seen), _duration(seen, starts_at)):
        click.echo(printable(line))


def _coverage(seen: Appraisal) -> Iterator[str]:
    coverage = seen.survey.coverage
    left_out = listed({cause.label: count for cause, count in coverage.left_out.items()})
    yield f"读者：{coverage.mailed} 人将收到邮件{f'；不发的：{left_out}' if left_out else ''}。"
    nobody, few = unread(coverage.articles), fewer(coverage.in_mail)
    if not coverage.mailed:
        yield "还没有读者：批准之后读者多了，须再批准一次。"
        return
    yield f"没有人收到的文章：{numbers(nobody)}。" if nobody else "每篇文章都有读者。"
    if few:
        yield f"邮件不足 {FEW} 篇的读者：{few} 人。"


def _largest(seen: Appraisal) -> str:
    largest, size = seen.survey.coverage.largest, seen.survey.largest_message
    if largest is None:
        return "最大的邮件：没有图文邮件。"
    whole = f"，整封 {_kib(size)}" if size is not None else "，过大，会被拒绝"
    limit = f"上限 {HTML_LIMIT / 1024:.0f} KiB"
    return f"最大的邮件：图文部分 {_kib(largest.html_bytes)}（{limit}）{whole}。"


def _gate(key: str, seen: Appraisal) -> Iterator[str]:
    worth = [one for one in seen.gate.findings if one.severity is not gate.Severity.NOTE]
    errors = len(seen.gate.errors)
    counts = f"{errors} 处错误、{len(worth) - errors} 处警告" if worth else "没有问题"
    yield f"邮件检查：看过 {seen.gate.mails} 种邮件，{counts}。"
    for one in worth[:_SHOWN]:
        yield f"  {one.severity.label} {one.where}：{one.sentence}"
    if len(worth) > _SHOWN:
        yield f"  ……全部见 distribution digest check {key}"


def _duration(seen: Appraisal, starts_at: datetime | None) -> str:
    """How long, when it would be over, and what that is reckoned from: no more than is known."""
    found, takes = seen.forecast, seen.forecast.takes
    if takes is None:
        return "投递用时：没有限速的线路，也没有已完成的批次可以参照，无从估计。"
    reasons = []
    if found.slowest is not None:
        lane = replies.lane_label(found.slowest.lane)
        pace = f"{found.slowest.left:,} 封、每小时至多 {found.slowest.per_hour:,} 封"
        reasons.append(f"最慢的线路 {lane} {pace}")
    if found.at_its_pace is not None:
        reasons.append(f"按批次 {found.run_id} 的速度全部须 {_span(found.at_its_pace)}")
    based = "；".join([*reasons, "推迟重试的不计"])
    ends = ""
    if starts_at is not None:
        begin, end = clock.for_people(starts_at), clock.for_people(starts_at + takes)
        ends = f"按日程 {begin} 开始，{end} 以后结束。"
    return f"投递用时：至少约 {_span(takes)}（{based}）。{ends}"


def _span(span: timedelta) -> str:
    """An hour and more in hours, less in minutes.

    >>> _span(timedelta(minutes=90)), _span(timedelta(seconds=61)), _span(timedelta(seconds=3))
    ('1.5 小时', '2 分钟', '1 分钟')
    """
    minutes = -(-span // timedelta(minutes=1))
    return in_hours(span) if span >= timedelta(hours=1) else f"{minutes} 分钟"


def _kib(size: int) -> str:
    return f"{size / 1024:.1f} KiB"


def document(seen: Appraisal, starts_at: datetime | None) -> Mapping[str, object]:
    """The same for programmes."""
    coverage, found = seen.survey.coverage, seen.forecast
    takes = found.takes
    return {
        "stage": seen.way.stage.value,
        "importers": seen.way.importers,
        "lapsed": [one.what.name.lower() for one in seen.lapses],
        "readers": coverage.mailed,
        "left_out": {cause.value: count for cause, count in coverage.left_out.items()},
        "articles_without_readers": [one.number for one in unread(coverage.articles)],
        "few": {"below": FEW, "own": fewer(coverage.own), "in_mail": fewer(coverage.in_mail)},
        "largest": largest_facts(seen.survey),
        "gate": {
            "errors": len(seen.gate.errors),
            "findings": [
                {"severity": one.severity.value, "where": one.where, "sentence": one.sentence}
                for one in seen.gate.findings
            ],
        },
        "duration": {
            "seconds": round(takes.total_seconds()) if takes is not None else None,
            "starts_at": starts_at,
            "ends_at": starts_at + takes if starts_at and takes is not None else None,
            "slowest_lane": found.slowest.lane if found.slowest else None,
            "per_hour": found.slowest.per_hour if found.slowest else None,
            "after_run": found.run_id,
        },
    }
