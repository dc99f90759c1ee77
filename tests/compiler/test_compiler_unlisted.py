"""Articles that the contents lack."""

from collections.abc import Callable

import pytest

from distribution.compiler.content import ReadIssue
from distribution.compiler.doubts import Doubt

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
