"""The compiler's doubts as they stand after the editor's work: looked at, settled, or open."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from distribution.compiler import Complaint, Doubt, article_key, confidence
from distribution.issues.correcting import Corrected

_SETTLED_BY = {
    "title": {Doubt.TITLE_ALIKE, Doubt.TITLE_GUESSED, Doubt.TITLE_MISSING, Doubt.NOT_LISTED},
    "section": {Doubt.SECTION_NEW, Doubt.SECTION_GUESSED, Doubt.NO_SECTION},
    "page": {Doubt.NO_PAGE},
    "source": {Doubt.NO_DATELINE},
    "date": {Doubt.NO_DATELINE},
}
"""Who writes a fact by hand has looked at what the compiler thought of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A doubt with its number and what became of it."""

    number: int
    """Among all doubts of the issue, from 1: it stays the same until the file is read anew."""
    complaint: Complaint
    anchor: str | None
    """The article it is about, as the issue now stands; None for the issue."""
    position: int
    """That article's place now; 0 for the issue, or where the article was dropped."""
    fingerprint: str
    seen: bool
    settled: bool
    """By a correction or a mapped section: nobody need look any more."""

    @property
    def stands(self) -> bool:
        """Whether it stands between the issue and its approval."""
        return self.complaint.kind.grave and not self.seen and not self.settled


def doubts_of(
    complaints: Sequence[Complaint],
    anchors: Sequence[str],
    issue: Corrected,
    known_sections: Collection[str],
) -> list[Told]:
    """All doubts about an issue; `anchors` are those of the articles as they were compiled."""
    known = set(map(article_key, known_sections))
    places = {edited.anchor: edited for edited in issue.articles}
    carried = {article_key(edited.article.section) for edited in issue.articles}
    found = []
    for number, complaint in enumerate(complaints, start=1):
        origin = anchors[complaint.article - 1] if complaint.article else None
        anchor = _lead(origin, issue.gone)
        edited = places.get(anchor) if anchor is not None else None
        sign = fingerprint(complaint, origin)
        if complaint.kind is Doubt.SECTION_NEW:
            section = article_key(edited.article.section if edited else complaint.excerpt)
            settled = section in known or section not in carried
        else:
            settled = edited is not None and any(
                complaint.kind in _SETTLED_BY.get(fact, ()) for fact in edited.by_hand
            )
        found.append(
            Told(
                number,
                complaint,
                anchor if edited else None,
                edited.article.position if edited else 0,
                sign,
                seen=sign in issue.seen,
                settled=settled or (origin is not None and edited is None),
            )
        )
    return found


def fingerprint(complaint: Complaint, anchor: str | None) -> str:
    """By which a doubt is known again when the file has been read anew."""
    text = "\n".join((complaint.kind.value, complaint.excerpt, anchor or ""))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def trust(doubts: Sequence[Told]) -> float:
    """How far an article can be trusted, 0 to 1, by all doubts about it that are not settled."""
    return confidence(told.complaint.kind for told in doubts if not told.settled)


def _lead(anchor: str | None, gone: Mapping[str, str | None]) -> str | None:
    """From a merged article to the one that took it in."""
    while anchor is not None and anchor in gone:
        anchor = gone[anchor]
    return anchor
