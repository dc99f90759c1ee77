"""Texts on which a pattern takes the longest: run as a programme, it searches all of ours in them.

Each text is made from the pattern itself: what it wants, over and over, and never quite to its end.
A pattern that repeats what it repeats already, or that can divide a text in many ways, does not
come back from some of these; the test that runs this waits for it only so long. Patterns given as
arguments are searched instead.
"""

import inspect
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from distribution import mailboxes, replies, webhooks
from distribution.replies import rules

Parsed = Iterable[tuple[Any, Any]]
OF_RULES, OF_NOTICES, OF_PARTS = rules.LONGEST_TEXT, 16 * 1024, 256 * 1024
"""Characters that are searched, as many as are ever given."""
WHOLE_PARTS = {
    "returned_mime._FIELD", "returned_mime._LIKE_A_BOUNDARY", "returned_status._FIELD_IN_TEXT",
    "returned_status._QUOTED", "returned_traces._FIELDS", "notice._COPY", "ses._FOLD",
    "files._ENVELOPE",
}  # fmt: skip
MOST = 3
"""Repetitions of an open repeat in what a pattern wants."""


@dataclass(frozen=True)
class Tried:
    """A pattern, how long its texts may be, and the methods it is used by."""

    name: str
    pattern: re.Pattern[Any]
    size: int
    methods: Sequence[str] = ("search",)


def patterns() -> Iterator[Tried]:
    """Every pattern of the package."""
    for rule in rules.rules_of(tuple(path.stem for path in rules.FOLDER.glob("*.toml"))):
        if rule.pattern is not None:
            yield Tried(rule.name, rule.pattern, OF_RULES)
    kinds = Path(rules.__file__).with_name("kinds.toml").read_text(encoding="utf-8")
    for what, said in tomllib.loads(kinds).items():
        for number, text in enumerate(said, start=1):
            pattern = re.compile(text, re.IGNORECASE | re.DOTALL)
            yield Tried(f"{what}-{number}", pattern, OF_NOTICES)
    for package in (replies, mailboxes, webhooks):
        for found in iter_modules(package.__path__):
            yield from _of_module(found.name, import_module(f"{package.__name__}.{found.name}"))


def _of_module(file: str, module: ModuleType) -> Iterator[Tried]:
    source = inspect.getsource(module)
    for name, value in vars(module).items():
        if isinstance(value, re.Pattern):
            used = re.findall(rf"\b{name}\.(match|fullmatch|search|find\w+|sub|split)\b", source)
            size = OF_PARTS if f"{file}.{name}" in WHOLE_PARTS else OF_NOTICES
            yield Tried(f"{file}.{name}", value, size, sorted(set(used)) or ("search",))


def hostile(pattern: re.Pattern[Any], size: int) -> Iterator[Any]:
    """Texts of a size."""
    tree = re._parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)  # type: ignore[attr-defined]
    whole = wanted(tree)
    pieces = [whole[: len(whole) * part // 4] for part in (1, 2, 3)] + [whole[:-1], whole]
    repeated = [wanted(body) for body in repeats(tree)]
    for piece in dict.fromkeys([*pieces, *repeated]):
        if piece:
            yield given(pattern, filled(piece, size))
            yield given(pattern, whole + filled(piece, size) + "\0")


def filled(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[:size]


def given(pattern: re.Pattern[Any], text: str) -> Any:  # noqa: ANN401 - str or bytes, as it is
    return text.encode("latin-1") if isinstance(pattern.pattern, bytes) else text


def wanted(tree: Parsed) -> str:
    """A text that a pattern fits, as far as it does not look ahead."""
    return "".join(_WANTED.get(str(op), lambda _: "")(argument) for op, argument in tree)


def repeats(tree: Parsed) -> Iterator[Parsed]:
    """What stands in a pattern's repetitions and alternatives."""
    for op, argument in tree:
        if str(op) in ("MAX_REPEAT", "MIN_REPEAT"):
            yield argument[2]
            yield from repeats(argument[2])
        elif str(op) == "SUBPATTERN":
            yield from repeats(argument[3])
        elif str(op) == "BRANCH":
            for branch in argument[1]:
                yield branch
                yield from repeats(branch)


def _in(items: list[tuple[Any, Any]]) -> str:
    """A character of a class."""
    if str(items[0][0]) == "NEGATE":
        unwanted = re.compile("|".join(_class(op, argument) for op, argument in items[1:]))
        return next(one for one in map(chr, range(32, 0x4E20)) if not unwanted.fullmatch(one))
    op, argument = items[0]
    if str(op) == "CATEGORY":
        return _CATEGORIES[str(argument)][1]
    return chr(argument if str(op) == "LITERAL" else argument[0])


def _class(op: Any, argument: Any) -> str:  # noqa: ANN401 - re's own tree
    if str(op) == "CATEGORY":
        return _CATEGORIES[str(argument)][0]
    first, last = (argument, argument) if str(op) == "LITERAL" else argument
    return f"[{re.escape(chr(first))}-{re.escape(chr(last))}]"


_CATEGORIES = {
    "CATEGORY_DIGIT": (r"\d", "5"), "CATEGORY_NOT_DIGIT": (r"\D", "x"),
    "CATEGORY_SPACE": (r"\s", " "), "CATEGORY_NOT_SPACE": (r"\S", "x"),
    "CATEGORY_WORD": (r"\w", "x"), "CATEGORY_NOT_WORD": (r"\W", "-"),
}  # fmt: skip


def _repeated(argument: tuple[int, int, Parsed]) -> str:
    least, most, body = argument
    return wanted(body) * max(least, min(most, MOST))


_WANTED: dict[str, Callable[[Any], str]] = {
    "LITERAL": chr,
    "NOT_LITERAL": lambda code: "a" if code != ord("a") else "b",
    "ANY": lambda _: "x",
    "IN": _in,
    "BRANCH": lambda argument: wanted(argument[1][0]),
    "SUBPATTERN": lambda argument: wanted(argument[3]),
    "MAX_REPEAT": _repeated,
    "MIN_REPEAT": _repeated,
}


def search(tried: Tried) -> None:
    """Use it as the package does."""
    for text in hostile(tried.pattern, tried.size):
        for method in tried.methods:
            if method == "finditer":
                sum(1 for _ in tried.pattern.finditer(text))
            elif method == "sub":
                tried.pattern.sub(text[:0], text)
            else:
                getattr(tried.pattern, method)(text)


def main() -> None:
    named = [Tried(text, re.compile(text), OF_RULES) for text in sys.argv[1:]]
    for tried in named or patterns():
        print(tried.name, flush=True)  # noqa: T201 - the last one named is at fault
        search(tried)


if __name__ == "__main__":
    main()
