"""Telephone numbers as people write them."""

import re
import unicodedata

from distribution.audience.sheets.cells import Cell, clean, shown

_LONGEST = 40
_MOBILE = re.compile(r"1[3-9]\d{9}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－~", "-"))
_BETWEEN = re.compile(r"[,;、/|\n]|\s{2,}|或|(?<!86)\s(?=1[3-9]\d{9}\b)")
_EXTENSION = re.compile(r"(?:(?:转|分机|ext\.?|#)\D{0,3}|(?<=\d{7})-)(\d{1,5})\b", re.IGNORECASE)
_ABROAD = re.compile(r"\(?\s*(?:\+|00)\s*(?!86)\d")
_CHINA = re.compile(r"\(?\s*(?:\+|00)?\s*86\s*\)?[\s-]*(?=[\d(])")
_LAND = re.compile(r"(01\d|02\d|0[3-9]\d\d)(\d{7,8})")
_SERVICE = re.compile(r"([48]00)(\d{3})(\d{4})")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_WORDS = re.compile(
    r"手机|电话|移动|办公|座机|号码|联系|办|宅|tel|mobile|phone|转|分机|ext", re.IGNORECASE
)


def read_phone(text: str) -> Cell[str]:
    """One or more numbers, each in its usual form, at most 40 characters.

    >>> read_phone("138 0000 0000").value, read_phone("（0351）1234567转801").value
    ('13800000000', '0351-1234567转801')
    """
    if _MOBILE.fullmatch(text):
        return Cell(text)
    plain = unicodedata.normalize("NFKC", clean(text)).translate(_DASHES)
    plain = re.sub(r"^(\d+)\.0$", r"\1", plain)
    numbers: list[str] = []
    lost: list[str] = []
    for part in filter(str.strip, _BETWEEN.split(plain)):
        number = _number(part.strip())
        if number:
            numbers.append(number)
        elif re.search(r"\w", _WORDS.sub("", part)):
            lost.append(part)
    joined = "、".join(dict.fromkeys(numbers))
    if not joined:
        return Cell(None, (f"电话{shown(text)}看不懂，未导入",))
    while len(joined) > _LONGEST:
        joined, _, over = joined.rpartition("、")
        lost.append(over)
    others = bool(re.search(r"[^\W\d_]", _WORDS.sub("", plain)))
    if lost or others:
        return Cell(joined, (f"电话{shown(text)}按 {joined} 导入，其余未导入",))
    return Cell(joined)


def _number(part: str) -> str | None:
    extension = _EXTENSION.search(part)
    tail = f"转{extension[1]}" if extension else ""
    base = part[: extension.start()] if extension else part
    digits = re.sub(r"\D", "", base, flags=re.ASCII)
    if _ABROAD.match(base):
        return f"+{digits.removeprefix('00')}{tail}" if 8 <= len(digits) <= 17 else None  # noqa: PLR2004
    if china := _CHINA.match(base):
        digits = re.sub(r"\D", "", base[china.end() :], flags=re.ASCII)
        digits = digits if digits.startswith(("0", "1", "4", "8")) else f"0{digits}"
    if _MOBILE.fullmatch(digits):
        return digits + tail
    if land := _LAND.fullmatch(digits):
        return f"{land[1]}-{land[2]}{tail}"
    if service := _SERVICE.fullmatch(digits):
        return "-".join(service.groups()) + tail
    return digits + tail if _LOCAL.fullmatch(digits) else None
