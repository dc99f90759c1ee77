"""How a run that goes is shown: as a picture, as a line, as a document."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich import box
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from distribution import clock, replies
from distribution.cli.chinese import speed, spoken
from distribution.cli.common import WIDE, printable
from distribution.cli.run.showing import standing
from distribution.delivery import foreseeing, observing
from distribution.words import Cause, DeliveryState, Meaning, RunState

_S = DeliveryState
_COLUMNS = (
    ("等待", (_S.PLANNED,)),
    ("在手", (_S.LEASED, _S.HANDED)),
    ("已交", (_S.ACCEPTED,)),
    ("重试", (_S.DEFERRED,)),
    ("被拒", (_S.FAILED,)),
    ("跳过", (_S.SKIPPED,)),
    ("存疑", (_S.IN_DOUBT,)),
    ("扣留", (_S.HELD,)),
)
_MORE = ("近一分", "下次重试")
"""On a wide terminal: accepted within the last minute, and when the deferred ones go on."""
_ENDED = (_S.EXPIRED, _S.CANCELLED)
"""Said below the table, where there are any."""
_OWN = 4
"""Companies' own lanes that are shown by name; the others are one line."""
_NAME, _NAME_WIDE = 18, 40
"""Columns for the name of a lane: the numbers beside it are never cut."""
_NOTED = 6
"""Lanes that are spoken of below the table."""

Row = tuple[str, observing.Course, observing.Strand | None]
"""A line of the table: what it is called, and the lane if it is one."""


def rows_of(view: observing.View) -> tuple[list[Row], int]:
    """The lanes as they are shown, and how many are in the last line together."""
    own = [one for one in view.strands if observing.is_own_domain(one.name)]
    own.sort(key=lambda one: (-one.course.left, -one.course.total, one.name))
    named = own if len(own) <= _OWN + 1 else own[:_OWN]
    rest = own[len(named) :]
    shown = [one for one in view.strands if one in named or not observing.is_own_domain(one.name)]
    rows: list[Row] = [(replies.lane_label(one.name), one.course, one) for one in shown]
    if rest:
        rows.append((f"其他（{len(rest)} 个域名）", observing.together(rest), None))
    return rows, len(rest)


# -- the picture -----------------------------------------------------------------------------------


def pictured(
    view: observing.View, *, halted: bool, width: int, trouble: str = "", warning: str = ""
) -> Group:
    """For a terminal of so many columns; `warning` is of what is foreseen, see `foreseeing`."""
    rows, _ = rows_of(view)
    kind = "" if view.run.original_id is None else f" · {view.run.kind.label}"
    title = f"批次 {view.run.id} · {view.issue_key} 期{kind} · {standing(view.run)}"
    notes = [*_alarms(view, halted=halted), *_lane_notes(rows, wide=width >= WIDE), *_ends(view)]
    return Group(
        Text(title, style="bold"),
        *(Text(line) for line in _folded(_summary(view), width)),
        _table(view, rows, wide=width >= WIDE),
        *(Text(printable(note)) for note in notes),
        *([Text(warning, style="yellow")] if warning else []),
        *([Text(printable(trouble), style="red")] if trouble else []),
    )


def _table(view: observing.View, rows: Sequence[Row], *, wide: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    room = _NAME_WIDE if wide else _NAME
    table.add_column("线路", overflow="ellipsis", no_wrap=True, max_width=room)
    for heading in ("计划", *(heading for heading, _ in _COLUMNS), *(_MORE if wide else ())):
        table.add_column(heading, justify="right", no_wrap=True)
    for label, course, _ in rows:
        table.add_row(*_cells(label, course, wide=wide))
    if len(rows) > 1:
        table.add_section()
        table.add_row(*_cells("合计", view.course, wide=wide))
    return table


def _cells(label: str, course: observing.Course, *, wide: bool) -> list[Text]:
    counts = [course.total, *(_count(course, states) for _, states in _COLUMNS)]
    cells = [printable(label), *(_number(count) for count in counts)]
    if wide:
        cells += [_number(course.lately), _time(course.next_at)]
    return [Text(cell) for cell in cells]


def _folded(words: Sequence[str], width: int) -> list[str]:
    """As many words to a line as there is room for.

    >>> _folded(["完成 1/2", "约剩 不详", "最久已等 3 秒"], 24)
    ['完成 1/2 · 约剩 不详', '最久已等 3 秒']
    """
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} · {word}"
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _summary(view: observing.View) -> list[str]:
    """Done, rate, time left, the longest waiting."""
    course = view.course
    done = course.total - course.left - _count(course, _ENDED)
    words = [f"完成 {done}/{course.total}"]
    if course.left:
        words.append(f"最近一分钟 {speed(course.rate)}")
    if course.whole_rate is not None:
        words.append(f"全程 {speed(course.whole_rate)}")
    if course.left and not view.over:
        words.append(f"约剩 {_left(view)}")
    if course.waits_since is not None and view.run.state is RunState.SENDING:
        words.append(f"最久已等 {spoken(view.at - course.waits_since)}")
    return words


def _left(view: observing.View) -> str:
    if view.time_left is None:
        return "不详"
    beside = f"（另有 {view.stopped} 封等线路恢复）" if view.stopped else ""
    return f"{spoken(view.time_left)}{beside}"


