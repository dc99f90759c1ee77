"""A proof of an issue, written to people of the office and to others."""

from datetime import datetime

from sqlalchemy import select

from distribution import audience, clock, delivery, issues, staff
from distribution.app import App
from distribution.delivery import EDITORS, STANDARD, Proof
from distribution.models import Letter
from distribution.words import LetterPurpose, StaffRole

CHIEF, EDITOR, GUEST = "chief@jikan.example", "editor@jikan.example", "guest@jikan.example"
NAMES = {CHIEF: "高主编", EDITOR: "王编辑"}
KEY = "2026-09"


def staff_up(app: App, roles: tuple[StaffRole, ...] = (StaffRole.EDITOR,)) -> None:
    """Two editors, unless said otherwise, of whom the trail knows names."""
    with app.transaction() as session:
        for email, name in NAMES.items():
            address = audience.read_address(email)
            staff.add(session, name, address, roles, by="test", at=clock.now())


def write(app: App, key: str = KEY, *, at: datetime | None = None, again: bool = False) -> None:
    """The standard edition to the two editors and a guest."""
    at = at or clock.now()
    with app.transaction() as session:
        for email in (CHIEF, EDITOR, GUEST):
            address = audience.read_address(email)
            delivery.add_proof_reader(session, EDITORS, address, by="test", at=at)
        issue = issues.find_issue(session, key)
        rehearsal = delivery.rehearse(session, issue.id, app.recipe)
        proof = Proof(rehearsal, STANDARD, "标准版", (), issue.approved_at, "王编辑")
        readers = delivery.readers_on(session, EDITORS)
        delivery.write_proofs(session, proof, readers, app.recipe.templates, again=again, at=at)


def letter_to(app: App, email: str) -> Letter:
    """The last proof to an address."""
    query = select(Letter).where(Letter.recipient == email, Letter.purpose == LetterPurpose.PROOF)
    with app.reading() as session:
        found = session.scalars(query.order_by(Letter.id.desc()).limit(1)).one()
        session.expunge(found)
    return found
