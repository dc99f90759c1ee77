"""Proofs: a digest as it would go out, and above it a note that says it is none."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from distribution.digests.joining import Digest
from distribution.digests.letters import RenderedLetter, render_letter
from distribution.digests.opening import body_of, with_on_top


def render_proof(
    digest: Digest, folders: Sequence[Path], values: Mapping[str, object], *, commercial: bool
) -> RenderedLetter:
    """A digest marked as a proof, otherwise byte for byte; raises BrokenTemplate.

    The templates of the folder `proof` see `values`, and the digest's `subject`.
    """
    mark, subject = "", digest.subject
    if commercial:  # by law its mark stands before everything else
        mark, _, subject = digest.subject.partition(" ")
    note = render_letter(folders, "proof", {**values, "subject": subject})
    return RenderedLetter(
        subject=f"{mark} {note.subject}".strip(),
        text=f"{note.text}\n{digest.text}",
        html=with_on_top(digest.html, body_of(note.html)),
    )
