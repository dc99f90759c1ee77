"""Lines that no stop ends and that stand alone all the same: signatures, headings, items."""

from collections.abc import Callable

import pytest

from distribution.compiler.account import Homes
from distribution.compiler.body.blocks import blocks_of, seam
from distribution.compiler.body.looks import Looks
from distribution.compiler.content import Asset, Paragraph, Picture, ReadIssue
from distribution.compiler.doubts import Doubt
from distribution.compiler.lines import Line

Read = Callable[..., ReadIssue]


def texts_of(*lines: str) -> list[str]:
    numbered = [Line(number, line) for number, line in enumerate(lines, start=1)]
    placed, _ = blocks_of(numbered, Looks(None, 0), Homes())
    return [one.block.text for one in placed if isinstance(one.block, Paragraph)]


@pytest.mark.parametrize(
    "lines",
    [
        ("请于月底前报名。", "三晋装备协会", "2026年11月3日"),
        ("特此通知", "三晋装备协会 三晋机电学会", "二〇二六年十一月三日"),
        ("附件：报名表", "三晋装备协会", "三晋机电学会", "2026 年 11 月 3 日"),
        ("请于月底前报名。", "三晋装备协会办公室"),
    ],
)
def test_who_signs_a_notice_and_when_are_lines_of_their_own(lines: tuple[str, ...]) -> None:
    assert texts_of(*lines) == list(lines)


def test_a_name_in_the_middle_of_a_sentence_signs_nothing() -> None:
    assert texts_of("平台由", "三晋装备协会", "建设。") == ["平台由三晋装备协会建设。"]


def test_a_signed_notice_lacks_no_text(read: Read) -> None:
    body = (
        "试点工作正式启动\n请报名。\n三晋装备协会\n2026年11月3日\n新型轴承通过验证\n轴承寿命延长。"
    )

    issue = read(body=body)

    assert issue.articles[0].paragraphs == ("请报名。", "三晋装备协会", "2026年11月3日")
    assert issue.complaints == ()


def test_the_office_that_signs_the_last_article_is_no_colophon(read: Read) -> None:
    letter = "谢谢来信。\n《三晋装备》编辑部\n2026年11月3日"

    issue = read(body=f"试点工作正式启动\n试点今日启动。\n新型轴承通过验证\n{letter}")

    assert issue.articles[1].paragraphs[1:] == ("《三晋装备》编辑部", "2026年11月3日")


@pytest.mark.parametrize(
    "lines",
    [
        ("1 检测原理", "探头由晶片组成。", "2 试验结果", "误差很小。"),
        ("第一重境界：看得见", "数据要落地。", "第二重境界：管得住", "问题要有人管。"),
        ("参考文献", "[1] 某人．轴承学[M]．2019．", "[2] 某人．齿轮学[M]．2020．"),
        ("【关键词】轴承；寿命", "轴承是关节。"),
        ("分地区看，其中：", "甲市增长一成；", "乙市增长两成；", "丙市持平。"),
        ("效率按下式计算：", r"$$\eta = P / Q$$", "式中，P为功率。"),
        ("为什么请他吃面。（笑）", "因为挑出了刺。"),
        ("新车间的装配线（某某 摄）", "车间恒温。"),
    ],
)
def test_headings_items_and_captions_stand_alone(lines: tuple[str, ...]) -> None:
    assert texts_of(*lines) == list(lines)


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("首批企业的成本下降了", "3 个百分点。"),
        ("参加交流的有来自", "第二届技能大赛的选手。"),
        ("会议提出：一是抓早；二是抓小；", "三是抓常；四是抓长。"),
    ],
)
def test_what_only_looks_like_a_heading_or_an_item_is_text(above: str, below: str) -> None:
    assert texts_of(above, below) == [above + below]


def test_the_line_below_a_photograph_names_it() -> None:
    picture = Picture(Asset("a" * 64, "image/png", 1, 1, b"").sha256)
    lines = [Line(1, "车间恒温。"), Line(2, "", block=picture), Line(3, "装配线（某某 摄）")]

    placed, _ = blocks_of(lines, Looks(None, 0), Homes())

    assert placed[-1].block == Picture("a" * 64, "装配线（某某 摄）")


@pytest.mark.parametrize("author", ["霍 然", "本刊评论员", "某省联合会课题组", "韩 冰 1 丁 力 2"])
def test_who_wrote_it_stands_above_the_text(author: str) -> None:
    assert texts_of(author, "质量是名片。") == [author, "质量是名片。"]


def test_what_a_break_printed_twice_may_hold_a_comma() -> None:
    assert texts_of("最大埋深68米，", "米，最长一公里。") == ["最大埋深68米，最长一公里。"]


@pytest.mark.parametrize("rule", ["* * *", "--------", "─" * 70, "◆ ◆ ◆"])
def test_a_line_of_ornaments_belongs_to_no_article(read: Read, rule: str) -> None:
    body = f"试点工作正式启动\n试点今日启动。\n{rule}\n企业参加。\n新型轴承通过验证\n寿命延长。"

    issue = read(body=body)

    assert issue.articles[0].paragraphs == ("试点今日启动。", "企业参加。")
    assert issue.account.orphans == 0


def test_a_join_is_shown_by_its_seam() -> None:
    lines = [Line(1, "首批试点企业的平均交付周期缩短"), Line(2, "15%以上，单位产值能耗下降。")]

    _, complaints = blocks_of(lines, Looks(None, 0), Homes())

    assert [(one.kind, one.excerpt) for one in complaints] == [
        (Doubt.JOINED, "…业的平均交付周期缩短｜15%以上，单位产值能耗下降。")
    ]
    assert seam("首批", "企业" * 20) == "首批｜" + "企业" * 10 + "…"
