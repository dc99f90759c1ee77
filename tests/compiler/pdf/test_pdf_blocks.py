"""Tables and images: where they stood, whole, and nothing else taken for one."""

import pytest
from pdf_samples import HEIGHT, MARGIN, PITCH, Sheets, blocks, first_article, photo
from reportlab.lib.utils import ImageReader

from distribution.compiler import compile_issue
from distribution.compiler.content import Table
from distribution.compiler.doubts import Doubt

ROWS = (("企业", "产值", "增长"), ("甲厂", "12.5亿元", "8%"), ("乙厂", "3亿元", "6%"))
XS = (MARGIN, 160.0, 260.0, 360.0)


def write_cells(sheets: Sheets, rows: tuple[tuple[str, ...], ...], *, ruled: bool = True) -> None:
    """A table with all its lines, or with level ones only: above, under the head, below."""
    top = sheets.y + PITCH - 6
    for number, row in enumerate(rows):
        for x, cell in zip(XS, row, strict=False):
            sheets.put(cell, x + 4, sheets.y)
        if ruled or number <= 1:
            sheets.canvas.line(XS[0], sheets.y + PITCH - 6, XS[-1], sheets.y + PITCH - 6)
        sheets.y -= PITCH
    bottom = sheets.y + PITCH - 6
    sheets.canvas.line(XS[0], bottom, XS[-1], bottom)
    for x in XS if ruled else ():
        sheets.canvas.line(x, top, x, bottom)


@pytest.mark.parametrize("ruled", [True, False], ids=["all lines", "three lines"])
def test_a_table_stands_between_its_paragraphs(ruled: bool) -> None:  # noqa: FBT001 - a case
    def draw(sheets: Sheets) -> None:
        sheets.write("　　试点今日启动，结果如下。", "表1 试点结果")
        write_cells(sheets, ROWS, ruled=ruled)
        sheets.write("　　其余各厂陆续加入。")

    article = first_article(draw).articles[0]

    assert blocks(article) == ["试点今日启动，结果如下。", ROWS, "其余各厂陆续加入。"]
    assert [one.caption for one in article.blocks if isinstance(one, Table)] == ["表1试点结果"]


def test_a_table_that_the_page_cuts_is_one_and_has_its_head_once() -> None:
    def draw(sheets: Sheets) -> None:
        sheets.write("　　试点今日启动，结果如下。")
        write_cells(sheets, ROWS[:2])
        sheets.turn()
        write_cells(sheets, (ROWS[0], ROWS[2]))
        sheets.write("　　其余各厂陆续加入。")

    assert blocks(first_article(draw).articles[0])[1:] == [ROWS, "其余各厂陆续加入。"]


def test_two_columns_in_a_frame_are_no_table() -> None:
    def draw(sheets: Sheets) -> None:
        canvas, top = sheets.canvas, sheets.y + PITCH
        for _ in range(12):
            sheets.put("左栏的文字排得很满，一行接着一行", MARGIN, sheets.y)
            sheets.put("右栏的文字也一样满，没有一点空白", 310, sheets.y)
            sheets.y -= PITCH
        sheets.put("左栏到此结束。", MARGIN, sheets.y)
        sheets.put("右栏到此结束。", 310, sheets.y)
        canvas.rect(MARGIN - 8, sheets.y - 8, 500, top - sheets.y)
        canvas.line(298, sheets.y - 8, 298, top - 8)
        sheets.turn()

    article = first_article(draw).articles[0]

    assert not [one for one in article.blocks if isinstance(one, Table)]
    text = "".join(article.paragraphs)
    assert text.index("左栏到此结束") < text.index("右栏的文字")


def test_an_image_stands_where_it_stood_however_it_was_placed() -> None:
    def draw(sheets: Sheets) -> None:
        sheets.write("　　试点今日启动。")
        sheets.image(photo("RGBA"), 100, 180, 120)
        sheets.write("图1 试点现场", x=150)
        sheets.write("　　装置运行平稳。")
        sheets.canvas.beginForm("drawing")
        sheets.canvas.drawImage(ImageReader(photo(size=(90, 60))), 0, 0, 90, 60)
        sheets.canvas.endForm()
        sheets.canvas.saveState()
        sheets.canvas.translate(100, sheets.y - 60)
        sheets.canvas.doForm("drawing")
        sheets.canvas.restoreState()
        sheets.y -= 60 + PITCH
        sheets.write("　　其余各厂陆续加入。")

    issue = first_article(draw)

    assert blocks(issue.articles[0]) == [
        "试点今日启动。", "图：图1试点现场", "装置运行平稳。", "图：", "其余各厂陆续加入。",
    ]  # fmt: skip
    assert [(one.width, one.height) for one in issue.assets] == [(120, 80), (90, 60)]


def test_what_stands_on_every_page_is_no_image_of_an_article() -> None:
    def draw(sheets: Sheets) -> None:
        for number in range(4):
            sheets.canvas.drawImage(ImageReader(photo()), 480, HEIGHT - 60, 60, 40)
            sheets.write(f"　　试点第{'一二三四'[number]}批今日启动。")
            sheets.turn()

    assert first_article(draw).assets == ()


def test_an_image_that_cannot_be_shown_is_told() -> None:
    def draw(sheets: Sheets) -> None:
        sheets.write("　　试点今日启动。")
        sheets.image(photo("1", size=(8000, 6000)), 100, 180, 120)

    complaints = first_article(draw).complaints

    assert [one.place for one in complaints if one.kind is Doubt.PICTURE_LOST] == ["第 2 页"]


@pytest.mark.parametrize("turned", [0, 180])
def test_a_page_may_be_cropped_and_shown_upside_down(turned: int) -> None:
    sheets = Sheets()
    sheets.canvas.setCropBox((20, 20, 575, 822))
    sheets.canvas.setPageRotation(turned)
    sheets.write(
        "政策措施",
        "试点工作正式启动",
        "　　试点今日启动。",
        "新型轴承通过验证",
        "　　轴承寿命延长。",
    )

    articles = compile_issue([sheets.source()]).articles

    assert [one.paragraphs for one in articles] == [("试点今日启动。",), ("轴承寿命延长。",)]
