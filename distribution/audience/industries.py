"""What an enterprise makes: sections and divisions of GB/T 4754-2017."""

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from distribution.errors import DistributionError

_CODED = re.compile(r"([A-T])?(\d{1,4})?(?:\.0)?[-_—:、,.]*(.*)", re.DOTALL)
_SHOWN = 40
_ALIKE = 50  # of 100, by rapidfuzz


class InvalidIndustry(DistributionError):
    """Raised for what is no industry; `suggestions` are codes with names, the nearest first."""

    def __init__(self, given: str, problem: str, suggestions: tuple[str, ...] = ()) -> None:
        self.given, self.suggestions = given, suggestions
        shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
        hint = f"，是不是 {'、'.join(suggestions)}？" if suggestions else ""
        super().__init__(f"行业 {shown!r} {problem}{hint}")


@lru_cache(maxsize=4096)
def read_industry(text: str) -> str:
    """The code of a section or division, from a code, a name or both; finer codes are cut.

    >>> read_industry("专用设备制造业"), read_industry("3516"), read_industry("c 制造业")
    ('C35', 'C35', 'C')
    """
    folded = "".join(unicodedata.normalize("NFKC", text).upper().split())
    match = _CODED.fullmatch(folded)
    section, digits, name = match.groups() if match else (None, None, folded)
    named = _by_name().get(_plain(name)) if name else None
    if digits is None and (name or section is None):
        if named is None:
            raise InvalidIndustry(text, "不在 GB/T 4754 的门类和大类之中", _near(name))
        if section is None:
            return named
    code = _code(text, section, digits)
    if name and named is not None and not (within(code, named) or within(named, code)):
        raise InvalidIndustry(
            text, "的代码与名称不符", (f"{code} {industry_name(code)}", f"{named} {name}")
        )
    return code


def industry_name(code: str) -> str:
    """The name of a section or division, as the standard prints it; the code if there is none."""
    return _names().get(code, code)


def within(code: str, rule_code: str) -> bool:
    """Whether an industry is, or is part of, the one that a rule names: C35 is within C."""
    return bool(rule_code) and code.startswith(rule_code)


def _code(text: str, section: str | None, digits: str | None) -> str:
    if digits is None:
        return section or ""
    division = digits.zfill(2)[:2]
    code = next((code for code in _names() if code[1:] == division), None)
    if code is None:
        raise InvalidIndustry(text, f"没有这个代码：GB/T 4754 的大类是 01 至 97，没有 {division}")
    if section is not None and not code.startswith(section):
        raise InvalidIndustry(text, "的字母与数字不符", (f"{code} {industry_name(code)}",))
    return code


def _near(name: str) -> tuple[str, ...]:
    found = process.extract(
        _plain(name), _by_name().keys(), scorer=fuzz.WRatio, limit=3, score_cutoff=_ALIKE
    )
    codes = dict.fromkeys(_by_name()[choice] for choice, _, _ in found)
    return tuple(f"{code} {industry_name(code)}" for code in codes)


def _plain(name: str) -> str:
    text = re.sub(r"[^\w]", "", name).replace("其它", "其他").replace("及", "和")
    return text.removesuffix("业")


@cache
def _content() -> dict[str, dict[str, str]]:
    path = Path(__file__).with_name("industries.toml")
    content: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return content


@cache
def _names() -> dict[str, str]:
    return _content()["sections"] | _content()["divisions"]


@cache
def _by_name() -> dict[str, str]:
    """Sections win where section and division have one name: 房地产业 is K."""
    also = {_plain(name): code for name, code in _content()["also"].items()}
    return also | {_plain(name): code for code, name in reversed(_names().items())}
