"""Whether somebody may be mailed: one rule in SQL, and the facts behind it, always in agreement."""

import itertools
from datetime import date, datetime, timedelta

import pytest
from audience_people import GRANTED, NOW, WITHDRAWN, add, say, suppress
from sqlalchemy.orm import Session

from distribution import audience
from distribution.audience import Fact, Those
from distribution.clock import end_of
from distribution.models import Enterprise, Subscriber
from distribution.words import Cause, Decision, Membership, Purpose, SuppressionReason

TODAY = date(2026, 9, 1)
A_DAY = timedelta(days=1)
SAID = (
    (),
    (Decision.REQUESTED,),
    (GRANTED,),
    (GRANTED, WITHDRAWN),
    (GRANTED, Decision.VOIDED),
    (Decision.REQUESTED, WITHDRAWN, Decision.VOIDED),
)
PASSING = ("departed", "ended", "suspended member", "paused", "suppressed", "domain", "erased")
BEFALLEN = [some for many in (0, 1, 2) for some in itertools.combinations(PASSING, many)]


def befall(session: Session, row: Subscriber, what: str) -> None:
    home = session.get_one(Enterprise, row.enterprise_id)
    if what == "departed":
        row.departed_at = NOW
    elif what == "ended":
        home.member_until = TODAY - A_DAY
    elif what == "suspended member":
        home.suspended_at = NOW
    elif what == "paused":
        row.paused_until = end_of(TODAY)
    elif what == "suppressed":
        suppress(session, row)
    elif what == "domain":
        audience.suppress_domain(
            session, row.domain, SuppressionReason.BY_HAND, evidence="停用", at=NOW
        )
    else:
        row.erased_at = NOW
    session.flush()


def why(session: Session, row: Subscriber, at: datetime = NOW) -> Cause | None:
    return audience.profile(session, row, at=at).barrier


def test_the_first_fact_is_always_the_one_that_the_rule_in_sql_names(session: Session) -> None:
    rows = []
    combinations = itertools.product(SAID, BEFALLEN)
    for number, (said, befallen) in enumerate(combinations):
        row = add(session, f"a@d{number}.example", enterprise=f"第{number}厂")
        for decision in said:
            say(session, row, decision)
        for what in befallen:
            befall(session, row, what)
        rows.append(row)

    by_sql = {
        reader.subscriber_id: reader.barrier
        for reader in audience.readers_after(session, 0, 1000, at=NOW).readers
    }

    assert len(rows) == len(by_sql) == 6 * (1 + 7 + 21)
    assert {row.id: why(session, row) for row in rows} == by_sql
    assert set(by_sql.values()) == {None, *(Cause(c) for c in (
        "left", "suppressed", "no_consent", "pending", "paused", "departed", "membership", "erased",
    ))}  # fmt: skip


def test_every_fact_that_holds_is_told_with_its_beginning(session: Session) -> None:
    row = add(session, enterprise="太行重工", consent="表")
    say(session, row, WITHDRAWN)
    for what in ("suppressed", "domain", "departed", "ended", "suspended member", "paused"):
        befall(session, row, what)

    ended = datetime(2026, 8, 31, 16, tzinfo=NOW.tzinfo)  # midnight in Shanxi
    assert audience.facts(session, row, at=NOW) == (
        Fact(Cause.SUPPRESSED, NOW, "硬退信：550"),
        Fact(Cause.SUPPRESSED, NOW, "整个域名 sanjin.example，人工：停用"),
        Fact(Cause.LEFT, NOW, "电话"),
        Fact(Cause.DEPARTED, NOW),
        Fact(Cause.MEMBERSHIP, NOW, "太行重工：会籍已暂停"),
        Fact(Cause.MEMBERSHIP, ended, "太行重工：会籍至 2026-08-31"),
        Fact(Cause.PAUSED, None, until=end_of(TODAY)),
    )


@pytest.mark.parametrize(
    ("after", "barrier"), [(timedelta(0), Cause.PAUSED), (timedelta(seconds=1), None)]
)
def test_a_pause_ends_with_its_last_day_in_shanxi(
    session: Session, after: timedelta, barrier: Cause | None
) -> None:
    row = add(session, consent="表")
    audience.pause(session, row, end_of(TODAY))

    last_second = datetime(2026, 9, 1, 15, 59, 59, tzinfo=NOW.tzinfo)
    assert why(session, row, last_second + after) is barrier
    ((_, _, listed),) = audience.subscribers(session, Those(), at=last_second + after)
    assert listed == barrier


