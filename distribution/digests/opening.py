"""How the HTML of a mail opens, whatever template it came from."""

import re
from html import unescape

from distribution.digests.wording import clean

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_PREHEADER = re.compile(
    r"\s*<div\b[^>]*\bdisplay:\s*none[^>]*>(.*?)</div>", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile("<[^>]*>")
_PADDING = dict.fromkeys(map(ord, "\u00ad\u034f\u200b\u200c\u200d\ufeff"))
"""Invisible characters that keep an inbox from reading on behind the preheader."""


def body_of(page: str) -> str:
    """What stands in the body of a page."""
    opening = _BODY.search(page)
    inside = page[opening.end() :] if opening else page
    before, end, _ = inside.rpartition("</body>")
    return (before if end else inside).strip()


def with_on_top(html: str, piece: str) -> str:
    """The mail with a piece above all that is seen; the preheader stays before it."""
    at = 0
    if opening := _BODY.search(html):
        at = opening.end()
        if hidden := _PREHEADER.match(html, at):
            at = hidden.end()
    return f"{html[:at]}\n{piece}\n{html[at:]}"


def preheader(html: str) -> str:
    """What an inbox shows beside the subject; empty where the template hides nothing for it.

    >>> preheader('<body><div style="display:none">首台&amp;套&nbsp;\u200c</div>')
    '首台&套'
    """
    opening = _BODY.search(html)
    hidden = _PREHEADER.match(html, opening.end() if opening else 0)
    return clean(unescape(_TAG.sub(" ", hidden[1])).translate(_PADDING)) if hidden else ""
