"""Who signs a notice, and on which day: short lines below its text that no stop ends."""

from collections.abc import Sequence

from distribution.compiler.article.agencies import is_office
from distribution.compiler.lines import Line
from distribution.compiler.sentences import is_day, is_finished

_MOST_NAMES = 4
_LONGEST = 40


def signature_of(lines: Sequence[Line]) -> frozenset[int]:
    """The numbers of the lines that sign an article; each of them stands alone.

    >>> sorted(signature_of([Line(1, "特此通知"), Line(2, "甲乙协会"), Line(3, "2026年11月3日")]))
    [2, 3]
    """
    text = [line for line in lines if line.block is None]
    end = len(text)
    while end and is_day(text[end - 1].text):
        end -= 1
    start = end
    while start and end - start < _MOST_NAMES and is_signatory(text[start - 1].text):
        start -= 1
    dated = end < len(text)
    if not dated and (not start or start == end or not is_finished(text[start - 1].text)):
        return frozenset()
    return frozenset(line.number for line in text[start:])


def is_signatory(text: str) -> bool:
    """Whether the line names one or several offices, and says nothing of them."""
    names = text.split()
    return len(text) <= _LONGEST and bool(names) and all(map(is_office, names))
