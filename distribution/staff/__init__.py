"""Staff: the people of the office, by name: where they are reached, what they may do."""

from distribution.staff.people import (
    APPROVERS,
    AddressTaken,
    Mailbox,
    MayNotApprove,
    NameTaken,
    NoRole,
    NotOnStaff,
    Person,
)
from distribution.staff.store import (
    Changes,
    add,
    called_now,
    change,
    find,
    find_by_address,
    leave,
    people,
    require_approver,
    working,
)

__all__ = [
    "APPROVERS",
    "AddressTaken",
    "Changes",
    "Mailbox",
    "MayNotApprove",
    "NameTaken",
    "NoRole",
    "NotOnStaff",
    "Person",
    "add",
    "called_now",
    "change",
    "find",
    "find_by_address",
    "leave",
    "people",
    "require_approver",
    "working",
]
