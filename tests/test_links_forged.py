"""A million forged tokens open nothing; a good one is found by comparing in constant time."""

import ast
import inspect
import random
import textwrap
from collections.abc import Iterator

import pytest

from distribution.links import Keyring, Use

RING = Keyring.of(["the-newest-key-0123456789", "the-oldest-key-0123456789"])
USES = tuple(Use)
DICE = random.Random(9)  # noqa: S311 - a test's dice
ROWS = 2**40

Forged = Iterator[tuple[Use, bytes]]


def mutated(use: Use, token: bytes) -> Forged:
    """One bit of it changed, each in turn."""
    whole = int.from_bytes(token)
    return ((use, (whole ^ (1 << bit)).to_bytes(22)) for bit in range(22 * 8))


def for_another_use(use: Use, token: bytes) -> Forged:
    return ((other, token) for other in USES if other is not use)


def for_another_row(use: Use, token: bytes) -> Forged:
    """Ours in all but the row it names."""
    row = int.from_bytes(token[1:6])
    others = (row + 1, row - 1, row ^ 0xFF, *(DICE.randrange(ROWS) for _ in range(20)))
    return ((use, token[:1] + (other % ROWS).to_bytes(5) + token[6:]) for other in others)


def cut_or_longer(use: Use, token: bytes) -> Forged:
    lengths = (*(token[:length] for length in range(22)), token + b"\0", b"\0" + token, token * 2)
    return ((use, one) for one in lengths)


def guessed(use: Use, token: bytes) -> Forged:
    """The right key's number and row before sixteen bytes that somebody made up."""
    return ((use, token[:6] + DICE.randbytes(16)) for _ in range(50))


SORTS = (mutated, for_another_use, for_another_row, cut_or_longer, guessed)


def test_of_a_million_forged_tokens_none_is_taken() -> None:
    tried = taken = 0
    while tried < 1_000_000:
        use, row = DICE.choice(USES), DICE.randrange(ROWS)
        token = Keyring(RING.keys, signing=DICE.randrange(2)).sign(use, row)
        assert RING.verify(use, token) == row
        for sort in SORTS:
            for claimed, forged in sort(use, token):
                taken += RING.verify(claimed, forged) is not None
                tried += 1
    assert taken == 0


@pytest.mark.parametrize("check", [Keyring.verify, Keyring.attested])
def test_what_was_signed_is_compared_in_constant_time_only(check: object) -> None:
    """By its text: time itself is not to be measured in a test."""
    read = ast.parse(textwrap.dedent(inspect.getsource(check)))  # type: ignore[arg-type]
    makes_a_signature = {"_token", "_attestation"}
    compared = [node for node in ast.walk(read) if called(node) == "compare_digest"]
    made = [node for node in ast.walk(read) if called(node) in makes_a_signature]
    (inside,) = compared
    assert made
    assert all(node in list(ast.walk(inside)) for node in made)


def called(node: ast.AST) -> str:
    """The last part of the name of what is called; empty where nothing is."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")
