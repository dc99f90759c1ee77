"""Who reported what when, and what only looks like it."""

from datetime import date

import pytest

from distribution.compiler.article.credits import source_at_end
from distribution.compiler.article.datelines import Dateline, read_dateline
from distribution.compiler.article.facts import text_facts

NOVEMBER = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("dateline", "source", "day"),
    [
        ("晋工社太原2026年11月3日电：", "晋工社", date(2026, 11, 3)),
        ("晋工社台州11月3日电（记者 某某）", "晋工社", date(2026, 11, 3)),
        ("晋工社太原12月30日电 ", "晋工社", date(2025, 12, 30)),
        ("2026年10月9日晋工社太原电：", "晋工社", date(2026, 10, 9)),
        ("2026年10月09日三晋装备网讯：", "三晋装备网", date(2026, 10, 9)),
        ("2026年10月14日三晋工业报：", "三晋工业报", date(2026, 10, 14)),
        ("2026 年 10 月 14 日 三晋工业报：", "三晋工业报", date(2026, 10, 14)),
        ("２０２６年１０月１４日三晋工业报:", "三晋工业报", date(2026, 10, 14)),
        ("2026-10-14 三晋工业报：", "三晋工业报", date(2026, 10, 14)),
        ("据三晋装备网2026年10月9日消息：", "三晋装备网", date(2026, 10, 9)),
        ("据省装备协会网站2026年10月9日消息：", "省装备协会网站", date(2026, 10, 9)),
        ("三晋装备报10月9日报道：", "三晋装备报", date(2026, 10, 9)),
        ("2026年10月9日太岳重型机械有限公司发布：", "太岳重型机械有限公司", date(2026, 10, 9)),
        ("2026年10月9日，省装备产业联席会发布：", "省装备产业联席会", date(2026, 10, 9)),
        ("2026年10月9日太岳装备设计研究院：", "太岳装备设计研究院", date(2026, 10, 9)),
        ("2026年2月30日三晋装备网：", "三晋装备网", None),
        ("太岳重型机械有限公司发布：", "太岳重型机械有限公司", None),
        ("来自三晋装备网消息：", "三晋装备网", None),
        ("据三晋装备网报道，", "三晋装备网", None),
        ("三晋装备网：", "三晋装备网", None),
        ("三晋日报 2026年10月9日 ", "三晋日报", date(2026, 10, 9)),
        ("三晋日报 2026年10月9日，", "三晋日报", date(2026, 10, 9)),
        ("2026年10月9日，省装备工业联合会：", "省装备工业联合会", date(2026, 10, 9)),
        ("（三晋装备网 10月9日消息）", "三晋装备网", date(2026, 10, 9)),
        ("三晋在线（2026年10月9日 第2版）", "三晋在线", date(2026, 10, 9)),
        ("2026年10月9日《三晋市场监管》报道：", "三晋市场监管", date(2026, 10, 9)),
        ("《三晋市场监管》2026年10月9日报道：", "三晋市场监管", date(2026, 10, 9)),
        ("三晋装备网消息（记者某某）", "三晋装备网", None),
        ("晋新网太原10月9日电（某某）", "晋新网", date(2026, 10, 9)),
        ("三晋装备网讯：", "三晋装备网", None),
        ("三晋装备通讯：", "三晋装备通讯", None),
        ("本报讯（记者 某某）", "本报", None),
        ("本刊讯 ", "本刊", None),
    ],
)
def test_agency_and_date_are_found_in_every_order(
    dateline: str, source: str, day: date | None
) -> None:
    found = read_dateline(f"{dateline}近日，试点启动。", NOVEMBER)

    assert found == Dateline(source, day, len(dateline))


def test_a_date_behind_the_agency_dates_the_report_and_stays_in_it() -> None:
    found = read_dateline("三晋装备网：2026年10月21日，论坛开幕。", NOVEMBER)

    assert found == Dateline("三晋装备网", date(2026, 10, 21), 6)


@pytest.mark.parametrize(
    "paragraph",
    [
        "2026年10月9日,五个部门联合印发方案，相关内容解读：",
        "2026年10月9日上午，联合会举行颁奖会。",
        "2026年10月9日，会议指出：要抓好落实。",
        "2026年10月9日会议指出：要抓好落实。",
        "2026年10月9日新产品发布会：现场签约。",
        "10月9日，论坛开幕。",
    ],
)
def test_a_date_without_an_agency_stays_in_its_sentence(paragraph: str) -> None:
    assert read_dateline(paragraph, NOVEMBER) == Dateline(None, date(2026, 10, 9), 0)


