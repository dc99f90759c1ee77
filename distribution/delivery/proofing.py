"""Proofs: a reader's mail sent to those who look at it before anybody gets it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from distribution import clock, digests, issues, staff
from distribution.audience import read_address
from distribution.delivery import linking
from distribution.delivery.drafting import Rehearsal
from distribution.delivery.store.letters import begin_letter, finish_letter
from distribution.delivery.store.proofs import proof_lists, proof_readers
from distribution.digests import Choice, Interests, RenderedLetter
from distribution.errors import DistributionError
from distribution.words import IssueStep, LetterPurpose, MailFormat, Tracking

EDITORS = "editors"
"""The list that is meant where none is named."""
_SHOWN = 5
"""Findings a proof names; who has more should look at the check."""


class NobodyOnList(DistributionError):
    """Raised where proofs are to go to an empty or unknown list, or to a stranger."""

    def __init__(self, list_name: str, known: dict[str, int], people: Sequence[str] = ()) -> None:
        self.list_name, self.people = list_name, tuple(people)
        lists = "、".join(f"{name}（{count} 人）" for name, count in known.items())
        others = f"现有的是 {lists}" if lists else "还没有任何名单"
        super().__init__(
            f"样刊名单 {list_name} 上没有人，{others}："
            f"加人请用 distribution digest proof-readers add 邮箱 --list {list_name}"
            + (f"；或寄给人员里的一位，例如 --to {people[0]}" if people else "")
        )


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets a proof."""

    list_name: str
    """Of the list he is on; of somebody on the staff his own name."""
    email: str
    email_key: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a check found."""

    error: bool
    """It keeps the issue from going out."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What proof readers are to see, and what is said to them about it."""

    rehearsal: Rehearsal
    wishes: Interests
    whose: str
    """What kind of reader it is, in words."""
    remarks: Sequence[Remark]
    approved_at: datetime | None
    by: str


def readers_on(session: Session, list_name: str) -> Sequence[Addressee]:
    """Who gets the proofs of a list; raises NobodyOnList."""
    readers = proof_readers(session, list_name)
    if not readers:
        raise NobodyOnList(list_name, proof_lists(session))
    return [Addressee(row.list_name, row.email, row.email_key) for row in readers]


def addressees(session: Session, name: str) -> Sequence[Addressee]:
    """Those on a list of this name, else the one on the staff; raises NobodyOnList."""
    lists, people = proof_lists(session), staff.people(session)
    if name in lists:
        return readers_on(session, name)
    found = [Addressee(one.name, one.email, one.email_key) for one in people if one.name == name]
    if not found:
        raise NobodyOnList(name, lists, [one.name for one in people])
    return found


def write_proofs(
    session: Session,
    proof: Proof,
    readers: Sequence[Addressee],
    templates: Sequence[Path],
    *,
    again: bool,
    at: datetime,
) -> Sequence[Addressee]:
    """Write a letter to each; returns those who had not been sent just this before.

    With `again` all get it. Whoever may approve the issue finds a link in it that does so, see
    `linking`. Raises BrokenTemplate, TooLarge and NothingMatches.
    """
    rehearsal = proof.rehearsal
    choices = rehearsal.select(proof.wishes).choices
    row = issues.find_issue(session, rehearsal.issue.masthead.key, lock=True)
    shown, proofed = issues.fingerprint(rehearsal.issue), IssueStep.PROOFED
    made_with = digests.templates_fingerprint(templates)
    deed = issues.note_once(
        session, row.id, proofed, shown, by=proof.by, at=at, templates=made_with
    )
    written = []
    for reader in readers:
        approves = proof.approved_at is None and _approves(session, reader)
        key = _key(proof, choices, reader, at if again else None, approves=approves)
        to = (read_address(reader.email).envelope, None)
        key = linking.key_of(deed.id, key)
        letter_id = begin_letter(session, key, LetterPurpose.PROOF, to, at=at)
        if letter_id is not None:
            link = rehearsal.addresses.approve(letter_id) if approves else ""
            letter = _letter(proof, templates, link, at)
            finish_letter(session, letter_id, (letter.subject, letter.text, letter.html))
            written.append(reader)
    return written


def _approves(session: Session, reader: Addressee) -> bool:
    person = staff.find_by_address(session, reader.email_key)
    return person is not None and person.approves


def _letter(proof: Proof, templates: Sequence[Path], link: str, at: datetime) -> RenderedLetter:
    # Nothing in it counts: no picture, and links as of somebody who does not agree to be counted.
    wishes = replace(proof.wishes, tracking=Tracking.DENIED)
    sheet = proof.rehearsal.sheet
    sender = sheet.publication.sender_address
    letter = digests.render_proof(
        proof.rehearsal.draft(wishes, sender, at).digest,
        templates,
        {**_values(proof, at), "approve_url": link, "days": linking.VALID.days},
        commercial=sheet.commercial,
    )
    return replace(letter, html="") if wishes.format is MailFormat.TEXT else letter


def _values(proof: Proof, at: datetime) -> dict[str, object]:
    masthead = proof.rehearsal.issue.masthead
    errors = sum(remark.error for remark in proof.remarks)
    return {
        "key": masthead.key,
        "issue_name": f"《{masthead.publication}》{digests.issue_name(masthead)}",
        "made_at": clock.for_people(at),
        "by": proof.by,
        "whose": proof.whose,
        "errors": errors,
        "notices": len(proof.remarks) - errors,
        "sentences": [remark.sentence for remark in proof.remarks[:_SHOWN]],
        "more": max(0, len(proof.remarks) - _SHOWN),
        "approved_at": clock.for_people(proof.approved_at) if proof.approved_at else "",
    }


def _key(
    proof: Proof,
    choices: Sequence[Choice],
    reader: Addressee,
    again: datetime | None,
    *,
    approves: bool,
) -> str:
    """What makes it the same proof: to whom, and every word of the mail."""
    facts = {
        "list": reader.list_name,
        "to": reader.email_key,
        "sheet": proof.rehearsal.sheet.sha256,
        "choices": [[choice.article, choice.reason.value, choice.detail] for choice in choices],
        "format": proof.wishes.format.value,
        "again": again.isoformat() if again else "",
        "approves": approves,
    }
    return digests.fingerprint(facts)
