"""A mail that came back as a person reads it: who, when, about what, and its text decoded."""

from distribution.replies.notice import RETURNED, plain_text
from distribution.replies.returned_mime import decoded_bytes, parts

_SHOWN = ("from", "to", "date", "subject")
_HEADS = ("From", "To", "Date", "Subject")
_MOST_WORDS = 16 * 1024
_MOST_PAGE = 256 * 1024
_UNREADABLE = "\ufffd"


def readable(raw: bytes) -> str:
    r"""The head and all parts that are text, decoded; other parts are named by their type.

    Of a mail that is shown in it only the head: it is ours, and long.

    >>> print(readable(b"From: a@b.example\nSubject: =?utf-8?b?6YCA5L+h?=\n\nGone.\n"))
    From: a@b.example
    Subject: 退信
    <BLANKLINE>
    Gone.
    """
    head, bodies = "", []
    for number, part in enumerate(parts(raw)):
        if number == 0:
            lines = zip(_HEADS, (part.fields.first(name) for name in _SHOWN), strict=True)
            head = "\n".join(f"{name}: {said}" for name, said in lines if said)
        kind = part.type or "text/plain"
        if kind in RETURNED:
            bodies.append(part.text.strip().partition("\n\n")[0])
        elif kind == "text/html":
            bodies.append(plain_text(part.text[:_MOST_PAGE]).strip())
        elif kind.startswith(("text/", "message/")):
            bodies.append(part.text.strip())
        elif not kind.startswith("multipart/"):
            bodies.append(f"［{kind}］")
    return "\n\n".join(text for text in (head, *bodies) if text)


def words_of(data: bytes) -> str:
    r"""The words of what is no mail, such as a reply in a file; empty where it is no text.

    >>> words_of("550 用户不存在\n".encode("gbk")), words_of(b"\x89PNG\r\n\x1a\n\0")
    ('550 用户不存在', '')
    """
    text = decoded_bytes(data[:_MOST_WORDS].removeprefix(b"\xef\xbb\xbf")).strip()
    return text if "".join(text.split()).isprintable() and _UNREADABLE not in text else ""
