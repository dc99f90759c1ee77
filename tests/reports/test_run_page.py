"""The page of a run: what it says of runs that did not go well, and what it keeps off paper."""

from dataclasses import replace

from full_samples import AT, full_run
from lxml import html as reader  # type: ignore[import-untyped]

from distribution import reports
from distribution.reports import Books, RunReport
from distribution.words import DeliveryState, RunState

NASTY = '<script>alert("企业")</script>'


def words(found: RunReport) -> str:
    """What a person reads on the page."""
    page = reader.fromstring(reports.run_page(found, at=AT))
    return " ".join(page.xpath("//main")[0].text_content().split())


def with_mails(**states: int) -> RunReport:
    none = dict.fromkeys(DeliveryState, 0)
    counted = {DeliveryState(state): count for state, count in states.items()}
    return replace(full_run(), books=Books(sum(states.values()), none | counted))


def test_nobody_is_said_to_have_been_sent_what_was_not() -> None:
    stopped = words(replace(with_mails(cancelled=67), state=RunState.CANCELLED))
    partly = words(replace(with_mails(accepted=60, failed=7)))
    wholly = words(with_mails(accepted=67))

    assert "2026-12 期应寄给 67 位读者；一封也没有寄出；" in stopped
    assert "2026-12 期应寄给 67 位读者；其中 60 封已寄出，后来退回 3,456 封；" in partly
    assert "2026-12 期寄给 67 位读者；全部已寄出，后来退回 3,456 封；" in wholly


def test_clicks_that_are_hidden_are_not_said_to_be_none() -> None:
    full = full_run()
    hidden = tuple(replace(one, readers=None, anonymous=None) for one in full.articles)
    none = tuple(replace(one, readers=0, anonymous=0) for one in full.articles)

    assert "点击最多的文章 没有可以列出的点击。" in words(replace(full, articles=hidden))
    assert "点击最多的文章 还没有人点开文章。" in words(replace(full, articles=none))


def test_long_tables_are_whole_on_the_screen_and_cut_on_paper() -> None:
    page = reader.fromstring(reports.run_page(full_run(), at=AT))
    articles = page.xpath("//section[h2='各篇文章']")[0]

    assert len(articles.xpath(".//tbody/tr")) == 45
    assert len(articles.xpath(".//tbody/tr[@class='screen']")) == 15
    assert articles.xpath("string(p[@class='more paper'])") == "其余 15 行见 Excel 工作簿。"


def test_no_name_is_markup() -> None:
    full = full_run()
    article, lane, enterprise = full.articles[0], full.lanes[0], full.enterprises[0]
    found = replace(
        full,
        publication=NASTY,
        articles=(replace(article, title=NASTY, section=NASTY),),
        lanes=(replace(lane, label=NASTY),),
        enterprises=(replace(enterprise, name=NASTY),),
    )
    page = reports.run_page(found, at=AT)

    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 6
