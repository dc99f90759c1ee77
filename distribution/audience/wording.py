"""What people type about people: names, watch words, grounds; tidied, or refused in a sentence."""

import unicodedata
from collections.abc import Iterable

from distribution.errors import DistributionError

MOST_WATCH_WORDS = 50
"""A reader's watch words: each is looked for in every article of an issue."""

_JOINERS = "\u200c\u200d"  # invisible, but they hold emoji and some scripts together
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, formats, lone surrogates, line separators
_SHOWN = 20


class InvalidText(DistributionError):
    """Raised for a name, word or ground that cannot be kept as it was written."""

    def __init__(self, kind: str, given: str, problem: str) -> None:
        self.kind, self.given, self.problem = kind, given, problem
        super().__init__(f"{kind}{quoted(given)}{problem}")


def quoted(given: str, longest: int = _SHOWN) -> str:
    r"""What somebody wrote, as a sentence quotes it: without what nobody sees; empty for nothing.

    >>> quoted("看\u200b不见"), quoted("液压" * 3, longest=4), quoted(" \n")
    ('“看不见”', '“液压液压…”', '')
    """
    seen = "".join(one for one in given if one.isprintable() or one.isspace())
    line = " ".join(seen.split())
    shown = line if len(line) <= longest else f"{line[:longest]}…"
    return f"“{shown}”" if shown else ""


def tidy(kind: str, given: str, *, longest: int) -> str:
    """Strip outer blanks; InvalidText where nothing is left, too much, or what nobody can see.

    >>> tidy("姓名", " 魏𠮷安　", longest=100)
    '魏𠮷安'
    """
    text = given.strip()
    if not text:
        raise InvalidText(kind, given, "不能为空：请写明")
    if over := max(0, len(text) - longest):
        problem = f"有 {len(text)} 个字，最多 {longest} 个：请删去 {over} 个字"
        raise InvalidText(kind, given, problem)
    for character in text:
        if is_unseen(character):
            name = f"U+{ord(character):04X}"
            raise InvalidText(kind, given, f"里有看不见的字符（{name}）：请删去，或重新输入一遍")
    return text


def is_unseen(character: str) -> bool:
    """Whether nobody sees it: controls, marks of direction, blanks without width."""
    return unicodedata.category(character) in _UNSEEN and character not in _JOINERS


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
    if over := max(0, len(words) - MOST_WATCH_WORDS):
        problem = f"有 {len(words)} 个，最多 {MOST_WATCH_WORDS} 个：请删去 {over} 个"
        raise InvalidText("关注词", "", problem)
    return words
