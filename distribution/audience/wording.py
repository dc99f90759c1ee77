"""What people type about people: names, watch words, grounds; tidied, or refused in a sentence."""

import unicodedata
from collections.abc import Iterable

from distribution.errors import DistributionError

MOST_WATCH_WORDS = 50
"""A reader's watch words: each is looked for in every article of an issue."""

_JOINERS = "\u200c\u200d"  # invisible, but they hold emoji and some scripts together
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, formats, lone surrogates, line separators
_SHOWN = 40


class InvalidText(DistributionError):
    """Raised for a name, word or ground that cannot be kept as it was written."""

    def __init__(self, kind: str, given: str, problem: str) -> None:
        self.kind, self.given, self.problem = kind, given, problem
        shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
        super().__init__(f"{kind} {shown!r} 不能用：{problem}")


def tidy(kind: str, given: str, *, longest: int) -> str:
    """Strip outer blanks; InvalidText where nothing is left, too much, or what nobody can see.

    >>> tidy("姓名", " 魏𠮷安　", longest=100)
    '魏𠮷安'
    """
    text = given.strip()
    if not text:
        raise InvalidText(kind, given, "请写明，不能为空")
    if len(text) > longest:
        raise InvalidText(kind, given, f"有 {len(text)} 个字，最多 {longest} 个")
    for character in text:
        if unicodedata.category(character) in _UNSEEN and character not in _JOINERS:
            name = f"U+{ord(character):04X}"
            raise InvalidText(kind, given, f"含有控制字符或不可见字符 {name}，请删去后重试")
    return text


def name_key(name: str) -> str:
    """What two spellings of one enterprise's name have in common.

    >>> name_key("太行重工（集团） 有限公司") == name_key("太行重工(集团)有限公司")
    True
    """
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()[:200]


def tidy_words(given: Iterable[str]) -> list[str]:
    """Watch words, each once, in their order.

    >>> tidy_words(["液压", "CNC", " ｃｎｃ"])
    ['液压', 'CNC']
    """
    once: dict[str, str] = {}
    for word in given:
        tidied = tidy("关注词", word, longest=40)
        once.setdefault(unicodedata.normalize("NFKC", tidied).casefold(), tidied)
    words = list(once.values())
    if len(words) > MOST_WATCH_WORDS:
        raise InvalidText(
            "关注词", "、".join(words), f"有 {len(words)} 个，最多 {MOST_WATCH_WORDS} 个"
        )
    return words
