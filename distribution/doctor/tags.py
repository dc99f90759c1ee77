"""Records of tags, as DKIM (RFC 6376) and DMARC (RFC 7489) have them: `v=DMARC1; p=none`."""

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

ED25519 = 256
"""Bits of such a key, by which it is known among those of RSA."""


def tags_of(record: str) -> Mapping[str, str]:
    """The tags of a record.

    >>> dict(tags_of("v=DMARC1; p=none ;; rua=mailto:a@b.example"))
    {'v': 'DMARC1', 'p': 'none', 'rua': 'mailto:a@b.example'}
    """
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


def key_bits(record: str) -> int | None:
    """The length of a DKIM key; 0 for one that was withdrawn, None for what is no key."""
    tags = tags_of(record)
    if "p" not in tags or tags.get("v", "DKIM1") != "DKIM1":
        return None
    text = "".join(tags["p"].split())
    if not text:
        return 0
    try:
        raw = base64.b64decode(text, validate=True)
        if tags.get("k", "rsa").lower() == "ed25519":
            return ED25519 if 8 * len(raw) == ED25519 else None
        key = load_der_public_key(raw)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else None


def same_house(one: str, other: str) -> bool:
    """Whether two domains are aligned as DMARC's relaxed mode wants it, as far as names tell.

    >>> same_house("mail.qikan.example", "qikan.example"), same_house("a.com.cn", "b.com.cn")
    (True, False)
    """
    first, second = one.lower().rstrip("."), other.lower().rstrip(".")
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")
