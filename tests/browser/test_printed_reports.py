"""The board's year on paper and on a phone: two sheets of A4, however full the year was."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pypdfium2
import pytest
from browsing import PHONE
from playwright.sync_api import Browser, Page

from distribution import reports
from distribution.reports import ArticleFigures, BoardReport, TopicFigures
from distribution.reports.annual import (
    Active,
    Month,
    Reached,
    Reading,
    Sums,
    Unreached,
    Why,
    YearArticle,
    YearFigures,
)

AT = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)
SUMS = Sums(24, 123_456, 120_000, 3_456, 789, Reading(20, 98_765, 45_678, 67_890, 12_345))
TITLE = "示范性装备制造企业数字化转型三年行动计划实施细则解读与申报要点问答"
MEMBER = "山西示范重型机械装备智能制造集团有限责任公司第一分公司"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def article(position: int) -> YearArticle:
    figures = ArticleFigures(position, "装备制造", TITLE, (), 9_000, 900, 800, 700 - position, 600)
    return YearArticle(f"2026-{position:02}", figures)


def full_year() -> BoardReport:
    """Everything there can be, and as long as it gets."""
    this, last = (
        YearFigures(year, Reached(1_234, 5_678), Active(4_000, 1_234, 2_345, 567), SUMS)
        for year in (2026, 2025)
    )
    months = [
        Month(date(2026, n, 1), (f"2026-{n:02}", f"2026-s{n}"), Reached(1_200, 5_000), SUMS)
        for n in range(1, 13)
    ]
    topics = [TopicFigures(str(n), "省内信息动态", 30, 900, 90, 80, 70, 60) for n in range(12)]
    unreached = [
        Unreached(n, MEMBER, "长治", Why.SEVERAL, {Why.LEFT: 2, Why.BOUNCED: 1, Why.PAUSED: 1})
        for n in range(60)
    ]
    return BoardReport(
        publication="三晋装备通讯",
        day=date(2026, 12, 31),
        members=1_294,
        this=this,
        before=last,
        months=tuple(months),
        articles=tuple(map(article, range(1, 13))),
        topics=tuple(topics),
        unreached=tuple(unreached),
    )


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """The board's page, opened as a file is: without a network."""
    context = chromium.new_context(viewport=PHONE, offline=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_content(reports.year_page(full_year(), at=AT))
    yield page
    context.close()


def test_the_fullest_year_is_two_sheets_of_paper(page: Page) -> None:
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    words = [sheet.get_textpage().get_text_range() for sheet in paper]
    size = paper[0].get_size()
    paper.close()

    assert len(words) == 2
    assert [round(side) for side in size] == [595, 842]
    assert "12 月" in words[0]
    assert words[1].startswith("读得最多的")
    assert "生成于" in words[1]


def test_a_phone_shows_it_without_scrolling_sideways(page: Page) -> None:
    assert page.evaluate(TOO_WIDE) <= 0
