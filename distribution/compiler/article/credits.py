"""Lines that say who wrote an article and where it comes from, above and below its text."""

import re
from datetime import date

from distribution.compiler.article.agencies import is_media
from distribution.compiler.article.datelines import first_date
from distribution.compiler.lines import narrow

MOST_ABOVE = 3
"""Lines between a title and the text below it."""
_LONGEST = 60
_REACH = 80
_FREQUENT = "王李张刘陈杨赵吴周徐孙朱胡郭林罗郑梁谢宋唐许韩冯邓曹彭袁潘蒋蔡"
"""Surnames with which hardly a word begins: one such name alone is an author."""
_SURNAMES = _FREQUENT + (
    "黄马何高曾肖田董余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段"
    "雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔温康牛樊葛邢齐乔庞颜倪庄聂章鲁岳翟殷詹申耿焦俞左柳"
    "甘祝包宁尚符舒阮柯纪梅童凌毕裴霍苗谷盛翁骆游辛靳柴蒙鲍华喻祁房滕屈饶解牟艾穆卓吉郎麦褚窦"
)
_GIVEN = " ?[\u4e00-\u9fff]{1,2}"
_NAME = rf"[{_SURNAMES}]{_GIVEN}(?: ?[0-9](?:,[0-9])*\*?)?"
"""张三 1,2*: the number of an affiliation may follow."""
_NAMES = rf"{_NAME}(?:(?:[ 、,]+|(?<=[0-9*])){_NAME}){{0,5}}"
_ROLE = (
    "(?:记者|通讯员|评论员|作者|编辑|撰稿人?|撰文|供稿|整理|摄影|编译|执笔|责编|责任编辑"
    "|文图|图文|文|图)"
)
_LABEL = r"(?:(?:稿件|文章|信息)?来源|稿源|作者(?:单位)?|供稿(?:单位)?|发布(?:时间|日期)|时间|日期)"
_ISO_DAY = r"(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}(?: [0-9]{1,2}:[0-9]{2})?"
_DAY = (
    r"(?:19|20)[0-9]{2}(?:[-./年] ?)[0-9]{1,2}(?:[-./月] ?)[0-9]{1,2}日?(?: [0-9]{1,2}:[0-9]{2})?"
)
_PAPER = "[\u4e00-\u9fff]{2,14}(?:[社报网台]|在线|新闻)"
_CREDIT = re.compile(
    rf"[□■◇◆▲△○●☆★◎]+ ?[^。；]{{2,30}}"
    rf"|(?:[\u4e00-\u9fff]{{0,6}}[刊报网台社])?(?:特约|见习|实习|首席|全媒体)*{_ROLE}"
    rf"(?: ?[:/|] ?| +)?{_NAMES}(?:[ ,、/|]*{_ROLE}[ :/|]*{_NAMES})*"
    rf"|{_ROLE}(?: ?/ ?{_ROLE})? ?[/:|] ?[^。；]{{1,30}}"
    rf"|(?:{_DAY} *)?{_LABEL} ?[:/|] ?[^。；，]{{1,40}}|{_ISO_DAY}"
    rf"|[^,。;:]{{2,30}}(?:课题|调研|采访|报道|编写|写作|联合报道)组"
    rf"|{_PAPER} +{_DAY}|{_DAY} +{_PAPER}"
    rf"|本[刊报网](?:编辑部)?(?:整理|综合|编辑部|评论员|记者)(?:整理|报道)?"
    rf"|{_NAME}(?:(?:[ 、]+|(?<=[0-9*])){_NAME}){{1,5}}|[{_FREQUENT}]{_GIVEN}|\([^()]{{2,40}}\)"
)
_SOURCE = re.compile(r"(?:稿件|文章|信息)?来源(?:于| ?[:/|])? ?(?P<name>[^ ,;()]{2,30})")
_TAIL = re.compile(
    r"[(\[【](?P<stated>(?:据|转自|摘自|原载|稿源|(?:稿件|文章|信息)?来源)(?:于|:)? ?)?"
    r"(?P<name>[^()\[\]【】]{2,40})[)\]】]$"
)
_TAIL_LINE = re.compile(
    r"(?:(?:稿件|文章|信息)?来源|稿源|摘自|转自)(?:于|:) ?(?P<name>[^:。]{2,40})$"
)
_NOT_ITS_NAME = re.compile(
    r" ?(?:报道|消息|记者|通讯员|作者|编辑|(?:19|20)[0-9]{2}|[0-9]{1,2}月).*"
)


def is_credit(text: str) -> bool:
    """Whether the line says who wrote it, when, or for whom, and nothing of the matter.

    >>> is_credit("本刊记者 张三 通讯员 李四"), is_credit("记者从省装备协会获悉")
    (True, False)
    """
    return len(text) <= _LONGEST and _CREDIT.fullmatch(narrow(text).strip()) is not None


def is_author(text: str) -> bool:
    """A name alone, as it may stand below a title; anywhere else it may be a word (高温)."""
    return re.fullmatch(_NAME, narrow(text).strip()) is not None


def is_subtitle(text: str) -> bool:
    """——来自一线的报告: the line below a title that goes on with it."""
    return text.startswith(("—", "──")) and len(text) <= _LONGEST and not text.endswith("。")


def credited(text: str, month: date) -> tuple[str | None, date | None]:
    """Agency and day that a line above the text names."""
    match = _SOURCE.search(narrow(text))
    source = _bare(match["name"]) if match else None
    rest = re.sub(_DAY, "", narrow(text)).strip()
    return source or (rest if is_media(rest) else None), first_date(text, month)


def source_at_end(paragraph: str) -> str | None:
    """The agency in brackets, or on a line of its own, that closes some articles.

    >>> source_at_end("试点将逐步推开。（来源：三晋装备网）"), source_at_end("（据晋工社报道）")
    ('三晋装备网', '晋工社')
    >>> source_at_end("试点将逐步推开（来源不明）。"), source_at_end("（张三 李四）")
    (None, None)
    """
    text = narrow(paragraph[-_REACH:])
    match = _TAIL.search(text)
    if match:
        name = _bare(match["name"])
        stated = match["stated"] and match["stated"] != "据"
        return name if name and (stated or all(map(is_media, name.split("、")))) else None
    line = _TAIL_LINE.match(text) if len(paragraph) <= _LONGEST else None
    return _bare(line["name"]) if line else None


def _bare(name: str) -> str | None:
    """The name without book brackets, authors and days."""
    return _NOT_ITS_NAME.sub("", name.replace("《", "").replace("》", "")).strip() or None
