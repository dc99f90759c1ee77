"""Digits set higher or lower keep their meaning in plain text: m², CO₂."""

import re

_RAISED = str.maketrans("+-−0123456789()n", "⁺⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ⁿ")
_LOWERED = str.maketrans("+-−0123456789()", "₊₋₋₀₁₂₃₄₅₆₇₈₉₍₎")
_CAN_RISE = re.compile(r"[-+−0-9()]+|n")
_CAN_SINK = re.compile(r"[-+−0-9()]+")


def raised(text: str) -> str:
    """Raised where Unicode can, one character for one: digits, not words.

    >>> raised("2"), raised("-3"), raised("[1]")
    ('²', '⁻³', '[1]')
    """
    return text.translate(_RAISED) if _CAN_RISE.fullmatch(text) else text


def lowered(text: str) -> str:
    """Lowered where Unicode can, one character for one.

    >>> lowered("2"), lowered("max")
    ('₂', 'max')
    """
    return text.translate(_LOWERED) if _CAN_SINK.fullmatch(text) else text
