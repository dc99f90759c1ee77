"""The reports on paper and on a phone: few sheets of A4, however much there is to tell."""

from collections.abc import Iterator

import pypdfium2
import pytest
from browsing import PHONE
from playwright.sync_api import Browser, Page
from reports.full_samples import AT, full_run, full_year

from distribution import reports

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[Page]:
    """A page without a network, as a file is opened."""
    context = chromium.new_context(viewport=PHONE, offline=True)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def printed(page: Page) -> list[str]:
    """The words on each sheet of paper; all are A4."""
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    words = [sheet.get_textpage().get_text_range() for sheet in paper]
    assert {tuple(round(side) for side in sheet.get_size()) for sheet in paper} == {(595, 842)}
    paper.close()
    return words


def test_the_fullest_year_is_two_sheets_of_paper(browser_page: Page) -> None:
    browser_page.set_content(reports.year_page(full_year(), at=AT))
    words = printed(browser_page)

    assert len(words) == 2
    assert "12 月" in words[0]
    assert words[1].startswith("读得最多的")
    assert "生成于" in words[1]
    assert browser_page.evaluate(TOO_WIDE) <= 0


def test_the_fullest_run_is_five_sheets_that_name_the_workbook(browser_page: Page) -> None:
    browser_page.set_content(reports.run_page(full_run(), at=AT))
    words = printed(browser_page)

    assert len(words) == 5
    assert words[1].startswith("点击最多的文章")
    for cut in ("其余 40 行见", "其余 15 行见", "其余 75 行见", "逐行的数字见"):
        assert f"{cut} Excel 工作簿" in "".join(words)
    assert browser_page.evaluate(TOO_WIDE) <= 0
