"""The compiler's doubts as they stand after the editor's work: looked at, settled, or open."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from distribution.compiler import Complaint, Doubt, article_key, confidence
from distribution.issues.correcting import Corrected, Edited

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
    section: str = ""
    """The new section it asks about, as its articles carry it; else nothing."""

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
    carried = {edited.article.section for edited in issue.articles}
    found = []
    for number, complaint in enumerate(complaints, start=1):
        origin = anchors[complaint.article - 1] if complaint.article else None
        lead = _lead(origin, issue.gone)
        edited = places.get(lead) if lead is not None else None
        section = ""
        if complaint.kind is Doubt.SECTION_NEW:
            section = edited.article.section if edited else _named(complaint.excerpt, carried)
            settled = not section or article_key(section) in known
        else:
            settled = edited is not None and _is_settled(complaint.kind, edited)
        sign = fingerprint(complaint, origin)
        found.append(
            Told(
                number,
                complaint,
                edited.anchor if edited else None,
                edited.article.position if edited else 0,
                sign,
                seen=sign in issue.seen,
                settled=settled or (origin is not None and edited is None),
                section=section,
            )
        )
    return found


def new_sections(doubts: Sequence[Told]) -> list[str]:
    """Those that lead to no topic yet, each once, in the order of the file."""
    return list(dict.fromkeys(told.section for told in doubts if told.section and told.stands))


def fingerprint(complaint: Complaint, anchor: str | None) -> str:
    """By which a doubt is known again when the file has been read anew."""
    text = "\n".join((complaint.kind.value, complaint.excerpt, anchor or ""))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def trust(doubts: Sequence[Told]) -> float:
    """How far an article can be trusted, 0 to 1, by all doubts about it that are not settled."""
    return confidence(told.complaint.kind for told in doubts if not told.settled)


def _named(line: str, sections: Collection[str]) -> str:
    """The section that a line of the contents names, which may number or frame it."""
    words = article_key(line)
    named = [one for one in sections if (key := article_key(one)) and key in words]
    return max(named, key=len, default="")


def _is_settled(kind: Doubt, edited: Edited) -> bool:
    """Whether an editor wrote by hand what the doubt is about, or merged text into it."""
    if kind is Doubt.NO_TEXT:
        return bool(edited.article.blocks)
    return any(kind in _SETTLED_BY.get(fact, ()) for fact in edited.by_hand)


def _lead(anchor: str | None, gone: Mapping[str, str | None]) -> str | None:
    """From a merged article to the one that took it in."""
    while anchor is not None and anchor in gone:
        anchor = gone[anchor]
    return anchor
