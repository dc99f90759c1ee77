"""The one rule on small groups: of whom too few agree to be counted, no reading is shown.

It concerns what readers did (opened, clicked): that is counted with their consent, and a group of
one or two would show a person. The ledger's own facts, what was sent, what bounced, who left, are
known to the office of each reader anyway and are not hidden.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from distribution.reports.course import EarlierRun, Known
from distribution.reports.figures import (
    ArticleFigures,
    Clicked,
    EnterpriseFigures,
    Opened,
    Rest,
    RunReport,
    TopicFigures,
)

FEW = 5
"""Readers from which on a group may be told of by itself."""
TOO_FEW = f"少于 {FEW} 人，不细分"
"""Said in the place of a figure that is hidden."""

_Key = TypeVar("_Key")
_Row = TypeVar("_Row", ArticleFigures, TopicFigures)


def hidden(groups: Mapping[_Key, int]) -> frozenset[_Key]:
    """The groups whose reading is not told, by how many readers each has that are counted.

    Those below FEW, and then the smallest of the others until what is hidden cannot be reckoned
    from the sum: at least two groups, with at least FEW readers together.

    >>> sorted(hidden({"a": 9, "b": 3, "c": 7, "d": 8}))
    ['b', 'c']
    >>> sorted(hidden({"a": 9, "b": 3, "c": 4}))
    ['b', 'c']
    >>> sorted(hidden({"a": 9, "b": 1, "c": 0, "d": 6})), hidden({"a": 9, "b": 5})
    (['b', 'c', 'd'], frozenset())
    """
    ranked = sorted(groups, key=lambda key: groups[key])
    count = sum(groups[key] < FEW for key in ranked)
    while 0 < count < len(ranked) and not _covered([groups[key] for key in ranked[:count]]):
        count += 1
    return frozenset(ranked[:count])


def _covered(readers: list[int]) -> bool:
    """Whether the sum of these hides each of them; groups of nobody hide nothing."""
    return len([one for one in readers if one]) > 1 and sum(readers) >= FEW


def told(figure: int, of: int) -> Known:
    """A figure about so many readers; None where they are too few.

    >>> told(2, of=5), told(2, of=4)
    (2, None)
    """
    return figure if of >= FEW else None


def discreet(found: RunReport) -> RunReport:
    """The report as it may be shown: what too few readers stand behind is None."""
    enterprises = hidden({one.enterprise_id: one.agreed or 0 for one in found.enterprises})
    return replace(
        found,
        opened=_opened(found.opened, found.agreed, found.unasked),
        clicked=_clicked(found.clicked, found.agreed, found.unasked),
        topics=_rows(found.topics),
        articles=_rows(found.articles),
        enterprises=tuple(
            _without_reading(one) if one.enterprise_id in enterprises else one
            for one in found.enterprises
        ),
        rest=rest_of([one for one in found.enterprises if one.enterprise_id in enterprises]),
        earlier=tuple(map(_earlier, found.earlier)),
    )


def rest_of(rows: list[EnterpriseFigures]) -> Rest | None:
    """The reading of all hidden rows together; None where even they are too few."""
    agreed = sum(one.agreed or 0 for one in rows)
    if not _covered([one.agreed or 0 for one in rows]):
        return None
    return Rest(
        groups=len(rows),
        agreed=agreed,
        opened=sum(one.opened or 0 for one in rows),
        opened_at_most=sum(one.opened_at_most or 0 for one in rows),
        clicked=sum(one.clicked or 0 for one in rows),
    )


def _opened(opened: Opened, agreed: int, unasked: int) -> Opened:
    few = agreed < FEW
    return Opened(
        human=None if few else opened.human,
        machine=None if few else opened.machine,
        unknown=None if few else opened.unknown,
        anonymous=None if unasked < FEW else opened.anonymous,
    )


def _clicked(clicked: Clicked, agreed: int, unasked: int) -> Clicked:
    return replace(
        clicked,
        readers=None if agreed < FEW else clicked.readers,
        anonymous=None if unasked < FEW else clicked.anonymous,
    )


def _without_reading(one: EnterpriseFigures) -> EnterpriseFigures:
    return replace(one, agreed=None, opened=None, opened_at_most=None, clicked=None)


def _rows(rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    """Articles, or topics: of each what those did who agreed, and those who were never asked."""
    named = hidden({place: row.agreed or 0 for place, row in enumerate(rows)})
    nameless = hidden({place: row.unasked or 0 for place, row in enumerate(rows)})
    return tuple(
        replace(
            row,
            agreed=None if place in named else row.agreed,
            readers=None if place in named else row.readers,
            unasked=None if place in nameless else row.unasked,
            anonymous=None if place in nameless else row.anonymous,
        )
        for place, row in enumerate(rows)
    )


def _earlier(run: EarlierRun) -> EarlierRun:
    few = (run.agreed or 0) < FEW
    if not few:
        return run
    return replace(run, agreed=None, opened=None, opened_at_most=None, clicked=None)
