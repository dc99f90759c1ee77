"""What a person wrote in answer to a digest, made ready to be passed on."""

from dataclasses import dataclass

from distribution.replies import kinds
from distribution.replies.notice import plain_text
from distribution.replies.returned_mime import Part, parts
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
    enclosed: int = 0
    """Files and pictures that came with it, and are not here."""


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
    leaves = [part for part in found if not part.type.startswith("multipart/")]
    said = [part for part in leaves if not _is_enclosed(part)]
    texts = [part.text for part in said if part.type == "text/plain"]
    if not any(text.strip() for text in texts):
        pages = [part.text for part in said if part.type == "text/html"]
        texts = [_lines(plain_text(page[: 5 * LONGEST_TEXT])) for page in pages]
    sender = own.first("from")
    return PersonalLetter(
        sender=sender,
        answer_to=_address(own.first("reply-to")) or _address(sender),
        subject=own.first("subject"),
        text="\n\n".join(text.strip() for text in texts if text.strip())[:LONGEST_TEXT],
        enclosed=len(leaves) - len(said),
    )


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _is_enclosed(part: Part) -> bool:
    how = part.fields.first("content-disposition").lower()
    return how.startswith("attachment") or part.type not in ("text/plain", "text/html")


def _address(field: str) -> str:
    """The last one: before it stands a name, in which another may be written to deceive."""
    *_, last = ("", *addresses(field))
    return last
