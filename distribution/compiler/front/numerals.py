"""Numbers as mastheads print them: 11, 十一, 二〇二六, 四百四十七."""

NUMERAL = "(?:[0-9]{1,6}|[〇零○一二三四五六七八九十百千]{1,9})"
"""The pattern of a number that `value` understands."""

_DIGITS = {"零": 0, "〇": 0, "○": 0} | {c: n for n, c in enumerate("一二三四五六七八九", start=1)}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def value(numeral: str) -> int:
    """The number a numeral means, digit by digit where it names no unit.

    >>> [value(one) for one in ("09", "十一", "二〇二六", "四百四十七")]
    [9, 11, 2026, 447]
    """
    if numeral.isdecimal():
        return int(numeral)
    if not any(unit in numeral for unit in _UNITS):
        return int("".join(str(_DIGITS[character]) for character in numeral))
    total, digit = 0, 0
    for character in numeral:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit
