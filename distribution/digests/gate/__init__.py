"""The gate: what every digest must pass before it is sent. Pure rules, from cheap to dear."""

from collections.abc import Sequence

from distribution.digests.gate import document
from distribution.digests.gate.clients import check_clients
from distribution.digests.gate.document import check_document
from distribution.digests.gate.equality import check_equality, check_pieces
from distribution.digests.gate.findings import Finding, Rule, Severity
from distribution.digests.gate.law import Imprint, check_law, check_mark
from distribution.digests.gate.legibility import check_contrast
from distribution.digests.gate.reading import tree_of
from distribution.digests.gate.sizes import check_size, refused
from distribution.digests.gate.wire import check_wire
from distribution.digests.joining import Digest
from distribution.digests.sheet import Sheet

__all__ = [
    "Finding",
    "Imprint",
    "Rule",
    "Severity",
    "check_forbidden",
    "check_mail",
    "check_sheet",
    "check_wire",
    "refused",
]


def check_sheet(sheet: Sheet) -> tuple[Finding, ...]:
    """Judge what is the same in all mails: both parts of each article."""
    return tuple(check_pieces(sheet))


def check_forbidden(html: str) -> tuple[Finding, ...]:
    """Judge what neither a digest nor a letter may hold: scripts, forms, what is fetched."""
    return tuple(document.check_forbidden(html, tree_of(html)))


def check_mail(
    digest: Digest,
    *,
    articles: Sequence[tuple[str, str]],
    imprint: Imprint,
    unsubscribe_url: str,
    commercial: bool,
    notes: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """Judge one mail thoroughly; takes some ten milliseconds, so for a sample of a run.

    `articles` are title and reason of each article, in the order of the mail; `notes` is whatever
    else both parts must say, as plain text: the editor's note, a notice.
    """
    tree = tree_of(digest.html)
    found = (
        *check_size(digest.html),
        *check_document(digest.html, tree),
        *check_contrast(tree),
        *check_clients(tree),
        *check_equality(tree, digest.text, articles, notes),
        *check_mark(digest.subject, commercial=commercial),
        *check_law(tree, digest.text, imprint, unsubscribe_url),
    )
    return tuple(dict.fromkeys(found))  # a fault in every article is told once