@pytest.mark.parametrize(
    "paragraph",
    [
        "会议指出：要抓好落实。",
        "据介绍，项目进展顺利。",
        "据统计：产量增长。",
        "从统计公报：产量增长。",
        "统计公报：产量增长。",
        "加快建设工业互联网：支持企业上云。",
        "一是支持企业上网：降低费用。",
        "企业上报：共十项。",
        "记者从省装备协会获悉：试点启动。",
        "学校与企业合作的三点经验：一是互聘。",
        "产业协会：行业的桥梁。",
        "2026年12月31日前，企业应完成改造。",
        "2027年1月1日起施行。",
        "1949年10月1日，新的一页翻开。",
        "2026年13月1日，日期印错。",
        "联合会发布报告，截至2026年10月9日，会员增加。",
        "",
        "：",
        "电",
    ],
)
def test_body_text_is_no_dateline(paragraph: str) -> None:
    assert read_dateline(paragraph, NOVEMBER) == Dateline(None, None, 0)


def test_an_agency_in_brackets_at_the_end_counts() -> None:
    assert source_at_end("试点启动。（来源：三晋装备网）") == "三晋装备网"
    assert source_at_end("试点启动（来源不明）。") is None


@pytest.mark.parametrize(
    ("dateline", "source", "day"),
    [
        ("11月3日，据省装备协会网站消息，", "省装备协会网站", date(2026, 11, 3)),
        ("三晋装备网11月3日消息，", "三晋装备网", date(2026, 11, 3)),
        ("2026年11月3日，晋工社消息，", "晋工社", date(2026, 11, 3)),
        ("三晋装备网消息 ", "三晋装备网", None),
        ("据《三晋工业报》报道，", "三晋工业报", None),
        ("《三晋工业报》11月3日讯：", "三晋工业报", date(2026, 11, 3)),
        ("三晋电视网消息（记者 某某）：", "三晋电视网", None),
        ("【本刊讯】", "本刊", None),
        ("【三晋装备网】", "三晋装备网", None),
        ("2026年11月3日三晋机电工业：", "三晋机电工业", date(2026, 11, 3)),
        ("晋工财经太原11月3日电", "晋工财经", date(2026, 11, 3)),
    ],
)
def test_agencies_stand_in_brackets_behind_leads_and_before_commas(
    dateline: str, source: str, day: date | None
) -> None:
    assert read_dateline(f"{dateline}近日，试点启动。", NOVEMBER) == Dateline(
        source, day, len(dateline)
    )


@pytest.mark.parametrize("name", ["公司网站", "关注微信公众号", "构建全国一张网", "发挥党报党刊"])
def test_a_kind_of_medium_is_no_agency(name: str) -> None:
    assert read_dateline(f"{name}：登录即可办理。", NOVEMBER) == Dateline(None, None, 0)


@pytest.mark.parametrize(
    "above",
    [
        "本刊记者 张三",
        "□ 李四",
        "文/王五",
        "作者：王五",
        "王 五 赵小六",
        "——来自一线的报告",
        "本刊编辑部整理",
    ],
)
def test_a_line_above_the_text_hides_no_dateline(above: str) -> None:
    facts = text_facts([above, "三晋工业报11月3日讯：试点启动。"], NOVEMBER)

    assert (facts.source, facts.date, facts.summary) == (
        "三晋工业报", date(2026, 11, 3), "试点启动。",
    )  # fmt: skip


def test_a_source_above_the_text_counts() -> None:
    facts = text_facts(["2026-11-03 来源：三晋装备网", "试点启动。"], NOVEMBER)

    assert (facts.source, facts.date) == ("三晋装备网", date(2026, 11, 3))


@pytest.mark.parametrize(
    ("end", "source"),
    [
        ("（来源：《三晋工业报》 记者 某某）", "三晋工业报"),
        ("（据晋工社、三晋装备网）", "晋工社、三晋装备网"),
        ("【来源：三晋装备网】", "三晋装备网"),
        ("来源：三晋装备网", "三晋装备网"),
        ("（资料来源：省统计局）", None),
        ("（责任编辑：某某）", None),
    ],
)
def test_sources_close_an_article_in_many_forms(end: str, source: str | None) -> None:
    assert text_facts(["试点启动。", end], NOVEMBER).source == source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("三晋机电工业：2026年10月9日，会议召开。", "三晋机电工业"),
        ("三晋机电网讯 2026年10月9日，会议召开。", "三晋机电网"),
    ],
)
def test_a_day_directly_behind_a_name_shows_that_it_reports(text: str, source: str) -> None:
    found = read_dateline(text, NOVEMBER)

    assert (found.source, found.date) == (source, date(2026, 10, 9))


@pytest.mark.parametrize(
    "text", ["会议指出：2026年10月9日前完成。", "10月9日，我们参观三晋装备公司：设备一新。"]
)
def test_a_sentence_with_a_day_and_a_colon_names_no_agency(text: str) -> None:
    assert read_dateline(text, NOVEMBER).source is None


def test_a_line_of_paper_and_day_above_the_text_is_its_source() -> None:
    facts = text_facts(["三晋日报 2026年10月9日", "轴承下线。"], NOVEMBER)

    assert (facts.source, facts.date, facts.summary) == (
        "三晋日报", date(2026, 10, 9), "轴承下线。",
    )  # fmt: skip
