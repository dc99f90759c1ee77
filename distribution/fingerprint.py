"""One spelling of facts as bytes, and its hash: the same on every machine and in every database."""

import hashlib
import json
from collections.abc import Mapping


def fingerprint(facts: Mapping[str, object]) -> str:
    """The SHA-256 of facts, in hexadecimal, whatever the order of their keys.

    >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    True
    """
    spelled = json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(spelled.encode()).hexdigest()
