"""The title page: everything that stands before the contents."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from distribution.compiler.content import Complaint
from distribution.compiler.doubts import Doubt
from distribution.compiler.front.colophon import PUBLISHER_LABELS, labelled
from distribution.compiler.front.contents import begins_contents
from distribution.compiler.front.numerals import NUMERAL, value
from distribution.compiler.front.rows import heads_contents
from distribution.compiler.lines import Line, compact, excerpt, is_han, key
from distribution.compiler.unreadable import UnreadableIssue

BEGINNING = "文件开头应依次有刊名、「2026 年第 11 期」、「2026 年 11 月」和「目录」，各占一行"

_TO = "[-–—~、,/至和]"
_RANGE = rf"{NUMERAL}(?:(?:{_TO}|期)+第?{NUMERAL})*"
_TOTAL = re.compile(
    rf"总期?第(?P<first>{NUMERAL})(?:{_TO}{NUMERAL})*期?|总(?P<bare>{NUMERAL})[^年]*?期"
)
_NUMBER = re.compile(
    rf"第({_RANGE})期|({NUMERAL}{_TO}{NUMERAL})期?(?=合刊)|(?<![a-z])no\.?([0-9]{{1,3}})(?![0-9])",
    re.IGNORECASE,
)
_VOLUME = re.compile(rf"第{NUMERAL}卷|vol\.?[0-9]{{1,3}}(?![0-9])", re.IGNORECASE)
_WEEKDAY = re.compile("[(]?星期[一二三四五六日天][)]?")
_DATE = re.compile(
    rf"(?P<year>[12][0-9]{{3}}|[一二][〇零○一二三四五六七八九]{{3}})"
    rf"(?:年(?:(?P<month>{NUMERAL})(?:{_TO}{NUMERAL})?月(?:{NUMERAL}日|号|刊)?)?"
    r"|[-./·](?P<digits>[0-9]{1,2})(?![0-9])(?:[-./][0-9]{1,2})?)(?:出版|编印|印刷|发行)?"
)
_LONE_MONTH = re.compile(rf"({NUMERAL})(?:{_TO}{NUMERAL})?月(?:{NUMERAL}日)?(?:出版|编印|印刷)?")
_SUPPLEMENT = re.compile(rf"增刊(?:[(第]*({NUMERAL})[)期号]*)?")
_DOUBLE = re.compile("合刊|合订")
_FURNITURE = re.compile(
    r"内部资料.*|内部刊物.*|免费.*|注意保存|ISSN.*|CN[0-9].*|.*准印证.*|.*刊号.*|.*创刊.*"
    r"|(?:半|双)?[月季年旬周]刊|[!-~]*[a-z]{3}[!-~]*",
    re.IGNORECASE,
)
_FOUNDED = re.compile("创刊|刊号|准印证")
"""What stands beside these words is no date and no number of this issue."""
_SUFFIXED = re.compile("(?P<name>.{3,}?) ?(?P<label>(?:主办|承办|协办|主管|编印|出版)(?:单位)?)")
_STACKED_LABELS = ("主办", "承办", "协办", "主管", "编印", "编辑", "出版")
_BRACKETS = "()[]《》<>-–—·,、:|。"
_MONTHS_OF_A_YEAR = 12
_LONGEST_TITLE_PAGE = 40
LONGEST_FACT = 60


@dataclass
class TitlePage:
    """The facts of the title page as they are found, line by line."""

    publication: str = ""
    year: int | None = None
    numbers: list[int] = field(default_factory=list)
    supplement: int | None = None
    """0 for one without a number of its own."""
    total_number: int | None = None
    month: int | None = None
    is_monthly: bool = False
    publishers: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    """Labelled lines such as 主管单位：…, in the form of the colophon."""
    complaints: list[Complaint] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Unique within the year: 09, 07-08, s1."""
        if self.supplement is not None:
            own = self.numbers[0] if self.numbers else 1  # 第3期增刊 is no other's s1
            return f"s{self.supplement or own}"
        first, last = self.numbers[0], self.numbers[-1]
        return f"{first:02}" if first == last else f"{first:02}-{last:02}"

    @property
    def number(self) -> int | None:
        """The first number of a double issue; none for a supplement."""
        return None if self.supplement is not None else self.numbers[0]


def read_title_page(lines: Sequence[Line], name: str) -> tuple[TitlePage, date]:
    """Facts and month; raise `UnreadableIssue` where name, year or number are missing."""
    page = TitlePage()
    names: list[Line] = []
    open_label = ""
    for line in lines:
        rest = _take_numbers(page, line)
        if not rest or _is_known(page, rest):
            open_label = ""
        elif key(rest) in _STACKED_LABELS or key(rest).removesuffix("单位") in _STACKED_LABELS:
            open_label = "" if names else key(rest)
            _assign(page, key(rest), names)
            names = []
        elif pieces := labelled(line.text) or _suffixed(line.text):
            _keep_labelled(page, pieces)
        elif not page.publication:
            page.publication = tidy_name(rest)
        elif open_label:
            _assign(page, open_label, [line])
        else:
            names.append(line)
    page.complaints += [
        Complaint(Doubt.MASTHEAD, line.number, "刊头中有一行没有看懂", excerpt(line.text))
        for line in names
    ]
    return page, _month_of(page, name)


