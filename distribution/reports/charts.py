"""Charts as SVG: data in, a string out; no script, nothing from elsewhere, any width.

Lengths along the page are per cent and letters keep their size, so one picture serves a phone, a
wide screen and paper. Kinds of bars differ in lightness and in pattern, not in hue alone, and
every bar says its number. The picture takes its colours from the page: see STYLE, which a page
with charts puts into its own style sheet, and PATTERNS, which it holds once.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from distribution.digests import clean

SURE, LIKELY, FAINT, LOSS = "sure", "likely", "faint", "loss"
"""Kinds of bars: what is certain, what may be, what hardly counts, what is lost."""

STYLE = """
.chart{display:block;width:100%;overflow:visible;font-size:13px;
-webkit-print-color-adjust:exact;print-color-adjust:exact}
.chart text{fill:var(--text)}
.chart .said{fill:var(--ink);font-variant-numeric:tabular-nums}
.chart .axis{fill:var(--faint);font-size:12px}
.chart .line{stroke:var(--line);stroke-width:1}
.chart .track{fill:var(--soft)}
.chart .sure{fill:var(--sure)}
.chart .likely{fill:url(#likely)}
.chart .faint{fill:url(#faint)}
.chart .loss{fill:url(#loss)}
.chart .now{fill:var(--ink);font-weight:bold}
.pattern .edge,.pattern .dot{fill:var(--sure)}
.pattern .ground{fill:var(--sure-pale)}
.pattern .loss-edge{fill:var(--loss)}
.pattern .loss-ground{fill:var(--loss-pale)}
"""
PATTERNS = (
    '<svg class="pattern" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="likely" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect class="ground" width="6" height="6"/>'
    '<rect class="edge" width="2" height="6"/></pattern>'
    '<pattern id="faint" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="ground" width="6" height="6"/><circle class="dot" cx="3" cy="3" r="1"/></pattern>'
    '<pattern id="loss" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(-45)"><rect class="loss-ground" width="5" height="5"/>'
    '<rect class="loss-edge" width="3" height="5"/></pattern></defs></svg>'
)

_LABEL = 52
"""Width of a label's line, in halves of a Chinese character: what a narrow phone shows."""
_SHORT = 12
"""A last line below it takes something from the line before."""
_LINE, _BAR, _GAP = 18, 16, 10
_COLUMNS_HEIGHT, _AXIS, _HEAD = 150, 22, 18
"""All in pixels."""
_WIDEST = 8
"""Per cent: a column, however few there are."""
_FULL = 50
"""Per cent: from so wide a row of columns on their end is labelled, too."""
_BESIDE, _ROOM = 21, 44
"""Per cent: where bars begin beside their labels, and how long the longest is."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar."""

    value: int
    kind: str = SURE


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart: what it is of, its pieces one after the other, and its number in words."""

    label: str
    parts: tuple[Part, ...]
    said: str
    now: bool = False
    """The one the chart is about, among others."""

    @property
    def length(self) -> int:
        """All pieces together."""
        return sum(part.value for part in self.parts)


def bars(
    name: str, title: str, summary: str, rows: Sequence[Bar], *, beside: bool = False, of: int = 0
) -> str:
    """Bars from left to right, each below its label, or beside it where all labels are short.

    `name` is the picture's own within its page; `of` draws behind each bar how long it could be.
    """
    longest = max((*(bar.length for bar in rows), of, 1))
    parts: list[str] = []
    y = 0
    for bar in rows:
        lines = [bar.label] if beside else _with_number(lines_of(bar.label), bar.said)
        parts += _beside(bar, y, longest) if beside else _below(bar, lines, y, longest, of)
        y += _BAR + _GAP // 2 if beside else len(lines) * _LINE + _BAR + _GAP
    return _picture(name, title, summary, y, parts)


def columns(
    name: str, title: str, summary: str, heights: Sequence[tuple[str, int]], unit: str
) -> str:
    """Columns from the bottom up; the first is labelled, and if there is room middle and last."""
    highest = max((height for _label, height in heights), default=0) or 1
    step = min(100 / max(len(heights), 1), _WIDEST)
    bottom = _HEAD + _COLUMNS_HEIGHT
    parts = [
        f'<text class="axis" x="0" y="12">最多 {highest:,} {_text(unit)}</text>',
        f'<line class="line" x1="0" x2="100%" y1="{_HEAD}" y2="{_HEAD}"/>',
    ]
    for place, (label, height) in enumerate(heights):
        tall = height / highest * _COLUMNS_HEIGHT
        parts.append(
            f'<rect class="sure" x="{place * step + step * 0.1:.2f}%" y="{bottom - tall:.1f}" '
            f'width="{step * 0.8:.2f}%" height="{tall:.1f}">'
            f"<title>{_text(label)}：{height:,} {_text(unit)}</title></rect>"
        )
    parts.append(f'<line class="line" x1="0" x2="100%" y1="{bottom}" y2="{bottom}"/>')
    parts += _ticks([label for label, _height in heights], step, bottom + 16)
    return _picture(name, title, summary, bottom + _AXIS, parts)


def lines_of(label: str) -> list[str]:
    """A label in lines that a narrow page holds; the whole stands in the table beside the chart.

    >>> lines_of("首台（套）"), [one[-2:] for one in lines_of("长" * 60)]
    (['首台（套）'], ['长长', '长…'])
    >>> [len(one) for one in lines_of("长" * 27)], lines_of("shangdang-bearing.example")
    ([23, 4], ['shangdang-bearing.example'])
    """
    words = clean(label)
    first = _fitting(words, _LABEL)
    if first == len(words):
        return [words]
    rest = words[first:]
    if _width(rest) < _SHORT:  # no single character alone in its line
        first -= 3
        rest = words[first:]
    if _width(rest) > _LABEL:
        rest = rest[: _fitting(rest, _LABEL - 2)] + "…"
    return [words[:first], rest]


def _with_number(lines: list[str], said: str) -> list[str]:
    """Room for the number: behind the last line, or an empty line for it."""
    fits = _width(lines[-1]) + 2 + _width(said) <= _LABEL
    return lines if fits else [*lines, ""]


def _width(words: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in words)


def _fitting(words: str, width: int) -> int:
    """How many characters from the left are no wider together."""
    used = 0
    for place, one in enumerate(words):
        used += _width(one)
        if used > width:
            return place
    return len(words)


def _below(bar: Bar, lines: Sequence[str], y: int, longest: int, of: int) -> Iterator[str]:
    """The number follows the label, in a line of its own where there is no room beside it."""
    kind = ' class="now"' if bar.now else ""
    for place, line in enumerate(lines[:-1]):
        yield f'<text{kind} x="0" y="{y + place * _LINE + 13}">{_text(line)}</text>'
    last = y + (len(lines) - 1) * _LINE + 13
    said = f'<tspan class="said" dx="10">{_text(bar.said)}</tspan>'
    if not lines[-1]:
        said = f'<tspan class="said">{_text(bar.said)}</tspan>'
    yield f'<text{kind} x="0" y="{last}">{_text(lines[-1])}{said}</text>'
    top = y + len(lines) * _LINE
    if of:
        yield _rect("track", 0, of / longest * 100, top)
    yield from _pieces(bar, 0, 100 / longest, top)


def _beside(bar: Bar, y: int, longest: int) -> Iterator[str]:
    kind = "now" if bar.now else ""
    yield f'<text class="{kind}" x="0" y="{y + 13}">{_text(clean(bar.label))}</text>'
    yield from _pieces(bar, _BESIDE, _ROOM / longest, y)
    end = _BESIDE + bar.length / longest * _ROOM
    yield f'<text class="said" x="{end:.2f}%" dx="6" y="{y + 12}">{_text(bar.said)}</text>'


def _pieces(bar: Bar, start: float, scale: float, y: int) -> Iterator[str]:
    for part in bar.parts:
        if part.value:
            yield _rect(part.kind, start, part.value * scale, y)
            start += part.value * scale


def _rect(kind: str, x: float, width: float, y: int) -> str:
    return f'<rect class="{kind}" x="{x:.2f}%" y="{y}" width="{width:.2f}%" height="{_BAR - 2}"/>'


def _ticks(labels: Sequence[str], step: float, y: int) -> Iterator[str]:
    places = {0: (0.0, "start")} if labels else {}
    end = len(labels) * step
    if end >= _FULL:
        places[len(labels) // 2] = ((len(labels) // 2 + 0.5) * step, "middle")
        places[len(labels) - 1] = (end, "end")
    for place, (x, anchor) in places.items():
        yield (
            f'<text class="axis" x="{x:.2f}%" y="{y}" text-anchor="{anchor}">'
            f"{_text(labels[place])}</text>"
        )


def _picture(name: str, title: str, summary: str, height: int, parts: Sequence[str]) -> str:
    name = escape(name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" lang="zh-CN" role="img" '
        f'width="100%" height="{height}" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{_text(title)}</title><desc id="{name}-d">{_text(summary)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _text(words: str) -> str:
    return escape(clean(words))
