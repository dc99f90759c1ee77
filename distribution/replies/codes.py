"""The codes in what a mail system says: reply codes (RFC 5321), enhanced codes (RFC 3463)."""

import re

# Not a part of an IP address such as 5.1.1.7.
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(
    r"(?<![\d.,/=_-])([45][0-5]\d)(?=[ \-:,;#]|$)(?![ ]?(?:bytes|kb|mb|port))", re.IGNORECASE
)


def enhanced_code(text: str) -> str:
    """The first enhanced status code (RFC 3463) in a text; empty where there is none.

    >>> enhanced_code("smtp; 550-5.1.1 no such user"), enhanced_code("[5.1.1.7] refused")
    ('5.1.1', '')
    """
    found = _ENHANCED.search(text)
    return found.group(1) if found else ""


def reply_code(text: str) -> str:
    """The first reply code in a text; empty where there is none.

    >>> reply_code("host mx.example said: 550 5.1.1 gone"), reply_code("4000 bytes")
    ('550', '')
    """
    found = _REPLY.search(text)
    return found.group(1) if found else ""


def more_telling(said: str, field: str) -> str:
    """The diagnostic's code, unless it tells nothing (5.0.0) and the Status field does."""
    if said.endswith(".0.0") and field:
        return field
    return said or field
