"""What came back, counted: every figure against plain loops over all rows."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from report_samples import FOLLOWING, LATER, came_back, happen, refused, rows, send_sample
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from distribution import reports
from distribution.app import App
from distribution.errors import NotFound
from distribution.models import Delivery, Enterprise, ReturnedMail, Subscriber
from distribution.replies import COUNTED
from distribution.reports import BounceReport, Counts, Scope, Wanted
from distribution.words import Consequence, DeliveryState, Meaning, Returned

REFUSED = (DeliveryState.FAILED, DeliveryState.EXPIRED)
BAD, FULL = Meaning.BAD_ADDRESS, Meaning.MAILBOX_FULL


@pytest.fixture
def sent(app: App) -> int:
    """A run of the sample issue that was sent; its number."""
    return send_sample(app)


def report(session: Session, **scope: object) -> BounceReport:
    session.flush()
    return reports.bounce_report(session, Scope(**scope))  # type: ignore[arg-type]


class LastWord:
    """What was last said of a delivery, in plain loops."""

    def __init__(self, session: Session, row: Delivery) -> None:
        self.row, self.session = row, session
        found = session.scalars(select(ReturnedMail).where(ReturnedMail.delivery_id == row.id))
        mails = sorted(found, key=lambda mail: (mail.at, mail.inbox_id))
        self.bounces = [mail for mail in mails if mail.kind is Returned.BOUNCE]
        self.delays = [mail for mail in mails if mail.kind is Returned.DELAYED]
        self.refused = row.meaning is not None and row.state in REFUSED

    @property
    def way(self) -> str:
        if self.bounces:
            return "returned"
        return "refused" if self.refused else "delayed" if self.delays else ""

    @property
    def meaning(self) -> Meaning | None:
        if self.way == "refused":
            return self.row.meaning
        return (self.bounces or self.delays)[-1].meaning

    @property
    def consequence(self) -> Consequence:
        if self.way == "refused":
            expired = self.row.state is DeliveryState.EXPIRED and self.row.meaning in COUNTED
            silent = Consequence.COUNTED if expired else Consequence.NONE
            return silent if self.row.consequence is None else self.row.consequence
        said = [mail.consequence for mail in self.bounces or self.delays]
        return max(said, key=FOLLOWING.index)

    @property
    def enterprise(self) -> str:
        home = self.session.get_one(Subscriber, self.row.subscriber_id).enterprise_id
        return self.session.get_one(Enterprise, home).name if home else "无单位"


def counted(words: list[LastWord], key: Callable[[LastWord], object]) -> dict[object, Counts]:
    """By a key, each delivery once."""
    ways = Counter((key(word), word.way) for word in words if word.way)
    return {
        one: Counts(*(ways[one, way] for way in ("returned", "refused", "delayed")))
        for one, _ in ways
    }


@pytest.mark.parametrize("seed", range(2))
def test_every_figure_is_what_plain_loops_count(session: Session, sent: int, seed: int) -> None:
    happen(session, sent, random.Random(seed))  # noqa: S311 - figures, no secrets
    words = [LastWord(session, row) for row in rows(session, sent)]

    found = report(session, run_id=sent)

    assert found.meanings == counted(words, lambda word: word.meaning)
    assert found.lanes == counted(words, lambda word: word.row.lane)
    assert found.consequences == counted(words, lambda word: word.consequence)
    by_name = {name: counts for (_, name), counts in found.enterprises.items()}
    assert by_name == counted(words, lambda word: word.enterprise)
    assert found.total == counted(words, lambda _: None)[None]
    assert min(found.total.returned, found.total.refused, found.total.delayed) > 0
    totals = [counts.total for counts in found.enterprises.values()]
    assert totals == sorted(totals, reverse=True)
    assert report(session).groups == found.groups  # there is no other run


@pytest.mark.parametrize("seed", [7])
def test_the_figures_agree_with_the_runs_report(session: Session, sent: int, seed: int) -> None:
    happen(session, sent, random.Random(seed))  # noqa: S311 - figures, no secrets

    found, run = report(session, run_id=sent), reports.run_report(session, sent)

    assert found.total.returned == run.bounced.total
    assert found.consequences[Consequence.SUPPRESSED].returned == run.bounced.suppressed
    assert found.mails.complaints == run.complaints
    assert found.meanings == run.meanings
    by_enterprise = {number: counts.returned for (number, _), counts in found.enterprises.items()}
    for one in run.enterprises:
        assert by_enterprise.get(one.enterprise_id, 0) == one.bounced


def test_a_delivery_counts_once_by_its_last_word(session: Session, sent: int) -> None:
    first, second, third, *_ = rows(session, sent)
    came_back(session, first, Returned.DELAYED, meaning=FULL)
    came_back(session, first, meaning=FULL, at=LATER + timedelta(hours=2))
    came_back(session, first, meaning=BAD, at=LATER + timedelta(hours=1))
    came_back(session, second, Returned.DELAYED, meaning=FULL)
    refused(session, third, BAD)
    came_back(session, third, Returned.DELAYED, meaning=FULL)

    found = report(session, run_id=sent)

    assert found.meanings == {FULL: Counts(1, 0, 1), BAD: Counts(0, 1, 0)}
    assert (found.total, found.total.total) == (Counts(1, 1, 1), 2)


def test_what_was_deferred_and_arrived_counts_nowhere(session: Session, sent: int) -> None:
    first, second, *_ = rows(session, sent)
    first.state, first.meaning = DeliveryState.DEFERRED, FULL
    second.meaning = None

    assert report(session, run_id=sent).groups == ()
    assert report(session, run_id=sent).total == Counts()


def test_a_time_takes_in_what_came_then(session: Session, sent: int) -> None:
    first, second, third, *_ = rows(session, sent)
    early, noon = datetime(2026, 12, 3, tzinfo=UTC), datetime(2026, 12, 4, tzinfo=UTC)
    came_back(session, first, meaning=BAD, at=early)
    came_back(session, first, meaning=FULL, at=noon)
    came_back(session, None, at=early)
    refused(session, second, BAD, at=noon)
    refused(session, third, BAD, at=noon)

    before = report(session, before=noon)
    since = report(session, since=noon)

    assert before.meanings == {BAD: Counts(1, 0, 0)}
    assert since.meanings == {BAD: Counts(0, 2, 0), FULL: Counts(1, 0, 0)}
    assert (before.mails.unmatched, since.mails.unmatched) == (1, 0)
    assert report(session, since=early, before=early).groups == ()


def test_other_mails_are_counted_by_kind_and_of_a_run_only_its_own(
    session: Session, sent: int
) -> None:
    first, second, *_ = rows(session, sent)
    for kind, row in (
        (Returned.COMPLAINT, first),
        (Returned.COMPLAINT, first),
        (Returned.COMPLAINT, None),
        (Returned.AUTO_REPLY, first),
        (Returned.AUTO_REPLY, None),
        (Returned.CHALLENGE, second),
        (Returned.BOUNCE, None),
        (Returned.OTHER, None),
    ):
        came_back(session, row, kind)

    of_all, of_run = report(session).mails, report(session, run_id=sent).mails

    assert (of_all.complaints, of_all.auto_replies, of_all.challenges) == (1, 2, 1)
    assert of_all.unmatched == 2
    assert (of_run.complaints, of_run.auto_replies, of_run.challenges) == (1, 1, 1)
    assert of_run.unmatched is None


def test_a_report_asks_as_often_for_many_as_for_none(app: App, sent: int) -> None:
    asked: list[str] = []
    event.listen(
        app.engine, "before_cursor_execute", lambda _c, _d, statement, *_: asked.append(statement)
    )
    counts = []
    for bounces in (0, 20):
        with app.transaction() as session:
            for row in rows(session, sent)[:bounces]:
                came_back(session, row, meaning=BAD)
        asked.clear()
        with app.reading() as session:
            report(session, run_id=sent)
            reports.came_back(session, Wanted(), limit=100)
            reports.unreachable(session, today=LATER.date())
        counts.append(len(asked))

    assert counts[0] == counts[1] < 10


def test_a_run_that_is_not_there_is_named(session: Session) -> None:
    with pytest.raises(NotFound, match="批次 7"):
        report(session, run_id=7)
