"""Roles: one liaison per enterprise; handed over, left and succeeded to without losing anything."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from audience_people import HASHER, NOW, add
from sqlalchemy.orm import Session

from distribution import audience
from distribution.app import App
from distribution.audience import (
    AlreadySubscribed,
    ContactChanges,
    Erased,
    LiaisonTaken,
    NoEnterprise,
)
from distribution.audience.store.changing import HisOwnSuccessor
from distribution.models import Enterprise, Subscriber
from distribution.words import Cause, Edition, Frequency, MailFormat, Role

LIAISON, QUALITY, OTHER = Role.LIAISON, Role.QUALITY, Role.OTHER


def change(session: Session, row: Subscriber, **facts: object) -> dict[str, object]:
    return audience.change_contact(session, row, ContactChanges(**facts), HASHER)  # type: ignore[arg-type]


def home(session: Session, name: str = "太行重工") -> Enterprise:
    return audience.ensure_enterprise(session, name, at=NOW)


def test_an_enterprise_has_one_liaison(session: Session) -> None:
    add(session, enterprise="太行重工", role=LIAISON)
    second = add(session, "b@sanjin.example", enterprise="太行重工")
    elsewhere = add(session, "c@sanjin.example", enterprise="晋中轴承", role=LIAISON)
    alone = add(session, "d@sanjin.example", role=LIAISON)

    with pytest.raises(LiaisonTaken, match=r"太行重工.*a@sanjin"):
        add(session, "e@sanjin.example", enterprise="太行重工", role=LIAISON)
    with pytest.raises(LiaisonTaken):
        change(session, second, role=LIAISON)
    for other in (elsewhere, alone):
        with pytest.raises(LiaisonTaken):
            change(session, other, enterprise=home(session))


def test_a_departed_liaison_who_arrives_elsewhere_needs_a_free_place_there(
    session: Session,
) -> None:
    row = add(session, enterprise="晋中轴承", role=LIAISON)
    add(session, "b@sanjin.example", enterprise="太行重工", role=LIAISON)
    audience.depart(session, row, at=NOW)

    with pytest.raises(LiaisonTaken):
        change(session, row, enterprise=home(session))
    changed = change(session, row, enterprise=home(session), role=QUALITY)

    assert set(changed) == {"role", "enterprise_id", "departed_at"}
    assert (row.departed_at, row.role) == (None, QUALITY)


def test_a_role_is_handed_over_in_one_deed(session: Session) -> None:
    old = add(session, enterprise="太行重工", role=LIAISON)
    new = add(session, "b@sanjin.example", enterprise="太行重工", role=QUALITY)

    assert audience.hand_over(session, home(session), new, LIAISON) == (old,)

    assert (old.role, new.role) == (OTHER, LIAISON)
    assert audience.holders(session, home(session).id, LIAISON) == [new]
    assert audience.hand_over(session, home(session), new, LIAISON) == ()


def test_a_role_is_handed_only_to_who_is_there(session: Session) -> None:
    left = add(session, enterprise="太行重工")
    audience.depart(session, left, at=NOW)
    stranger = add(session, "b@sanjin.example", enterprise="晋中轴承")

    for row in (left, stranger):
        with pytest.raises(NoEnterprise, match="太行重工"):
            audience.hand_over(session, home(session), row, LIAISON)


def test_who_left_makes_room_and_comes_back_only_where_there_is_room(session: Session) -> None:
    old = add(session, enterprise="太行重工", role=LIAISON, consent="表")

    assert audience.depart(session, old, at=NOW)
    assert not audience.depart(session, old, at=NOW)
    assert audience.profile(session, old, at=NOW).barrier is Cause.DEPARTED
    new = add(session, "b@sanjin.example", enterprise="太行重工", role=LIAISON)
    with pytest.raises(LiaisonTaken):
        audience.depart(session, old, at=None)
    change(session, new, role=OTHER)
    assert audience.depart(session, old, at=None)
    assert audience.profile(session, old, at=NOW).barrier is None


def test_a_successor_takes_place_role_and_wishes_but_not_consent(session: Session) -> None:
    old = add(
        session,
        enterprise="太行重工",
        role=LIAISON,
        topics=("quality", "policy"),
        watch_words=("液压",),
        edition=Edition.STANDARD,
        frequency=Frequency.WHEN_MATCHING,
        format=MailFormat.TEXT,
        consent="表",
    )
    new = add(session, "b@sanjin.example")

    audience.succeed(session, old, new, by="test", at=NOW)

    found = audience.profile(session, new, at=NOW)
    assert old.departed_at == NOW
    assert found.enterprise is not None
    assert (found.enterprise.name, new.role, new.edition) == ("太行重工", LIAISON, Edition.STANDARD)
    assert (new.frequency, new.format) == (Frequency.WHEN_MATCHING, MailFormat.TEXT)
    assert [topic.code for topic in found.topics] == ["quality", "policy"]
    assert found.watch_words == ("液压",)
    assert found.barrier is Cause.NO_CONSENT


def test_a_successor_who_chose_himself_keeps_his_own_wishes(session: Session) -> None:
    old = add(session, enterprise="太行重工", topics=("quality",), edition=Edition.STANDARD)
    new = add(session, "b@sanjin.example", enterprise="晋中轴承", topics=("policy",))
    audience.depart(session, new, at=NOW)

    audience.succeed(session, old, new, by="test", at=NOW)

    found = audience.profile(session, new, at=NOW)
    assert [topic.code for topic in found.topics] == ["policy"]
    assert (new.edition, new.departed_at) == (Edition.PERSONALISED, None)


def test_a_place_that_somebody_else_has_taken_is_not_succeeded_to(session: Session) -> None:
    old = add(session, enterprise="太行重工", role=LIAISON)
    audience.depart(session, old, at=NOW)
    add(session, "b@sanjin.example", enterprise="太行重工", role=LIAISON)

    with pytest.raises(LiaisonTaken):
        audience.succeed(session, old, add(session, "c@sanjin.example"), by="test", at=NOW)
    with pytest.raises(HisOwnSuccessor):
        audience.succeed(session, old, old, by="test", at=NOW)


def test_changes_say_from_what_to_what_and_name_no_address(session: Session) -> None:
    row = add(session, phone="0351-1234567", role=QUALITY)

    changed = change(
        session,
        row,
        name=" 乙 ",
        phone="",
        role=OTHER,
        address=audience.read_address("B@晋.example"),
    )

    assert changed == {
        "name": ("甲", "乙"),
        "phone": ("0351-1234567", ""),
        "role": (QUALITY, OTHER),
        "address": ("…", "…"),
    }
    assert row.email_key == "b@xn--tjv.example"
    assert (row.domain, row.address_hash) == ("xn--tjv.example", HASHER(row.email_key))
    assert audience.find_subscriber(session, "b@晋.example") is row
    assert change(session, row, name="乙", role=OTHER) == {}


def test_a_spelling_changes_alone(session: Session) -> None:
    row = add(session, "li@sanjin.example")

    assert set(change(session, row, address=audience.read_address("Li@sanjin.example"))) == {
        "address"
    }
    assert (row.email, row.email_key) == ("Li@sanjin.example", "li@sanjin.example")


def test_an_address_of_somebody_else_is_refused(session: Session) -> None:
    row = add(session)
    add(session, "b@sanjin.example")

    with pytest.raises(AlreadySubscribed):
        change(session, row, address=audience.read_address("B@Sanjin.example"))
    assert row.email == "a@sanjin.example"


def test_nobody_changes_who_is_erased(session: Session) -> None:
    row = add(session, enterprise="太行重工")
    row.erased_at = NOW
    session.flush()

    for deed in (
        lambda: change(session, row, name="乙"),
        lambda: audience.pause(session, row, NOW),
        lambda: audience.depart(session, row, at=NOW),
    ):
        with pytest.raises(Erased):
            deed()


def test_of_two_who_become_liaison_at_once_one_is_refused(app: App) -> None:
    with app.transaction() as session:
        ids = [add(session, f"{n}@sanjin.example", enterprise="太行重工").id for n in range(4)]

    def become(subscriber_id: int) -> bool:
        try:
            with app.transaction() as session:
                change(session, session.get_one(Subscriber, subscriber_id), role=LIAISON)
        except LiaisonTaken:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(become, ids)) == [False, False, False, True]


def test_of_two_who_take_one_address_at_once_one_is_refused(app: App) -> None:
    with app.transaction() as session:
        ids = [add(session, f"{n}@sanjin.example").id for n in range(4)]
    wanted = audience.read_address("new@sanjin.example")

    def take(subscriber_id: int) -> bool:
        try:
            with app.transaction() as session:
                change(session, session.get_one(Subscriber, subscriber_id), address=wanted)
        except AlreadySubscribed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, ids)) == [False, False, False, True]
