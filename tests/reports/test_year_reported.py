"""A year for the board: it says what the runs' own reports say, no more."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from report_samples import (
    GRANTED,
    WITHDRAWN,
    agreeing,
    came_back,
    opened,
    rows,
    say,
    send_sample,
)
from runs import add_reader
from sqlalchemy import select
from sqlalchemy.orm import Session
from year_samples import NOW, another, begin, read

from distribution import audience, reports
from distribution.app import App
from distribution.models import Subscriber
from distribution.reports import BoardReport, RunReport, year_store
from distribution.reports.annual import Why
from distribution.words import (
    DeliveryState,
    Meaning,
    Purpose,
)

NEW_YEAR = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
"""Midnight in Shanxi."""


@pytest.fixture
def sent(app: App) -> int:
    """A run of the sample issue in November; its number."""
    run_id = send_sample(app)
    begin(app, run_id, datetime(2026, 11, 1, 1, 0, tzinfo=UTC))
    return run_id


def board(session: Session, year: int = 2026) -> BoardReport:
    session.expire_all()
    return reports.board_report(session, year, at=NOW)


def added(found: list[RunReport], *names: str) -> int:
    """The sum over runs of a figure."""
    total = 0
    for one in found:
        value: object = one
        for name in names:
            value = getattr(value, name)
        total += value or 0  # type: ignore[operator]
    return total


# -- figures of different reports agree ----------------------------------------------------------


def test_the_board_is_told_the_sums_of_what_the_runs_reports_say(app: App, sent: int) -> None:
    later = another(app, "12", datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    with app.transaction() as session:
        read(session, sent)
        read(session, later)
        found = board(session)
        runs = [reports.run_report(session, run_id) for run_id in (sent, later)]
    sums, reading = found.this.sums, found.this.sums.reading

    assert (sums.runs, reading.runs) == (2, 2)
    assert sums.planned == added(runs, "books", "total")
    assert sums.accepted == added(runs, "accepted") < sums.planned
    assert sums.bounced == added(runs, "bounced", "total") == 2
    assert sums.left == added(runs, "left", "total") == 1
    assert reading.agreed == added(runs, "agreed")
    assert reading.opened == added(runs, "opened", "human") == 18
    assert reading.opened_at_most == added(runs, "opened", "most")
    assert reading.clicked == added(runs, "clicked", "readers") == 18
    assert [month.sums.accepted for month in found.months][-2:] == [one.accepted for one in runs]
    assert sum(month.sums.accepted for month in found.months) == sums.accepted
    assert (found.this.active.opened, found.this.active.agreed) == (9, runs[0].agreed)
    articles = [article for run in runs for article in run.articles]
    for column in ("mails", "readers", "anonymous"):
        of_year = sum(getattr(one.figures, column) or 0 for one in found.articles)
        assert of_year == sum(getattr(one, column) or 0 for one in articles)
    topics = [topic for run in runs for topic in run.topics]
    assert sum(one.mails for one in found.topics) == sum(one.mails for one in topics)
    assert found.articles[0].figures.readers == max(one.readers or 0 for one in articles)


# -- what is not told ----------------------------------------------------------------------------


def test_a_run_with_too_few_who_agree_adds_no_reading_to_a_year(app: App, sent: int) -> None:
    few = another(app, "12", datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    with app.transaction() as session:
        read(session, sent)
        before = board(session).this
        mine = agreeing(session, few)
        for row in mine[3:]:
            row.state = DeliveryState.FAILED
        for row in mine[:3]:  # who had not read anything in the other run
            opened(session, few, row)
        opened(session, few, mine[20])
        session.flush()
        after = board(session).this
        page = reports.year_page(board(session), at=NOW)

    assert (after.sums.runs, after.sums.reading.runs) == (2, 1)
    assert after.sums.reading.opened == before.sums.reading.opened
    assert (after.active.opened, after.active.agreed) == (
        before.active.opened,
        before.active.agreed,
    )
    assert "1 个批次同意统计的读者不满 5 人" in page


# -- whom nothing reached ------------------------------------------------------------------------


@pytest.mark.usefixtures("sent")
def test_members_nothing_reached_are_named_with_their_cause(app: App) -> None:
    with app.transaction() as session:
        reached = board(session)
        for number, name in enumerate(("甲厂", "乙厂", "丙厂", "丁厂")):
            audience.ensure_enterprise(session, name, at=NOW)
            if number:
                add_reader(session, app, f"a{number}@fenhe.example", NOW, enterprise=name)
        ended = audience.find_enterprise(session, "丁厂")
        ended.member_until = date(2026, 12, 4)
        left = session.scalars(select(Subscriber).where(Subscriber.email == "a1@fenhe.example"))
        said = audience.Statement(WITHDRAWN, "退订", "web", Purpose.DIGEST)
        audience.record_consent(session, left.one().id, said, by="reader", at=NOW)
        found = board(session)

    assert found.members == reached.members + 3
    assert {one.name: one.why for one in found.unreached} == {
        "甲厂": Why.NO_CONTACT,
        "乙厂": Why.LEFT,
        "丙厂": Why.NOT_YET,
    }
    assert found.this.reached == reached.this.reached


def test_an_enterprise_all_of_whose_mails_came_back_was_not_reached(app: App, sent: int) -> None:
    with app.transaction() as session:
        before = board(session)
        one = rows(session, sent)[0]
        home = session.get_one(Subscriber, one.subscriber_id).enterprise_id
        theirs = [
            row
            for row in rows(session, sent)
            if session.get_one(Subscriber, row.subscriber_id).enterprise_id == home
        ]
        for row in theirs:
            came_back(session, row, status="5.1.1", meaning=Meaning.BAD_ADDRESS)
        found = board(session)

    assert [row.enterprise_id for row in found.unreached] == [home]
    assert found.unreached[0].why is Why.BOUNCED or found.unreached[0].why is Why.SEVERAL
    assert found.this.reached.enterprises == before.this.reached.enterprises - 1
    assert found.this.reached.readers == before.this.reached.readers - len(theirs)


def test_more_members_than_a_statement_takes_parameters_are_asked_about(app: App) -> None:
    with app.reading() as session:
        found = year_store.contacts_of(session, range(1, 70_000), (), NOW)

    assert len(found) == 69_999


# -- years ---------------------------------------------------------------------------------------


def test_a_run_belongs_to_the_year_in_which_it_began_in_shanxi(app: App, sent: int) -> None:
    begin(app, sent, NEW_YEAR)
    with app.reading() as session:
        this = reports.board_report(session, 2027, at=NEW_YEAR)
        that = reports.board_report(session, 2026, at=NEW_YEAR)
    begin(app, sent, datetime(2026, 12, 31, 15, 59, tzinfo=UTC))
    with app.reading() as session:
        moved = reports.board_report(session, 2027, at=NEW_YEAR)

    assert (this.this.sums.runs, this.before, len(this.months)) == (1, None, 1)
    assert (that.this.sums.runs, that.publication) == (0, "")
    assert moved.this.sums.runs == 0
    assert moved.before is not None
    assert moved.before.sums == this.this.sums
    assert "还没有投递" in reports.year_sentence(moved)


@pytest.mark.usefixtures("sent")
def test_nobody_is_to_be_visited_for_a_year_in_which_nothing_was_sent(app: App) -> None:
    with app.reading() as session:
        past, to_come = board(session, 2025), board(session, 2031)
    pages = [reports.year_page(one, at=NOW) for one in (past, to_come)]
    workbook = CalamineWorkbook.from_filelike(BytesIO(reports.year_workbook(to_come, at=NOW)))
    facts = dict(row[:2] for row in workbook.get_sheet_by_name("概要").to_python())

    assert (past.members, past.unreached, len(past.months)) == (14, (), 12)
    assert (to_come.unreached, to_come.months) == ((), ())
    assert not any("上门" in page or "每一家都" in page for page in pages)
    assert (facts["年度"], facts["未送达（家）"]) == ("2031 年", "")


def test_nobody_who_withdraws_his_consent_is_counted_as_active(app: App, sent: int) -> None:
    with app.transaction() as session:
        read(session, sent)
        before = board(session).this.active
        one = next(row for row in agreeing(session, sent)[:9])
        say(session, one, WITHDRAWN, Purpose.TRACKING)
        after = board(session).this.active
        say(session, one, GRANTED, Purpose.TRACKING)
        again = board(session).this.active

    assert (before.agreed or 0) - (after.agreed or 0) == 1
    assert (before.opened or 0) - (after.opened or 0) == 1
    assert again == before
