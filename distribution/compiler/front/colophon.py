"""The colophon: who publishes and how to reach them, in labelled lines at the end of the file."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from distribution.compiler.content import Contact
from distribution.compiler.lines import Line, narrow
from distribution.compiler.sentences import is_day

_KINDS = {
    "email": ("电子邮箱", "电子邮件", "投稿邮箱", "邮箱", "信箱", "E-mail", "Email", "Mail"),
    "phone": ("联系电话", "编辑部电话", "电话", "热线", "手机", "Tel"),
    "postcode": ("邮政编码", "邮编"),
    "address": ("通讯地址", "通信地址", "联系地址", "编辑部地址", "地址", "社址"),
    "website": ("官方网站", "网址", "网站", "官网"),
}
_OFFICES = (
    "编辑出版", "编辑部", "编辑单位", "编辑", "终审", "校编", "责任编辑", "责编", "责任校对",
    "执行主编", "副主编", "主编", "总编辑", "副总编", "总编", "校对", "审核", "审校", "初审",
    "复审", "审定", "签发", "美术编辑", "美编", "版式", "排版", "编委会", "编委", "编审", "顾问",
    "编委会主任",
    "主任", "副主任", "编印单位", "编印", "印刷单位", "印刷", "出版单位", "出版", "主管单位",
    "主管", "主办单位", "主办", "承办单位", "承办", "协办单位", "协办", "联系人", "传真", "Fax",
    "微信公众号", "公众号", "发送对象", "印数", "印刷日期", "出版日期", "准印证号", "投稿须知",
)  # fmt: skip
PUBLISHER_LABELS = ("主办", "主办单位")

_KIND_OF = {label.casefold(): kind for kind, labels in _KINDS.items() for label in labels}
_LABELS = sorted([*_KIND_OF, *_OFFICES], key=len, reverse=True)
_LABEL = re.compile(
    "(?:^|[ ;,|])("
    + "|".join(" ?".join(map(re.escape, label)) for label in _LABELS)
    + ")(?: ?: ?| (?=[^ :]))",
    re.IGNORECASE,
)
"""A label ends in a colon or, in a short line, in a blank."""
_ADDRESS = re.compile(r"<?(?:(?:https?://|www\.)[!-;=?-~]+|[\w.+-]+@[\w.-]+)>?", re.ASCII)
_ABOVE = re.compile(
    r"[-—\s]*《?[^。，；：]{0,20}》?(?:编辑部|编委会)[-—\s]*|版权(?:所有|声明|页|信息).*|.*注明出处。?"
    r"|.*(?:二维码|扫码|扫一扫|公众号|内部资料|准印证|免费交流|免费赠阅).*"
)
"""Lines without a label that open a colophon."""
_OTHER_LABEL = re.compile("([\u4e00-\u9fff ]{2,10}):")
_LONGEST_LINE = 80
_LONGEST_LABELLED = 600
_MOST_ABOVE = 6
_UNLABELLED_LINES = 3
_FEWEST_LABELS = 2


def labelled(text: str) -> list[tuple[str, str]]:
    """(label, value) of every labelled piece of a line; nothing if it opens with no label.

    >>> labelled("网 址：<http://a.example/> 电话：０３５１")
    [('网址', '<http://a.example/>'), ('电话', '０３５１')]
    """
    plain = narrow(text)
    address = _ADDRESS.fullmatch(plain)
    if address:
        return [("邮箱" if "@" in text else "网址", text)]
    found = list(_LABEL.finditer(plain)) if len(text) <= _LONGEST_LABELLED else []
    if len(text) > _LONGEST_LINE:
        found = [match for match in found if match[0].rstrip().endswith(":")]
    if not found or found[0].start(1) > 0:
        return []
    stops = [*(match.start() for match in found[1:]), len(text)]
    return [
        (plain[match.start(1) : match.end(1)].replace(" ", ""), text[match.end() : stop].strip())
        for match, stop in zip(found, stops, strict=True)
    ]


def split_colophon(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    """The body and the colophon behind it: a last block of short, mostly labelled lines."""
    start, labels, unlabelled = len(lines), 0, 0
    for index in range(len(lines) - 1, -1, -1):
        text = lines[index].text
        if lines[index].block is None and labelled(text):
            start, unlabelled = index, 0
            labels += len(labelled(text))
            continue
        unlabelled += 1
        if unlabelled > _UNLABELLED_LINES or len(text) > _LONGEST_LINE or text.endswith("。"):
            break
    if labels < _FEWEST_LABELS:
        return lines, ()
    start = _opened(lines, start)
    return lines[:start], lines[start:]


def _opened(lines: Sequence[Line], start: int) -> int:
    """Where the lines without labels begin that open the colophon."""
    for index in range(start - 1, max(-1, start - 1 - _MOST_ABOVE), -1):
        line = lines[index]
        if line.block is not None or len(line.text) > _LONGEST_LINE or is_day(line.text):
            break  # a day ends the article above: who signs it stands there, too
        if _ABOVE.fullmatch(line.text):
            start = index
    return start


def facts_of(lines: Iterable[Line]) -> list[tuple[str, str]]:
    """(label, value) in printed order; a line without a label continues the value before it.

    >>> facts_of([Line(9, "通讯地址：太原市"), Line(10, "虚构路 1 号")])
    [('通讯地址', '太原市虚构路 1 号')]
    """
    facts: list[tuple[str, str]] = []
    for line in lines:
        pieces = labelled(line.text) or _other_label(line.text)
        if not pieces and facts and not _ABOVE.fullmatch(line.text):
            label, value = facts.pop()
            pieces = [(label, value + line.text)]
        facts += pieces
    return facts


def contact_of(facts: Iterable[tuple[str, str]]) -> Contact:
    """Sort the facts; what is no way to reach the office is kept under `editors`.

    >>> contact_of([("邮箱", "a@b.example"), ("主编", "赵 钱")]).editors
    (('主编', '赵 钱'),)
    """
    ways: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    editors = []
    for label, value in facts:
        kind = _KIND_OF.get(label.casefold())
        if kind is None:
            editors.append((label, value))
        elif value:
            ways[kind].append(value if kind == "address" else _machine_readable(value))
    return Contact(
        **{kind: "、".join(values) for kind, values in ways.items()}, editors=tuple(editors)
    )


def _machine_readable(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip("<>《》 ").removeprefix("mailto:")


def _other_label(text: str) -> list[tuple[str, str]]:
    match = _OTHER_LABEL.match(narrow(text))
    return [(match[1].replace(" ", ""), text[match.end() :].strip())] if match else []
