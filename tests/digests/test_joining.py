"""One reader's mail: what is in it, under which heading, with which links."""

import re
from dataclasses import replace
from html import unescape

import pytest
from digest_samples import PERSONAL, choose, compose, make_article, make_issue, make_sheet

from distribution.digests import Choice, Composer, Digest, Interests, Sheet, TooLarge, join
from distribution.templates import columns
from distribution.words import Reason, TopicsFrom

ISSUE = make_issue()
OWN = Interests(("quality", "equipment", "policy"), ("之12",))


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return make_sheet()


def mail(sheet: Sheet, interests: Interests, *discovery: str) -> Digest:
    return join(sheet, choose(ISSUE.articles, interests, discovery=discovery), PERSONAL)


def headings(digest: Digest) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]*)</h2>", digest.html)


def titles(digest: Digest) -> list[str]:
    found = re.findall(r"<h3[^>]*><a[^>]*>([^<]*)</a></h3>", digest.html)
    return [unescape(title) for title in found]


def test_articles_stand_under_the_name_of_what_brought_them_in(sheet: Sheet) -> None:
    assert headings(mail(sheet, OWN, "science")) == [
        *("质量管理", "装备制造", "政策措施"),
        *("关注词", "新主题试读"),
    ]


def test_the_whole_contents_stand_under_the_magazines_sections(sheet: Sheet) -> None:
    assert headings(mail(sheet, Interests(()))) == [
        *("政策措施", "装备制造", "产教融合", "行业资讯"),
        *("省内信息", "质量管理", "科技前沿"),
    ]


def test_all_articles_are_no_standard_edition_where_one_is_there_for_the_reader() -> None:
    articles = [make_article(1, "policy", must_carry=True), make_article(2, "quality")]
    his = Choice(101, Reason.MUST_CARRY, "policy")
    rest = Choice(102, Reason.CONTENTS, "")
    digest = join(make_sheet(*articles), [his, rest], PERSONAL)
    assert "改收标准版" in digest.html
    assert (
        "改收个性化版"
        in join(make_sheet(*articles), [replace(his, detail=""), rest], PERSONAL).html
    )


def test_a_mail_filled_up_with_all_there_is_is_no_standard_edition() -> None:
    articles = [make_article(1, "policy"), make_article(2, "quality")]
    digest = join(make_sheet(*articles), choose(articles, Interests(("science",))), PERSONAL)
    assert "没有您关注的内容，以下 2 篇供您浏览" in digest.html
    assert "改收标准版" in digest.html
    assert headings(digest) == ["本期其他"]


def test_every_article_says_why_it_is_there(sheet: Sheet) -> None:
    html = mail(sheet, OWN, "science").html
    reasons = re.findall(r'class="w"[^>]*>([^<]*)<', html)
    assert reasons == [
        *["您关注：质量管理"] * 3,
        *["您关注：装备制造"] * 6,
        *["您关注：政策措施"] * 4,
        *["关注词：之12", "新主题试读：科技前沿"],
    ]


def test_a_fact_that_is_missing_leaves_no_separator() -> None:
    bare = make_article(1, "policy")
    bare = replace(bare, article=replace(bare.article, source=None, date=None, page=None))
    digest = join(make_sheet(bare), [Choice(101, Reason.TOPIC, "policy")], PERSONAL)
    assert re.search(r"<p class=.m.[^>]*><span[^>]*>您关注：政策措施</span></p>", digest.html)


def test_the_subject_counts_the_readers_own_articles(sheet: Sheet) -> None:
    assert mail(sheet, OWN).subject == "《三晋装备通讯》2026年第11期：为您选出 14 篇"
    assert mail(sheet, Interests(())).subject == "《三晋装备通讯》2026年第11期：全部 29 篇"


@pytest.mark.parametrize(
    ("interests", "sentence"),
    [
        (OWN, "本期 29 篇，按您的关注为您选出 14 篇。"),
        (
            Interests(("quality",), topics_from=TopicsFrom.ENTERPRISE),
            "按贵单位的关注为您选出 3 篇。",
        ),
        (Interests(("nowhere",)), "本期 29 篇中没有您关注的内容，以下 3 篇供您浏览。"),
        (Interests(("quality",), standard=True), "这是标准版，收录本期全部 29 篇。"),
    ],
)
def test_the_opening_says_how_the_mail_came_about(
    sheet: Sheet, interests: Interests, sentence: str
) -> None:
    digest = mail(sheet, interests)
    for part in (digest.html, digest.text):
        assert sentence in part
        assert part.count("篇。") + part.count("供您浏览。") == 1


