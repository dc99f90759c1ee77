"""`distribution report rejudge`: what older rules said, said anew by the rules of today."""

from datetime import timedelta

import pytest
from cli_office import Office
from reports.report_samples import LATER, agreeing, article_ids, clicked, send_sample
from sqlalchemy import select

from distribution.app import App
from distribution.events import RULES
from distribution.models import Audit, ReadingEvent
from distribution.words import Verdict

KNOWN = {"agent": "windows", "network": "ab", "network_class": "public"}


@pytest.fixture
def hurried(app: App) -> int:
    """A run in which one reader's mail was scanned, and an older program saw a person."""
    run_id = send_sample(app)
    with app.transaction() as session:
        one, *_ = agreeing(session, run_id)
        for article in article_ids(session, run_id)[:3]:
            clicked(session, run_id, one, article)
        clicked(session, run_id, None, article)
        session.flush()
        for number, event in enumerate(session.scalars(select(ReadingEvent))):
            event.at = LATER + timedelta(seconds=number / 2)
            for name, value in (KNOWN if event.delivery_id else {}).items():
                setattr(event, name, value)
    return run_id


def verdicts(app: App) -> list[tuple[Verdict, str, int]]:
    with app.reading() as session:
        events = session.scalars(select(ReadingEvent).order_by(ReadingEvent.id))
        return [(event.verdict, event.rule, event.rules) for event in events]


def test_a_run_is_judged_again_and_it_says_what_changed(
    office: Office, app: App, hurried: int
) -> None:
    before = verdicts(app)
    tried = office("report", "rejudge", "--dry-run", "--json")
    assert verdicts(app) == before

    done = office("report", "rejudge", str(hurried), "--json")

    assert (tried.code, done.code, done.err) == (0, 0, "")
    changes = [{"from": "human", "to": "machine", "count": 3}]
    expected = {"run": hurried, "judged": 3, "changed": 3, "forgotten": 1, "changes": changes}
    assert done.document == {"rules": RULES, "dry_run": False, "runs": [expected]}
    assert tried.document == done.document | {"dry_run": True}
    assert verdicts(app) == [*[(Verdict.MACHINE, "burst", RULES)] * 3, before[3]]
    with app.reading() as session:
        deeds = session.scalars(select(Audit).where(Audit.action == "report.rejudge")).all()
    assert [(deed.subject, deed.detail["changed"]) for deed in deeds] == [(str(hurried), 3)]


def test_people_read_it_in_a_table(office: Office, hurried: int) -> None:
    said = office("report", "rejudge").out
    assert f"按第 {RULES} 版规则重判" in said
    assert [str(hurried), "3", "3", "读者→机器", "3", "1"] in [
        line.split() for line in said.splitlines()
    ]


def test_a_run_that_is_not_there_is_none(office: Office) -> None:
    assert office("report", "rejudge", "99").code == 2


def test_where_nothing_was_read_nothing_is_judged(office: Office) -> None:
    assert "还没有打开或点击。" in office("report", "rejudge").out
