"""LaTeX, as PDF tools leave it, to plain Unicode: mails show no LaTeX."""

import re
from functools import lru_cache

from distribution.compiler.lines import is_han

_FORMULA = re.compile(
    r"(?<!\\)\$\$(?P<shown>[^$]{1,200})\$\$"
    r"|(?<!\\)\$(?P<inline>[^$]{1,200})\$"
    r"|\\\((?P<bracketed>[^$]{1,200}?)\\\)"
)
_GROUP = re.compile(r"\{[^{}]*\}")
_VARIABLE = re.compile(r"\s*[A-Za-z]{1,2}(?: ?[-=<>+*/] ?[A-Za-z0-9.]{1,9}){0,3}\s*")
_RELATION = re.compile(r"\s*([≤≥≈≠=<>×])\s*")
_SCRIPT = re.compile(
    r"(?P<mark>[_^])(?:\{(?P<braced>[^{}\\]{1,12})\}|(?P<digits>-?[0-9]+|x(?![A-Za-z])))"
)
_DEGREES = re.compile(r" ?\^ ?\{? ?\\circ ?\}?(?![a-z]) ?(?P<celsius>C(?![A-Za-z]))?")
_SUBSCRIPT_WORD = re.compile(r"(?<=[A-Za-z])_([A-Za-z]{2,})")
_RAISED = str.maketrans("+-−0123456789()ni", "⁺⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("+-−0123456789()x", "₊₋₋₀₁₂₃₄₅₆₇₈₉₍₎ₓ")
_DEEPEST = 12
"""Braces in braces; the parser is recursive, and no formula in a magazine goes deeper."""

_ELEMENT = (
    "(?:A[cglmrstu]|B[aehikr]?|C[adeflmnorsu]?|D[bsy]|E[rsu]|F[elmr]?|G[ade]|H[efgos]?|I[nr]?|Kr?"
    "|L[airuv]|M[cdgnot]|N[abdehiop]?|O[gs]?|P[abdmortu]?|R[abefghnu]|S[bcegimnr]?|T[abcehilms]"
    "|U|V|W|Xe|Yb?|Z[nr])"
)
_COMPOUND = rf"(?:\(|\)|{_ELEMENT})(?:_\{{?[0-9x]{{1,3}}\}}?|[0-9]{{1,3}})?"
_BARE = re.compile(
    r"(?P<address>(?:https?://|www\.)[!-~]+|[!-~]{1,64}@[!-~]+)"
    rf"|(?P<compound>(?<![A-Za-z0-9_])(?=[A-Za-z0-9(){{}}]{{1,30}}_)(?:{_COMPOUND}){{1,12}}"
    r"(?![A-Za-z0-9_]))"
    r"|(?P<name>(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9]*(?:_+[A-Za-z0-9]+)+(?:_?\{[^{}]*\})*)"
    r"|(?P<script>(?<=[A-Za-z0-9)\]])"
    r"(?:[_^]\{[^{}\\]{1,12}\}|\^-?[0-9]{1,3}(?![0-9A-Za-z.])))"
)
"""LaTeX that lost its dollars, and what only looks like it."""


def without_latex(text: str) -> str:
    r"""The text with its formulas readable; prices, addresses and names stay what they are.

    >>> without_latex(r"（ $T \leq 3.5 \text{ K}$ ）、$CO_2$ 与 $-40^{\circ}\mathrm{C}$")
    '（ T ≤ 3.5 K ）、CO₂ 与 -40℃'
    >>> without_latex("由 $5 涨到 $6，Al_2O_3、10^{-6} m^2，见 file_2")
    '由 $5 涨到 $6，Al₂O₃、10⁻⁶ m²，见 file_2'
    """
    if "$" in text or "\\(" in text:
        text = _with_formulas_readable(text)
    if "^" in text or "_" in text:
        text = _BARE.sub(_readable_bare, _DEGREES.sub(_degrees, text))
    return text


def _with_formulas_readable(text: str) -> str:
    """A dollar that begins no formula may stand before one that does."""
    pieces, at = [], 0
    while match := _FORMULA.search(text, at):
        readable = _readable(match)
        end = match.end() if readable else match.start() + 1
        pieces += [text[at : match.start()], readable or text[match.start() : end]]
        at = end
    return "".join([*pieces, text[at:]])


def _readable(match: re.Match[str]) -> str:
    inside = match[match.lastgroup or 0]
    if match.lastgroup == "inline" and _may_be_prices(match, inside):
        return ""
    if _VARIABLE.fullmatch(inside):
        return inside.strip()
    return _converted(inside) if _is_latex(inside) else ""


def _may_be_prices(match: re.Match[str], inside: str) -> bool:
    """US$5 a_b $6: an amount, and another whose dollar was taken for the end of a formula."""
    if not inside.lstrip()[:1].isdigit():
        return False
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    return (before.isascii() and before.isalpha()) or after.isdigit()


def _is_latex(inside: str) -> bool:
    """Chinese outside braces means that two unrelated dollar signs were taken for a pair."""
    outside = _GROUP.sub("", inside)
    return (
        any(mark in inside for mark in "\\^_")
        and not any(is_han(character) or character in "，。；、" for character in outside)
        and inside.count("{") <= _DEEPEST
    )


@lru_cache(maxsize=256)
def _converted(inside: str) -> str:
    from pylatexenc.latex2text import LatexNodes2Text  # most issues have no formula

    plain = _SCRIPT.sub(_script, _DEGREES.sub(_degrees, inside))
    plain = str(LatexNodes2Text().latex_to_text(plain))
    plain = re.sub(r"\s*(?:\^∘|°)\s*C(?![a-z])", "℃", plain).replace("^∘", "°")
    plain = _SUBSCRIPT_WORD.sub(r"\1", _SCRIPT.sub(_script, plain))
    return " ".join(_RELATION.sub(r" \1 ", plain).split())


def _readable_bare(match: re.Match[str]) -> str:
    if match.lastgroup in ("compound", "script"):
        return _SCRIPT.sub(_script, match[0])
    return match[0]


def _script(match: re.Match[str]) -> str:
    """Raised or lowered where Unicode can; words and decimals below stand beside: Tmax, PM2.5."""
    content = (match["braced"] or match["digits"]).strip()
    if match["mark"] == "^":
        return content.translate(_RAISED) if re.fullmatch("[-+−0-9()ni]+", content) else match[0]
    if re.fullmatch("[-+−0-9()x]+", content):
        return content.translate(_LOWERED)
    beside = re.fullmatch(r"[0-9.]+|[A-Za-z]{2,}", content)
    return content if beside else f"_{content}"


def _degrees(match: re.Match[str]) -> str:
    return "℃" if match["celsius"] else "°"
