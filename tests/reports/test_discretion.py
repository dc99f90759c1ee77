"""Small groups: who is too few to be told of is hidden, and cannot be reckoned from the sums."""

import random

import pytest

from distribution.reports.discretion import FEW, discreet, hidden, rest_of, told
from distribution.reports.figures import EnterpriseFigures


def enterprise(number: int, agreed: int, opened: int = 1) -> EnterpriseFigures:
    return EnterpriseFigures(number, f"第 {number} 厂", 9, 9, agreed, 0, 0, opened, opened, 1)


def test_a_group_of_five_is_told_and_one_of_four_is_not() -> None:
    assert (told(3, of=FEW), told(3, of=FEW - 1)) == (3, None)
    assert hidden({"a": FEW, "b": FEW}) == frozenset()
    assert hidden({"a": FEW - 1}) == {"a"}


def test_a_single_small_group_takes_the_next_smallest_with_it() -> None:
    assert hidden({"small": 2, "large": 50, "next": 8, "other": 9}) == {"small", "next"}


def test_groups_of_nobody_hide_no_other() -> None:
    assert hidden({"none": 0, "small": 4, "next": 6, "large": 50}) == {"none", "small", "next"}


def test_two_small_groups_that_are_together_still_few_take_a_third() -> None:
    assert hidden({"a": 1, "b": 2, "c": 7, "d": 50}) == {"a", "b", "c"}


@pytest.mark.parametrize("seed", range(50))
def test_what_is_hidden_is_never_one_group_nor_fewer_than_five_readers(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a dice, no secret
    groups = {number: dice.choice([0, 1, 2, 4, 5, 9, 40]) for number in range(dice.randrange(1, 9))}

    unseen = hidden(groups)

    assert unseen >= {one for one, readers in groups.items() if readers < FEW}
    if unseen and unseen != set(groups):
        assert sum(bool(groups[one]) for one in unseen) >= 2
        assert sum(groups[one] for one in unseen) >= FEW


def test_the_hidden_ones_are_told_of_together_if_they_are_enough() -> None:
    enough = rest_of([enterprise(1, 4, opened=2), enterprise(2, 3)])
    alone = rest_of([enterprise(1, 4)])

    assert enough is not None
    assert (enough.groups, enough.agreed, enough.opened) == (2, 7, 3)
    assert alone is None
    assert rest_of([]) is None


def test_the_rule_is_applied_where_a_report_is_made() -> None:
    from distribution.reports import counting

    assert counting.discreet is discreet
