"""An admin's own rules: a file in the form of ours, asked before all of them.

What a person writes is checked whole, so that no rule of his does nothing, fits everything, takes
long or fails in the middle of a run: see `rules.py` for what a rule may name and `bounded.py` for
its pattern. Phrases and patterns are read without regard to case.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distribution import own_files
from distribution.errors import DistributionError
from distribution.own_files import UnusableFile
from distribution.replies import bounded
from distribution.replies.codes import enhanced_code, reply_code
from distribution.replies.phase import CONNECT, DATA, MAIL, RCPT, phase_in
from distribution.replies.providers import known_providers
from distribution.replies.rules import Rule, Said, ready, rule_of
from distribution.words import Meaning

MOST_BYTES = 256 * 1024
MOST_RULES = 500
MOST_WAYS = 50_000
"""Of all patterns together, see `bounded.py`: seconds for a text made for them, else nothing."""
_LONGEST_TEXT = 2000
_MOST_PHRASES = 100
_SHORTEST_PHRASE = 2
_MOST_MINUTES = 7 * 24 * 60
_NEEDED = {
    "means": "请写明含义，如 bad_address",
    "source": "请写明依据，如哪天哪封退信",
    "example": "请附一句该规则适用的原话",
}
_MAY_BE_DEAD = (Meaning.BAD_ADDRESS, Meaning.BAD_DOMAIN, Meaning.INACTIVE)
_NO_CODE = 600
_CODE = re.compile(r"[45]([0-5]\d?)?")
_ENHANCED = re.compile(r"[45](\.\d{1,3}){0,2}")
_WHOLE_CODE = re.compile(r"\d{3}")
_LEADING_CODE = re.compile(r"^[45]\d\d[ -]")


class InvalidRules(DistributionError):
    """Raised for a file of rules that cannot be used.

    `number` is the faulty rule's, from 1, or None where the whole file is at fault.
    """

    def __init__(self, path: Path, number: int | None, why: str) -> None:
        self.path, self.number, self.why = path, number, why
        which = "" if number is None else f"第 {number} 条规则"
        super().__init__(f"应答规则文件 {path} {which}不能用：{why}")


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of an admin's file, named own-1 and so on, in their order; raises InvalidRules."""
    entries = _entries(path)
    rules, ways = [], 0
    for number, entry in enumerate(entries, start=1):
        try:
            rule = _rule(f"own-{number}", entry)
            ways += bounded.ways(rule.pattern.pattern) if rule.pattern else 0
        except (_Fault, bounded.Unbounded) as error:
            raise InvalidRules(path, number, str(error)) from None
        rules.append(rule)
    if ways > MOST_WAYS:
        raise InvalidRules(path, None, "全部 pattern 合起来匹配可能很慢，请减少其中的 {m,n}")
    return tuple(rules)


class _Fault(DistributionError):
    """Raised for what is wrong with a rule; says what, not where."""


def _entries(path: Path) -> list[Any]:
    try:
        content = own_files.read_toml(path, MOST_BYTES)
    except UnusableFile as error:
        raise InvalidRules(path, None, str(error)) from error
    entries = content.get("rule", [])
    if set(content) - {"rule"} or not isinstance(entries, list):
        raise InvalidRules(path, None, "每条规则应以单独一行 [[rule]] 开头，此外不能有别的内容")
    if len(entries) > MOST_RULES:
        raise InvalidRules(path, None, f"有 {len(entries)} 条规则，最多 {MOST_RULES} 条")
    return entries


def _rule(name: str, entry: object) -> Rule:
    if not isinstance(entry, dict):
        raise _Fault("应写成 名称 = 值，请以 [[rule]] 开头")
    entry = _checked(entry)
    if "pattern" in entry:
        bounded.ways(entry["pattern"])
    try:
        rule = rule_of(name, entry, re.IGNORECASE)
    except re.error as error:
        raise _Fault(f"pattern 不是正则表达式（{error}），请改正") from error
    if rule.pattern is not None and rule.pattern.search("") is not None:
        raise _Fault("pattern 对任何文字都适用，请写明必须出现的字")
    if rule.dead and rule.means not in _MAY_BE_DEAD:
        raise _Fault(f"{rule.means.value}（{rule.means.label}）不说明地址失效，请删去 dead = true")
    if not rule.fits(_said_in_example(rule)):
        raise _Fault("不适用于自己的 example，请核对：短语中不写应答码，应答码写在 code")
    return rule


