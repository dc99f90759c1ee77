"""What a secretary-general reads first: one sentence, six figures, what to know about them."""

from collections.abc import Iterator
from dataclasses import dataclass

from distribution.reports.course import EarlierRun
from distribution.reports.discretion import TOO_FEW
from distribution.reports.figures import RunReport, range_of
from distribution.reports.notes import FIGURES
from distribution.words import RunKind, RunState

_GOING_ON = (RunState.SENDING, RunState.PAUSED)


@dataclass(frozen=True, slots=True)
class Key:
    """One of the six figures, and how it was last time."""

    name: str
    value: str
    unit: str
    """Empty where the figure is not told."""
    before: str
    """Empty where there is nothing to compare with."""


def sentence(found: RunReport) -> str:
    """How it went, in one sentence without a word of the trade."""
    name = f"{found.issue_key} 期{'' if found.kind is RunKind.REGULAR else found.kind.label}"
    if found.started_at is None:
        if found.state is RunState.CANCELLED:
            return f"{name}在开始投递之前已取消，没有寄出邮件。"
        return f"{name}还没有开始投递，准备寄给 {found.books.total:,} 位读者。"
    if not found.books.total:
        return f"{name}没有一位读者要寄。"
    to = "寄给" if found.accepted == found.books.total else "应寄给"
    said = [f"{name}{to} {found.books.total:,} 位读者", _sent(found), _read(found), _gone(found)]
    return "；".join(part for part in said if part) + "。"


def _sent(found: RunReport) -> str:
    if not found.accepted:
        return "一封也没有寄出"
    all_sent = found.accepted == found.books.total
    sent = "全部已寄出" if all_sent else f"其中 {found.accepted:,} 封已寄出"
    back = f"，后来退回 {found.bounced.total:,} 封" if found.bounced.total else "，没有退回"
    return f"{sent}{back}"


def _read(found: RunReport) -> str:
    opened = range_of(found.opened.human, found.opened.most)
    if opened is None:
        return "同意统计阅读的读者太少，不谈打开与点击"
    several = str(opened).replace("–", " 至 ")
    return (
        f"在同意统计阅读的 {found.agreed:,} 位读者里，{several} 位打开过邮件，"
        f"{found.clicked.readers:,} 位点开了文章"
    )


def _gone(found: RunReport) -> str:
    return f"{found.left.total:,} 位读者退订" if found.left.total else "没有人退订"


def keys(found: RunReport) -> tuple[Key, ...]:
    """Six figures, each beside that of the regular run before."""
    this, last = found.earlier[0], found.last_time
    return tuple(_key(name, this, last) for name in KEYS)


_PLAINLY = {"accepted": "已寄出（已交中继）", "agreed": "同意统计阅读"}
"""For who does not know the word; the footnotes explain it."""
KEYS = ("accepted", "agreed", "opened", "clicked", "bounced", "left")


def _key(name: str, this: EarlierRun, last: EarlierRun | None) -> Key:
    figure, value = FIGURES[name], _value(this, name)
    called = _PLAINLY.get(name, figure.name)
    unit = figure.unit if value is not None else ""
    return Key(called, _said(value), unit, _before(name, this, last))


def _value(run: EarlierRun, name: str) -> int | str | None:
    if name == "opened":
        return range_of(run.opened, run.opened_at_most)
    value: int | None = getattr(run, name)
    return value


def _said(value: int | str | None) -> str:
    if value is None:
        return TOO_FEW
    return f"{value:,}" if isinstance(value, int) else value


def _before(name: str, this: EarlierRun, last: EarlierRun | None) -> str:
    if last is None:
        return ""
    now, then = _value(this, name), _value(last, name)
    if then is None:
        return "上期人数太少"
    said = f"上期 {_said(then)}"
    if isinstance(now, int) and isinstance(then, int):
        said += "，持平" if now == then else f"，{'多' if now > then else '少'} {abs(now - then):,}"
    return said


def remarks(found: RunReport) -> Iterator[str]:
    """What has to be known before the figures are believed."""
    if not found.books.agree:
        yield (
            f"账目不符：封存时有 {found.books.planned:,} 封投递，现有 {found.books.total:,} 封，"
            "请管理员核对。"
        )
    if found.state in _GOING_ON:
        word = "已暂停" if found.state is RunState.PAUSED else "仍在进行"
        yield f"投递{word}，以下数字还会变。"
    if found.state is RunState.CANCELLED and found.started_at is not None:
        yield "投递中途取消，以下只是取消之前的情况。"
    if found.kind is not RunKind.REGULAR and found.last_time is not None:
        yield f"这是{found.kind.label}，收信的人与月度投递不同，与“上期”比较时请留意。"
