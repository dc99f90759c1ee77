"""The link in a proof by which somebody of the office approves its issue.

Its token names the letter. The letter's key names the step of the issue's way that the proof was,
and so the issue and what it said; its recipient is the person.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy.orm import Session

from distribution import audience, digests, issues, staff
from distribution.delivery.lapsing import lapses_of
from distribution.delivery.planning import Recipe
from distribution.delivery.vouching import Approved, Seen, approve_issue
from distribution.issues import Deed
from distribution.models import Issue, Letter
from distribution.staff import Person
from distribution.words import IssueStep

VALID = timedelta(days=14)
"""How long after it was written a proof's link can be used."""
_KEY = re.compile("proof:([0-9]{1,12}):[0-9a-f]{64}")


class Link(Enum):
    """What a link to approve leads to."""

    OPEN = auto()
    DONE = auto()
    """The issue is approved, by whomever, or on its way."""
    EXPIRED = auto()
    VOID = auto()
    """What it says or the templates changed since, or it was approved and that was withdrawn."""
    NOBODY = auto()
    """The letter's address is no longer that of somebody who may approve."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A proof's link, and where it stands."""

    link: Link
    issue: Issue
    person: Person | None
    proofed: Deed


def key_of(deed_id: int, proof: str) -> str:
    """The key of a proof's letter; `proof` is a hash of all that makes it the same proof."""
    return f"proof:{deed_id}:{proof}"


def approval_asked(
    session: Session,
    letter_id: int,
    recipe: Recipe,
    *,
    mailable: int,
    at: datetime,
    lock: bool = False,
) -> Asked | None:
    """What a proof's link stands for; None where there is no such letter any more.

    `mailable`: how many may be mailed, counted before. With `lock` nobody corrects the issue
    meanwhile.
    """
    letter = session.get(Letter, letter_id)
    named = _KEY.fullmatch(letter.key) if letter is not None else None
    found = issues.issue_of_deed(session, int(named[1])) if named else None
    if letter is None or found is None:
        return None
    issue, proofed = found
    if lock:
        issue = issues.find_issue(session, issues.key_of(issue), lock=True)
    person = _addressee(session, letter)
    lapses = lapses_of(session, issue, recipe.templates, mailable=mailable)
    stands = issue.approved_at is not None and not lapses
    link = Link.DONE if stands else _undone(session, letter, issue, proofed, person, recipe, at)
    return Asked(link, issue, person, proofed)


def approve_asked(
    session: Session, asked: Asked, recipe: Recipe, *, mailable: int, above: int, at: datetime
) -> Approved:
    """Approve what the proof showed, as the person whose link it is; raises as `approve_issue`.

    LookupError where the link is not open.
    """
    proofed, key = asked.proofed, issues.key_of(asked.issue)
    if asked.link is not Link.OPEN or asked.person is None or proofed.templates is None:
        raise LookupError(asked.link)
    seen = Seen(proofed.fingerprint, proofed.templates, mailable)
    return approve_issue(session, key, recipe, above=above, by=asked.person.name, at=at, seen=seen)


def _addressee(session: Session, letter: Letter) -> Person | None:
    try:
        address = audience.read_address(letter.recipient)
    except audience.InvalidAddress:  # who was also a reader, and is erased
        return None
    return staff.find_by_address(session, address.key)


def _undone(
    session: Session,
    letter: Letter,
    issue: Issue,
    proofed: Deed,
    person: Person | None,
    recipe: Recipe,
    at: datetime,
) -> Link:
    """Where a link stands whose issue nobody has approved, or whose approval has lapsed."""
    if at - letter.created_at > VALID:
        return Link.EXPIRED
    if person is None or not person.approves:
        return Link.NOBODY
    deeds, way = issues.deeds_of(session, issue.id), issues.way_of(session, issue)
    approvals = [one for one in deeds if one.step is IssueStep.APPROVED and one != way.approval]
    withdrawn = any(one.at > letter.created_at for one in approvals)
    if withdrawn or way.fingerprint != proofed.fingerprint:
        return Link.VOID
    if digests.templates_fingerprint(recipe.templates) != proofed.templates:
        return Link.VOID
    return Link.OPEN
