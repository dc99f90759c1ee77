"""One tree of errors: each a sentence in Chinese that says what is wrong, where, and what to do.

Only entry points catch `DistributionError`, print `str(error)` and end with `exit_code`;
any other exception is a defect and keeps its traceback.
"""

from typing import ClassVar


class DistributionError(Exception):
    """Whatever a person can put right; `str()` is the sentence shown to him."""

    exit_code: ClassVar[int] = 2
    """What the command line ends with: 1 done but something is wrong, 2 bad usage or input."""


class InvalidSetting(DistributionError):
    """Raised when a setting cannot be used; `name` is spelled as the person wrote it."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        self.name, self.value, self.expected = name, value, expected
        super().__init__(f"设置 {name}={value!r} 无效：{expected}")


class NotFound(DistributionError):
    """Raised when a name or number given by a person leads to nothing."""

    def __init__(self, kind: str, key: str, hint: str) -> None:
        self.kind, self.key = kind, key
        super().__init__(f"没有{kind} {key or repr(key)}：{hint}")


class Refused(DistributionError):
    """Raised when something is possible in general but not now; nothing was changed."""

    exit_code = 1
