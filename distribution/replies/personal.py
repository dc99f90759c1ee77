"""What a person wrote in answer to a digest, made ready to be passed on."""

from dataclasses import dataclass

from distribution.replies import kinds
from distribution.replies.returned_mime import parts
from distribution.replies.told import addresses

LONGEST_TEXT = 20_000
"""Characters that are passed on: nobody writes more, but he may quote the whole issue."""


@dataclass(frozen=True, slots=True)
class PersonalLetter:
    """A reader's letter; all of it as he wrote it, to be shown to people only."""

    sender: str
    """Name and address."""
    answer_to: str
    """Address; empty where none can be made out."""
    subject: str
    text: str


def read_personal(raw: bytes) -> PersonalLetter | None:
    r"""Read it; None for what a mail system wrote. Whatever the bytes are, it never raises.

    >>> letter = read_personal(b"From: Li <li@a.example>\nSubject: Re: 9\n\nHow do I submit?\n")
    >>> letter.answer_to, letter.text
    ('li@a.example', 'How do I submit?')
    """
    found = list(parts(raw))
    own = found[0].fields
    report = own.first("content-type").lower().startswith("multipart/report")
    if report or kinds.is_of_a_daemon(own) or kinds.has_empty_path(own):
        return None
    texts = [part.text for part in found if part.type in ("", "text/plain")]
    if not any(text.strip() for text in texts):
        texts = [part.text for part in found if part.type == "text/html"]
    wanted = [*addresses(own.first("reply-to")), *addresses(own.first("from"))]
    return PersonalLetter(
        sender=own.first("from"),
        answer_to=wanted[0] if wanted else "",
        subject=own.first("subject"),
        text="\n\n".join(text.strip() for text in texts if text.strip())[:LONGEST_TEXT],
    )
