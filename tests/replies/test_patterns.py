"""No pattern takes long, whatever text a stranger writes for it."""

import re
import subprocess
import sys
from pathlib import Path

import hostile
import pytest

LONG = 120
"""Seconds; two or three are needed, and a pattern without bounds needs years."""


def searched(*patterns: str, seconds: float = LONG) -> str:
    """The names of patterns that were searched in the texts made for them."""
    done = subprocess.run(
        [sys.executable, Path(hostile.__file__), *patterns],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
    )
    return done.stdout


def test_every_pattern_comes_back_from_the_texts_made_for_it() -> None:
    names = searched().split()

    assert len(names) == len(set(names)) > 300
    assert {"prose._NAMED", "returned_mime._WORD", "departed-1", "daemon-1"} <= set(names)


@pytest.mark.parametrize("pattern", [r"(\w+\s?)+:", "(a|a)+b", "x{0,99}x{0,99}x{0,99}x{0,99}y"])
def test_a_pattern_without_bounds_would_not_come_back(pattern: str) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        searched(pattern, seconds=2)


@pytest.mark.parametrize(
    "pattern", [r"\d{2,4}[a-c]?(?:no|un)known", "[^<>]{1,9}@", "550[ -]用户", r"\S{3}\W\D(x)?y"]
)
def test_a_text_is_made_of_what_a_pattern_wants(pattern: str) -> None:
    tree = re._parser.parse(pattern)  # type: ignore[attr-defined]

    assert re.fullmatch(pattern, hostile.wanted(tree))