def _alarms(view: observing.View, *, halted: bool) -> list[str]:
    """What keeps all of it back."""
    run, found = view.run, []
    if halted and run.state is RunState.SENDING:
        found.append("投递已全部停止：本装置的文件夹里有文件 STOP，删除它即继续。")
    if run.state is RunState.PAUSED and run.paused_by:
        why = f"：{run.pause_reason}" if run.pause_reason else ""
        found.append(f"由 {run.paused_by} 暂停{why}")
    if run.state is RunState.SENDING and run.canary is not None:
        found.append(f"只试投 {run.canary} 封，放行其余的：distribution run resume {run.id}")
    return found


def _lane_notes(rows: Sequence[Row], *, wide: bool) -> list[str]:
    """Lanes that are held up; on a narrow terminal also when each tries again."""
    notes = []
    for label, course, strand in rows:
        words = [_hold(strand)] if strand and strand.hold else []
        if course.next_at is not None and not wide:
            words.append(f"重试最早 {_time(course.next_at)}")
        if words:
            notes.append(f"{label}：{'，'.join(words)}")
    hidden = len(notes) - _NOTED
    return [*notes[:_NOTED], *([f"……另有 {hidden} 条线路"] if hidden > 0 else [])]


def _ends(view: observing.View) -> list[str]:
    """What was refused and why, and what was ended without a try."""
    notes = []
    if view.course.failed:
        notes.append(f"被拒：{_classes(view.course)}")
    ended = [(state, view.course.states.get(state, 0)) for state in _ENDED]
    if any(count for _, count in ended):
        notes.append("、".join(f"{state.label} {count}" for state, count in ended if count))
    return notes


def _classes(course: observing.Course) -> str:
    found = sorted(course.failed.items(), key=lambda one: (-one[1], one[0]))
    return "、".join(f"{_class(code)} {count}" for code, count in found)


def _class(code: str) -> str:
    """What a code of a refusal is called: a meaning's, or a cause's."""
    known: dict[str, str] = {word.value: word.label for word in (*Cause, *Meaning)}
    return known.get(code, code)


def _count(course: observing.Course, states: Sequence[DeliveryState]) -> int:
    return sum(course.states.get(state, 0) for state in states)


def _number(count: int) -> str:
    return str(count) if count else "·"


def _time(at: datetime | None) -> str:
    """Month, day, hour and minute."""
    return clock.for_people(at)[len("2026-") :] if at else "·"


def _hold(strand: observing.Strand | None) -> str:
    hold = strand.hold if strand else None
    if hold is None:
        return ""
    if hold.stopped_at is not None:
        return f"已停止，自 {clock.for_people(hold.stopped_at)}"
    return f"休息至 {clock.for_people(hold.resting_until)}" if hold.resting_until else ""


# -- the line and the document -------------------------------------------------------------------


def in_a_line(view: observing.View, *, halted: bool, warning: str = "") -> str:
    """For where there is no terminal."""
    columns = (*_COLUMNS, *((state.label, (state,)) for state in _ENDED))
    counts = [
        f"{heading} {count}"
        for heading, states in columns
        if (count := _count(view.course, states))
    ]
    held = [label for label, _, strand in rows_of(view)[0] if strand and strand.hold]
    words = [
        clock.for_people(view.at),
        f"批次 {view.run.id} {standing(view.run)}",
        *_summary(view),
        "、".join(counts),
        f"停止或休息：{'、'.join(held)}" if held else "",
        *_alarms(view, halted=halted),
        warning,
    ]
    return printable(" · ".join(word for word in words if word))


def document(view: observing.View, *, halted: bool, expiry: timedelta) -> dict[str, object]:
    """How a run goes, as a programme reads it."""
    run, left = view.run, view.time_left
    rows, together = rows_of(view)
    return {
        "run": run.id,
        "issue": view.issue_key,
        "kind": run.kind.value,
        "state": run.state.value,
        "at": view.at,
        "halted": halted,
        "canary": run.canary,
        "paused_by": run.paused_by,
        "pause_reason": run.pause_reason,
        "seconds_left": None if left is None else round(left.total_seconds()),
        "in_stopped_lanes": view.stopped,
        "expires_at": run.expires_at,
        "falling_short": [
            {
                "lane": short.lane,
                "left": short.left,
                "per_hour": short.per_hour,
                "takes_seconds": round(short.takes.total_seconds()),
                "in_time": short.in_time,
            }
            for short in foreseeing.falling_short(view, expiry)
        ],
        **_figures(view.course),
        "lanes": [
            {
                "lane": strand.name if strand else None,
                "label": label,
                "domains": 1 if strand else together,
                "allowed_per_second": strand.allowed or None if strand else None,
                "stopped_at": strand.hold.stopped_at if strand and strand.hold else None,
                "resting_until": strand.hold.resting_until if strand and strand.hold else None,
                **_figures(course),
            }
            for label, course, strand in rows
        ],
    }


def _figures(course: observing.Course) -> dict[str, object]:
    return {
        "total": course.total,
        "left": course.left,
        "states": {state.value: course.states.get(state, 0) for state in DeliveryState},
        "failed": dict(sorted(course.failed.items())),
        "accepted_last_minute": course.lately,
        "per_second": course.whole_rate,
        "next_attempt_at": course.next_at,
        "waits_since": course.waits_since,
    }
