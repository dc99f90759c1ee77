"""The gate: no run is planned or sealed whose mails must not go out."""

from dataclasses import replace
from pathlib import Path

import pytest
from factories import make_subscriber
from runs import MASTHEAD, SEPTEMBER, make_article, make_issue, plan, sample_issue, save_issue, start
from sqlalchemy import update

from distribution import delivery, issues
from distribution.app import App
from distribution.compiler import ReadIssue
from distribution.delivery import GateClosed
from distribution.digests.gate import Rule, Severity
from distribution.models import Issue, Run, Selection
from distribution.words import Edition, MailFormat, RunState


def override(app: App, name: str, old: str, new: str) -> Path:
    """Change one file of the digest's templates in the installation's own folder."""
    own, bundled = app.recipe.templates
    content = (bundled / name).read_text(encoding="utf-8")
    assert old in content
    (own / name).parent.mkdir(parents=True, exist_ok=True)
    (own / name).write_text(content.replace(old, new), encoding="utf-8")
    return own / name


def look(app: App, key: str) -> delivery.Inspection:
    with app.reading() as session:
        return delivery.inspect_issue(session, issues.find_issue(session, key).id, app.recipe)


def run_state(app: App, run_id: int) -> RunState:
    with app.reading() as session:
        return delivery.find_run(session, run_id).state


def test_a_good_run_passes_and_is_sealed(app: App) -> None:
    make_subscriber(app, "one@reader.example")
    run_id = plan(app, make_issue(app), SEPTEMBER)
    delivery.seal(app.transaction, run_id, at=SEPTEMBER)
    assert run_state(app, run_id) is RunState.SEALED


def test_a_template_without_a_way_out_is_refused_before_anybody_is_planned(app: App) -> None:
    make_subscriber(app, "one@reader.example")
    key = make_issue(app)
    override(app, "digest/body.html", ">退订</a>", ">再见</a>")
    with pytest.raises(GateClosed, match="退订链接") as told:
        plan(app, key, SEPTEMBER)
    assert {one.rule for one in told.value.errors} >= {Rule.LEAVING}
    with app.reading() as session:
        assert not delivery.list_runs(session)


def test_what_is_wrong_in_one_readers_mail_only_keeps_the_run_from_being_sealed(
    app: App,
) -> None:
    make_subscriber(app, "one@reader.example")
    run_id = plan(app, make_issue(app), SEPTEMBER)
    with app.transaction() as session:  # by then nobody may have read what was advertising
        session.execute(update(Issue).values(commercial=True))
    with pytest.raises(GateClosed, match=f"run cancel {run_id}"):
        delivery.seal(app.transaction, run_id, at=SEPTEMBER)
    with pytest.raises(GateClosed):
        start(app, run_id, SEPTEMBER)
    assert run_state(app, run_id) is RunState.PLANNED


def test_an_advertising_issue_says_so_first_in_every_subject(app: App) -> None:
    make_subscriber(app, "one@reader.example")
    key = make_issue(app, approved=False)
    with app.transaction() as session:
        session.execute(update(Issue).values(commercial=True))
        row = issues.find_issue(session, key)
        draft = delivery.rehearse(session, row.id, app.recipe)
        wishes = delivery.wishes_of(_reader(session))
        assert draft.draft(wishes, "one@reader.example", SEPTEMBER).digest.subject.startswith(
            "AD 《山西机电信息》"
        )
    assert not look(app, key).errors


def test_a_mail_too_large_for_mailboxes_is_an_error_and_not_a_crash(app: App) -> None:
    make_subscriber(app, "one@reader.example")
    long = tuple(replace(make_article(position), title="长" * 300) for position in range(1, 41))
    key = save_issue(app, ReadIssue(MASTHEAD, long, ()), approved=False)
    found = look(app, key)
    assert [(one.rule, one.severity) for one in found.errors] == [(Rule.SIZE, Severity.ERROR)]


def test_every_distinct_mail_is_checked_once(app: App) -> None:
    for number in range(5):
        make_subscriber(app, f"r{number}@reader.example", topics=("policy",))
    make_subscriber(app, "text@reader.example", topics=("policy",), format=MailFormat.TEXT)
    make_subscriber(app, "standard@reader.example", edition=Edition.STANDARD)
    found = look(app, sample_issue(app))
    assert (found.mails, found.errors) == (3, ())
    assert found.examined == 2


def test_without_readers_the_standard_edition_and_each_topic_are_looked_at(app: App) -> None:
    key = sample_issue(app)
    with app.reading() as session:
        articles = issues.load_issue(session, issues.find_issue(session, key).id).articles
    topics = {code for one in articles for code in one.topics}
    found = look(app, key)
    assert (found.mails, found.errors) == (1 + len(topics), ())


def test_a_planned_run_is_judged_by_what_was_planned(app: App) -> None:
    make_subscriber(app, "one@reader.example", topics=("policy",))
    run_id = plan(app, make_issue(app), SEPTEMBER)
    make_subscriber(app, "two@reader.example", topics=("quality",))
    with app.reading() as session:
        run = session.get_one(Run, run_id)
        found = delivery.inspect_run(session, run, issues.load_issue(session, run.issue_id))
        assert found.mails == session.query(Selection).count() == 1


def _reader(session: object) -> object:
    from distribution import audience

    return audience.readers_after(session, 0, 1).readers[0]  # type: ignore[arg-type]
