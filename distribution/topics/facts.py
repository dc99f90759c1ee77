"""What topics, sections and the words of rules may be called, and what is refused."""

import re
import unicodedata
from collections.abc import Iterable

from distribution.errors import DistributionError

_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
_LONGEST_NAME = 40
_LONGEST_SECTION = 100
_LONGEST_WORD = 40
_MOST_WORDS = 100
_SEPARATORS = "，、；,;"
"""What divides the names of topics where people write several."""


class InvalidTopic(DistributionError):
    """Raised for a code, a name, a section or a word that cannot be kept."""

    def __init__(self, what: str, reason: str) -> None:
        self.what = what
        super().__init__(f"{what}{reason}")


def plain(text: str) -> str:
    """Titles differ in width and blanks from print to print.

    >>> plain("行业　资讯 ＰＬＣ")
    '行业资讯plc'
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def checked_code(given: str) -> str:
    """What commands and reports call a topic.

    >>> checked_code(" new-energy ")
    'new-energy'
    """
    code = given.strip()
    if not _CODE.fullmatch(code):
        raise InvalidTopic(
            "主题代码", f" {given!r} 不对：应为 2 至 40 个小写字母、数字或连字符，以字母开头"
        )
    return code


def checked_name(given: str) -> str:
    """What readers call a topic."""
    name = _checked("主题名称", given, _LONGEST_NAME)
    if any(mark in name for mark in _SEPARATORS):
        raise InvalidTopic("主题名称", f" {given!r} 不对：不能含有逗号、顿号、分号")
    return name


def checked_section(given: str) -> str:
    """The title of a section of the magazine."""
    return _checked("栏目", given, _LONGEST_SECTION)


def checked_words(given: Iterable[str]) -> list[str]:
    """The words of a rule, each once.

    >>> checked_words(["质量", " 质 量", "PLC"])
    ['质量', 'PLC']
    """
    words: dict[str, str] = {}
    for word in given:
        tidy = _checked("规则的词", word, _LONGEST_WORD)
        words.setdefault(plain(tidy), tidy)
    if len(words) > _MOST_WORDS:
        raise InvalidTopic("规则的词", f"有 {len(words)} 个，最多 {_MOST_WORDS} 个：请分成几条规则")
    return list(words.values())


def _checked(what: str, given: str, longest: int) -> str:
    line = " ".join(given.split(" ")).strip()
    if not any(character.isalnum() for character in line):
        raise InvalidTopic(what, "不能为空：请写出文字")
    if any(unicodedata.category(character)[0] in "CZ" and character != " " for character in line):
        raise InvalidTopic(what, f" {given!r} 含有换行、制表符或看不见的字符：请写成一行文字")
    if len(line) > longest:
        raise InvalidTopic(what, f"有 {len(line)} 个字，最多 {longest} 个：请写短些")
    return line
