"""The words of a notice to people: its text before the copy of the returned mail."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from distribution.replies.returned_mime import Fields, Part, fields

RETURNED = (
    "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers",
    "message/global-headers",
)  # fmt: skip
_MOST_TEXT = 16 * 1024
_MOST_LINES = 400
_COPY = re.compile(
    r"^(?:> ?)?(?:return-path|received|message-id|mime-version|x-mailer|dkim-signature)[ \t]*:"
    r"|^[> \t]*(?:-{2,}[ \t]*(?:below (?:this|the next) line|this is a copy|unsent message"
    r"|original message|returned message|message header|body of message|start of returned"
    r"|the header of|headers? of the|forwarded message|undelivered message|transcript of message"
    r"|原邮件|原始邮件|退回的邮件)"
    r"|(?:original message(?:$|:| follows| headers?| details)|message headers? follows?"
    r"|original mail as follows|bounced e-?mail:|your (?:original )?message (?:follows|reads)"
    r"|the (?:first|header|headers|original message|body) .{0,40}follows?\b))",
    re.IGNORECASE | re.MULTILINE,
)
_HIDDEN = ("head", "style", "script")
_BREAK = re.compile(
    r"<(?:br|/?p|/?div|/?tr|/?li|/?h\d|/?table|/?pre|hr)\b[^<>]{0,500}>", re.IGNORECASE
)
_CELL = re.compile(r"</t[dh]>", re.IGNORECASE)
_TAG = re.compile(r"<[a-z/!][^<>@]{0,2000}>", re.IGNORECASE)  # <a@b.example> is none
_MAIL_LINK = re.compile(r"<(?:a|img)\b[^<>]{0,2000}>", re.IGNORECASE)
_LONG_ENTITY = re.compile(r"&#\w{9,}")  # a number of thousands of digits is refused by Python


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said to people, and the header of the mail that is spoken of."""

    text: str
    returned: Fields


def notice_of(found: Sequence[Part]) -> Notice:
    """Take the notice out of a mail's parts; the plain text where there is one, else the page."""
    plain, pages, returned = [], [], Fields(())
    for part in found:
        if part.type in RETURNED:
            returned = fields(
                part.content.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")[0]
            )
            break
        if part.type == "text/plain":
            plain.append(part.text[:_MOST_TEXT])
        elif part.type == "text/html":
            pages.append(plain_text(part.text[: 3 * _MOST_TEXT]))
    whole = "\n".join(plain).replace("\r", "\n")
    if not whole.strip():
        whole = "\n".join(pages) or (found[0].text if len(found) == 1 else "")
    copy = _COPY.search(whole)
    if copy is None:
        return Notice(_bounded(whole), returned)
    if not returned.entries:
        returned = fields(whole[copy.start() :].encode("utf-8", "replace"))
    return Notice(_bounded(whole[: copy.start()]), returned)


def plain_text(page: str) -> str:
    """The text of an HTML page, a line for each block.

    >>> plain_text("<p>Gone:<br>a@b.example</p>&lt;c@d.example&gt;").split()
    ['Gone:', 'a@b.example', '<c@d.example>']
    """
    text = " ".join(_shown(page).split())  # line ends mean nothing in HTML
    text = _CELL.sub(" ", _BREAK.sub("\n", text))
    text = _TAG.sub("", _MAIL_LINK.sub("", text))
    return html.unescape(_LONG_ENTITY.sub(" ", text)).replace("\xa0", " ")


def _shown(page: str) -> str:
    """A page without the elements that nobody sees."""
    for name in _HIDDEN:
        small, shown, place = page.lower(), [], 0
        while (start := small.find(f"<{name}", place)) >= 0:
            shown.append(page[place:start])
            end = small.find(f"</{name}>", start)
            place = end if end >= 0 else len(page)
        page = "".join([*shown, page[place:]])
    return page


def _bounded(text: str) -> str:
    return "\n".join(text[:_MOST_TEXT].split("\n", _MOST_LINES)[:_MOST_LINES])
