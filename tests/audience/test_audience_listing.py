"""Lists of subscribers: every filter, alone and together; pages; exports; changes of many."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from audience_people import GRANTED, HASHER, NOW, WITHDRAWN, add, say, suppress
from sqlalchemy.orm import Session

from distribution import audience
from distribution.audience import (
    Deed,
    ExportedContact,
    LiaisonTaken,
    Those,
    Wishes,
)
from distribution.clock import end_of
from distribution.models import Enterprise, Subscriber
from distribution.words import (
    Cause,
    Decision,
    Edition,
    Frequency,
    MailFormat,
    Purpose,
    Role,
    Tracking,
)

PEOPLE = {
    "甲": {"role": Role.QUALITY, "topics": ("quality",), "consent": "表"},
    "乙": {"edition": Edition.STANDARD, "topics": ("policy",), "consent": "表"},
    "丙": {"frequency": Frequency.WHEN_MATCHING, "format": MailFormat.TEXT},
    "丁": {"enterprise": "", "watch_words": ("quality",), "consent": "表"},
}


@pytest.fixture
def people(session: Session) -> dict[str, Subscriber]:
    """Three contacts of one enterprise and one of none."""
    audience.ensure_enterprise(session, "太行重工", at=NOW, region="太原", industry="C35")
    return {
        name: add(
            session, f"{n}@sanjin.example", **{"name": name, "enterprise": "太行重工", **facts}
        )
        for n, (name, facts) in enumerate(PEOPLE.items())
    }


def names(session: Session, those: Those, **page: object) -> str:
    rows = audience.subscribers(session, those, at=NOW, **page)  # type: ignore[arg-type]
    return "".join(row.name for row, _, _ in rows)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("those", "found"),
    [
        (Those(), "甲乙丙丁"),
        (Those(topic="quality"), "甲"),
        (Those(region="太原"), "甲乙丙"),
        (Those(region="省外"), ""),
        (Those(industry="C"), "甲乙丙"),
        (Those(industry="C3_"), ""),
        (Those(role=Role.QUALITY), "甲"),
        (Those(edition=Edition.STANDARD), "乙"),
        (Those(frequency=Frequency.WHEN_MATCHING), "丙"),
        (Those(format=MailFormat.TEXT), "丙"),
        (Those(mailable=True), "甲乙丁"),
        (Those(mailable=False), "丙"),
        (Those(cause=Cause.NO_CONSENT), "丙"),
        (Those(cause=Cause.LEFT), ""),
        (Those(search="太行"), "甲乙丙"),
        (Those(search="0@"), "甲"),
        (Those(search="太行", mailable=True, edition=Edition.PERSONALISED), "甲"),
        (Those(enterprise_id=0), ""),
    ],
)
def test_filters_narrow_alone_and_together(session: Session, those: Those, found: str) -> None:
    assert names(session, those) == found
    assert audience.count_those(session, those, at=NOW) == len(found)
    ids = audience.ids_of_those(session, those, limit=10, at=NOW)
    assert "".join(session.get_one(Subscriber, one).name for one in ids) == found
    exported = audience.exported_contacts(session, those, at=NOW)
    assert "".join(one.name for one in exported) == found


def test_every_cause_finds_whom_it_keeps_mail_from(
    session: Session, people: dict[str, Subscriber]
) -> None:
    say(session, people["甲"], WITHDRAWN)
    suppress(session, people["乙"])
    audience.pause(session, people["丁"], end_of(NOW.date()))

    assert names(session, Those(cause=Cause.LEFT)) == "甲"
    assert names(session, Those(cause=Cause.SUPPRESSED)) == "乙"
    assert names(session, Those(cause=Cause.PAUSED)) == "丁"
    assert names(session, Those(mailable=True)) == ""


def test_who_is_erased_is_found_only_when_asked_for(
    session: Session, people: dict[str, Subscriber]
) -> None:
    people["甲"].erased_at = NOW
    session.flush()

    assert names(session, Those()) == "乙丙丁"
    assert names(session, Those(mailable=False)) == "丙"
    assert names(session, Those(cause=Cause.ERASED)) == "甲"


@pytest.mark.parametrize("order", list(audience.ORDERS))
@pytest.mark.usefixtures("people")
def test_pages_meet_without_gap_in_every_order(session: Session, order: str) -> None:
    whole = names(session, Those(), order=order)

    pages = [names(session, Those(), order=order, limit=3, offset=at) for at in (0, 3, 6)]

    assert "".join(pages) == whole
    assert sorted(whole) == sorted("甲乙丙丁")


@pytest.mark.usefixtures("people")
def test_ids_come_in_slices(session: Session) -> None:
    first = audience.ids_of_those(session, Those(), limit=3)
    rest = audience.ids_of_those(session, Those(), after=first[-1], limit=3)

    assert [len(first), len(rest)] == [3, 1]
    assert audience.ids_of_those(session, Those(), after=rest[-1], limit=3) == []


def test_an_export_holds_what_an_import_reads(
    session: Session, people: dict[str, Subscriber]
) -> None:
    audience.set_interests(session, people["甲"], Wishes(topics=["quality", "policy"]), by="t")
    say(session, people["甲"], GRANTED, Purpose.TRACKING)
    say(session, people["乙"], WITHDRAWN)
    audience.pause(session, people["丁"], end_of(NOW.date()))

    found = {one.name: one for one in audience.exported_contacts(session, Those(), at=NOW)}

    assert found["甲"] == ExportedContact(
        enterprise="太行重工",
        name="甲",
        role=Role.QUALITY,
        email="0@sanjin.example",
        phone="",
        topics=("质量管理", "政策措施"),
        watch_words=(),
        frequency=Frequency.EVERY_ISSUE,
        edition=Edition.PERSONALISED,
        format=MailFormat.HTML,
        basis="表",
        left="",
        tracking=Tracking.GRANTED,
        paused_until=None,
        barrier=None,
    )
    assert (found["乙"].basis, found["乙"].left) == ("表", "电话")
    assert (found["丙"].basis, found["丙"].barrier) == ("", Cause.NO_CONSENT)
    assert (found["丁"].enterprise, found["丁"].watch_words) == ("", ("quality",))
    assert found["丁"].paused_until == end_of(NOW.date())


def test_an_export_names_no_role_and_no_ground_of_who_has_left_his_enterprise(
    session: Session, people: dict[str, Subscriber]
) -> None:
    audience.depart(session, people["甲"], at=NOW)
    say(session, people["乙"], Decision.VOIDED)
    say(session, people["丁"], WITHDRAWN)
    say(session, people["丁"], GRANTED)

    found = {one.name: one for one in audience.exported_contacts(session, Those(), at=NOW)}

    assert [found[name].basis for name in "甲乙丙丁"] == ["", "", "", "电话"]
    assert [found[name].left for name in "甲乙丙丁"] == ["", "", "", ""]
    assert [found[name].role for name in "甲乙"] == [None, Role.OTHER]


def test_an_export_of_several_slices_loses_nobody(session: Session) -> None:
    audience.ensure_enterprise(session, "太行重工", at=NOW)
    for number in range(12):
        add(session, f"{number}@sanjin.example", name=str(number), watch_words=(f"词{number}",))

    from distribution.audience.store import exporting

    whole = list(audience.exported_contacts(session, Those(), at=NOW))
    before, exporting._SLICE = exporting._SLICE, 5
    try:
        sliced = list(audience.exported_contacts(session, Those(), at=NOW))
    finally:
        exporting._SLICE = before

    assert sliced == whole
    assert [one.watch_words for one in sliced] == [(f"词{number}",) for number in range(12)]


# -- one deed for many -----------------------------------------------------------------------------


def do(session: Session, row: Subscriber, **facts: object) -> dict[str, object]:
    return audience.do_to(session, row, Deed(**facts), HASHER, by="test", at=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "topics"),
    [
        ({"add_topics": ("policy", "quality")}, ["quality", "policy"]),
        ({"remove_topics": ("quality", "policy")}, []),
        ({"set_topics": ("shanxi",)}, ["shanxi"]),
        ({"set_topics": ()}, []),
        ({"add_topics": ("policy",), "remove_topics": ("quality",)}, ["policy"]),
    ],
)
def test_topics_are_added_removed_or_set(
    session: Session, people: dict[str, Subscriber], facts: dict[str, object], topics: list[str]
) -> None:
    assert do(session, people["甲"], **facts) == {"topics": (["quality"], topics)}
    assert do(session, people["甲"], **facts) == {}


def test_one_deed_may_do_several_things_and_says_which_were_new(
    session: Session, people: dict[str, Subscriber]
) -> None:
    until: datetime = end_of(NOW.date() + timedelta(days=1))
    deed = Deed(edition=Edition.STANDARD, pause_until=until, role=Role.QUALITY, unsubscribe="来电")

    done = audience.do_to(session, people["甲"], deed, HASHER, by="test", at=NOW)

    assert done == {
        "edition": ("personalised", "standard"),
        "paused_until": (None, until),
        "consent": (None, "withdrawn"),
    }
    assert audience.do_to(session, people["甲"], deed, HASHER, by="test", at=NOW) == {}
    assert do(session, people["甲"], resume=True) == {"paused_until": (until, None)}
    assert Deed().is_nothing
    assert not replace(Deed(), set_topics=()).is_nothing


def test_a_liaison_moves_only_to_where_there_is_none(
    session: Session, people: dict[str, Subscriber]
) -> None:
    add(session, "x@sanjin.example", enterprise="晋中轴承", role=Role.LIAISON)
    there: Enterprise = audience.find_enterprise(session, "晋中轴承")
    audience.hand_over(
        session, audience.find_enterprise(session, "太行"), people["甲"], Role.LIAISON
    )

    assert do(session, people["乙"], move_to=there)
    with pytest.raises(LiaisonTaken):
        do(session, people["甲"], move_to=there)
