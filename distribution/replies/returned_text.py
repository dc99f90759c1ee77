"""A mail that came back as a person reads it: who, when, about what, and its text decoded."""

from distribution.replies.returned_mime import parts

_SHOWN = ("from", "to", "date", "subject")
_HEADS = ("From", "To", "Date", "Subject")


def readable(raw: bytes) -> str:
    r"""The head and all parts that are text, decoded; other parts are named by their type.

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
        if kind.startswith(("text/", "message/")):
            bodies.append(part.text.strip())
        elif not kind.startswith("multipart/"):
            bodies.append(f"［{kind}］")
    return "\n\n".join(text for text in (head, *bodies) if text)
