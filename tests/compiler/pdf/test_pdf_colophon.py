"""Where a colophon stands on the last page, and what the edges of its columns are."""

import pytest

from distribution.compiler.formats.pdf.colophon import last_with_text, with_colophon_last
from distribution.compiler.formats.pdf.columns import Column
from distribution.compiler.formats.pdf.edges import edges_of
from distribution.compiler.formats.pdf.rows import Row

COLOPHON = ("编辑：编辑部", "电话：0351-0000000", "邮政编码：030000")


def row(text: str, top: float, left: float = 60.0, right: float = 260.0) -> Row:
    return Row(text, left, top, right, top + 10, 10.0, bold=False)


def column(*texts: str, left: float = 60.0) -> Column:
    rows = [row(text, 20.0 * at, left, left + 200) for at, text in enumerate(texts)]
    return Column(rows, left, left + 220)


def texts_of(columns: list[Column]) -> list[list[str]]:
    return [[one.text for one in column.rows] for column in columns]


def test_a_colophon_below_two_columns_stands_behind_both() -> None:
    columns = [column("传感器由某公", *COLOPHON), column("司研制。", left=300.0)]

    assert texts_of(with_colophon_last(columns)) == [["传感器由某公"], ["司研制。"], [*COLOPHON]]


@pytest.mark.parametrize(
    "columns",
    [
        [column("轴承下线。"), column("寿命延长。", *COLOPHON, left=300.0)],
        [column("咨询方式如下。", *COLOPHON[1:]), column("司研制。", left=300.0)],
        [column("轴承下线。")],
        [],
    ],
)
def test_what_stands_in_its_place_stays_there(columns: list[Column]) -> None:
    before = texts_of(columns)

    assert texts_of(with_colophon_last(columns)) == before


def test_a_page_that_holds_the_rest_of_a_colophon_is_not_the_last_one_with_text() -> None:
    pages = [column("轴承下线。"), column("寿命延长。", *COLOPHON), column("邮箱：a@b.example")]

    assert last_with_text([one.rows for one in pages]) == 1
    assert last_with_text([]) == 0


def test_a_mark_that_hangs_over_the_edge_does_not_move_it() -> None:
    rows = [row("轴承" * 5, 20.0 * at, right=260.0) for at in range(6)]
    hanging = row("《轴承》", 130.0, right=265.0)
    (edges,) = edges_of([Column([*rows, hanging], 60.0, 280.0)])

    assert edges.right == 260.0


def test_a_few_short_rows_show_no_edge_to_others() -> None:
    title_page = Column(
        [row("三晋装备", 20.0, right=120.0), row("2026年11月", 40.0, right=130.0)], 60.0, 520.0
    )
    last = Column(
        [row("电话：1", 20.0, right=150.0), row("邮箱：2", 40.0, right=160.0)], 60.0, 520.0
    )

    assert [one.right for one in edges_of([title_page, last])] == [520.0, 520.0]
