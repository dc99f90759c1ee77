"""What stands between an issue and its approval, each with the command that puts it right."""

import shlex
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from distribution.compiler import Masthead, Picture, article_key
from distribution.issues.content import Contract, Limit, StoredArticle
from distribution.issues.correcting import Correction, text_of
from distribution.issues.doubting import Told
from distribution.issues.weblinks import bad_links, fault

_IMPORT = "distribution issue import 改好的文件"


class Fault(StrEnum):
    """The closed set of what a check finds."""

    DOUBT = "doubt"
    NO_SUMMARY = "no_summary"
    NO_TOPIC = "no_topic"
    NO_TEXT = "no_text"
    SAME_TITLE = "same_title"
    BAD_LINK = "bad_link"
    UNPLACED = "unplaced"
    LEAD_GONE = "lead_gone"
    SECTION_GONE = "section_gone"
    PINNED_ABOVE = "pinned_above"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; an error keeps the issue from being approved."""

    kind: Fault
    error: bool
    position: int
    """The article's place; 0 for the issue."""
    sentence: str
    remedy: str
    """A command."""
    number: int = 0
    """From 1; a doubt's own number, so that it stays while others are dealt with."""
    excerpt: str = ""
    """The text in question."""


def findings(
    key: str,
    masthead: Masthead,
    articles: Sequence[StoredArticle],
    doubts: Sequence[Told],
    unplaced: Sequence[Correction],
    contract: Contract | None = None,
    lost_lead: str = "",
) -> list[Finding]:
    """Errors first, then notices; doubts keep their numbers, the others follow behind them.

    `lost_lead` is the title of the lead article where it is no more among the articles.
    """
    told = [_about_doubt(key, doubt) for doubt in doubts if not doubt.seen and not doubt.settled]
    others = [
        *(() if articles else (_about_nothing(key),)),
        *_about_articles(key, articles),
        *_about_titles(key, articles),
        *_about_links(key, masthead, articles),
        *(_about_unplaced(key, correction) for correction in unplaced),
        *((_about_lead(key, lost_lead),) if lost_lead else ()),
        *_about_limits(key, contract or Contract(), articles),
    ]
    numbered = [
        replace(finding, number=number)
        for number, finding in enumerate(others, start=len(doubts) + 1)
    ]
    return sorted([*told, *numbered], key=lambda finding: not finding.error)


def mapping(section: str) -> str:
    """The command that lets a section lead to a topic.

    >>> mapping("安全生产"), mapping("T2 航站楼")
    ('distribution issue section map 安全生产 --topic 主题', \
"distribution issue section map 'T2 航站楼' --topic 主题")
    """
    return f"distribution issue section map {_quoted(section)} --topic 主题"


def _quoted(section: str) -> str:
    return section if section.isalnum() else shlex.quote(section)


def _about_doubt(key: str, told: Told) -> Finding:
    complaint = told.complaint
    place = f"（{complaint.place}）" if complaint.place else ""
    remedy = f"distribution issue seen {key} {told.number}"
    if told.section:
        remedy = mapping(told.section)
    return Finding(
        Fault.DOUBT,
        complaint.kind.grave,
        told.position,
        f"{complaint.problem}{place}",
        remedy,
        told.number,
        complaint.excerpt,
    )


def _about_nothing(key: str) -> Finding:
    """Each correction left some articles; what they left is not in a later file."""
    remedy = f"distribution issue corrections {key} --undo 编号"
    return Finding(Fault.NO_TEXT, True, 0, "更正之后一篇文章也没有了", remedy)


def _about_articles(key: str, articles: Sequence[StoredArticle]) -> Iterator[Finding]:
    for stored in articles:
        position, article = stored.article.position, stored.article
        name = f"distribution article edit {key}/{position}"
        if not any(not isinstance(block, Picture) for block in article.blocks):
            remedy = f"distribution article drop {key}/{position} --reason 理由"
            yield Finding(Fault.NO_TEXT, True, position, "没有文字：读者点开读不到正文", remedy)
        if not article.summary.strip():
            yield Finding(Fault.NO_SUMMARY, True, position, "没有摘要", f"{name} --summary 摘要")
        if not stored.topics:
            yield Finding(
                Fault.NO_TOPIC,
                True,
                position,
                *_without_topic(article.section, name),
            )


def _without_topic(section: str, edit: str) -> tuple[str, str]:
    """What is wrong, and the command against it."""
    if not section:
        return "没有主题，也没有栏目", f"{edit} --section 栏目"
    return f"没有主题：栏目「{section}」不通向任何主题", mapping(section)


def _about_titles(key: str, articles: Sequence[StoredArticle]) -> Iterator[Finding]:
    alike: defaultdict[str, list[int]] = defaultdict(list)
    for stored in articles:
        alike[article_key(stored.article.title)].append(stored.article.position)
    for first, *others in alike.values():
        for position in others:
            sentence = f"标题与第 {first} 篇相同"
            remedy = f"distribution article edit {key}/{position} --title 新标题"
            yield Finding(Fault.SAME_TITLE, True, position, sentence, remedy)


def _about_links(
    key: str, masthead: Masthead, articles: Sequence[StoredArticle]
) -> Iterator[Finding]:
    website = masthead.contact.website
    if website and (wrong := fault(website)):
        sentence = f"刊物网址 {website} {wrong}"
        remedy = f"distribution issue edit {key} --website 网址"
        yield Finding(Fault.BAD_LINK, True, 0, sentence, remedy)
    for stored in articles:
        for link, wrong in bad_links(text_of(stored.article)):
            sentence = f"网址 {link} {wrong}"
            yield Finding(Fault.BAD_LINK, True, stored.article.position, sentence, _IMPORT)


def _about_unplaced(key: str, correction: Correction) -> Finding:
    sentence = f"更正 {correction.id}（{correction.kind.label}）要改的内容已不在文件里，没有用上"
    remedy = f"distribution issue corrections {key} --undo {correction.id}"
    return Finding(Fault.UNPLACED, True, 0, sentence, remedy)


def _about_lead(key: str, title: str) -> Finding:
    sentence = f"头条「{title}」已不在这一期"
    remedy = f"distribution article lead {key} --off"
    return Finding(Fault.LEAD_GONE, True, 0, sentence, remedy)


def _about_limits(
    key: str, contract: Contract, articles: Sequence[StoredArticle]
) -> Iterator[Finding]:
    """What must be carried is carried above any limit, so that is no error."""
    for limit in contract.limits:
        inside = [
            stored
            for stored in articles
            if article_key(stored.article.section) == article_key(limit.section)
        ]
        pinned = sum(stored.must_carry or stored.lead for stored in inside)
        if not inside:
            yield _about_lost_section(key, limit)
        elif limit.most is not None and pinned > limit.most:
            sentence = (
                f"栏目「{limit.section}」至多 {limit.most} 篇，必发的和头条却有 {pinned} 篇："
                "照样全部发出"
            )
            remedy = f"distribution article limit {key} {_quoted(limit.section)} --most {pinned}"
            yield Finding(Fault.PINNED_ABOVE, False, 0, sentence, remedy)


def _about_lost_section(key: str, limit: Limit) -> Finding:
    sentence = f"限额的栏目「{limit.section}」已不在这一期"
    remedy = f"distribution article limit {key} {_quoted(limit.section)} --off"
    return Finding(Fault.SECTION_GONE, True, 0, sentence, remedy)
