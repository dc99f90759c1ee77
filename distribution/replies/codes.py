"""The codes in what a mail system says: reply codes (RFC 5321), enhanced codes (RFC 3463)."""

import re

# Not a part of an IP address such as 5.1.1.7.
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(
    r"(?<![\d.,/=_-])([45][0-5]\d)(?=[ \-:,;#]|$)(?![ ]?(?:bytes|kb|mb|port))", re.IGNORECASE
)

_ASIDE = re.compile(
    r"\((?:in reply to [^()]{0,60}"  # Postfix
    r"|delivery attempts: \d+"  # IronPort
    r"|state \d{1,2})\)"  # Google
)
_SAID_ALWAYS = ("giving up on", "remote host said:", "i've given up", "i'm afraid", "address error")
_FRAME = re.compile(
    r"- unknown address error (?=[45]\d\d)"  # IronPort
    r"|\bgiving up on \S{1,80}|\bremote host said:"  # qmail
    r"|this is a permanent error; i've given up|\bi'm afraid i wasn't able to deliver your message"
)
_SHORTEST = 12
"""Characters of a reply that says more than its code."""


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


def unframed(text: str) -> str:
    """A text without what reporters always write, whatever the reply was; it is lower-case.

    >>> unframed("remote host said: 550 no such user giving up on 192.0.2.25.")
    '550 no such user'
    """
    if "(" in text:
        text = _ASIDE.sub(" ", text)
    if any(words in text for words in _SAID_ALWAYS):  # much cheaper than the search
        text = _FRAME.sub(" ", text)
    return text.strip()


def quoted(text: str) -> tuple[str, str]:
    """What a reporter says himself, and the reply that he quotes; either may be empty.

    >>> quoted("host mx.example said: 550 no such user")
    ('host mx.example said: ', '550 no such user')
    """
    found = _REPLY.search(text)
    if found is None or len(text) - found.start() < _SHORTEST:
        return text, ""
    return text[: found.start()], text[found.start() :]


def more_telling(said: str, field: str) -> str:
    """The diagnostic's code, unless it tells nothing (5.0.0) and the Status field does."""
    if said.endswith(".0.0") and field:
        return field
    return said or field
