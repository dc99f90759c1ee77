"""How sentences end, how items of a list begin, and how two pieces of running text are one."""

import re

from distribution.compiler.lines import narrow

IN_AN_ADDRESS = re.compile(r"(?:://|www\.|@)[!-~]*$")
"""What follows belongs to it."""
_ENDS = "。!?…:"
_CLOSERS = "”’」』)》]】\"'"
_ENUMERATED = re.compile(
    r"(?:(?P<han>[一二三四五六七八九十]{1,3}、)|(?P<bracketed_han>\([一二三四五六七八九十]{1,3}\))"
    r"|(?P<bracketed>\([0-9]{1,2}\))|(?P<counted>[0-9]{1,2}、)|(?P<dotted>[0-9]{1,2}\.(?![0-9])))"
    r"(?![0-9])"
)
_LONGEST_HEADING = 30


def is_finished(text: str) -> bool:
    """Whether a paragraph may end here: at a sentence's end, a colon, or a line in brackets.

    >>> [is_finished(text) for text in ("试点启动。", "他说：“好！”", "包括：", "提高了2.", "产业")]
    [True, True, True, False, False]
    """
    plain = narrow(text)
    if plain.startswith(("(", "[", "【")) and plain.endswith((")", "]", "】")):
        return True
    stem = plain.rstrip(_CLOSERS)
    if not stem:
        return False
    if stem.endswith("."):
        return len(stem) > 1 and stem[-2].isalpha()
    return stem[-1] in _ENDS


def begins_item(text: str) -> bool:
    """Whether it opens with a number of a list: 一、 （二） 3、."""
    return level_of(text) != ""


def level_of(text: str) -> str:
    """The manner in which a line is numbered; nothing for one that is not.

    >>> level_of("（二）重点任务") == level_of("（三）保障措施"), level_of("2026年")
    (True, '')
    """
    match = _ENUMERATED.match(narrow(text[:_LONGEST_HEADING]))
    return match.lastgroup or "" if match else ""


def is_heading(text: str) -> bool:
    """A short numbered line without a stop or a comma: 二、重点任务."""
    if len(text) > _LONGEST_HEADING or not begins_item(text):
        return False
    plain = narrow(text)
    whole = plain.count("“") == plain.count("”") and plain.count("《") == plain.count("》")
    return whole and not any(mark in plain[3:] for mark in ",。;:、")


def joined(text: str, following: str) -> str:
    """Both pieces as one.

    >>> joined("wheel probe", "array"), joined("于2022年", "成立")
    ('wheel probe array', '于2022年成立')
    """
    return text + gap(text, following) + following


def gap(text: str, following: str) -> str:
    """Only words in Latin letters need a blank between them, and not inside an address.

    >>> gap("见www.jikan.example/equi", "pment")
    ''
    """
    words = text[-1:].isascii() and text[-1:].isalpha() and following[:1].isascii()
    return " " if words and following[:1].isalpha() and not IN_AN_ADDRESS.search(text) else ""
