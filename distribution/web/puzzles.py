"""Proof of work: a number the browser has to find by trying, in the manner of altcha.

SHA-256 of salt and number is the challenge; the salt says until when, and the signature that it
is ours. What is found is good for one form.
"""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from distribution.links import Keyring

LIFE = timedelta(hours=1)
SCRIPT = Path(__file__).with_name("subscribing.js").read_bytes()
PATH = f"/subscribing-{hashlib.sha256(SCRIPT).hexdigest()[:12]}.js"
_ALGORITHM = "SHA-256"
_LONGEST = 1000
"""Of an answer, in characters."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A puzzle of ours whose number was found."""

    challenge: str
    until: datetime
    """After that it is worth nothing."""


def puzzle(keyring: Keyring, most: int, *, at: datetime) -> dict[str, Any]:
    """A new one; on average half of `most` numbers have to be tried."""
    expires = int((at + LIFE).timestamp())
    salt = f"{secrets.token_hex(12)}?expires={expires}"
    challenge = _hash(salt, secrets.randbelow(most + 1))
    return {
        "algorithm": _ALGORITHM,
        "challenge": challenge,
        "maxnumber": most,
        "salt": salt,
        "signature": keyring.attest(_text(salt, challenge)),
    }


def solved(keyring: Keyring, answer: str, *, at: datetime) -> Solved | None:
    """What was solved; None for everything else.

    >>> keyring, then = Keyring.of(["a-key-of-sixteen"]), datetime(2026, 9, 1, tzinfo=UTC)
    >>> given = puzzle(keyring, 0, at=then)
    >>> right = base64.b64encode(json.dumps(given | {"number": 0}).encode()).decode()
    >>> solved(keyring, right, at=then).until
    datetime.datetime(2026, 9, 1, 1, 0, tzinfo=datetime.timezone.utc)
    >>> solved(keyring, right, at=then + LIFE) is solved(keyring, "", at=then) is None
    True
    """
    try:
        said = json.loads(base64.b64decode(answer[:_LONGEST], validate=True))
        return _solved(keyring, said, at) if isinstance(said, dict) else None
    except (binascii.Error, ValueError, KeyError, OverflowError, RecursionError):
        return None


def _solved(keyring: Keyring, said: Mapping[str, Any], at: datetime) -> Solved | None:
    salt, number = str(said["salt"]), said["number"]
    if said["algorithm"] != _ALGORITHM or type(number) is not int:
        return None
    challenge = _hash(salt, number)
    ours = keyring.attested(_text(salt, challenge), str(said["signature"]))
    if not ours:
        return None
    expires = int(parse_qs(salt.partition("?")[2])["expires"][0])
    until = datetime.fromtimestamp(expires, UTC)
    return Solved(challenge, until) if at < until else None


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _text(salt: str, challenge: str) -> str:
    return f"puzzle\0{salt}\0{challenge}"
