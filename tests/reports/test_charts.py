"""Charts: well-formed whatever they are given, and readable by who cannot see them."""

import itertools
import re
from xml.etree import ElementTree as ET

import pytest

from distribution.reports import charts
from distribution.reports.charts import FAINT, Bar, Part, bars, columns, lines_of

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<script>alert(1)</script> & "引号" \' \x00\x0b]]>'


def parsed(picture: str) -> ET.Element:
    """The picture as XML; ParseError where it is none."""
    return ET.fromstring(picture)  # noqa: S314 - our own picture


def bar(label: str, *values: int, said: str = "") -> Bar:
    return Bar(label, tuple(Part(value) for value in values), said or str(sum(values)))


@pytest.mark.parametrize("beside", [True, False])
@pytest.mark.parametrize("rows", [0, 1, 40])
def test_bars_are_well_formed_whatever_their_labels_hold(rows: int, *, beside: bool) -> None:
    drawn = parsed(bars("b", NASTY, NASTY, [bar(NASTY, 3, 0)] * rows, beside=beside, of=7))

    assert not list(drawn.iter(f"{SVG}script"))
    assert "alert(1)" in "".join(drawn.itertext())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 36])
def test_columns_are_well_formed_however_many_there_are(count: int) -> None:
    drawn = parsed(columns("t", "题", "说明", [(NASTY, number) for number in range(count)], "封"))

    assert len(list(drawn.iter(f"{SVG}rect"))) == count


def test_a_picture_says_what_it_is_to_who_cannot_see_it() -> None:
    drawn = parsed(bars("opens", "打开", "5 至 6 位", [bar("同意统计", 5)]))

    named = drawn.get("aria-labelledby", "").split()
    said = {one.get("id"): one.text for one in drawn if one.get("id")}
    assert (drawn.get("role"), [said[name] for name in named]) == ("img", ["打开", "5 至 6 位"])


def test_a_bar_is_as_long_as_its_part_of_the_longest() -> None:
    drawn = parsed(bars("b", "题", "", [bar("甲", 10), bar("乙", 4, 1)]))

    lengths = [float(one.get("width", "").rstrip("%")) for one in drawn.iter(f"{SVG}rect")]
    assert lengths == [100, 40, 10]


def test_nothing_is_longer_than_the_page_and_no_label_meets_another() -> None:
    rows = [bar("长" * 90, 1_000_000, said="1,000,000 人，匿名 1,000,000 次"), bar("短", 1)] * 5
    drawn = parsed(bars("b", "题", "", rows))

    texts = list(drawn.iter(f"{SVG}text"))
    heights = [float(one.get("y", "0")) for one in texts]
    assert all(after - before >= 16 for before, after in itertools.pairwise(heights))
    assert max(heights) < float(drawn.get("height", "0"))
    assert all(charts._width("".join(one.itertext())) <= charts._LABEL for one in texts)


@pytest.mark.parametrize("length", [*range(24, 30), 52, 53, 200])
def test_a_long_title_takes_two_lines_of_which_none_is_a_single_character(length: int) -> None:
    lines = lines_of("标" * length)

    assert len(lines) <= 2
    assert len(lines[-1]) > 2
    assert "".join(lines).rstrip("…") == "标" * len("".join(lines).rstrip("…"))
    assert ("…" in lines[-1]) == (length > 52)


def test_kinds_of_bars_differ_by_more_than_their_colour() -> None:
    drawn = bars("b", "题", "", [Bar("甲", (Part(1), Part(1, FAINT)), "2")])

    assert re.findall(r'rect class="(\w+)"', drawn) == ["sure", "faint"]
    assert parsed(charts.PATTERNS).tag.endswith("svg")
    assert all(f"url(#{kind})" in charts.STYLE for kind in ("likely", "faint", "loss"))
