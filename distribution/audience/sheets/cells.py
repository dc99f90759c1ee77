"""Cells as people write them: a value where one can be read, and notes on what could not."""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from distribution.audience.credit_code import InvalidCreditCode, read_credit_code
from distribution.audience.wording import MOST_WATCH_WORDS, InvalidText, tidy, tidy_words
from distribution.words import Edition, Frequency, MailFormat, Role, Tracking, Word

Value = TypeVar("Value")
Value_co = TypeVar("Value_co", covariant=True)
AWord = TypeVar("AWord", bound=Word)

_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a\u202c\u2060\ufeff\u00ad]")
_SEPARATORS = re.compile(r"[,、;\n|]")
_SLASH = re.compile(r"(?<=[\u4e00-\u9fff])/(?=[\u4e00-\u9fff])")
"""Sets words apart where nothing else does; GB/T is one word."""
_NUMBERED = re.compile(r"\(\d{1,2}\)|(?:^|(?<=[\s,、;|]))\d{1,2}[).、](?!\d)")
_CIRCLED = re.compile("[\u2460-\u2473]")
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·\s]+")
_LONGEST_WORD = 40
_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Cell(Generic[Value_co]):
    """What a cell says; None: nothing, so nothing changes."""

    value: Value_co | None = None
    notes: tuple[str, ...] = ()


def shown(text: str) -> str:
    """A cell as a sentence quotes it: short, on one line, no invisible characters."""
    line = "".join(character if character.isprintable() else " " for character in text[:200])
    line = " ".join(line.split())
    return f"「{line}」" if len(line) <= _SHOWN else f"「{line[:_SHOWN]}…」"


