"""Lines to paragraphs: page and column breaks cut sentences, and sometimes double a character."""

import re
from dataclasses import dataclass

from distribution.compiler.content import Block
from distribution.compiler.lines import Line, is_han, narrow
from distribution.compiler.sentences import begins_item, is_finished, is_heading

NEVER_A_BEGINNING = tuple("。，、；：！？）》”’】」%")
"""Of a line: what begins so goes on with the one above."""
_STUMP = re.compile(r"[\u4e00-\u9fff]{1,3}[。；]")
"""No paragraph begins so, but a line below a heading that a break has cut."""
_FORMULA = re.compile(r"\$\$[^$]+\$\$(?: ?[(（][0-9.-]{1,6}[)）])?")
"""On a line of its own, with its number."""
_STOPS = "，、；。"
_LONGEST_REPEAT = 6
_REDUPLICATED = frozenset(
    "人天年月日事种个家处时刻常往仅刚渐慢悄默纷频层步节条件样稍略屡偏区代户村厂点星久微深"
)
"""人人, 天天, 层层: one character twice may be a word, so it is left to the editor."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and the line it begins on."""

    line: Line
    block: Block


def belong_together(text: str, following: str, *, heading: bool | None = None) -> bool:
    """Whether the break between these two stands in the middle of a sentence.

    `heading` says whether the first is one, where others of its kind have shown it.
    """
    if _FORMULA.fullmatch(text):
        return False
    heading = is_heading(text) if heading is None else heading
    if following.startswith(NEVER_A_BEGINNING) or (heading and _STUMP.match(following)):
        return True
    if heading or is_finished(text):
        return False
    mid_clause = narrow(text)[-1:] in (",", "、")
    return mid_clause or not begins_item(following)


def doubled(text: str, following: str) -> str:
    """What the break printed twice, or nothing.

    The fault repeats the whole beginning of a clause: `…权益。进` / `进一步…`. Two characters
    and more are also recognised inside a clause; a single one there may be `企业` / `业务`.

    >>> doubled("保障权益。进", "进一步强化"), doubled("中小企业", "业务收入")
    ('进', '')
    >>> doubled("最大埋深68米，", "米，最大水压0.7兆帕")
    '米，'
    """
    clause = re.split(r"[。!?…:,、;“”()《》\s]", narrow(text)[-_LONGEST_REPEAT - 2 :])[-1]
    longest = min(_LONGEST_REPEAT, len(text), len(following))
    for length in range(longest, 0, -1):
        repeat = following[:length]
        words = is_han(repeat[0]) and all(is_han(one) or one in _STOPS for one in repeat)
        if not text.endswith(repeat) or not words:
            continue
        if length > 1 or (repeat == clause and repeat not in _REDUPLICATED):
            return repeat
    return ""
