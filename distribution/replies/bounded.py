r"""Tells whether a pattern that an admin wrote always ends soon.

A regular expression is slow where a text can be divided among its repetitions in very many ways
before it fails to fit. The patterns of this package are bounded by hand; those of an admin are
read here by a small grammar of their own, which knows only what can be counted:

  characters, `.`, `^`, `$`, classes, and `\d \w \s \b` and their opposites;
  groups, alternatives, `?`;
  `{m,n}` after a single character or class, at most two, n at most 100.

`*`, `+`, `{n,}`, references and looking ahead or back are not in it. What is left has a number of
ways that can be multiplied out, and that number has a limit.
"""

import re
from dataclasses import dataclass, field

from distribution.errors import DistributionError

LONGEST = 300
MOST_TIMES = 100
MOST_COUNTED = 2
MOST_WAYS = 10_500
"""Of one pattern at one place of a text: room for two `.{0,100}`."""
_CHARACTER = re.compile(
    r"\\[bBdDsSwW]|\\[^A-Za-z0-9]"
    r"|\[\^?(?:\\[dDsSwW]|\\[^A-Za-z0-9]|[^\[\]\\])+\]"
    r"|[^\\\[\](){}*+?|]",
    re.DOTALL,
)
_TIMES = re.compile(r"\{(\d{1,4})(?:,(\d{1,4}))?\}\??")
_SET_OPERATION = re.compile(r"--|&&|~~|\|\|")  # Python means to read these in classes some day


class Unbounded(DistributionError):
    """Raised for a pattern that could take long or cannot be read; says why, not where."""


def ways(pattern: str) -> int:
    r"""In how many ways a pattern can be tried at one place of a text, at most.

    Raises Unbounded where that cannot be counted, or is more than `MOST_WAYS`.

    >>> ways("user.{0,9} (?:unknown|gone)"), ways(r"\d{3}-?")
    (20, 2)
    """
    if len(pattern) > LONGEST:
        raise Unbounded(f"有 {len(pattern)} 个字符，最多 {LONGEST} 个")
    reader = _Reader(pattern)
    found = reader.alternatives()
    if reader.place < len(pattern):
        raise Unbounded("括号不成对")
    if reader.counted > MOST_COUNTED:
        raise Unbounded(f"{{m,n}} 有 {reader.counted} 处，最多 {MOST_COUNTED} 处")
    if found > MOST_WAYS:
        raise Unbounded("可有可无与任选其一的部分太多，匹配可能很慢，请拆成几条规则")
    return found


@dataclass(slots=True)
class _Reader:
    """Reads a pattern from left to right, counting."""

    text: str
    place: int = field(default=0, init=False)
    counted: int = field(default=0, init=False)
    """`{m,n}` so far."""

    def alternatives(self) -> int:
        found = self._sequence()
        while self._takes("|"):
            found += self._sequence()
        return found

    def _sequence(self) -> int:
        found = 1
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            found *= self._piece()
        return found

    def _piece(self) -> int:
        group = self._takes("(")
        found = self._group() if group else self._character()
        times = _TIMES.match(self.text, self.place)
        if times is None:
            if not self._takes("?"):
                return found
            self._takes("?")
            return found + 1
        if group:
            raise Unbounded("括号之后不能用 {m,n}")
        self.place = times.end()
        return self._times(times)

    def _group(self) -> int:
        if self._takes("?") and not self._takes(":"):
            raise Unbounded("(? 之后只能是冒号：不能用前后查找、引用、命名与标志")
        found = self.alternatives()
        if not self._takes(")"):
            raise Unbounded("括号不成对")
        return found

    def _character(self) -> int:
        found = _CHARACTER.match(self.text, self.place)
        if found is None:
            raise Unbounded(f"第 {self.place + 1} 个字符起不能这样写：{_advice(self._rest())}")
        if found.group().startswith("[") and _SET_OPERATION.search(found.group()):
            raise Unbounded("方括号中的 --、&&、~~、|| 请在每个符号前加反斜杠")
        self.place = found.end()
        return 1

    def _times(self, times: re.Match[str]) -> int:
        least, most = int(times.group(1)), int(times.group(2) or times.group(1))
        if least > most or most > MOST_TIMES:
            raise Unbounded(f"{times.group()} 的次数应由小到大，最多 {MOST_TIMES}")
        if least == most:
            return 1
        self.counted += 1
        return most - least + 1

    def _takes(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.place):
            return False
        self.place += len(sign)
        return True

    def _rest(self) -> str:
        return self.text[self.place : self.place + 2]


def _advice(there: str) -> str:
    if there[0] in "*+":
        return "* 与 + 没有止境，请用 {0,40} 之类的次数"
    if there[0] == "{":
        return "次数写作 {m,n}，两个都要写；大括号本身写作 \\{"
    if there[0] == "\\":
        return f"不认识 {there}，只可用 \\d \\w \\s \\b 及其大写，或在符号前加反斜杠"
    return "方括号、问号本身请在前面加反斜杠"
