"""Somebody of the office as others see him, and why the office refuses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from distribution.errors import DistributionError, Refused
from distribution.words import StaffRole

APPROVERS = (StaffRole.EDITOR, StaffRole.ADMIN)
"""Whose word lets an issue go out."""
_ASK = "请管理员运行 distribution staff"


class Mailbox(Protocol):
    """An address that was read by the rules for readers', see `audience.read_address`."""

    @property
    def written(self) -> str:
        """As a person wrote it."""

    @property
    def key(self) -> str:
        """Two addresses with one key are one mailbox to us."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the office."""

    name: str
    """What the audit trail calls him."""
    email: str
    """As written."""
    email_key: str
    roles: tuple[StaffRole, ...]
    added_at: datetime
    added_by: str
    left_at: datetime | None

    @property
    def approves(self) -> bool:
        """Whether his word lets an issue go out."""
        return self.left_at is None and any(role in APPROVERS for role in self.roles)


class NameTaken(Refused):
    """Raised where two people would have one name: the audit trail could not tell them apart."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"人员里已有 {name}：改他的资料用 distribution staff change {name}；"
            "另有其人的，请换一个能区分的姓名"
        )


class AddressTaken(Refused):
    """Raised where two people would have one address."""

    def __init__(self, name: str, email: str) -> None:
        self.name, self.email = name, email
        super().__init__(f"邮箱 {email} 已是 {name} 的：没有改动；请给每人各自的邮箱")


class NoRole(DistributionError):
    """Raised for somebody who would have no role at all."""

    def __init__(self, name: str) -> None:
        self.name = name
        roles = "、".join(f"{role.value}（{role.label}）" for role in StaffRole)
        super().__init__(f"{name} 没有角色：请用 --role 给出至少一个，可用的有 {roles}")


class NotOnStaff(Refused):
    """Raised where somebody approves who is not, or no longer, of the office."""

    def __init__(self, name: str, left_at: datetime | None) -> None:
        self.name, self.left_at = name, left_at
        why = "不在人员名单上" if left_at is None else "已离开编辑部"
        super().__init__(
            f"{name} {why}，不能批准：{_ASK} add {name} --email 邮箱 --role editor，"
            f"或在设置 accounts 里写明系统账号是谁"
        )


class MayNotApprove(Refused):
    """Raised where somebody of the office approves who is neither editor nor admin."""

    def __init__(self, person: Person) -> None:
        self.name, self.roles = person.name, person.roles
        roles = "、".join(role.label for role in person.roles)
        needed = "或".join(role.label for role in APPROVERS)
        super().__init__(
            f"{person.name}（{roles}）不能批准，须是{needed}：{_ASK} change {person.name} "
            "--role editor，或请另一人批准"
        )
