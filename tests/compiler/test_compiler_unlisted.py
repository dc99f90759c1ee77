"""Articles that the contents lack."""

from collections.abc import Callable
from datetime import date

import pytest

from distribution.compiler.body.unlisted import throughout
from distribution.compiler.content import ReadIssue
from distribution.compiler.doubts import Doubt
from distribution.compiler.lines import Line, Look

Read = Callable[..., ReadIssue]
CONTENTS = "政策措施\n试点工作正式启动……1"
LONG = "试点今日在太原启动，首批二十家企业参加，为期一年，效果每季度公布一次，欢迎社会各界监督。"


def body(*lines: str) -> str:
    return "\n".join(["试点工作正式启动", LONG, *lines])


@pytest.mark.parametrize("dateline", ["2026年10月9日三晋装备网：", "三晋工业报讯（记者 某某）"])
def test_a_dateline_below_a_short_line_begins_an_article(read: Read, dateline: str) -> None:
    issue = read(contents=CONTENTS, body=body("工业软件开始申报", f"{dateline}申报启动。"))

    assert [one.title for one in issue.articles] == ["试点工作正式启动", "工业软件开始申报"]
    assert Doubt.NOT_LISTED in [one.kind for one in issue.complaints]


def test_a_line_that_holds_a_full_stop_is_no_title(read: Read) -> None:
    torn = "达成意向多项。参展的小型减速器等产品"
    issue = read(contents=CONTENTS, body=body(torn, "2026年10月9日三晋装备网：论坛开幕。"))

    assert len(issue.articles) == 1


def test_a_title_without_a_dateline_is_told_though_it_is_not_cut(read: Read) -> None:
    issue = read(
        contents=CONTENTS,
        body=body("第五届焊接技能竞赛落幕", "近日，第五届焊接技能竞赛在太原落幕。"),
    )

    (complaint,) = issue.complaints
    assert (complaint.kind, complaint.excerpt) == (Doubt.NOT_LISTED, "第五届焊接技能竞赛落幕")


def test_a_torn_sentence_is_no_article(read: Read) -> None:
    issue = read(contents=CONTENTS, body=body("省装备产业联席会组织的对接活动", "在太原启动。"))

    assert issue.complaints == ()


def test_a_whole_dateline_begins_an_article_below_a_line_without_a_stop(read: Read) -> None:
    issue = read(
        contents=CONTENTS,
        body=body("设备一览", "工业软件开始申报", "2026年10月9日三晋装备网：申报启动。"),
    )

    assert [one.title for one in issue.articles] == ["试点工作正式启动", "工业软件开始申报"]


def test_large_titles_are_alike_though_a_long_one_fills_its_line() -> None:
    short, full = Look(centred=True, size=13.0), Look(size=13.0)
    text = Look(size=10.5)
    lines = [
        Line(1, "轴承下线", look=short), Line(2, "寿命延长一倍，成本持平。", look=text),
        Line(3, "省里出台支持首台套应用的十条措", look=full), Line(4, "施", look=short),
        Line(5, "措施今日公布，即日起施行。", look=text),
    ]  # fmt: skip

    guesses, _ = throughout(lines, frozenset(), date(2026, 11, 1))

    assert [one.title for one in guesses] == ["轴承下线", "省里出台支持首台套应用的十条措施"]