def test_both_parts_carry_the_same_titles_in_the_same_order(sheet: Sheet) -> None:
    digest = mail(sheet, OWN, "science")
    text = digest.text.partition("=" * 72)[2].replace("\n", "")
    places = [text.index(title) for title in titles(digest)]
    assert len(places) == 15
    assert places == sorted(places)


def test_no_dot_is_left_at_the_end_of_a_line_when_the_reason_moves_to_the_next(
    sheet: Sheet,
) -> None:
    facts = re.findall(r'<p class="m"[^>]*>([^<]*)<span class="w"', mail(sheet, OWN).html)
    assert len(facts) == 14
    assert all(re.search(r" · 第 \d+ 页\u3000$", fact) for fact in facts)


def test_each_line_of_the_contents_hangs_from_its_own_paragraph(sheet: Sheet) -> None:
    contents = mail(sheet, OWN).html.partition("<h2")[0]
    assert len(re.findall(r'<p class="ke"[^>]*text-indent:-15px[^>]*><a ', contents)) == 14


def test_every_article_leads_to_its_full_text(sheet: Sheet) -> None:
    choices = choose(ISSUE.articles, OWN)
    digest = join(sheet, choices, PERSONAL)
    for choice in choices:
        url = f"{PERSONAL.click_url}/{choice.article - 100}"
        assert digest.html.count(f'href="{url}"') == 3  # in the contents, the title, 阅读全文
        assert f"\n{url}\n" in digest.text


@pytest.mark.parametrize("interests", [OWN, Interests(())])
def test_the_ways_out_are_always_there(sheet: Sheet, interests: Interests) -> None:
    digest = mail(sheet, interests)
    for url in (PERSONAL.read_url, PERSONAL.preferences_url, PERSONAL.unsubscribe_url):
        assert f'href="{url}"' in digest.html
        assert f"\n{url}\n" in digest.text
    other = "改收标准版" if interests is OWN else "改收个性化版"
    assert other in digest.html
    assert other in digest.text


def test_the_pixel_is_there_only_where_opens_are_counted(sheet: Sheet) -> None:
    choices = choose(ISSUE.articles, OWN)
    assert "<img" not in join(sheet, choices, PERSONAL).html
    counted = join(sheet, choices, replace(PERSONAL, open_url="https://read.example.cn/o/x")).html
    assert re.findall("<img[^>]*>", counted) == [
        '<img src="https://read.example.cn/o/x" width="1" height="1" alt="">'
    ]


def test_the_preview_shows_the_readers_first_titles(sheet: Sheet) -> None:
    digest = mail(sheet, OWN)
    assert "；".join(titles(digest)[:3]) in digest.html


def test_the_same_input_gives_the_same_bytes(sheet: Sheet) -> None:
    assert mail(sheet, OWN) == mail(make_sheet(), OWN)


def test_no_mark_is_left(sheet: Sheet) -> None:
    for part in (mail(sheet, OWN).html, mail(sheet, OWN).text):
        assert not re.search(r"\d{20}", part)
        assert not re.search(r"<!--(?!\[if mso\]|\[endif\])", part.replace("<![endif]-->", ""))


def test_the_text_part_fits_a_screen(sheet: Sheet) -> None:
    for line in mail(sheet, OWN, "science").text.split("\n"):
        assert columns(line) <= 72
        assert line[:1] not in tuple("。，、；：！？」』）》”")


def test_a_long_reason_is_wrapped_in_the_text_part(sheet: Sheet) -> None:
    digest = join(sheet, [Choice(101, Reason.WATCH_WORD, "煤" * 40)], PERSONAL)
    assert max(columns(line) for line in digest.text.split("\n")) <= 72


def test_the_longest_mail_stays_below_what_providers_cut(sheet: Sheet) -> None:
    choices = choose(ISSUE.articles, Interests(()))
    assert len(choices) == 29
    assert Composer(sheet).html_bytes(choices, PERSONAL) < 62 * 1024


def test_a_mail_that_would_be_cut_is_refused() -> None:
    wordy = [make_article(at, "policy", title="长" * 300, summary="") for at in range(1, 30)]
    sheet, choices = make_sheet(*wordy), choose(wordy, Interests(()))
    with pytest.raises(TooLarge) as told:
        compose(sheet, choices)
    assert (told.value.articles, told.value.html_bytes) > (28, 69 * 1024)
    assert "超过 69 KiB：请缩短摘要" in str(told.value)
