"""`distribution purge`: by the settings, with a report; safe to call every night."""

import pytest
from cli_office import Office
from databases import only_sqlite
from personal_data import KEY, live_a_life, traces_in_database, traces_in_files
from sqlalchemy import select, update

from distribution import clock
from distribution.app import App
from distribution.models import Audit, Inbox, Subscriber


@pytest.fixture
def years_ago(app: App) -> None:
    """Mails that came long before any period."""
    live_a_life(app)
    with app.transaction() as session:
        session.execute(update(Inbox).values(at=clock.now().replace(year=2020)))


@pytest.mark.usefixtures("years_ago")
def test_what_is_past_its_time_goes_and_the_report_says_how_much(office: Office, app: App) -> None:
    planned = office("purge", "--dry-run", "--json").document
    done = office("purge", "--json").document

    assert (planned["dry_run"], done["dry_run"]) == (True, False)
    assert counts(planned) == counts(done)
    mails = done["kinds"][0]
    assert (mails["kind"], mails["days"], mails["count"]) == ("keep_mail_days", 180, 3)
    assert done["total"] == 3
    with app.reading() as session:
        assert set(session.scalars(select(Inbox.raw))) == {None}
        deed = session.scalars(select(Audit).where(Audit.action == "privacy.purge")).one()
        assert deed.detail["keep_mail_days"] == 3


def counts(document: dict) -> dict[str, int]:
    return {kind["kind"]: kind["count"] for kind in document["kinds"]}


@only_sqlite
@pytest.mark.usefixtures("years_ago")
def test_the_table_says_what_is_kept_how_long(office: Office) -> None:
    said = office("purge", "--dry-run").out

    assert "来信原文" in said
    assert "180 天" in said
    assert "将清理" in said
    assert "已清理" in office("purge").out
    assert office("purge").out.splitlines()[-1] == "没有到期的资料。"


@only_sqlite
@pytest.mark.usefixtures("years_ago")
def test_nought_keeps_for_ever(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTRIBUTION_KEEP_MAIL_DAYS", "0")

    assert office("purge", "--json").document["total"] == 0


def test_people_who_left_are_erased_with_their_files(
    office: Office, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    his_id, _ = live_a_life(app)
    with app.transaction() as session:
        long_ago = clock.now().replace(year=2020)
        session.execute(
            update(Subscriber).where(Subscriber.id == his_id).values(departed_at=long_ago)
        )
    monkeypatch.setenv("DISTRIBUTION_KEEP_LEFT_DAYS", "30")

    assert office("purge", "--json").document["total"] == 1

    assert traces_in_database(app) == []
    app.engine.dispose()
    assert traces_in_files(app.settings.home) == []
    assert office("subscriber", "show", KEY).code == 2
