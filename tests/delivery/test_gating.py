"""The gate: no run is planned or sealed whose mails must not go out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from factories import make_subscriber
from runs import (
    MASTHEAD,
    SEPTEMBER,
    make_article,
    make_issue,
    override,
    plan,
    sample_issue,
    save_issue,
    start,
)
from sqlalchemy import update
from sqlalchemy.orm import Session

from distribution import delivery, issues
from distribution.app import App
from distribution.compiler import ReadIssue
from distribution.delivery import GateClosed, gating
from distribution.digests.gate import Rule, Severity
from distribution.models import Issue, Selection
from distribution.words import Edition, MailFormat, RunState


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


def test_what_the_text_part_lacks_of_an_article_is_found(app: App) -> None:
    key = sample_issue(app)
    override(app, "digest/body.txt", "{{ facts|wrap }}", "")
    found = look(app, key)
    assert {one.rule for one in found.errors} == {Rule.EQUALITY}
    assert all(one.where.startswith("article-") for one in found.errors)


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


@pytest.mark.parametrize("kind", list(MailFormat))
def test_every_opening_is_looked_at_whatever_form_its_readers_want(
    app: App, kind: MailFormat
) -> None:
    make_subscriber(app, "all@reader.example", edition=Edition.STANDARD)
    make_subscriber(app, "none@reader.example", topics=("quality",), format=kind)
    key = make_issue(app)
    override(app, "digest/body.html", "篇中没有您关注的内容", "篇中没有您关注的内容<form></form>")
    run_id = plan(app, key, SEPTEMBER)
    with pytest.raises(GateClosed, match="<form>"):
        delivery.seal(app.transaction, run_id, at=SEPTEMBER)


def test_nobody_waits_while_the_mails_of_a_run_are_looked_at(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gating, "_AT_ONCE", 2)
    for number in range(5):
        make_subscriber(app, f"r{number}@reader.example", watch_words=(f"第 {number} 篇",))
    run_id = plan(app, make_issue(app), SEPTEMBER)
    opened = []

    @contextmanager
    def transaction() -> Iterator[Session]:
        with app.transaction() as session:
            opened.append(session)
            yield session

    assert delivery.inspect_run(transaction, run_id).mails == 5
    assert len(opened) == 5  # the run, three slices, and one that is empty


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


def test_a_mail_of_text_only_may_be_of_any_length(app: App) -> None:
    make_subscriber(app, "one@reader.example", format=MailFormat.TEXT)
    long = tuple(replace(make_article(position), title="长" * 300) for position in range(1, 41))
    key = save_issue(app, ReadIssue(MASTHEAD, long, ()), approved=False)
    assert look(app, key).errors == ()


def test_every_distinct_mail_is_checked_once(app: App) -> None:
    for number in range(5):
        make_subscriber(app, f"r{number}@reader.example", topics=("policy",))
    make_subscriber(app, "text@reader.example", topics=("policy",), format=MailFormat.TEXT)
    make_subscriber(app, "standard@reader.example", edition=Edition.STANDARD)
    found = look(app, sample_issue(app))
    assert (found.mails, found.errors) == (3, ())
    assert found.examined == 2


def test_who_may_not_be_mailed_has_no_mail_to_look_at(app: App) -> None:
    make_subscriber(app, "one@reader.example", topics=("policy",))
    make_subscriber(app, "silent@reader.example", topics=("quality",), consent="")
    assert look(app, sample_issue(app)).mails == 1


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
    found = delivery.inspect_run(app.reading, run_id)
    with app.reading() as session:
        assert found.mails == session.query(Selection).count() == 1


def _reader(session: object) -> object:
    from distribution import audience

    return audience.readers_after(session, 0, 1).readers[0]  # type: ignore[arg-type]
