"""The people of the office: one name each, one mailbox each, every change in the trail."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from distribution import audience, staff
from distribution.errors import NotFound
from distribution.models import Audit
from distribution.staff import Changes, Person
from distribution.words import StaffRole

MORNING = datetime(2026, 9, 1, 1, tzinfo=UTC)
EDITOR, ADMIN, BOARD = StaffRole.EDITOR, StaffRole.ADMIN, StaffRole.BOARD


def add(session: Session, name: str, email: str, *roles: StaffRole) -> Person:
    address = audience.read_address(email)
    return staff.add(session, name, address, roles or (EDITOR,), by="root", at=MORNING)


def trail(session: Session) -> list[tuple[str, str, dict[str, object]]]:
    rows = session.scalars(select(Audit).order_by(Audit.id))
    return [(row.action, row.subject, row.detail) for row in rows]


def test_somebody_is_entered_with_his_roles_in_their_order(session: Session) -> None:
    found = add(session, "王编辑", "Wang@Jikan.Example", EDITOR, ADMIN, EDITOR)
    assert (found.name, found.email, found.email_key) == (
        "王编辑", "Wang@Jikan.Example", "wang@jikan.example",
    )  # fmt: skip
    assert found.roles == (ADMIN, EDITOR)
    assert staff.find(session, "王编辑") == found
    assert trail(session) == [
        ("staff.add", "王编辑", {"roles": ["admin", "editor"], "back": False})
    ]


def test_no_two_have_one_name_or_one_mailbox(session: Session) -> None:
    add(session, "王编辑", "wang@jikan.example")
    with pytest.raises(staff.NameTaken, match="staff change 王编辑"):
        add(session, "王编辑", "other@jikan.example")
    with pytest.raises(staff.AddressTaken, match="已是 王编辑 的"):
        add(session, "李编辑", "WANG@jikan.example")
    add(session, "李编辑", "li@jikan.example")
    for changes, refusal in (
        (Changes(name="王编辑"), staff.NameTaken),
        (Changes(address=audience.read_address("wang@jikan.example")), staff.AddressTaken),
        (Changes(roles=()), staff.NoRole),
    ):
        with pytest.raises(refusal):
            staff.change(session, "李编辑", changes, by="root", at=MORNING)
    assert [person.email for person in staff.people(session)] == [
        "li@jikan.example", "wang@jikan.example",
    ]  # fmt: skip


def test_a_change_says_what_is_new_and_the_trail_names_no_address(session: Session) -> None:
    add(session, "王编辑", "wang@jikan.example")
    address = audience.read_address("wang.min@jikan.example")
    changes = Changes(name="王敏", address=address, roles=[ADMIN])
    assert staff.change(session, "王编辑", changes, by="root", at=MORNING) == [
        "name", "email", "roles",
    ]  # fmt: skip
    assert staff.change(session, "王敏", changes, by="root", at=MORNING) == []
    assert staff.find(session, "王敏").roles == (ADMIN,)
    assert [entry[0] for entry in trail(session)] == ["staff.add", "staff.change"]
    assert "@" not in str(trail(session))


def test_who_has_left_is_kept_told_nothing_and_may_come_back(session: Session) -> None:
    add(session, "王编辑", "wang@jikan.example")
    assert staff.leave(session, "王编辑", by="root", at=MORNING)
    assert not staff.leave(session, "王编辑", by="root", at=MORNING)
    assert staff.people(session) == staff.working(session, EDITOR) == []
    assert staff.find_by_address(session, "wang@jikan.example") is None
    assert [person.name for person in staff.people(session, left=True)] == ["王编辑"]

    back = add(session, "王编辑", "new@jikan.example", BOARD)
    assert (back.left_at, back.email, back.roles) == (None, "new@jikan.example", (BOARD,))
    actions = [action for action, _, _ in trail(session)]
    assert actions == ["staff.add", "staff.leave", "staff.add"]


def test_those_who_work_in_a_role_are_found(session: Session) -> None:
    add(session, "甲", "jia@jikan.example", EDITOR, ADMIN)
    add(session, "乙", "yi@jikan.example", BOARD)
    assert [person.name for person in staff.working(session, BOARD)] == ["乙"]
    assert [person.name for person in staff.working(session, ADMIN, BOARD)] == ["乙", "甲"]
    with pytest.raises(NotFound, match="现有 乙、甲"):
        staff.find(session, "丙")


def test_anybody_approves_until_somebody_is_entered(session: Session) -> None:
    staff.require_approver(session, "root")
    add(session, "王编辑", "wang@jikan.example")
    add(session, "赵理事", "zhao@jikan.example", BOARD)
    staff.require_approver(session, "王编辑")
    with pytest.raises(staff.NotOnStaff, match=r"root 不在人员名单上.*accounts"):
        staff.require_approver(session, "root")
    with pytest.raises(staff.MayNotApprove, match="赵理事（理事）不能批准，须是编辑或管理员"):
        staff.require_approver(session, "赵理事")
    staff.leave(session, "王编辑", by="root", at=MORNING)
    with pytest.raises(staff.NotOnStaff, match="王编辑 已离开"):
        staff.require_approver(session, "王编辑")


def test_who_was_renamed_is_known_by_the_name_he_had_at_the_time(session: Session) -> None:
    """A name that is free again may be given to another, who is another all the same."""
    hours = [MORNING + timedelta(hours=n) for n in range(8)]

    def rename(before: str, after: str, hour: int) -> None:
        staff.change(session, before, Changes(name=after), by="root", at=hours[hour])

    add(session, "甲", "jia@jikan.example")
    add(session, "乙", "yi@jikan.example")
    staff.change(session, "甲", Changes(roles=[BOARD]), by="root", at=hours[1])
    rename("甲", "丙", 2)
    rename("乙", "甲", 4)
    rename("丙", "丁", 6)
    for name, hour, now in (
        ("甲", 0, "丁"), ("甲", 5, "甲"), ("丙", 3, "丁"), ("乙", 0, "甲"), ("root", 0, "root"),
    ):  # fmt: skip
        assert (name, hour, staff.called_now(session, name, hours[hour])) == (name, hour, now)
