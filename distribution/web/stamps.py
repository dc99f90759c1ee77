"""When a form was given out, signed and in the form itself: how long somebody has had it."""

from datetime import UTC, datetime, timedelta

from distribution.links import Keyring

_LONGEST = 200


def stamp(keyring: Keyring, purpose: str, *, at: datetime) -> str:
    """A form's time, to the second, that nobody else can write."""
    seconds = int(at.timestamp())
    return f"{seconds}.{keyring.attest(_text(purpose, seconds))}"


def age(keyring: Keyring, purpose: str, stamped: str, *, at: datetime) -> timedelta | None:
    """How long ago it was given out; None for what no form of ours for this purpose bears.

    >>> keyring, then = Keyring.of(["a-key-of-sixteen"]), datetime(2026, 9, 1, tzinfo=UTC)
    >>> stamped = stamp(keyring, "subscribe", at=then)
    >>> age(keyring, "subscribe", stamped, at=then + timedelta(seconds=5))
    datetime.timedelta(seconds=5)
    >>> age(keyring, "subscribe", "1" + stamped, at=then) is age(keyring, "else", stamped, at=then)
    True
    """
    written, _, signature = stamped[:_LONGEST].partition(".")
    if not (written.isascii() and written.isdigit()):
        return None
    seconds = int(written)
    if not keyring.attested(_text(purpose, seconds), signature):
        return None
    return at - datetime.fromtimestamp(seconds, UTC)


def _text(purpose: str, seconds: int) -> str:
    return f"form\0{purpose}\0{seconds}"
