"""Finds the first rule that fits among hundreds, without looking for each of their phrases.

A phrase can stand in a text only if each of its pieces does, so one rare piece of every phrase is
kept in an index: what a text has of them says which rules are worth trying.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

from distribution.replies.rules import Rule, Said, rules_of
from distribution.words import Meaning

_LENGTH = 3
"""Letters of a piece."""


class Rulebook:
    """Rules in their order."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._always: list[int] = []  # rules by patterns only, or with very short phrases
        self._foreign: list[int] = []  # the same, with phrases of Chinese and the like only
        self._by_piece: dict[str, list[tuple[str, int]]] = {}
        self._by_code: dict[str, list[int]] = {}
        often = Counter(piece for rule in rules for said in rule.says for piece in _pieces(said))
        often.update(piece for rule in rules for piece in _pieces(rule.example.lower()))
        for number, rule in enumerate(rules):
            if not rule.says and rule.enhanced:
                self._by_code.setdefault(rule.enhanced, []).append(number)
                continue
            if not rule.says or min(map(len, rule.says)) < _LENGTH:
                foreign = rule.says and not any(phrase.isascii() for phrase in rule.says)
                (self._foreign if foreign else self._always).append(number)
                continue
            for phrase in rule.says:
                rarest = min(sorted(_pieces(phrase)), key=often.__getitem__)
                self._by_piece.setdefault(rarest, []).append((phrase, number))

    def first(self, said: Said) -> Rule | None:
        """The first rule that fits."""
        tried = set(self._always if said.text.isascii() else self._always + self._foreign)
        text = said.text
        for piece in self._by_piece.keys() & _pieces(text):
            tried.update(number for phrase, number in self._by_piece[piece] if phrase in text)
        code = said.enhanced
        while code:
            tried.update(self._by_code.get(code, ()))
            code = code.rpartition(".")[0]
        return next((self._rules[n] for n in sorted(tried) if self._rules[n].fits(said)), None)


@lru_cache(maxsize=16)  # a text is asked of several books
def _pieces(text: str) -> frozenset[str]:
    return frozenset({text[n : n + _LENGTH] for n in range(len(text) - _LENGTH + 1)})


@cache
def rulebook(files: tuple[str, ...], means: tuple[Meaning, ...] = ()) -> Rulebook:
    """The rules of some files; those of some meanings only, where they are named."""
    return Rulebook([rule for rule in rules_of(files) if not means or rule.means in means])
