"""Who reported it and when: what the first paragraph says before the report begins.

A wrong agency is worse than none, so a name counts only where a date, a verb of reporting or
the name itself shows that it is an agency; a colon alone does not (会议指出：).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from distribution.compiler.lines import narrow

_REACH = 80
"""Characters of the first paragraph that are looked at."""

_DATE = re.compile(
    r"(?:(?P<year>(?:19|20)[0-9]{2}) ?年 ?)?(?P<month>[0-9]{1,2}) ?月 ?(?P<day>[0-9]{1,2}) ?日"
    r"|(?P<iso_year>(?:19|20)[0-9]{2})[-./](?P<iso_month>[0-9]{1,2})[-./](?P<iso_day>[0-9]{1,2})"
)
_LEAD = re.compile(r"据|来自|(?:稿件|文章)?来源(?:于|:)?")
_WIRE = re.compile(r" ?(?:专电|电讯|电|讯)(?![子力气机网动器厂站化信])")
_VERB = re.compile(r" ?(?:网站)?(?P<verb>消息|发布(?:消息)?|报道|报导|通报|公布|讯|电)")
_BYLINE = re.compile(r" ?\([^()]{0,40}(?:记者|通讯员|作者|编辑)[^()]{0,40}\)")
_STOPS = ",:;。!?、()《》“”\"'…"
_NOT_A_DATELINE = re.compile(r"[前后起止]|以[前来后]|之[前后]|[至到]")
_TAIL = re.compile(r"\((?:来源|稿源|摘自|转自): ?([^()]{2,30})\)$")

_MEDIA = re.compile(
    r"(?:[社报网台刊]|网站|新闻|在线|财经|客户端|公众号|频道|周刊|杂志|通讯|央视|政协|界面)$"
)
_NO_MEDIA = re.compile(
    r"(?:联网|电网|管网|路网|水网|热网|入网|并网|上网|组网|官网"
    r"|公报|通报|申报|填报|上报|汇报|情报|预报|月报|年报|季报|快报|简报|警报|海报|回报"
    r"|合作社|旅行社|平台|机台|上台|出台|后台|阳台|展台)$"
)
_OFFICE = re.compile(
    r"(?:部|委|局|厅|院|所|司|署|省|市|中心|公司|集团|大学|学院|学校|政府|信息|资讯|办公室|实验室"
    r"|银行|总厂|基地|联盟|协会|学会|商会|联合会|委员会|促进会|联席会|理事会|组委会|研究会|基金会"
    r"|机械联|管委会|工委|党委|国资委|统计局|办公厅|总站|总队|平台)$"
)
_NO_NAME = re.compile(r"记者|笔者|我们|他们|[的了是]|^(?:从|在|由|对|将|为|与|和|该|此|各|据|近日)")
_OWN = re.compile(r"本[报刊网台社]$")
_PLACED = re.compile(r"(?P<agency>.*(?:[社报网]|电视台|电台|总台))(?P<place>[^社报网]{1,8})")
_SHORTEST_OFFICE = 3
_LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class Dateline:
    """What was found; `length` characters of the paragraph are dateline and not report."""

    source: str | None
    date: date | None
    length: int


def read_dateline(paragraph: str, month: date) -> Dateline:
    """Find agency and date at the beginning of an article; `month` dates "11月3日".

    A date without an agency stays part of the sentence it begins, so its length is 0.

    >>> read_dateline("新华社太原2026年11月3日电：近日，", date(2026, 11, 1))
    Dateline(source='新华社', date=datetime.date(2026, 11, 3), length=17)
    >>> read_dateline("会议指出：要抓好落实。", date(2026, 11, 1))
    Dateline(source=None, date=None, length=0)
    """
    head = narrow(paragraph[:_REACH])
    lead = _LEAD.match(head)
    start = lead.end() if lead else 0
    dated = _DATE.match(head, start)
    after_date = dated.end() if dated else start
    name = _agency(head, _after_comma(head, after_date), led=lead is not None, dated=dated)
    if name is not None:
        found = dated or name.dated or _DATE.match(head, name.end)
        return Dateline(name.text, _date_of(found, month), name.end)
    if dated and not lead and not _NOT_A_DATELINE.match(head, dated.end()):
        day = _date_of(dated, month)
        return Dateline(None, day if day and _is_recent(day, month) else None, 0)
    return Dateline(None, None, 0)


def source_at_end(paragraph: str) -> str | None:
    """The agency in brackets that closes some articles.

    >>> source_at_end("试点将逐步推开。（来源：三晋装备网）")
    '三晋装备网'
    """
    match = _TAIL.search(narrow(paragraph[-_REACH:]))
    return match[1].strip() if match else None


@dataclass(frozen=True, slots=True)
class _Name:
    text: str
    dated: re.Match[str] | None
    end: int


def _after_comma(head: str, position: int) -> int:
    while head[position : position + 1] in (",", " "):
        position += 1
    return position


def _agency(head: str, start: int, *, led: bool, dated: re.Match[str] | None) -> _Name | None:
    """The agency that begins at `start`, with a date of its own if it holds one."""
    stop = next((at for at in range(start, len(head)) if head[at] in _STOPS), len(head))
    inner = _DATE.search(head, start, stop)
    if inner:
        return _agency_around_date(head, start, inner, led=led)
    wire = _WIRE.search(head, start, stop)
    if wire and (wire.end() == stop or head[wire.end()] == " ") and wire.end() < len(head):
        text = _without_place(head[start : wire.start()])
        if _OWN.fullmatch(text) or _is_media(text):
            return _Name(text, None, _end_of_dateline(head, wire.end()))
    if head[stop : stop + 1] != ":" and not (led and head[stop : stop + 1] == ","):
        return None
    text, verb = _without_verb(head[start:stop])
    touching = dated is not None and dated.end() == start
    trusted = verb or led or touching
    if _is_media(text) or (trusted and _is_office(text)):
        return _Name(text, None, stop + 1)
    return None


def _agency_around_date(head: str, start: int, inner: re.Match[str], *, led: bool) -> _Name | None:
    """新华社太原11月3日电, 据省统计局11月3日消息: a name, a date, a word of reporting."""
    text = head[start : inner.start()].strip()
    wire = _WIRE.match(head, inner.end())
    if wire:
        text = _without_place(text)
        if _is_media(text) or _OWN.fullmatch(text):
            return _Name(text, inner, _end_of_dateline(head, wire.end()))
        return None
    verb = _VERB.match(head, inner.end())
    end = verb.end() if verb else inner.end()
    closes = head[end : end + 1]
    if closes != ":" and not (closes == "," and led and verb):
        return None
    if _is_media(text) or _is_office(text):
        return _Name(text, inner, end + 1)
    return None


def _end_of_dateline(head: str, end: int) -> int:
    """Behind the byline and the colon that may follow 电 or 讯."""
    byline = _BYLINE.match(head, end)
    end = byline.end() if byline else end
    while head[end : end + 1] in (":", " ", ","):
        end += 1
    return end


def _without_verb(phrase: str) -> tuple[str, bool]:
    """工信部网站消息 -> 工信部网站, True."""
    phrase = phrase.strip()
    if phrase.endswith(("通讯", "资讯")):
        return phrase, False
    for verb in ("发布消息", "消息", "发布", "报道", "报导", "通报", "公布", "专电", "讯", "电"):
        if phrase.endswith(verb):
            return phrase.removesuffix(verb).strip(), True
    return phrase, False


def _without_place(name: str) -> str:
    """新华社太原 -> 新华社."""
    name = name.strip()
    match = _PLACED.fullmatch(name)
    return match["agency"].strip() if match else name


def _is_media(name: str) -> bool:
    return _is_name(name) and bool(_MEDIA.search(name)) and not _NO_MEDIA.search(name)


def _is_office(name: str) -> bool:
    return _is_name(name) and len(name) >= _SHORTEST_OFFICE and bool(_OFFICE.search(name))


def _is_name(name: str) -> bool:
    return 1 < len(name) <= _LONGEST_NAME and not _NO_NAME.search(name)


def _date_of(match: re.Match[str] | None, month: date) -> date | None:
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


def _is_recent(day: date, month: date) -> bool:
    """A day far from the issue's month is part of the story (1949年10月1日), no dateline."""
    return month - timedelta(days=366) <= day <= month + timedelta(days=62)