def _checked(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with its phrases made ready, once every value is known to be of its kind."""
    unknown = sorted(set(entry) - set(_KINDS))
    if unknown:
        raise _Fault(f"没有 {unknown[0]} 这一项，可用的是 {'、'.join(_KINDS)}")
    for name, remedy in _NEEDED.items():
        if name not in entry:
            raise _Fault(f"缺少 {name}：{remedy}")
    for name, value in entry.items():
        fits, expected = _KINDS[name]
        if not fits(value):
            raise _Fault(f"{name} 的值不对，应为{expected}")
    if not _limits(entry):
        raise _Fault(
            "几乎对任何应答都适用，请写明 says、pattern、三位的 code 或 enhanced（如 5.1）"
        )
    phrases = {name: [*map(_plain, entry[name])] for name in ("says", "without") if name in entry}
    return entry | phrases


def _limits(entry: dict[str, Any]) -> bool:
    """Whether a rule leaves most replies to the others."""
    code, enhanced = str(entry.get("code", "")), entry.get("enhanced", "")
    words = "says" in entry or "pattern" in entry
    return words or _WHOLE_CODE.fullmatch(code) is not None or "." in enhanced


def _plain(phrase: str) -> str:
    """A phrase as the texts are.

    >>> _plain("User  Unknown")
    'user unknown'
    """
    return " ".join(phrase.split()).lower().replace("’", "'")


def _said_in_example(rule: Rule) -> Said:
    """What the example says; who says it and at which command is taken from the rule.

    Without the code before it: while sending, that stands beside the words and not in them.
    """
    text = ready(rule.example)
    return Said(
        _LEADING_CODE.sub("", text, count=1),
        reply_code(rule.example),
        enhanced_code(rule.example),
        rule.provider,
        phase_in(text) or rule.phase,
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST_TEXT


def _is_phrases(value: object) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= _MOST_PHRASES
        and all(_is_text(phrase) and len(_plain(phrase)) >= _SHORTEST_PHRASE for phrase in value)
    )


def _is_code(value: object) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 < value < _NO_CODE else ""
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def _is_enhanced(value: object) -> bool:
    return isinstance(value, str) and _ENHANCED.fullmatch(value) is not None


def _is_wait(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _MOST_MINUTES


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _one_of(*words: str) -> tuple[Callable[[object], bool], str]:
    return (lambda value: isinstance(value, str) and value in words), f"{'、'.join(words)} 之一"


_PHRASES = (
    _is_phrases,
    f'一串短语，如 ["user unknown"]，每个至少 {_SHORTEST_PHRASE} 个字符，最多 {_MOST_PHRASES} 个',
)
_TEXT = (_is_text, f"引号中的文字，不能为空，最多 {_LONGEST_TEXT} 个字符")
_TRUTH = (_is_truth, " true 或 false")
_KINDS = {
    "means": _one_of(*Meaning),
    "source": _TEXT,
    "example": _TEXT,
    "says": _PHRASES,
    "pattern": _TEXT,
    "without": _PHRASES,
    "provider": _one_of(*known_providers()),
    "code": (_is_code, "应答码或其开头，如 550 或 55"),
    "enhanced": (_is_enhanced, '增强状态码或其开头，如 "5.1.1" 或 "5.1"，写在引号中'),
    "phase": _one_of(RCPT, MAIL, DATA, CONNECT),
    "dead": _TRUTH,
    "doubtful": _TRUTH,
    "wait_minutes": (_is_wait, f"整数，1 至 {_MOST_MINUTES}"),
}
