"""A year of an enterprise: its rows in the runs' own reports, its contacts, nobody's reading."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from report_samples import (
    agreeing,
    article_ids,
    came_back,
    clicked,
    opened,
    rows,
    send_sample,
)
from runs import add_reader
from sqlalchemy import select
from year_samples import NOW, another, begin, chosen, move, read

from distribution import audience, reports
from distribution.app import App
from distribution.models import Enterprise, Subscriber
from distribution.words import (
    Cause,
    Meaning,
    Role,
    SuppressionReason,
)


@pytest.fixture
def sent(app: App) -> int:
    """A run of the sample issue in November; its number."""
    run_id = send_sample(app)
    begin(app, run_id, datetime(2026, 11, 1, 1, 0, tzinfo=UTC))
    return run_id


def test_every_enterprise_is_told_its_rows_of_the_runs_reports(app: App, sent: int) -> None:
    later = another(app, "12", datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    with app.transaction() as session:
        read(session, sent)
        read(session, later)
        session.expire_all()
        runs = [reports.run_report(session, run_id) for run_id in (sent, later)]
        names = session.scalars(select(Enterprise.name)).all()
        visits = [reports.enterprise_report(session, name, 2026, at=NOW) for name in names]

    of_nobody = {
        name: sum(
            getattr(row, name) for run in runs for row in run.enterprises if row.name == "无单位"
        )
        for name in ("planned", "accepted", "bounced", "left")
    }
    for name, rest in of_nobody.items():
        of_runs = sum(getattr(row, name) for run in runs for row in run.enterprises)
        assert sum(getattr(visit.sums, name) for visit in visits) + rest == of_runs
    for visit in visits:
        mine = [row for run in runs for row in run.enterprises if row.name == visit.name]
        assert [one.figures for one in visit.runs] == mine
        assert visit.sums.reading.opened == (
            sum(row.opened for row in mine if row.opened is not None)
            if any(row.agreed is not None for row in mine)
            else None
        )
        assert sum(one.planned for one in visit.contacts) == visit.sums.planned


# -- what is not told ----------------------------------------------------------------------------


def test_what_a_contact_reads_changes_nothing_in_the_report_of_his_small_enterprise(
    app: App, sent: int
) -> None:
    with app.transaction() as session:
        one = agreeing(session, sent)[0]
        contact = session.get_one(Subscriber, one.subscriber_id)
        name = session.get_one(Enterprise, contact.enterprise_id).name
        quiet = reports.enterprise_report(session, name, 2026, at=NOW)
        opened(session, sent, one)
        clicked(session, sent, one, article_ids(session, sent)[0])
        session.expire_all()
        loud = reports.enterprise_report(session, name, 2026, at=NOW)

    assert len(quiet.contacts) < 5
    assert loud == quiet
    assert quiet.sums.reading.opened is None
    assert quiet.articles == ()


def test_five_who_agree_are_told_of_together_and_never_by_name(app: App, sent: int) -> None:
    with app.transaction() as session:
        mine = agreeing(session, sent)
        name = session.scalars(select(Enterprise.name).order_by(Enterprise.id)).first()
        home = session.scalars(select(Enterprise.id).where(Enterprise.name == name)).one()
        move(session, mine[:8], home)
        article = article_ids(session, sent)[0]
        for row in mine[:4]:
            opened(session, sent, row)
            clicked(session, sent, row, article)
        session.expire_all()
        found = reports.enterprise_report(session, str(name), 2026, at=NOW)
        of_run = reports.run_report(session, sent)
        readers = [session.get_one(Subscriber, row.subscriber_id).name for row in mine[:4]]
        loud = reports.enterprise_page(found, at=NOW)
    told = next(one for one in of_run.enterprises if one.name == name)

    assert (found.sums.reading.opened, found.sums.reading.clicked) == (4, 4)
    assert (told.opened, told.clicked) == (4, 4)
    assert 0 < len(found.articles) < len(of_run.articles)
    assert {one.figures.readers for one in found.articles} <= {0, 4}
    assert all((one.figures.agreed or 0) >= 5 for one in found.articles)
    assert all(reader in loud for reader in readers)
    assert "不论是否同意统计都不按人列出" in loud


def test_an_enterprise_hidden_for_the_sake_of_another_is_told_no_article_either(
    app: App, sent: int
) -> None:
    with app.transaction() as session:
        mine = sorted(agreeing(session, sent), key=lambda row: len(chosen(session, row)))
        few, enough, *_, rest = session.scalars(select(Enterprise).order_by(Enterprise.id))
        for home, those in ((few, mine[:3]), (enough, mine[-7:]), (rest, mine[3:-7])):
            move(session, those, home.id)
        session.expire_all()
        found = reports.enterprise_report(session, enough.name, 2026, at=NOW)

    assert found.runs[0].figures.agreed is None
    assert found.articles == ()


# -- contacts, and what to do --------------------------------------------------------------------


def test_contacts_are_listed_with_what_arrived_and_what_to_ask(app: App, sent: int) -> None:
    with app.transaction() as session:
        row = rows(session, sent)[0]
        contact = session.get_one(Subscriber, row.subscriber_id)
        name = session.get_one(Enterprise, contact.enterprise_id).name
        came_back(session, row, status="5.1.1", meaning=Meaning.BAD_ADDRESS)
        audience.suppress(
            session,
            contact.address_hash,
            SuppressionReason.HARD_BOUNCE,
            evidence="5.1.1",
            at=NOW,
        )
        waiting = add_reader(
            session, app, "new@fenhe.example", NOW, enterprise=name, consent="", role=Role.OTHER
        )
        found = reports.enterprise_report(session, name[1:4], 2026, at=NOW)
        emails = (contact.email, waiting.email)
    by_email = {one.email: one for one in found.contacts}
    bounced, asked = (by_email[email] for email in emails)

    assert found.name == name
    assert (bounced.barrier, bounced.state) == (Cause.SUPPRESSED, "停用：硬退信")
    assert (bounced.planned, bounced.issues) == (1, ())
    assert "换了邮箱？" in bounced.advice
    assert (asked.barrier, asked.planned) == (Cause.NO_CONSENT, 0)
    assert "同意后才能寄" in asked.advice
    old = replace(bounced, barrier=None, losses=bounced.losses, lost_last=False)
    assert (replace(old, lost_last=True).advice, old.advice) == (bounced.advice, "")
    fine = [one for one in found.contacts if one not in (bounced, asked)]
    assert {one.issues for one in fine} == {("2026-11",)}
    assert all(one.topics for one in fine)
    assert found.contacts[0].role is Role.LIAISON
