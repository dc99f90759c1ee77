"""Who gets reports: the board and the admins on the staff, and the admins the settings name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from distribution import audience, staff
from distribution.staff import Person
from distribution.words import StaffRole

ADDRESSEES = (StaffRole.BOARD, StaffRole.ADMIN)


@dataclass(frozen=True, slots=True)
class Addressee:
    """A mailbox that gets reports."""

    name: str
    """Empty where the settings name it."""
    email: str
    email_key: str

    @property
    def called(self) -> str:
        """For people.

        >>> Addressee("甲", "a@x.example", "a@x.example").called
        '甲（a@x.example）'
        >>> Addressee("", "a@x.example", "a@x.example").called
        'a@x.example'
        """
        return f"{self.name}（{self.email}）" if self.name else self.email


def addressee(person: Person) -> Addressee:
    """Somebody of the staff."""
    address = audience.read_address(person.email)
    return Addressee(person.name, address.envelope, person.email_key)


def addressees(session: Session, admins: Sequence[str]) -> list[Addressee]:
    """Each mailbox once: the staff by name, then those the settings name, which are ASCII."""
    staffed = [addressee(person) for person in staff.working(session, *ADDRESSEES)]
    named = [Addressee("", address, address.lower()) for address in admins]
    each: dict[str, Addressee] = {}
    for one in (*staffed, *named):
        each.setdefault(one.email_key, one)
    return list(each.values())