@pytest.mark.parametrize(
    ("hour", "barrier"), [(15, None), (16, Cause.MEMBERSHIP)], ids=["last day", "day after"]
)
def test_mail_stops_when_the_last_day_of_a_membership_is_over_in_shanxi(
    session: Session, hour: int, barrier: Cause | None
) -> None:
    row = add(session, enterprise="太行重工", consent="表")
    session.get_one(Enterprise, row.enterprise_id).member_until = TODAY
    session.flush()

    at = datetime(2026, 9, 1, hour, tzinfo=NOW.tzinfo)
    assert why(session, row, at) is barrier
    assert audience.readers_after(session, 0, 1, at=at).readers[0].barrier is barrier


def test_a_contact_without_an_enterprise_is_mailed(session: Session) -> None:
    assert why(session, add(session, consent="表")) is None


def test_one_domain_is_suppressed_without_those_below_it(session: Session) -> None:
    rows = [add(session, f"a@{domain}", consent="表") for domain in ("b.example", "x.b.example")]
    befall_domain = {"evidence": "停用", "at": NOW}
    by_hand = SuppressionReason.BY_HAND

    assert audience.suppress_domain(session, "b.example", by_hand, **befall_domain)  # type: ignore[arg-type]
    assert not audience.suppress_domain(session, "b.example", by_hand, **befall_domain)  # type: ignore[arg-type]
    assert [why(session, row) for row in rows] == [Cause.SUPPRESSED, None]
    assert audience.release_domain(session, "b.example")
    assert not audience.release_domain(session, "b.example")
    assert [why(session, row) for row in rows] == [None, None]


def test_a_list_of_addresses_is_suppressed_once_each(session: Session) -> None:
    row = add(session, consent="表")
    suppress(session, row)
    hashes = [row.address_hash, "f" * 32, "f" * 32, "e" * 32]

    reason = SuppressionReason.IMPORTED
    assert audience.suppress_all(session, hashes, reason, evidence="名单", at=NOW) == 2
    assert audience.suppress_all(session, hashes, reason, evidence="名单", at=NOW) == 0
    assert audience.suppress_all(session, [], reason, evidence="名单", at=NOW) == 0
    found = audience.suppressions(session, reason=reason)
    assert [(one.address_hash, name) for one, name, _ in found] == [
        ("e" * 32, None),
        ("f" * 32, None),
    ]


@pytest.mark.parametrize("purpose", list(Purpose))
def test_what_is_voided_counts_as_never_said(session: Session, purpose: Purpose) -> None:
    row = add(session)

    assert not say(session, row, Decision.VOIDED, purpose)
    assert say(session, row, GRANTED, purpose)
    assert say(session, row, Decision.VOIDED, purpose)
    assert not say(session, row, Decision.VOIDED, purpose)
    assert why(session, row) is Cause.NO_CONSENT
    assert audience.reader(session, row.id).tracking.value == "unknown"


def test_membership_in_python_and_in_sql_agree_on_every_date(session: Session) -> None:
    days = (None, *(TODAY + timedelta(days=days) for days in (-400, -1, 0, 1, 59, 60, 61)))
    expected: dict[str, Membership] = {}
    for since, until, suspended in itertools.product(days, days, (False, True)):
        name = f"{since} {until} {suspended}"
        row = audience.ensure_enterprise(session, name, at=NOW)
        row.member_since, row.member_until = since, until
        row.suspended_at = NOW if suspended else None
        expected[name] = audience.membership(since, until, suspended=suspended, today=TODAY)
    session.flush()

    found = {}
    for standing in Membership:
        these = audience.TheseEnterprises(standing=standing)
        rows = audience.enterprises(session, these, today=TODAY, limit=1000)
        assert audience.count_enterprises(session, these, today=TODAY) == len(rows)
        found |= {row.name: standing for row, _, _ in rows}

    assert found == expected
    assert set(found.values()) == set(Membership)
