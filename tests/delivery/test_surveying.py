"""All readers counted over an issue before any run: the same as a run would do."""

import pytest
from factories import SEPTEMBER, deliveries, leave, make_subscriber, plan, the_run
from runs import approve, make_issue
from sqlalchemy import event, select

from distribution import audience, delivery, issues, topics
from distribution.app import App
from distribution.delivery import Survey, drafting
from distribution.digests import Coverage
from distribution.models import Run, Selection
from distribution.words import Cause, Frequency, MailFormat, RuleField


@pytest.fixture(autouse=True)
def _key(app: App) -> None:
    """An issue all of whose articles are policy; nobody has approved it."""
    with app.transaction() as session:
        topics.map_section(session, "政策法规", "policy")
    make_issue(app, approved=False)


def survey(app: App) -> Survey:
    with app.reading() as session:
        issue = issues.find_issue(session, "2026-09")
        return delivery.survey(session, issue.id, app.recipe, at=SEPTEMBER)


def covered(app: App) -> Coverage:
    return survey(app).coverage


def all_kinds_of_readers(app: App) -> None:
    make_subscriber(app, "policy@fenhe.example", topics=("policy",))
    make_subscriber(app, "again@fenhe.example", topics=("policy",))
    make_subscriber(app, "text@fenhe.example", topics=("policy",), format=MailFormat.TEXT)
    make_subscriber(app, "both@fenhe.example", topics=("quality", "policy"))
    make_subscriber(app, "all@fenhe.example")
    make_subscriber(app, "word@fenhe.example", watch_words=("第 3 篇",))
    make_subscriber(
        app, "none@fenhe.example", topics=("quality",), frequency=Frequency.WHEN_MATCHING
    )
    make_subscriber(app, "never@fenhe.example", consent="")
    make_subscriber(app, "gone@fenhe.example", topics=("policy",))
    leave(app, "gone@fenhe.example")


def test_what_is_foretold_is_what_the_run_does(app: App) -> None:
    all_kinds_of_readers(app)
    found = covered(app)

    run_id = plan(app, approve(app, "2026-09"))

    planned = deliveries(app, run_id)
    assert found.mailed == len(planned) == 6
    assert found.readers == 9
    excluded = the_run(app, run_id).excluded
    assert {cause.value: count for cause, count in found.left_out.items()} == excluded
    with app.reading() as session:
        rows = session.scalars(select(Selection).where(Selection.run_id == run_id)).all()
    choices = {row.id: row.choices for row in rows}
    assert found.selections == sum(bool(chosen) for chosen in choices.values())
    for article in found.articles:
        readers = sum(
            article.id in [choice[0] for choice in choices[row.selection_id]]
            for row in planned.values()
        )
        assert article.readers == readers


def test_nothing_is_kept(app: App) -> None:
    all_kinds_of_readers(app)
    said: list[str] = []
    event.listen(app.engine, "before_cursor_execute", lambda *given: said.append(given[2]))

    covered(app)

    verbs = {sql.split(maxsplit=1)[0].upper() for sql in said}
    assert "SELECT" in verbs
    assert not verbs & {"INSERT", "UPDATE", "DELETE"}
    with app.reading() as session:
        assert session.scalars(select(Run)).all() == []


def test_slices_count_as_one(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    all_kinds_of_readers(app)
    at_once = survey(app)

    monkeypatch.setattr(drafting, "SLICE", 2)

    assert survey(app) == at_once


def test_without_readers_there_is_nothing_to_count(app: App) -> None:
    found = survey(app)

    assert (found.coverage.readers, found.coverage.mailed, found.largest_message) == (0, 0, None)
    assert [article.readers for article in found.coverage.articles] == [0, 0, 0, 0]


def test_the_largest_message_is_that_of_its_reader(app: App) -> None:
    row_id = make_subscriber(app, "all@fenhe.example")
    make_subscriber(app, "text@fenhe.example", format=MailFormat.TEXT)

    found = survey(app)

    largest = found.coverage.largest
    assert largest is not None
    assert (largest.recipient, largest.articles) == ("all@fenhe.example", 4)
    with app.reading() as session:
        issue = issues.find_issue(session, "2026-09")
        rehearsal = delivery.rehearse(session, issue.id, app.recipe)
        wishes = delivery.wishes_of(audience.reader(session, row_id))
    assert found.largest_message == len(
        rehearsal.draft(wishes, "all@fenhe.example", SEPTEMBER).message
    )


@pytest.mark.parametrize("lead", ["a section", "a rule", "an article", ""])
def test_interests_never_match_where_nothing_leads_to_their_topics(app: App, lead: str) -> None:
    with app.transaction() as session:
        topics.add(session, "green", "绿色低碳")
        if lead == "a section":
            topics.map_section(session, "节能", "green")
        elif lead == "a rule":
            rule = topics.WordRule(RuleField.TITLE, any_words=("节能",))
            topics.add_rule(session, "green", rule)
        elif lead == "an article":
            desk = issues.Desk(session, "2026-09", by="test", at=SEPTEMBER)
            desk.edit(1, {"topics": ["green"]})
    make_subscriber(app, "green@fenhe.example", topics=("green",))
    make_subscriber(app, "more@fenhe.example", topics=("green", "policy"))
    make_subscriber(app, "word@fenhe.example", topics=("green",), watch_words=("节能",))

    found = covered(app)

    assert (found.never, found.never_named) == ((0, ()) if lead else (1, ("green@fenhe.example",)))


def test_topics_count_as_readers_have_them_also_by_default(app: App) -> None:
    with app.transaction() as session:
        home = audience.ensure_enterprise(session, "太行重工", at=SEPTEMBER)
        audience.set_enterprise_topics(session, home, ["policy"])
    make_subscriber(app, "default@fenhe.example", enterprise="太行重工")

    (policy,) = [topic for topic in covered(app).topics if topic.code == "policy"]

    assert (policy.followers, policy.articles, policy.cells) == (1, 4, (1, 1, 1, 1))


def test_who_is_left_out_follows_nothing(app: App) -> None:
    make_subscriber(app, "gone@fenhe.example", topics=("policy",))
    leave(app, "gone@fenhe.example")

    found = covered(app)

    assert found.left_out == {Cause.LEFT: 1}
    assert all(topic.followers == 0 for topic in found.topics)
