"""Which enterprises mail no longer reaches: all current contacts, and only for bounces."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from report_samples import came_back, rows, send_sample
from runs import add_reader
from sqlalchemy.orm import Session

from distribution import audience, reports
from distribution.app import App
from distribution.audience import Statement
from distribution.models import Enterprise, Subscriber
from distribution.words import Decision, Role, SuppressionReason

AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)
WORKS = "汾河数控设备厂"


def contact(session: Session, app: App, local: str, **facts: object) -> Subscriber:
    facts = {"enterprise": WORKS, **facts}
    domain = facts.pop("domain", "fenhe.example")
    return add_reader(session, app, f"{local}@{domain}", AT, **facts)


def suppress(
    session: Session, row: Subscriber, reason: SuppressionReason = SuppressionReason.HARD_BOUNCE
) -> None:
    audience.suppress(session, row.address_hash, reason, evidence="550 no such user", at=AT)


def found(session: Session) -> list[str]:
    """Names of the contacts to be telephoned."""
    session.flush()
    return [one.name for one in reports.unreachable(session, today=TODAY)]


def works(session: Session) -> Enterprise:
    return audience.find_enterprise(session, WORKS)


def test_all_contacts_must_be_out_of_reach(session: Session, app: App) -> None:
    first, second = contact(session, app, "a", name="甲"), contact(session, app, "b", name="乙")
    suppress(session, first)
    assert found(session) == []

    suppress(session, second, SuppressionReason.SOFT_BOUNCES)

    assert found(session) == ["甲", "乙"]


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_only_what_says_that_mail_does_not_arrive_counts(
    session: Session, app: App, reason: SuppressionReason
) -> None:
    suppress(session, contact(session, app, "a", name="甲"), reason)

    bounced = {
        SuppressionReason.HARD_BOUNCE,
        SuppressionReason.SOFT_BOUNCES,
        SuppressionReason.IMPORTED,
    }
    assert found(session) == (["甲"] if reason in bounced else [])


def test_a_domain_out_of_use_counts_for_all_of_its_addresses(session: Session, app: App) -> None:
    contact(session, app, "a", name="甲")
    suppress(session, contact(session, app, "b", name="乙", domain="other.example"))
    audience.suppress_domain(
        session, "fenhe.example", SuppressionReason.BY_HAND, evidence="停用", at=AT
    )

    session.flush()
    by_domain, by_address = reports.unreachable(session, today=TODAY)

    assert (by_domain.name, by_domain.domain, by_domain.evidence) == ("甲", "fenhe.example", "停用")
    assert (by_address.name, by_address.domain) == ("乙", "")


def test_who_has_left_or_is_erased_is_not_counted(session: Session, app: App) -> None:
    dead, left, erased = (contact(session, app, name, name=name) for name in "abc")
    suppress(session, dead)
    left.departed_at, erased.erased_at = AT, AT
    assert found(session) == ["a"]

    dead.departed_at = AT
    assert found(session) == []


def test_who_unsubscribed_can_be_reached(session: Session, app: App) -> None:
    dead, gone = contact(session, app, "a"), contact(session, app, "b")
    suppress(session, dead)
    said = Statement(Decision.WITHDRAWN, "退订", "web")
    audience.record_consent(session, gone.id, said, by="reader", at=AT)

    assert found(session) == []


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"member_until": TODAY}, True),
        ({"member_until": TODAY - timedelta(days=1)}, False),
        ({"member_since": TODAY}, True),
        ({"member_since": TODAY + timedelta(days=1)}, False),
        ({"suspended_at": AT}, False),
    ],
)
def test_only_members_in_good_standing_are_telephoned(
    session: Session, app: App, facts: dict[str, object], *, shown: bool
) -> None:
    suppress(session, contact(session, app, "a", name="甲"))
    for field, value in facts.items():
        setattr(works(session), field, value)

    assert found(session) == (["甲"] if shown else [])


def test_contacts_without_an_enterprise_are_nobodys(session: Session, app: App) -> None:
    suppress(session, contact(session, app, "a", enterprise=""))

    assert found(session) == []


def test_the_list_is_in_the_order_it_is_telephoned(session: Session, app: App) -> None:
    homes = [("乙厂", "阳泉市"), ("甲厂", "大同市")]
    for (home, region), (name, role) in product(
        homes, [("技", Role.TECHNOLOGY), ("联", Role.LIAISON)]
    ):
        address = f"{homes.index((home, region))}-{role.value}"
        suppress(session, contact(session, app, address, name=name, role=role, enterprise=home))
        audience.find_enterprise(session, home).region = region
    session.flush()

    shown = [(one.region, one.name) for one in reports.unreachable(session, today=TODAY)]

    assert shown == [("大同市", "联"), ("大同市", "技"), ("阳泉市", "联"), ("阳泉市", "技")]


def test_the_last_issue_that_arrived_is_named(session: Session, app: App) -> None:
    run_id = send_sample(app)
    read, bounced, *_ = rows(session, run_id)
    for row in (read, bounced):
        reader = session.get_one(Subscriber, row.subscriber_id)
        reader.enterprise_id = None
        session.flush()
        reader.role, reader.enterprise_id = Role.OTHER, _home(session, str(row.id))
        suppress(session, reader)
    came_back(session, bounced)
    session.flush()

    arrived = {one.email: one for one in reports.unreachable(session, today=TODAY)}

    assert arrived[read.recipient].last_issue == "2026-11"
    assert arrived[read.recipient].last_at == read.accepted_at
    assert arrived[bounced.recipient].last_issue == ""
    assert arrived[bounced.recipient].last_at is None


def _home(session: Session, name: str) -> int:
    one = Enterprise(name=f"第 {name} 厂", name_key=name, created_at=AT)
    session.add(one)
    session.flush()
    return one.id
