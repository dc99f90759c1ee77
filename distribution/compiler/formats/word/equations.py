"""Formulas as one line of plain characters: of Word's own editor, and of its older EQ fields."""

import re
from collections.abc import Callable

from distribution.compiler.formats.word.package import Element, M
from distribution.compiler.indices import lowered, raised

_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_DEFAULT_SUM = "∫"
_DEFAULT_ACCENT = "\u0302"
_BAR = "\u0305"
_ONE_TERM = re.compile(r"[\w.′°\u2070-\u209f\u0300-\u036f]*|\([^()]*\)")

_CALL = re.compile(r"((?:\\[a-z]{1,2} ?-?[0-9]{0,3} ?){1,6})\(([^()\\]*)\)")
_SWITCH = re.compile(r"\\\* ?(?:\"[^\"]*\"|\S+)|\\[a-z]+")
_LONGEST_FIELD = 500
_DEEPEST_FIELD = 8


def equation(element: Element) -> str:
    """What an m:oMath says (ECMA-376 part 1, 22.1), in one line; what was deleted says nothing."""
    name = str(element.tag).rpartition("}")[2]
    if name == "t":
        return element.text or ""
    if name.endswith("Pr") or name in ("del", "moveFrom"):
        return ""
    read = _KINDS.get(name)
    return read(element) if read is not None else _all(element)


def field_equation(instruction: str) -> str:
    r"""What an EQ field draws; nothing for another field without a result.

    >>> field_equation(r" EQ \f(a+b,2) "), field_equation(r"eq \o\ac(○,1)"), field_equation("TC")
    ('(a+b)/2', '①', '')
    """
    name, _, drawing = instruction.strip().partition(" ")
    if name.upper() != "EQ" or len(drawing) > _LONGEST_FIELD:
        return ""
    calls = 1
    for _ in range(_DEEPEST_FIELD):
        drawing, calls = _CALL.subn(_called, drawing)
        if not calls:
            break
    return _SWITCH.sub("", drawing).strip()


def _called(match: re.Match[str]) -> str:
    switch, arguments = match[1], [one.strip() for one in match[2].split(",")]
    if switch.startswith("\\f") and len(arguments) > 1:
        return _fraction(*arguments[:2])
    if switch.startswith("\\r"):
        return _root(arguments[0] if arguments[1:] else "", arguments[-1])
    if switch.startswith("\\o"):
        return _overprinted(arguments)
    return "".join(arguments)


def _overprinted(arguments: list[str]) -> str:
    """A ring around a number, or a reading above a character: the last is what is read."""
    last = arguments[-1]
    if arguments[0] in ("○", "〇") and last in map(str, range(1, 21)):
        return chr(0x245F + int(last))
    return last


def _all(element: Element) -> str:
    return "".join(map(equation, element))


def _of(element: Element, name: str) -> str:
    child = element.find(f"{M}{name}")
    return _all(child) if child is not None else ""


def _property(element: Element, name: str, usual: str) -> str:
    """The character an object draws with; its properties may name none on purpose."""
    for child in element.iterfind(f"{M}{str(element.tag).rpartition('}')[2]}Pr/{M}{name}"):
        return str(child.get(f"{M}val", ""))
    return usual


def _term(text: str) -> str:
    return text if _ONE_TERM.fullmatch(text) else f"({text})"


def _fraction(above: str, below: str) -> str:
    return f"{_term(above)}/{_term(below)}"


def _root(degree: str, text: str) -> str:
    return (_ROOTS.get(degree) or f"{raised(degree)}√") + _term(text)


def _above(text: str) -> str:
    if not text:
        return ""
    high = raised(text)
    return high if high != text or text in "′″*∗" else f"^{_term(text)}"


def _below(text: str) -> str:
    if not text:
        return ""
    low = lowered(text)
    return low if low != text or len(text) > 1 else f"_{text}"


def _scripted(element: Element) -> str:
    return _of(element, "e") + _below(_of(element, "sub")) + _above(_of(element, "sup"))


def _scripted_before(element: Element) -> str:
    return _above(_of(element, "sup")) + _below(_of(element, "sub")) + _of(element, "e")


def _enclosed(element: Element) -> str:
    between = _property(element, "sepChr", "|")
    inside = between.join(_all(one) for one in element.iterfind(f"{M}e"))
    return _property(element, "begChr", "(") + inside + _property(element, "endChr", ")")


def _summed(element: Element) -> str:
    sign = _property(element, "chr", _DEFAULT_SUM)
    return f"{sign}{_below(_of(element, 'sub'))}{_above(_of(element, 'sup'))} {_of(element, 'e')}"


def _limited(element: Element) -> str:
    return f"{_of(element, 'e')}({_of(element, 'lim')})"


def _rows(element: Element) -> str:
    rows = (" ".join(map(_all, row.iterfind(f"{M}e"))) for row in element.iterfind(f"{M}mr"))
    return "; ".join(rows)


_KINDS: dict[str, Callable[[Element], str]] = {
    "f": lambda element: _fraction(_of(element, "num"), _of(element, "den")),
    "rad": lambda element: _root(_of(element, "deg"), _of(element, "e")),
    "sSup": _scripted,
    "sSub": _scripted,
    "sSubSup": _scripted,
    "sPre": _scripted_before,
    "d": _enclosed,
    "nary": _summed,
    "func": lambda element: f"{_of(element, 'fName')} {_of(element, 'e')}",
    "limLow": _limited,
    "limUpp": _limited,
    "acc": lambda element: _of(element, "e") + _property(element, "chr", _DEFAULT_ACCENT),
    "bar": lambda element: _of(element, "e") + _BAR,
    "m": _rows,
    "eqArr": lambda element: "; ".join(_all(one) for one in element.iterfind(f"{M}e")),
}
