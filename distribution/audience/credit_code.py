"""Unified social credit codes of enterprises, GB 32100-2015: read and checked."""

import unicodedata

from distribution.errors import DistributionError

_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {character: value for value, character in enumerate(_CHARACTERS)}
_LENGTH = 18
_WEIGHTS = [3**place % 31 for place in range(_LENGTH - 1)]
_MEANT = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"}
"""Letters that no code holds, and what they are mostly mistaken for."""
_SHOWN = 40


class InvalidCreditCode(DistributionError):
    """Raised for what is no credit code; `problem` says what is wrong with it."""

    def __init__(self, given: str, problem: str) -> None:
        self.given, self.problem = given, problem
        shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
        super().__init__(f"统一社会信用代码 {shown!r} 不能用：{problem}")


def read_credit_code(text: str) -> str:
    """The 18 characters; blanks, hyphens, full width and case are forgiven, nothing else.

    >>> read_credit_code("9114 0100 ＭＡ0E xamp 7l")
    '91140100MA0EXAMP7L'
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    code = "".join(folded.split()).replace("-", "")
    if not code:
        raise InvalidCreditCode(text, "请写明，不能为空")
    if "E+" in code:
        raise InvalidCreditCode(text, "已被表格软件改成科学计数，请把该列设为文本后重新填写")
    _check_characters(text, code)
    if len(code) != _LENGTH:
        raise InvalidCreditCode(text, f"有 {len(code)} 位，应为 {_LENGTH} 位")
    expected = check_character(code[:-1])
    if code[-1] != expected:
        raise InvalidCreditCode(
            text, f"末位校验码应为 {expected}，写的是 {code[-1]}，请核对其中有无错字"
        )
    return code


def check_character(body: str) -> str:
    """The last character for the first 17."""
    total = sum(
        _VALUE[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True)
    )
    return _CHARACTERS[-total % 31]


def _check_characters(text: str, code: str) -> None:
    for place, character in enumerate(code, 1):
        if character in _VALUE:
            continue
        meant = _MEANT.get(character)
        hint = f"，是不是 {meant}？" if meant else "，只能用数字和大写字母"
        shown = character if character.isprintable() else f"U+{ord(character):04X}"
        raise InvalidCreditCode(text, f"第 {place} 位的 {shown} 不能出现在代码里{hint}")