def clean(text: str) -> str:
    """Without the invisible characters and marks that sheets and copying leave in a cell."""
    if text.isprintable() and "_x" not in text:
        return text.strip()
    return _UNSEEN.sub("", text.replace("_x000D_", "\n")).strip()


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """A cell as it is compared: no blanks, lower case, full width made narrow."""
    return "".join(unicodedata.normalize("NFKC", clean(text)).casefold().split())


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, 无, -, N/A.

    >>> is_blank("　"), is_blank("无"), is_blank("无锡")
    (True, True, False)
    """
    if text.isalnum():
        return text.casefold() in _words("blank")
    return not text or folded(text) in _words("blank") or not folded(text)


def is_ditto(text: str) -> bool:
    """Whether a cell points to the one above it: 同上."""
    return folded(text) in _words("ditto")


@lru_cache(maxsize=16_384)
def read_text(kind: str, text: str, longest: int) -> str:
    """One line of text; InvalidText where it cannot be kept."""
    if text.isalnum() and len(text) <= longest:
        return text
    return tidy(kind, " ".join(clean(text).split()), longest=longest)


def read_person(text: str) -> str:
    """A person's name; blanks that only spread Chinese characters are taken out.

    >>> read_person("张　三"), read_person("Li  Ming")
    ('张三', 'Li Ming')
    """
    name = read_text("姓名", text, 100)
    return "".join(name.split()) if _CHINESE.fullmatch(name) else name


def optional(kind: str, text: str, read: Callable[[str], Value]) -> Cell[Value]:
    """A cell that may be left out: what cannot be read becomes a note."""
    try:
        return Cell(read(text))
    except InvalidText as error:
        return Cell(None, (f"{kind}未导入：{error}",))


@lru_cache(maxsize=4096)
def read_list(kind: str, text: str) -> Cell[tuple[str, ...]]:
    """Words set apart by commas, semicolons, lines or numbers.

    >>> read_list("关注主题", "1.质量管理 2.政策；技术").value
    ('质量管理', '政策', '技术')
    """
    plain = unicodedata.normalize("NFKC", _CIRCLED.sub("、", clean(text)))
    spread = _NUMBERED.sub("、", plain)
    words: dict[str, str] = {}
    notes = []
    for part in (_SEPARATORS if _SEPARATORS.search(spread) else _SLASH).split(spread):
        word = " ".join(part.split())
        if not word or is_blank(word):
            continue
        try:
            words.setdefault(word.casefold(), tidy(kind, word, longest=_LONGEST_WORD))
        except InvalidText as error:
            notes.append(f"{kind}少读一个：{error}")
    return Cell(tuple(words.values()) or None, tuple(notes))


@lru_cache(maxsize=4096)
def read_watch_words(text: str) -> Cell[tuple[str, ...]]:
    """Watch words, as many as a reader may have; a note says how many were too many."""
    cell = read_list("关注词", text)
    words = tidy_words(cell.value[:MOST_WATCH_WORDS]) if cell.value else []
    over = len(cell.value or ()) - MOST_WATCH_WORDS
    note = (f"关注词最多 {MOST_WATCH_WORDS} 个，后 {over} 个未导入",) if over > 0 else ()
    return Cell(tuple(words) or None, cell.notes + note)


@lru_cache(maxsize=4096)
def read_role(text: str) -> Cell[Role]:
    """What a title says its owner does; OTHER with a note where it does not say.

    >>> read_role("常务副总经理").value, read_role("总经理助理").value
    (<Role.MANAGER: 'manager'>, <Role.ADMINISTRATION: 'administration'>)
    """
    title = folded(text)
    for role in Role:
        if title in (role.value, role.label):
            return Cell(role)
    tests: dict[str, Callable[[str], bool]] = {
        "whole": title.__eq__,
        "ending": title.endswith,
        "anywhere": title.__contains__,
    }
    for place, fits in tests.items():
        for code, words in _content()["role"][place].items():
            if any(fits(word) for word in words):
                return Cell(Role(code))
    return Cell(Role.OTHER, (f"职务{shown(text)}没有对应的角色，记为{Role.OTHER.label}",))


def read_code(text: str) -> Cell[str]:
    """A credit code; what is none becomes a note."""
    try:
        return Cell(read_credit_code(text))
    except InvalidCreditCode as error:
        return Cell(None, (f"未导入：{error}",))


def read_frequency(text: str) -> Cell[Frequency]:
    return _read_word("频率", Frequency, "frequency", text)


def read_edition(text: str) -> Cell[Edition]:
    return _read_word("版本", Edition, "edition", text)


def read_format(text: str) -> Cell[MailFormat]:
    return _read_word("邮件格式", MailFormat, "format", text)


def read_tracking(text: str) -> Cell[Tracking]:
    """The answer to tracking; "unknown" is no answer."""
    cell = _read_word("阅读统计", Tracking, "tracking", text)
    return Cell() if cell.value is Tracking.UNKNOWN else cell


def read_yes_no(kind: str, text: str) -> Cell[bool]:
    """是 or 否.

    >>> read_yes_no("退订", "√").value, read_yes_no("退订", "否").value
    (True, False)
    """
    word = folded(text)
    if word in _words("yes"):
        return Cell(value=True)
    if word in _words("no"):
        return Cell(value=False)
    return Cell(None, (f"{kind}{shown(text)}看不懂，未导入：请写是或否",))


def read_wanted(text: str) -> Cell[bool]:
    """Whether somebody wants the digest; what cannot be read counts for nothing.

    >>> read_wanted("×").value, read_wanted("同意").value
    (False, True)
    """
    word = folded(text)
    if word in _words("unwanted") or word in _words("wanted"):
        return Cell(word in _words("wanted"))
    return read_yes_no("是否订阅", text)


def is_forever(text: str) -> bool:
    """Whether a date's cell says that there is no end: 长期."""
    return folded(text) in _words("forever")


@lru_cache(maxsize=1024)
def _read_word(kind: str, words: type[AWord], table: str, text: str) -> Cell[AWord]:
    known: dict[str, AWord] = {}
    for word in words:
        also = _content()[table].get(word.value, [])
        known |= {folded(written): word for written in (word.value, word.label, *also)}
    if found := known.get(folded(text)):
        return Cell(found)
    labels = "、".join(word.label for word in words)
    return Cell(None, (f"{kind}{shown(text)}看不懂，未导入：可写 {labels}",))


@cache
def _words(table: str) -> frozenset[str]:
    return frozenset(_content()[table])


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("cells.toml").read_text(encoding="utf-8"))
