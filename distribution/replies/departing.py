"""Tells whether an automatic answer says that its owner has left his employer for good."""

import re
import unicodedata

from distribution.replies import kinds
from distribution.replies.returned_mime import Fields

_MOST_TEXT = 4000
_BEFORE = 80
"""Characters before the words that may make them a supposition."""
_QUOTED = re.compile(
    r"^[ \t]{0,20}(?:>|(?:from|发件人|寄件者|寄件人)[ \t]{0,9}[:：]"
    r"|on\b.{0,200}\bwrote:|.{0,100}写道[:：])",
    re.IGNORECASE | re.MULTILINE,
)


def has_left(own: Fields, text: str) -> bool:
    """Whether its subject or text says so; he who is away only, and comes back, has not."""
    said = _said(f"{own.first('subject')} . {_answer(text)}")
    if any(not _supposed(said, match.start()) for match in kinds.all_that_say("departed", said)):
        return True
    perhaps = any(kinds.all_that_say("perhaps_departed", said))
    return perhaps and not any(kinds.all_that_say("coming_back", said))


def _answer(text: str) -> str:
    """What the machine says, without the mail it answers."""
    text = text[:_MOST_TEXT]
    quoted = _QUOTED.search(text)
    return text if quoted is None else text[: quoted.start()]


def _said(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).replace("’", "'")


def _supposed(said: str, place: int) -> bool:
    """Whether it is said of nobody: "if he has left the company, write to …"."""
    return any(kinds.all_that_say("supposing", said[max(0, place - _BEFORE) : place]))
