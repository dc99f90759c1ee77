"""Consent and suppression: whether one may be mailed is derived from facts."""

import pytest
from audience_people import GRANTED, HASHER, NOW, WITHDRAWN, add, say, suppress
from sqlalchemy.orm import Session

from distribution import audience
from distribution.words import Cause, Decision, Purpose, Tracking


@pytest.mark.parametrize(
    ("said", "is_suppressed", "barrier"),
    [
        ((), "free", Cause.NO_CONSENT),
        ((GRANTED,), "free", None),
        ((WITHDRAWN,), "free", Cause.LEFT),
        ((GRANTED, WITHDRAWN), "free", Cause.LEFT),
        ((GRANTED, WITHDRAWN, GRANTED), "free", None),
        ((), "suppressed", Cause.SUPPRESSED),
        ((GRANTED,), "suppressed", Cause.SUPPRESSED),
        ((GRANTED, WITHDRAWN), "suppressed", Cause.SUPPRESSED),
    ],
)
def test_what_keeps_mail_from_a_reader_follows_from_facts(
    session: Session, said: tuple[Decision, ...], is_suppressed: str, barrier: Cause | None
) -> None:
    row = add(session)
    for decision in said:
        say(session, row, decision)
    if is_suppressed == "suppressed":
        suppress(session, row)

    assert audience.profile(session, row, at=NOW).barrier is barrier
    assert audience.reader(session, row.id).barrier is barrier
    ((_, _, listed),) = audience.subscribers(session, audience.Those())
    assert listed == barrier


@pytest.mark.parametrize(
    ("said", "tracking"),
    [
        ((), Tracking.UNKNOWN),
        ((GRANTED,), Tracking.GRANTED),
        ((GRANTED, WITHDRAWN), Tracking.DENIED),
    ],
)
def test_consent_to_tracking_is_apart_from_consent_to_mail(
    session: Session, said: tuple[Decision, ...], tracking: Tracking
) -> None:
    row = add(session, consent="表")
    for decision in said:
        say(session, row, decision, Purpose.TRACKING)

    reader = audience.reader(session, row.id)
    assert (reader.tracking, reader.barrier) == (tracking, None)


def test_saying_the_same_again_is_no_event(session: Session) -> None:
    row = add(session)

    assert [say(session, row, d) for d in (GRANTED, GRANTED, WITHDRAWN, WITHDRAWN)] == [
        True,
        False,
        True,
        False,
    ]
    assert [e.decision for e in audience.profile(session, row, at=NOW).consents] == [
        GRANTED,
        WITHDRAWN,
    ]


def test_a_suppression_outlives_the_spelling_of_an_address(session: Session) -> None:
    row = add(session, "Li@例子.中国", consent="表")

    assert row.address_hash == HASHER("li@xn--fsqu00a.xn--fiqs8s")
