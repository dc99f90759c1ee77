"""Tables drawn with characters: rows that tabs or upright bars divide, and the rules between."""

import re

from distribution.compiler.lines import tidied

_BARS = "|｜│┃║"
_LEVEL = "-─━═=—"
_CORNERS = _BARS + "+┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛╟╫╢"
_RULE = set(_CORNERS + _LEVEL + ": ")
_FEWEST_BARS, _FEWEST_CORNERS, _SHORTEST_RULE = 3, 2, 3
_PAIR = 2
_MARK = re.compile(
    r"[0-9]{1,2}[.．、)）]|[（(][0-9一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.．]"
    r"|[①-⑳•·●○■□◆◇★※➢✓-]"
)
"""What begins an item of a list: a tab behind it divides nothing."""


def is_rule(text: str) -> bool:
    """Whether a line only draws the rule of a table.

    >>> is_rule("|---|:---:|"), is_rule("+-----+-----+"), is_rule("├──┼──┤"), is_rule("------")
    (True, True, True, False)
    """
    return (
        set(text) <= _RULE
        and sum(text.count(one) for one in _LEVEL) >= _SHORTEST_RULE
        and sum(text.count(one) for one in _CORNERS) >= _FEWEST_CORNERS
    )


def cells_of(row: str) -> tuple[str, ...]:
    r"""The pieces of a row; nothing where it is not divided.

    >>> cells_of("| 企业 | 产值 |"), cells_of("│企业│产值│"), cells_of("\t甲厂\t乙厂")
    (('企业', '产值'), ('企业', '产值'), ('', '甲厂', '乙厂'))
    >>> cells_of("企业 产值"), cells_of("\t试点启动。"), cells_of("1.\t试点启动。")
    ((), (), ())
    """
    bare = row.strip()
    barred = bare[:1] in _BARS and bare[-1:] in _BARS and _bars(bare) >= _FEWEST_BARS
    pieces = re.split(f"[{_BARS}]", bare)[1:-1] if barred else row.strip(" \u3000").split("\t")
    cells = tuple(tidied(piece) for piece in pieces)
    filled = [cell for cell in cells if cell]
    is_item = len(filled) == _PAIR and _MARK.fullmatch(filled[0]) is not None
    return cells if barred or (len(filled) > 1 and not is_item) else ()


def _bars(text: str) -> int:
    return sum(text.count(bar) for bar in _BARS)
