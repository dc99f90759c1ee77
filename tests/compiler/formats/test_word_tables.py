"""Tables of Word: blocks between the paragraphs, or only places for text on the page."""

from word_files import BREAK, FIRST, document, issue, p, png, r, table, word

from distribution.compiler import Paragraph, Picture, Table
from distribution.compiler.lines import Line

FIGURES = table(("企业", "产值", "增速"), ("甲厂", "12.5", "3%"), ("乙厂", "8.1", "5%"))
ROWS = (("企业", "产值", "增速"), ("甲厂", "12.5", "3%"), ("乙厂", "8.1", "5%"))


def only(*body: str) -> Line:
    (line,) = document(word(*body)).lines
    return line


def rows(*body: str) -> tuple[tuple[str, ...], ...]:
    block = only(*body).block
    assert isinstance(block, Table)
    return block.rows


def test_a_table_is_a_block_between_two_paragraphs() -> None:
    blocks = issue(p(FIRST) + FIGURES + p("各企业增速均高于去年。")).articles[0].blocks

    assert blocks == (Paragraph(FIRST), Table(ROWS), Paragraph("各企业增速均高于去年。"))


def test_a_caption_above_names_the_table_even_below_another_one() -> None:
    body = p(FIRST) + p("表 1 产值") + FIGURES + p("表 2 产值") + FIGURES
    blocks = issue(body).articles[0].blocks

    assert [one.caption for one in blocks if isinstance(one, Table)] == ["表1产值", "表2产值"]


def test_merged_cells_leave_empty_ones() -> None:
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    start, on = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>"
    merged = table(
        (start + p("地区"), wide + p("产值")),
        (on + p(), p("上年"), p("本年")),
        ("甲", "1.5", "2.5"),
    )

    assert rows(merged) == (("地区", "产值", ""), ("", "上年", "本年"), ("甲", "1.5", "2.5"))


def test_rows_that_begin_further_right_stay_in_their_columns() -> None:
    late = table(("甲", "1.5"), ("乙", "2.5"), ("合计",)).replace(
        f"<w:tr><w:tc>{p('合计')}",
        f'<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr><w:tc>{p("合计")}',
    )

    assert rows(late)[-1] == ("", "合计")


def test_a_cell_keeps_its_lines_apart_and_counts_its_lists() -> None:
    cell = p("甲") + p("乙", more=BREAK + r("丙"))

    assert rows(table((cell, "1.5"), ("丁", "2.5"), ("戊", "3.5")))[0] == ("甲 乙 丙", "1.5")


def test_rows_in_content_controls_are_rows() -> None:
    inside = FIGURES.replace("<w:tr>", "<w:sdt><w:sdtContent><w:tr>", 1)

    assert rows(inside.replace("</w:tr>", "</w:tr></w:sdtContent></w:sdt>", 1)) == ROWS


def test_a_table_inside_a_cell_is_text_of_the_cell() -> None:
    nested = table(("甲", table(("内一", "内二")) + p("外")), ("乙", "1"))

    assert rows(nested) == (("甲", "内一 内二 外"), ("乙", "1"))


def test_deleted_text_of_a_cell_is_gone() -> None:
    gone = p("甲", more="<w:del><w:r><w:delText>删</w:delText></w:r></w:del>")

    assert rows(table((gone, "1"), ("乙", "2"))) == (("甲", "1"), ("乙", "2"))


def test_a_frame_is_no_table() -> None:
    framed = table((p("编者按：试点启动。") + p("范围逐步扩大。"),))

    assert [line.text for line in document(word(framed)).lines] == [
        "编者按：试点启动。",
        "范围逐步扩大。",
    ]


def test_two_columns_of_running_text_are_no_table() -> None:
    long = "本期介绍各地装备企业的新做法。" * 20
    placed = table((p(long) + p("左下。"), p(long) + p("右下。")))

    assert [line.text for line in document(word(placed)).lines] == [long, "左下。", long, "右下。"]


def test_a_table_with_one_long_remark_stays_a_table() -> None:
    remark = "按规定程序报批，逐级审核。" * 20

    assert rows(table(("事项", "说明"), ("立项", remark), ("验收", "略")))[1] == ("立项", remark)


def test_rows_that_tabs_divide_are_a_table() -> None:
    def row(*cells: str) -> str:
        return p(cells[0], more="".join("<w:r><w:tab/></w:r>" + r(cell) for cell in cells[1:]))

    blocks = issue(p(FIRST) + "".join(row(*cells) for cells in ROWS)).articles[0].blocks

    assert blocks == (Paragraph(FIRST), Table(ROWS))


def test_a_list_whose_numbers_end_in_tabs_is_no_table() -> None:
    items = [p(f"{at}.", more="<w:r><w:tab/></w:r>" + r("企业自愿报名。")) for at in (1, 2)]

    assert issue(p(FIRST) + "".join(items)).articles[0].paragraphs == (
        FIRST, "1. 企业自愿报名。", "2. 企业自愿报名。",
    )  # fmt: skip


def test_pictures_and_notes_of_a_table_follow_it() -> None:
    from word_files import picture

    read = issue(
        p(FIRST) + table((p("甲", more=picture("a")), "1"), ("乙", "2")), media={"a": png()}
    )

    assert [type(one) for one in read.articles[0].blocks] == [Paragraph, Table, Picture]
