"""What the names of files in a folder say: their order, their titles, and whether they head it."""

import re
import unicodedata

from distribution.compiler.front.numerals import value
from distribution.compiler.lines import is_han, key

_CHINESE = "〇零一二三四五六七八九十百"
_COUNTED = re.compile(
    rf"[第(\[【]?(?:([0-9]{{1,6}})|([{_CHINESE}]{{1,5}})(?=[篇章节、.)\]】:_ -]))"
    r"[篇章节号]?[)\]】、.:_ -]*"
)
_FRONT = re.compile(
    r"(?:本期|.{0,12}第.{1,5}期)?(?:刊头)?(?:和|与)?(?:目录|目次|封面|刊头|刊首|扉页|contents)"
)
_NO_TITLES = re.compile("新建|文档|文章|正文|稿件|稿子|未命名|副本|document")
_SHORTEST_TITLE = 5

Order = tuple[int, int, list[tuple[int, str]]]


def stem(name: str) -> str:
    """The name without its extension, in the usual widths.

    >>> stem("（１）试点启动.docx")
    '(1)试点启动'
    """
    return unicodedata.normalize("NFKC", name.rpartition(".")[0] or name)


def order(name: str) -> Order:
    """第 2 篇 before 第 10 篇; a name without a number behind all others.

    >>> sorted(["第10篇.txt", "附录.txt", "第2篇.txt"], key=order)
    ['第2篇.txt', '第10篇.txt', '附录.txt']
    """
    counted = _COUNTED.match(stem(name).replace("第 ", "第"))
    pieces = re.findall(r"[0-9]{1,9}|[^0-9]+", stem(name))
    natural = [(int(one), "") if one.isdecimal() else (0, one) for one in pieces]
    if counted is None:
        return 1, 0, natural
    return 0, value(counted[1] or counted[2]), natural


def titles_of(name: str) -> list[str]:
    """What an article may be called by its file: the whole name, and without its number.

    >>> titles_of("03 试点启动.docx"), titles_of("15家企业入选.docx"), titles_of("新建文档.docx")
    (['03 试点启动', '试点启动'], ['15家企业入选', '家企业入选'], [])
    """
    whole = stem(name).strip()
    bare = _COUNTED.sub("", whole.replace("第 ", "第"), count=1).strip()
    found = dict.fromkeys([whole, bare])
    return [one for one in found if key(one) and not _NO_TITLES.search(one.casefold())]


def may_be_title(text: str) -> bool:
    """Whether the name of a file is long enough, and Chinese, to be somebody's title."""
    return len(key(text)) >= _SHORTEST_TITLE and any(map(is_han, text))


def is_named_front(name: str) -> bool:
    """Whether it is the file with the title page or the contents.

    >>> is_named_front("00 目录.docx"), is_named_front("节能装备推荐目录.docx")
    (True, False)
    """
    return any(_FRONT.fullmatch(key(one)) for one in titles_of(name))
