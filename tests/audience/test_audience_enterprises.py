"""Enterprises: found as people call them, changed only where named, listed by what they are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from audience_people import NOW, add
from sqlalchemy.orm import Session

from distribution import audience
from distribution.app import App
from distribution.audience import (
    AlreadyAMember,
    EnterpriseChanges,
    InvalidText,
    TheseEnterprises,
)
from distribution.audience.store.enterprises import AmbiguousName, EndsBeforeItBegins
from distribution.errors import NotFound
from distribution.models import Enterprise

CODE = audience.read_credit_code("91140100MA0EXAMP7L")
TODAY = date(2026, 9, 1)


def enterprise(session: Session, name: str, **facts: object) -> Enterprise:
    return audience.add_enterprise(session, EnterpriseChanges(name, **facts), at=NOW)  # type: ignore[arg-type]


def change(session: Session, row: Enterprise, **facts: object) -> dict[str, tuple[object, object]]:
    return audience.change_enterprise(session, row, EnterpriseChanges(**facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        "太行重型机械（集团）有限公司",
        "太行重型机械(集团) 有限公司",
        "太重",
        " 太重 ",
        CODE,
        CODE.lower(),
        "重型",
    ],
)
def test_an_enterprise_is_found_as_people_call_it(session: Session, given: str) -> None:
    meant = enterprise(session, "太行重型机械（集团）有限公司", short_name="太重", credit_code=CODE)
    enterprise(session, "太行轴承厂")

    assert audience.find_enterprise(session, given) is meant


def test_a_whole_name_is_meant_though_it_is_part_of_another(session: Session) -> None:
    short = enterprise(session, "太行机械")
    enterprise(session, "太行机械销售公司")

    assert audience.find_enterprise(session, "太行机械") is short


def test_a_part_of_several_names_is_refused_with_those_names(session: Session) -> None:
    for number in range(7):
        enterprise(session, f"太行第{number}厂")

    with pytest.raises(AmbiguousName, match=r"太行第0厂、.*太行第4厂……，请写得更全") as refused:
        audience.find_enterprise(session, "太行")
    assert len(refused.value.names) == 6


@pytest.mark.parametrize("given", ["", " 　", "%", "_", "无此厂", "长" * 5000, "a\nb"])
def test_what_is_no_enterprise_is_said_with_a_way_to_search(session: Session, given: str) -> None:
    enterprise(session, "太行重工")
    enterprise(session, "晋中轴承")

    with pytest.raises(NotFound, match="enterprise list --search"):
        audience.find_enterprise(session, given)


def test_a_name_or_code_belongs_to_one_enterprise(session: Session) -> None:
    enterprise(session, "太行重工(集团)", credit_code=CODE)
    other = enterprise(session, "晋中轴承")

    with pytest.raises(AlreadyAMember, match="太行重工"):
        enterprise(session, "太行重工（集团）")
    with pytest.raises(AlreadyAMember):
        change(session, other, name="太行重工（集团）")
    with pytest.raises(AlreadyAMember):
        change(session, other, credit_code=CODE)


def test_changes_touch_only_what_is_named_and_say_what_differed(session: Session) -> None:
    row = enterprise(
        session, "太行重工", region="太原", member_until=date(2027, 1, 1), topics=("quality",)
    )

    assert change(
        session, row, region="太原", notes=" 老会员 ", topics=("政策措施", "quality")
    ) == {
        "notes": ("", "老会员"),
        "topics": (["quality"], ["policy", "quality"]),
    }
    assert change(session, row, name="太行重工（集团）", endless=True) == {
        "name": ("太行重工", "太行重工（集团）"),
        "member_until": (date(2027, 1, 1), None),
    }
    assert audience.find_enterprise(session, "太行重工(集团)") is row
    assert change(session, row, notes="  ", short_name="") == {"notes": ("老会员", "")}
    assert change(session, row) == {}


BAD = {
    "a long short name": {"short_name": "长" * 41},
    "an escape": {"notes": "\x1b[31m"},
    "no name": {"name": " "},
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_kept_is_refused(session: Session, case: str) -> None:
    with pytest.raises(InvalidText):
        change(session, enterprise(session, "太行重工"), **BAD[case])


def test_a_membership_does_not_end_before_it_begins(session: Session) -> None:
    row = enterprise(session, "太行重工", member_since=date(2026, 1, 1))

    with pytest.raises(EndsBeforeItBegins):
        change(session, row, member_until=date(2025, 12, 31))
    assert change(session, row, member_until=date(2026, 1, 1))


def test_suspending_and_going_on_each_count_once(session: Session) -> None:
    row = enterprise(session, "太行重工")

    assert [audience.suspend(session, row, at=at) for at in (NOW, NOW, None, None)] == [
        True,
        False,
        True,
        False,
    ]


def test_of_two_who_add_one_enterprise_at_once_one_is_told(app: App) -> None:
    def try_to_add(name: str) -> bool:
        try:
            with app.transaction() as session:
                enterprise(session, name)
        except AlreadyAMember:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        names = ["太行重工(集团)", "太行重工（集团）"] * 2
        assert sorted(pool.map(try_to_add, names)) == [False, False, False, True]


def test_of_two_enterprises_that_take_one_code_at_once_one_is_refused(app: App) -> None:
    with app.transaction() as session:
        ids = [enterprise(session, f"太行第{number}厂").id for number in range(4)]

    def take(enterprise_id: int) -> bool:
        try:
            with app.transaction() as session:
                change(session, session.get_one(Enterprise, enterprise_id), credit_code=CODE)
        except AlreadyAMember:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, ids)) == [False, False, False, True]


@pytest.mark.parametrize(
    ("these", "names"),
    [
        (TheseEnterprises(), ["太行重工", "晋中轴承", "京西电机", "无地名厂"]),
        (TheseEnterprises(region="太原"), ["太行重工"]),
        (TheseEnterprises(region="省外"), ["京西电机"]),
        (TheseEnterprises(industry="C"), ["太行重工", "晋中轴承"]),
        (TheseEnterprises(industry="C35"), ["太行重工"]),
        (TheseEnterprises(search="太重"), ["太行重工"]),
        (TheseEnterprises(search=CODE[:9]), ["太行重工"]),
        (TheseEnterprises(search="电机", region="太原"), []),
    ],
)
def test_enterprises_are_listed_by_what_they_are(
    session: Session, these: TheseEnterprises, names: list[str]
) -> None:
    enterprise(
        session, "太行重工", region="太原", industry="C35", short_name="太重", credit_code=CODE
    )
    enterprise(session, "晋中轴承", region="晋中", industry="C34")
    enterprise(session, "京西电机", region="北京", industry="F51")
    enterprise(session, "无地名厂")

    found = audience.enterprises(session, these, today=TODAY)

    assert [row.name for row, _, _ in found] == names
    assert audience.count_enterprises(session, these, today=TODAY) == len(names)


def test_who_has_left_or_is_erased_is_no_contact_any_more(session: Session) -> None:
    rows = [
        add(session, f"{n}@sanjin.example", enterprise="太行重工", consent="表") for n in range(3)
    ]
    audience.depart(session, rows[0], at=NOW)
    rows[1].erased_at = NOW
    session.flush()

    ((home, contacts, agreed),) = audience.enterprises(session, TheseEnterprises(), today=TODAY)

    assert (contacts, agreed) == (1, 1)
    listed = audience.contacts_with_barriers(session, home.id, at=NOW)
    assert [(row.id, why) for row, why in listed] == [(rows[0].id, "departed"), (rows[2].id, None)]


def test_those_that_end_soonest_come_first_and_those_without_end_last(session: Session) -> None:
    for name, until in (("甲", None), ("乙", date(2027, 1, 1)), ("丙", date(2026, 9, 30))):
        enterprise(session, name, member_until=until)

    def listed(**page: int) -> list[str]:
        rows = audience.enterprises(session, TheseEnterprises(), today=TODAY, order="到期", **page)
        return [row.name for row, _, _ in rows]

    assert listed() == ["丙", "乙", "甲"]
    assert listed(limit=1, offset=1) == ["乙"]


def test_an_export_holds_all_facts_and_the_names_of_topics(session: Session) -> None:
    enterprise(session, "太行重工", credit_code=CODE, topics=("quality", "policy"), notes="老会员")
    enterprise(session, "晋中轴承", region="晋中")

    found = list(audience.exported_enterprises(session, TheseEnterprises(), today=TODAY))

    assert [(one.row.name, one.topics) for one in found] == [
        ("太行重工", ("质量管理", "政策措施")),
        ("晋中轴承", ()),
    ]
    assert (found[0].row.credit_code, found[0].row.notes) == (CODE, "老会员")
