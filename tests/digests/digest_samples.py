"""Issues and readers for the tests of digests; every sentence in them is made up."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from distribution.compiler import Article, Contact, Masthead, Paragraph
from distribution.digests import (
    Choice,
    Composer,
    Headers,
    Interests,
    Personal,
    Publication,
    Selected,
    Selector,
    Sheet,
    render_sheet,
)
from distribution.digests.rendering import FRAME
from distribution.digests.sheet import ArticleFacts
from distribution.issues import Contract, Limit, StoredArticle, StoredIssue
from distribution.words import Reason

TEMPLATES = [Path(__file__).parents[2] / "email_templates"]
SECTIONS = {
    "policy": ("政策措施", 4),
    "equipment": ("装备制造", 6),
    "education": ("产教融合", 2),
    "industry": ("行业资讯", 3),
    "province": ("省内信息", 7),
    "quality": ("质量管理", 3),
    "science": ("科技前沿", 4),
}
TOPICS = {code: name for code, (name, _) in SECTIONS.items()}
LONG_TITLE = (
    "省级首台（套）装备目录第三批征集工作开始，重点面向煤机、重型运输与工业母机，"
    "附申报流程、联系方式和时间安排说明"
)
SUMMARY = (
    "省里近日发出通知，征集范围包括智能采掘、重载运输和高端铸锻装备，企业可在下月二十日前经所在市"
    "推荐申报；通过评审的产品将优先列入采购目录，并享受保险补偿。与往年不同的是，软件和检测设备第一次"
    "列入支持范围，已经开工的项目可以补充申报……"
)
MASTHEAD = Masthead(
    publication="三晋装备通讯",
    year=2026,
    label="11",
    number=11,
    total_number=447,
    month=date(2026, 11, 1),
    publishers=("三晋省装备工业联合会", "三晋装备设计研究院"),
    contact=Contact(
        email="office@example.cn",
        phone="0351-0000000",
        postcode="030000",
        address="太原市示范街 8 号",
        website="https://example.cn/",
    ),
)
PUBLICATION = Publication("三晋装备通讯", "digest@mail.example.cn", "digest.example.cn")
PERSONAL = Personal(
    click_url="https://read.example.cn/c/" + "A" * 30,
    read_url="https://read.example.cn/r/" + "B" * 30,
    unsubscribe_url="https://read.example.cn/u/" + "C" * 30,
    preferences_url="https://read.example.cn/p/" + "D" * 30,
)
HEADERS = Headers(
    sender_name="三晋装备通讯",
    sender_address="digest@mail.example.cn",
    recipient="reader@example.com",
    message_id="<" + "a" * 36 + "@mail.example.cn>",
    date=datetime(2026, 11, 1, 1, 0, tzinfo=UTC),
    list_id="digest.example.cn",
    unsubscribe_url=PERSONAL.unsubscribe_url,
    unsubscribe_mailto="mailto:leave@mail.example.cn",
    feedback_id="2026-11:regular:digest:sanjin",
    boundary="=_0123456789abcdef01234567",
)


def make_article(
    position: int,
    *topics: str,
    title: str | None = None,
    summary: str = SUMMARY[:80],
    must_carry: bool = False,
    lead: bool = False,
    section: str | None = None,
    paragraphs: tuple[str, ...] = (),
) -> StoredArticle:
    """An article whose id is its position plus 100."""
    article = Article(
        position=position,
        section=section or (TOPICS.get(topics[0], "其他") if topics else "其他"),
        page=position // 2 + 1,
        title=f"第 {position} 条消息的标题" if title is None else title,
        source="科技日报",
        date=date(2026, 10, 18),
        summary=summary,
        blocks=tuple(map(Paragraph, paragraphs)),
    )
    return StoredArticle(100 + position, must_carry, topics, article, lead=lead)


def make_issue(*articles: StoredArticle, contract: Contract | None = None) -> StoredIssue:
    """An issue of these articles, or a whole one of 29 with the longest titles and summaries."""
    return StoredIssue(1, MASTHEAD, articles or tuple(_all_sections()), contract or Contract())


def select(
    articles: Sequence[StoredArticle],
    interests: Interests,
    *,
    minimum: int = 3,
    discovery: Sequence[str] = (),
    limits: Sequence[Limit] = (),
) -> Selected:
    """What a reader gets of these articles."""
    issue = make_issue(*articles, contract=Contract(limits=tuple(limits)))
    return Selector(issue, minimum=minimum, discovery=discovery).select(interests)


def choose(
    articles: Sequence[StoredArticle], interests: Interests, **options: object
) -> tuple[Choice, ...]:
    """The same without what is left out."""
    return select(articles, interests, **options).choices  # type: ignore[arg-type]


def _all_sections() -> list[StoredArticle]:
    codes = [code for code, (_, count) in SECTIONS.items() for _ in range(count)]
    return [
        make_article(at, code, title=f"{LONG_TITLE[:56]}之{at:02}", summary=SUMMARY[:120])
        for at, code in enumerate(codes, start=1)
    ]


def make_sheet(*articles: StoredArticle) -> Sheet:
    """A sheet of the bundled templates."""
    return render_sheet(make_issue(*articles), TOPICS, TEMPLATES, PUBLICATION, honeypot=True)


def compose(
    sheet: Sheet,
    choices: Sequence[Choice],
    personal: Personal = PERSONAL,
    headers: Headers = HEADERS,
) -> bytes:
    """A message as readers get it."""
    return Composer(sheet).compose(choices, personal, headers)


def compose_tiny(
    headers: Headers = HEADERS,
    subject: str = "第 9 期：为您选出 2 篇",
    html: str = "<p>正文</p>\n",
) -> bytes:
    """A message of nearly nothing, for what stands above it."""
    frame = dict.fromkeys((*FRAME, "contents-1", "article-1"), ("",))
    sheet = Sheet(
        key="2026-11",
        publication=PUBLICATION,
        boundary=HEADERS.boundary,
        topics={},
        articles=(ArticleFacts(1, "标题", "栏目"),),
        subject=dict.fromkeys(("own", "whole"), (subject,)),
        html={**frame, "top": (html,)},
        text={**frame, "top": ("正文\n第二行\n",)},
    )
    return compose(sheet, [Choice(1, Reason.CONTENTS, "")], headers=headers)


def unpadded(html: str) -> str:
    """Without the blanks that mean nothing to a browser."""
    return re.sub(r"\s+(?=[<>])|(?<=>)\s+", "", re.sub(r"\s+", " ", html)).strip()
