"""Characters strewn over a page, put together as a person reads them."""

from collections.abc import Callable

import forms
import pytest
from pdf_samples import MARGIN, PITCH, SIZE, Sheets, first_article
from reportlab.pdfbase.pdfmetrics import stringWidth

from distribution.compiler.formats.pdf.page import Glyph, Style
from distribution.compiler.formats.pdf.rows import segments_of


def paragraph(draw: Callable[[Sheets], None]) -> str:
    (text,) = first_article(draw).articles[0].paragraphs
    return text


def test_raised_and_lowered_digits_keep_their_meaning() -> None:
    def draw(sheets: Sheets) -> None:
        x = MARGIN
        for text, rise in (
            ("　　排放的CO", 0),
            ("2", -2),
            ("减少，面积达到30m", 0),
            ("2", 4),
            ("。", 0),
        ):
            size = 7 if rise else SIZE
            sheets.put(text, x, sheets.y + rise, size)
            x += stringWidth(text, forms.FONT, size)
        sheets.y -= PITCH

    assert paragraph(draw) == "排放的CO₂减少，面积达到30m²。"


def test_characters_of_a_second_font_may_stand_behind_the_line_in_the_file() -> None:
    def draw(sheets: Sheets) -> None:
        sheets.put("　　试点“双导师制度今日启动。", MARGIN, sheets.y)
        sheets.put("”", MARGIN + 8 * 11 - 5.5, sheets.y)
        sheets.y -= PITCH

    assert paragraph(draw) == "试点“双导师”制度今日启动。"


def test_a_row_spread_over_the_column_has_no_blanks() -> None:
    def draw(sheets: Sheets) -> None:
        for number, character in enumerate("详细资料可见"):
            sheets.put(character, MARGIN + 22 + 70 * number, sheets.y)
        sheets.y -= PITCH
        sheets.write("http://www.example.org/equipment，欢迎查阅。")

    assert paragraph(draw) == "详细资料可见http://www.example.org/equipment，欢迎查阅。"


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        (
            "以无损检测领域的干耦合轮式探头即采用Dry-Coupled Wheel",
            "Probe的装置为例。",
            "Wheel Probe",
        ),
        ("实验表明，当管壁温度达到下列数值以上也就是T ≥", "60 K时信号衰减。", "T ≥ 60 K"),
        (
            "有关资料见网址http://www.example.org/industrial/equi",
            "pment/report，欢迎查阅。",
            "equipment",
        ),
    ],
)
def test_a_wrapped_row_goes_on_as_it_was_written(above: str, below: str, whole: str) -> None:
    def draw(sheets: Sheets) -> None:
        room = 475 - stringWidth("　　" + above, forms.FONT, SIZE)
        sheets.write(
            "　　" + "试点进展顺利" * 7 + "。", "　　" + "，" * int(room // SIZE) + above, below
        )

    assert whole in first_article(draw).articles[0].paragraphs[-1]


def test_a_bold_beginning_is_no_line_of_its_own() -> None:
    def draw(sheets: Sheets) -> None:
        text = "　　试点工作的第一项任务是建立需求清单由用户企业每半年提出一次急需的整机和部件清单"
        sheets.put(text, MARGIN, sheets.y)
        sheets.put(text, MARGIN + 0.3, sheets.y)
        sheets.y -= PITCH
        sheets.write("并向社会公布结果。")

    assert paragraph(draw).endswith("部件清单并向社会公布结果。")


def test_a_title_like_the_text_ends_the_paragraph_above_although_its_last_row_is_full() -> None:
    full = "　　" + "试点工作进展顺利" * 5 + "。"

    def draw(sheets: Sheets) -> None:
        sheets.write(full)

    issue = first_article(draw)

    assert [article.paragraphs for article in issue.articles] == [
        (full.strip(),),
        ("轴承寿命延长一倍。",),
    ]


def test_heads_of_right_and_left_pages_are_known_even_if_each_stands_twice() -> None:
    def draw(sheets: Sheets) -> None:
        for number, factory in enumerate("甲乙丙丁"):
            sheets.put("装备制造" if number % 2 else "三晋装备", MARGIN, 805, 8)
            sheets.put(str(number + 2), 520 if number % 2 else MARGIN, 40, 8)
            sheets.write(f"　　{factory}厂试点今日启动。")
            sheets.turn()

    issue = first_article(draw)

    assert len(issue.articles[0].paragraphs) == len("甲乙丙丁")
    assert issue.account.furniture["page_number"] == 4
    assert issue.account.furniture["running_head"] == 16


def test_blanks_between_names_are_kept_though_most_gaps_are_blanks() -> None:
    def draw(sheets: Sheets) -> None:
        x = MARGIN
        for name in ("王", "震", "李思远", "沈", "洁"):
            sheets.put(name, x, sheets.y, SIZE)
            x += SIZE * len(name) + 0.26 * SIZE
        sheets.y -= PITCH
        sheets.write("　　轴承寿命延长。")

    author, _ = first_article(draw).articles[0].paragraphs
    assert author == "王 震 李思远 沈 洁"


def test_a_dash_of_two_characters_in_one_sign_is_no_double_print() -> None:
    style = Style(SIZE, bold=False, upright=True)
    dashes = [Glyph("—", 0.0, 2 * SIZE, 9.0, style, spaced=False, middle=SIZE)] * 2
    twice = [Glyph("访", 2 * SIZE, 3 * SIZE, 9.0, style, spaced=False, middle=2.5 * SIZE)] * 2

    (row,) = segments_of([*dashes, *twice])

    assert row.text == "——访"
