"""What people look for, and the pieces of texts an index finds it by.

Chinese puts no blanks between words, so a text is cut into overlapping pairs of characters, and
the last character of each stretch stands alone; Latin words and numbers stay whole. A word of one
character is then the beginning of a piece, one of two is a piece, and a longer one is found where
all its pieces are and, looked at closely, where it stands as it was written.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

MOST_WORDS = 8
LONGEST = 100
"""Characters that are looked at of what somebody typed."""
_LONGEST_PIECE = 40
_BEFORE, _AFTER = 24, 72
"""Characters of a text shown around what was found."""

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN += "\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(f"[{_HAN}]")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """What an index is asked for."""

    text: str
    begins: bool = False
    """Any piece will do that begins so."""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: all of these words."""

    words: tuple[str, ...]
    """As `folded` writes them."""
    cut: bool = False
    """He typed more than is looked at."""

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Where one of them is missing, so is a word."""
        return tuple(dict.fromkeys(piece for word in self.words for piece in _sought(word)))

    @cached_property
    def to_look_at(self) -> tuple[str, ...]:
        """The words that may be missing though all their pieces are there."""
        return tuple(word for word in self.words if not _is_one_piece(word))


def wanted(typed: str) -> Wanted:
    """Understand what was typed, whatever it is; there may be no word in it.

    >>> wanted(" “数控机床”　ＣＮＣ %_ 2026年 ").words
    ('数控机床', 'cnc', '2026年')
    >>> [piece.text for piece in wanted("数控机床").pieces]
    ['数控', '控机', '机床']
    >>> wanted("煤").pieces, wanted("煤").to_look_at
    ((Piece(text='煤', begins=True),), ())
    """
    short = " ".join(typed.split())
    words = (_EDGES.sub("", word) for word in folded(short[:LONGEST]).split())
    distinct = list(dict.fromkeys(filter(None, words)))
    return Wanted(
        tuple(distinct[:MOST_WORDS]), cut=len(short) > LONGEST or len(distinct) > MOST_WORDS
    )


def folded(text: str) -> str:
    """The text without differences nobody means: width, case, blanks, control characters.

    >>> folded("ＡＩ＋　制造：38℃")
    'ai+ 制造:38°c'
    """
    return "".join(map(_folded, unicodedata.normalize("NFC", text)))


@lru_cache(20_000)
def _folded(character: str) -> str:
    """Character by character, so that what was found is found again in the text as written."""
    plain = unicodedata.normalize("NFKC", character).lower()
    return "".join(one if unicodedata.category(one)[0] not in "CZ" else " " for one in plain)


def pieces_of(text: str) -> set[str]:
    """All pieces of a folded text.

    >>> sorted(pieces_of("煤机用cnc 2.0"))
    ['0', '2', 'cnc', '机用', '煤机', '用']
    """
    return {piece for run in _RUN.findall(text) for piece in _cut(run)}


def _cut(run: str) -> Iterator[str]:
    if not _IS_HAN.match(run):
        yield run[:_LONGEST_PIECE]
        return
    yield from map("".join, pairwise(run))
    yield run[-1]


def _sought(word: str) -> Iterator[Piece]:
    for run in _RUN.findall(word):
        if not _IS_HAN.match(run):
            yield Piece(run[:_LONGEST_PIECE])
        elif len(run) == 1:
            yield Piece(run, begins=True)
        else:
            yield from (Piece(one + other) for one, other in pairwise(run))


def _is_one_piece(word: str) -> bool:
    (piece, *others) = _sought(word)
    return not others and piece.text == word


# -- showing what was found ----------------------------------------------------------------------

Marked = tuple[tuple[str, bool], ...]
"""A text in parts, each with whether it was looked for."""


def marked(text: str, words: tuple[str, ...]) -> Marked:
    """The whole text.

    >>> marked("数控ＣＮＣ机床", ("cnc",))
    (('数控', False), ('ＣＮＣ', True), ('机床', False))
    """
    text = unicodedata.normalize("NFC", text)
    return tuple(_parts(text, _spans(text, words)))


def excerpt(text: str, words: tuple[str, ...]) -> Marked:
    """The text around the first word that was found; its beginning where there is none.

    >>> excerpt("一" * 200 + "机床", ("机床",))[-1], excerpt("试点启动。", ("机床",))
    (('机床', True), (('试点启动。', False),))
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    spans = _spans(text, words)
    first = spans[0][0] if spans else 0
    start = max(0, first - _BEFORE)
    end = min(len(text), start + _BEFORE + _AFTER)
    shown = [(max(begin, start), min(stop, end)) for begin, stop in spans]
    shown = [(begin - start, stop - start) for begin, stop in shown if begin < stop]
    parts = list(_parts(text[start:end], shown))
    before = [("…", False)] if start else []
    after = [("…", False)] if end < len(text) else []
    return (*before, *parts, *after)


def _spans(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the words stand in a text as it was written; none of them overlap."""
    characters = [_folded(character) for character in text]
    places = [place for place, spelt in enumerate(characters) for _ in spelt]
    plain = "".join(characters)
    found = sorted(
        (places[at.start()], places[at.end() - 1] + 1)
        for word in words
        for at in re.finditer(re.escape(word), plain)
    )
    joined: list[tuple[int, int]] = []
    for begin, end in found:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _parts(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    at = 0
    for begin, end in spans:
        if at < begin:
            yield text[at:begin], False
        yield text[begin:end], True
        at = end
    if at < len(text) or not text:
        yield text[at:], False
