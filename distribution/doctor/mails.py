"""One mail of each kind, made up: what templates are tried with. Nothing in it is anybody's."""

from collections.abc import Mapping
from datetime import date

from distribution.compiler import Article, Contact, Masthead, Paragraph
from distribution.delivery import Told
from distribution.issues import Contract, StoredArticle, StoredIssue

_DAY = date(2026, 12, 1)
_HOUSE = Contact("digest@magazine.example", "0351-0000000")
_MASTHEAD = Masthead("期刊", 2026, "12", 12, 120, _DAY, ("主办单位",), _HOUSE)
_ARTICLE = Article(1, "栏目", 1, "标题", "来源", _DAY, "摘要。", (Paragraph("正文。"),))

TOPICS = {"topic": "主题"}
ISSUE = StoredIssue(
    id=1,
    masthead=_MASTHEAD,
    articles=tuple(
        StoredArticle(number, must_carry=False, topics=("topic",), article=_ARTICLE, lead=lead)
        for number, lead in ((1, True), (2, False))
    ),
    contract=Contract(note="卷首语。", notice="通知。", commercial=True),
)

_URLS = ("confirm_url", "move_url", "copy_url", "preferences_url", "unsubscribe_url")
_COMMON: Mapping[str, object] = {
    "issue": _MASTHEAD,
    "sender_name": "编辑部",
    "sender_address": _HOUSE.email,
    **dict.fromkeys(_URLS, "https://magazine.example/"),
}
LETTERS: Mapping[str, Mapping[str, object]] = {
    "confirm": {**_COMMON, "days": 7, "until": "2026年12月8日", "by_web": True},
    "welcome": {
        **_COMMON,
        "topics": ["主题"],
        "watch_words": ["词"],
        "whose": "由您选择。",
        "only_when_matching": True,
    },
    "told": {**_COMMON, **Told("move", "标题", ("第一段。", "第二段。"), "move", "确认").values()},
    "proof": {
        "key": _MASTHEAD.key,
        "issue_name": "《期刊》第 12 期",
        "subject": "主题",
        "made_at": "2026-12-01 09:00",
        "by": "编辑",
        "whose": "标准版",
        "errors": 1,
        "notices": 2,
        "sentences": ["一处。"],
        "more": 2,
        "approved_at": "",
        "approve_url": "https://magazine.example/",
        "days": 7,
    },
    "notice": {
        "title": "标题",
        "lead": "起首。",
        "lines": ["一条。"],
        "advice": "办法。",
        "sender_name": "编辑部",
    },
}
"""By the folder of their templates, with all that these see."""
