"""LaTeX between dollar signs, as PDF tools leave it, to plain Unicode: mails show no LaTeX."""

import re
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text

from distribution.compiler.lines import is_han

_FORMULA = re.compile(r"(?<!\\)\$([^$]{1,200})\$")
_GROUP = re.compile(r"\{[^{}]*\}")
_RELATION = re.compile(r"\s*([≤≥≈≠=<>×])\s*")
_SUPERSCRIPT = re.compile(r"\^(-?[0-9]+)")
_SUBSCRIPT = re.compile(r"_([0-9]+)")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_DEEPEST = 12
"""Braces in braces; the parser is recursive, and no formula in a magazine goes deeper."""


def without_latex(text: str) -> str:
    r"""The text with its formulas readable; prices in dollars stay what they are.

    >>> without_latex(r"（ $T \leq 3.5 \text{ K}$ ）、$CO_2$ 与 $-40^{\circ}\mathrm{C}$")
    '（ T ≤ 3.5 K ）、CO₂ 与 -40℃'
    >>> without_latex("由 $5 涨到 $6")
    '由 $5 涨到 $6'
    """
    return _FORMULA.sub(_readable, text)


def _readable(match: re.Match[str]) -> str:
    return (_converted(match[1]) if _is_latex(match[1]) else "") or match[0]


@lru_cache(maxsize=256)
def _converted(inside: str) -> str:
    plain = str(LatexNodes2Text().latex_to_text(inside))
    plain = re.sub(r"\s*\^∘\s*C(?![a-z])", "℃", plain).replace("^∘", "°")
    plain = _SUPERSCRIPT.sub(lambda found: found[1].translate(_RAISED), plain)
    plain = _SUBSCRIPT.sub(lambda found: found[1].translate(_LOWERED), plain)
    return " ".join(_RELATION.sub(r" \1 ", plain).split())


def _is_latex(inside: str) -> bool:
    """Chinese outside braces means that two unrelated dollar signs were taken for a pair."""
    outside = _GROUP.sub("", inside)
    return (
        any(mark in inside for mark in "\\^_")
        and not any(is_han(character) or character in "，。；、" for character in outside)
        and inside.count("{") <= _DEEPEST
    )
