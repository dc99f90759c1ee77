"""What came back, one by one: mails and refusals while sending, merged, newest first."""

from datetime import timedelta

import pytest
from report_samples import LATER, came_back, refused, rows, send_sample
from sqlalchemy import update
from sqlalchemy.orm import Session

from distribution import reports
from distribution.app import App
from distribution.models import Inbox, Run
from distribution.reports import CameBack, NothingCameBack, NotJudged, Wanted, WhileSending
from distribution.words import Consequence, DeliveryState, Meaning, Returned, Signal

BAD, FULL = Meaning.BAD_ADDRESS, Meaning.MAILBOX_FULL
HOUR = timedelta(hours=1)


@pytest.fixture
def sent(app: App) -> int:
    """A run of the sample issue that was sent; its number."""
    return send_sample(app)


@pytest.fixture
def numbers(session: Session, sent: int) -> list[str]:
    """Of what came back, the oldest first."""
    first, second, third, fourth, *_ = rows(session, sent)
    suppressed = Consequence.SUPPRESSED
    bounce = came_back(session, first, meaning=BAD, consequence=suppressed, status="5.1.1")
    refused(session, second, BAD, suppressed, at=LATER + HOUR)
    auto = came_back(session, third, Returned.AUTO_REPLY, at=LATER + 2 * HOUR)
    refused(session, fourth, FULL, state=DeliveryState.EXPIRED, at=LATER + 3 * HOUR)
    nobodys = came_back(session, None, meaning=FULL, at=LATER + 4 * HOUR)
    return [str(bounce), f"d{second.id}", str(auto), f"d{fourth.id}", str(nobodys)]


def listed(session: Session, limit: int = 100, **wanted: object) -> list[CameBack]:
    return reports.came_back(session, Wanted(**wanted), limit=limit)  # type: ignore[arg-type]


def test_all_sources_are_one_list_the_newest_first(session: Session, numbers: list[str]) -> None:
    assert [one.number for one in listed(session)] == numbers[::-1]
    assert [one.number for one in listed(session, limit=2)] == numbers[:2:-1]


def test_each_filter_leaves_what_it_says(session: Session, sent: int, numbers: list[str]) -> None:
    first = rows(session, sent)[0]

    for wanted, places in (
        ({"kind": Returned.BOUNCE}, [4, 0]),
        ({"kind": WhileSending.REFUSED}, [3, 1]),
        ({"meaning": BAD}, [1, 0]),
        ({"consequence": Consequence.SUPPRESSED}, [1, 0]),
        ({"consequence": Consequence.COUNTED}, [3]),
        ({"consequence": Consequence.NONE}, [4, 2]),
        ({"run_id": sent}, [3, 2, 1, 0]),
        ({"run_id": sent + 1}, []),
        ({"subscriber_id": first.subscriber_id}, [0]),
        ({"unmatched": True}, [4]),
        ({"unmatched": True, "kind": WhileSending.REFUSED}, []),
        ({"since": LATER + HOUR, "before": LATER + 3 * HOUR}, [2, 1]),
    ):
        assert [one.number for one in listed(session, **wanted)] == [numbers[at] for at in places]


def test_a_line_says_whose_it_is_and_what_followed(
    session: Session, sent: int, numbers: list[str]
) -> None:
    first, second, *_ = rows(session, sent)

    *_, refusal, bounce = listed(session)

    assert (bounce.recipient, bounce.delivery_id, bounce.run_id) == (
        first.recipient,
        first.id,
        sent,
    )
    assert (bounce.issue, bounce.lane, bounce.status) == ("2026-11", first.lane, "5.1.1")
    assert bounce.enterprise
    assert (refusal.kind, refusal.meaning) == (WhileSending.REFUSED, BAD)
    assert (refusal.words, refusal.recipient) == ("550 bad_address", second.recipient)
    assert (refusal.inbox_id, refusal.number) == (None, numbers[1])
    assert (listed(session)[0].matched, bounce.matched) == (False, True)


def test_one_is_found_again_by_its_number(session: Session, numbers: list[str]) -> None:
    assert reports.find_returned(session, int(numbers[0])).number == numbers[0]
    assert reports.find_refusal(session, int(numbers[1][1:])).number == numbers[1]
    (talk,) = reports.replies_to(session, int(numbers[1][1:]))[-1:]
    assert talk.reply == "550 bad_address"


def test_what_is_not_there_or_not_judged_is_said_so(session: Session, sent: int) -> None:
    accepted = rows(session, sent)[0]
    waits = Inbox(signal=Signal.MAIL, at=LATER, content={}, raw=b"To: a\n\nb\n")
    click = Inbox(signal=Signal.CLICK, at=LATER, content={})
    session.add_all([waits, click])
    session.flush()

    with pytest.raises(NotJudged):
        reports.find_returned(session, waits.id)
    for number in (0, -1, click.id, click.id + 1):
        with pytest.raises(NothingCameBack):
            reports.find_returned(session, number)
    with pytest.raises(NothingCameBack):
        reports.find_refusal(session, accepted.id)


def test_lanes_are_counted_while_their_runs_are_sending(session: Session, sent: int) -> None:
    waiting, *_ = rows(session, sent)
    waiting.state = DeliveryState.PLANNED
    session.flush()
    assert reports.lane_books(session, everything=True) == []

    session.execute(update(Run).values(state="sending"))

    found = {one.name: one for one in reports.lane_books(session, everything=True)}
    assert found[waiting.lane].waiting == 1
    accepted = [row for row in rows(session, sent) if row.state is DeliveryState.ACCEPTED]
    assert sum(one.sent or 0 for one in found.values()) == len(accepted)
    assert reports.lane_books(session, everything=False) == []