def find_contents(lines: Sequence[Line]) -> tuple[int | None, int]:
    """(where the title page ends, where the entries begin); None where there are no contents."""
    for index, line in enumerate(lines):
        if heads_contents(line):
            return index, index + 1
    end = end_of_title_page(lines)
    return (end, end) if end and begins_contents(lines[end:]) else (None, 0)


def end_of_title_page(lines: Sequence[Line]) -> int:
    """Where a title page ends that no contents follow: behind its last number, date or label.

    0 where none of the first lines belongs to a title page.
    """
    end = 0
    for index, line in enumerate(lines[:_LONGEST_TITLE_PAGE]):
        text = compact(line.text)
        if len(text) > LONGEST_FACT or text.endswith("。"):
            break
        page = TitlePage()
        rest = _take_numbers(page, line)
        label = key(rest).removesuffix("单位") in _STACKED_LABELS
        stated = label or labelled(line.text) or _suffixed(line.text)
        if not rest or _is_known(page, rest) or stated:
            end = index + 1
    return end


def tidy_name(text: str) -> str:
    """A name printed with blanks between its characters or in book brackets.

    >>> tidy_name("《三 晋 装 备》")
    '三晋装备'
    """
    pieces = text.strip("《》 ").split()
    if all(len(piece) == 1 and is_han(piece) for piece in pieces):
        return "".join(pieces)
    return " ".join(pieces)


def _take_numbers(page: TitlePage, line: Line) -> str:
    """Note the numbers and dates of a line; return what else it says, as printed."""
    text = compact(line.text)
    rest = _WEEKDAY.sub("", text)
    if _FOUNDED.search(text):
        return line.text
    if total := _TOTAL.search(rest):
        page.total_number = value(total["first"] or total["bare"])
        rest = rest.replace(total[0], " ", 1)
    if number := _NUMBER.search(rest):
        page.numbers = [value(one) for one in re.findall(NUMERAL, number[0])]
        rest = rest.replace(number[0], " ", 1)
    for day in _DATE.finditer(rest):
        page.year = value(day["year"])
        page.month = value(day["month"] or day["digits"] or "0") or page.month
    rest = _DATE.sub(" ", rest)
    if supplement := _SUPPLEMENT.search(rest):
        page.supplement = value(supplement[1] or "0")
        rest = rest.replace(supplement[0], " ", 1)
    rest = _VOLUME.sub(" ", _DOUBLE.sub(" ", rest))
    if rest == text:
        month = _LONE_MONTH.fullmatch(rest)
        page.month = page.month or (value(month[1]) if month else None)
        return "" if month else line.text
    return rest.strip(_BRACKETS + " ")


def _is_known(page: TitlePage, rest: str) -> bool:
    """Whether it is one of the lines every magazine prints and nobody needs."""
    if key(rest) == "月刊":
        page.is_monthly = True
    return _FURNITURE.fullmatch(compact(rest).strip(_BRACKETS)) is not None


def _suffixed(text: str) -> list[tuple[str, str]]:
    """甲协会 主办."""
    match = _SUFFIXED.fullmatch(text)
    return [(match["label"], match["name"])] if match else []


def _assign(page: TitlePage, label: str, names: Iterable[Line]) -> None:
    """Names stand above their label (主 办) or below it."""
    if label in PUBLISHER_LABELS:
        page.publishers += [line.text for line in names]
    else:
        page.facts += [(label, line.text) for line in names]


def _keep_labelled(page: TitlePage, pieces: Iterable[tuple[str, str]]) -> None:
    for label, text in pieces:
        if label in PUBLISHER_LABELS:
            page.publishers += publishers_in(text)
        else:
            page.facts.append((label, text))


def publishers_in(text: str) -> list[str]:
    """Several names in one line.

    >>> publishers_in("甲协会、乙公司")
    ['甲协会', '乙公司']
    """
    return [name for name in re.split(r"[、，,；;\s]+", text) if name]


def _month_of(page: TitlePage, name: str) -> date:
    if not page.publication:
        raise UnreadableIssue(name, "「目录」之前没有刊名", BEGINNING)
    if not page.numbers and page.supplement is None and page.month:
        page.numbers = [page.month]
        problem = f"刊头没有期号，按月份记为第 {page.month} 期，请核对"
        page.complaints.append(Complaint(Doubt.MASTHEAD, 0, problem))
    if not page.numbers and page.supplement is None:
        raise UnreadableIssue(name, "「目录」之前没有期号", BEGINNING)
    if page.year is None:
        raise UnreadableIssue(name, "「目录」之前没有年份", BEGINNING)
    month = page.month or page.number
    if month is None or not 1 <= month <= _MONTHS_OF_A_YEAR:
        raise UnreadableIssue(name, "刊头没有写明是哪一个月", BEGINNING)
    _complain_about_numbers(page, month)
    return date(page.year, month, 1)


def _complain_about_numbers(page: TitlePage, month: int) -> None:
    if page.total_number is None:
        page.complaints.append(Complaint(Doubt.MASTHEAD, 0, "刊头没有总期号"))
    if page.is_monthly and page.number is not None and month not in page.numbers:
        problem = f"月刊的期号（第 {page.number} 期）与月份（{month} 月）不一致，请核对"
        page.complaints.append(Complaint(Doubt.MASTHEAD, 0, problem))
