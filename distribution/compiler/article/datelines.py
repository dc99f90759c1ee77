"""Who reported it and when: what the first paragraph says before the report begins.

A wrong agency is worse than none, so a name counts only where a date, a verb of reporting or
the name itself shows that it is an agency; a colon alone does not (会议指出：).
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from distribution.compiler.article.agencies import (
    is_media,
    is_office,
    is_own,
    is_periodical,
    without_place,
)
from distribution.compiler.lines import narrow

_REACH = 80
"""Characters of the first paragraph that are looked at."""

_DATE = re.compile(
    r"(?:(?P<year>(?:19|20)[0-9]{2}) ?年 ?)?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?日"
    r"|(?P<iso_year>(?:19|20)[0-9]{2})[-./](?P<iso_month>[0-9]{1,2})[-./](?P<iso_day>[0-9]{1,2})"
)
_LEAD = re.compile(r"据|来自|(?:稿件|文章|信息)?来源(?:于|:)?")
_WIRE = re.compile(r" ?(?:专电|电讯|电|讯)(?![子力气机网动器厂站化信])")
_VERB = re.compile(r" ?(?:网站)?(?P<verb>消息|发布(?:消息)?|报道|报导|通报|公布|讯|电)")
_REPORTED = ("消息", "报道", "报导", "讯", "电")
"""Verbs that leave no doubt; 发布 and 公布 may go on: 发布方案."""
_BYLINE = re.compile(r" ?\([^()]{0,40}(?:记者|通讯员|作者|编辑)[^()]{0,40}\)")
_NAMES = re.compile(r" ?\([\u4e00-\u9fff]{2,4}(?:[ 、][\u4e00-\u9fff]{2,4}){0,3}\)")
"""（张三 李四）, behind 电."""
_BRACKETED = re.compile(r"[【\[]([^】\]]{2,20})[】\]] ?")
_ASIDE = re.compile(r"\(([^()]{4,40}(?:消息|报道|讯|电))\)[:, ]*")
_ACTS = re.compile("[在到赴向于来往]|召开|举[行办]|参观|考察|调研|成立|联合(?!会)|组织|印发|发起")
"""What a sentence says of an office; no dateline does."""
_STOPS = ",:;。!?、()《》“”\"'…"
_NOT_A_DATELINE = re.compile(r"[前后起止]|以[前来后]|之[前后]|[至到]")


@dataclass(frozen=True, slots=True)
class Dateline:
    """What was found; `length` characters of the paragraph are dateline and not report."""

    source: str | None
    date: date | None
    length: int


NO_DATELINE = Dateline(None, None, 0)


def read_dateline(paragraph: str, month: date) -> Dateline:
    """Find agency and date at the beginning of an article; `month` dates "11月3日".

    A date without an agency stays part of the sentence it begins, so its length is 0.

    >>> read_dateline("新华社太原2026年11月3日电：近日，", date(2026, 11, 1))
    Dateline(source='新华社', date=datetime.date(2026, 11, 3), length=17)
    >>> read_dateline("会议指出：要抓好落实。", date(2026, 11, 1))
    Dateline(source=None, date=None, length=0)
    """
    head = narrow(paragraph[:_REACH])
    byline = _BYLINE.match(head)
    start = _after_comma(head, byline.end()) if byline else 0
    lead = _LEAD.match(head, start)
    dated = _DATE.match(head, lead.end() if lead else start)
    after = _after_comma(head, dated.end() if dated else lead.end() if lead else start)
    if dated and not lead:
        lead = _LEAD.match(head, after)
        after = lead.end() if lead else after
    name = _in_brackets(head, after) or _agency(head, after, led=lead is not None, dated=dated)
    if name is not None:
        found = dated or name.dated or _DATE.match(head, name.end)
        return Dateline(name.text, date_of(found, month), name.end)
    if dated and not lead and not _NOT_A_DATELINE.match(head, dated.end()):
        day = date_of(dated, month)
        return Dateline(None, day if day and _is_recent(day, month) else None, 0)
    return NO_DATELINE


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    dated: re.Match[str] | None
    end: int


def _after_comma(head: str, position: int) -> int:
    while head[position : position + 1] in (",", " "):
        position += 1
    return position


def _in_brackets(head: str, start: int) -> _Name | None:
    """【三晋装备网讯】, （三晋装备网 11月3日消息）."""
    aside = _ASIDE.match(head, start)
    if aside:
        name = _agency(aside[1] + ":", 0, led=False, dated=None)
        return replace(name, end=aside.end()) if name else None
    match = _BRACKETED.match(head, start)
    if not match:
        return None
    text, _ = _without_verb(match[1])
    return _Name(text, None, match.end()) if is_media(text) or is_own(text) else None


def _agency(head: str, start: int, *, led: bool, dated: re.Match[str] | None) -> _Name | None:
    """The agency that begins at `start`, with a date of its own if it holds one."""
    book = re.compile("《([^《》]{2,20})》").match(head, start)
    if book:
        bare = head[: book.start()] + book[1] + head[book.end() :]
        found = _agency(bare, start, led=led, dated=dated)
        if found is not None and found.text == book[1]:
            return replace(found, end=found.end + 2)
        return _reported(head, book)
    stop = next((at for at in range(start, len(head)) if head[at] in _STOPS), len(head))
    inner = _DATE.search(head, start, stop)
    if inner:
        return _agency_around_date(head, start, inner, led=led)
    wire = _WIRE.search(head, start, stop)
    if wire and (wire.end() == stop or head[wire.end()] == " ") and wire.end() < len(head):
        text = without_place(head[start : wire.start()])
        if is_own(text) or is_media(text):
            return _Name(text, None, _end_of_dateline(head, wire.end()))
    aside = _in_aside(head, start, stop)
    if aside:
        return aside
    dates = dated is not None and (dated.end() == start or not _ACTS.search(head, start, stop))
    return _before_colon(head, start, stop, trusted=led or dates, led=led)


def _reported(head: str, book: re.Match[str]) -> _Name | None:
    """《三晋市场监管》报道：: brackets and verb show an agency, whatever its name is."""
    dated = _DATE.match(head, book.end())
    verb = _VERB.match(head, dated.end() if dated else book.end())
    closes = head[verb.end() : verb.end() + 1] if verb else ""
    if verb is None or verb["verb"] not in _REPORTED or closes not in (":", ","):
        return None
    return _Name(book[1], dated, verb.end() + 1)


def _in_aside(head: str, start: int, stop: int) -> _Name | None:
    """三晋在线（2026年11月3日 第2版）."""
    dated = _DATE.match(head, stop + 1)
    end = head.find(")", dated.end()) if dated else -1
    text = head[start:stop].strip()
    if end < 0 or head[stop] != "(" or not is_media(text):
        return None
    return _Name(text, dated, _after_marks(head, end + 1))


def _before_colon(head: str, start: int, stop: int, *, trusted: bool, led: bool) -> _Name | None:
    """三晋装备网：, 据三晋装备网报道，, 省统计局消息：."""
    text, verb = _without_verb(head[start:stop])
    byline = _BYLINE.match(head, stop) if verb in _REPORTED else None
    end = byline.end() if byline else stop
    closes = head[end : end + 1]
    spaced = _spaced(head, start, stop) if closes != ":" else None
    if spaced:
        return spaced
    comma = closes == "," and (led or (verb in _REPORTED and is_media(text)))
    if byline and closes != ":" and is_media(text):
        return _Name(text, None, _after_marks(head, end))
    if closes != ":" and not comma:
        return None
    trusted = trusted or verb != "" or _DATE.match(head, end + 1) is not None
    if is_media(text) or (trusted and (is_office(text) or is_periodical(text))):
        return _Name(text, None, end + 1)
    return None


def _spaced(head: str, start: int, stop: int) -> _Name | None:
    """工信部网站消息 近日: a blank ends the dateline where a word of reporting stands before it."""
    words, blank, _ = head[start:stop].partition(" ")
    text, verb = _without_verb(words)
    if blank and verb in ("消息", "报道") and is_media(text):
        return _Name(text, None, start + len(words) + 1)
    return None


def _agency_around_date(head: str, start: int, inner: re.Match[str], *, led: bool) -> _Name | None:
    """新华社太原11月3日电, 据省统计局11月3日消息: a name, a date, a word of reporting."""
    text = head[start : inner.start()].strip()
    wire = _WIRE.match(head, inner.end())
    if wire:
        text = without_place(text)
        if is_media(text) or is_own(text):
            return _Name(text, inner, _end_of_dateline(head, wire.end()))
        return None
    spoken, said = _without_verb(text)
    if said in ("讯", "电") and (is_media(spoken) or is_own(spoken)):  # 三晋晚报讯 11月3日，
        return _Name(spoken, None, inner.start())
    verb = _VERB.match(head, inner.end())
    end = verb.end() if verb else inner.end()
    closes = head[end : end + 1]
    if closes == "," and verb:
        closed = led or (verb["verb"] in _REPORTED and is_media(text))
    elif closes in (",", " ") and not (verb or led):  # 三晋日报 2026年11月3日 全省
        spaced = closes == " " or head[inner.start() - 1] == " "
        closed = bool(inner["year"]) and spaced and is_media(text)
    else:
        closed = closes == ":"
    if not closed:
        return None
    if is_media(text) or is_office(text):
        return _Name(text, inner, end + 1)
    return None


def _end_of_dateline(head: str, end: int) -> int:
    """Behind the byline and the colon that may follow 电 or 讯."""
    byline = _BYLINE.match(head, end) or _NAMES.match(head, end)
    return _after_marks(head, byline.end() if byline else end)


def _after_marks(head: str, end: int) -> int:
    while head[end : end + 1] in (":", " ", ","):
        end += 1
    return end


def _without_verb(phrase: str) -> tuple[str, str]:
    """工信部网站消息 -> 工信部网站, 消息."""
    phrase = phrase.strip()
    if phrase.endswith(("通讯", "资讯")):
        return phrase, ""
    for verb in ("发布消息", "消息", "发布", "报道", "报导", "通报", "公布", "专电", "讯", "电"):
        if phrase.endswith(verb):
            return phrase.removesuffix(verb).strip(), verb
    return phrase, ""


def date_of(match: re.Match[str] | None, month: date) -> date | None:
    """The day, with the latest year that does not lie beyond the issue where it names none."""
    if match is None:
        return None
    year = int(match["year"] or match["iso_year"] or 0)
    month_number = int(match["month"] or match["iso_month"])
    day = int(match["day"] or match["iso_day"])
    if not year:
        year = month.year if month_number <= month.month else month.year - 1
    try:
        return date(year, month_number, day)
    except ValueError:
        return None


def first_date(text: str, month: date) -> date | None:
    """The first day a line names."""
    return date_of(_DATE.search(narrow(text)), month)


def _is_recent(day: date, month: date) -> bool:
    """A day far from the issue's month is part of the story (1949年10月1日), no dateline."""
    return month - timedelta(days=366) <= day <= month + timedelta(days=62)
