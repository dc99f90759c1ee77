"""One article of a topic a reader does not follow: the most read one of earlier issues."""

from dataclasses import replace
from datetime import date

from factories import make_subscriber
from runs import MASTHEAD, SEPTEMBER, make_article, plan, save_issue
from sqlalchemy import select

from distribution import topics
from distribution.app import App
from distribution.compiler import ReadIssue
from distribution.models import Article, ReadingEvent, Run, Selection
from distribution.words import Signal, Verdict

SECTIONS = ("政策措施", "质量管理", "科技前沿")


def make_issue(app: App, month: int) -> str:
    """An issue of one article in each section."""
    with app.reading() as session:
        known = topics.known_sections(session)
    assert set(SECTIONS) <= set(known)
    articles = tuple(
        replace(make_article(position), section=section)
        for position, section in enumerate(SECTIONS, start=1)
    )
    head = replace(MASTHEAD, label=f"{month:02}", number=month, month=date(2026, month, 1))
    return save_issue(app, ReadIssue(head, articles, ()))


def click(
    app: App, run_id: int, position: int, times: int, verdict: Verdict = Verdict.UNKNOWN
) -> None:
    """So many clicks on the article at a position of a run's issue."""
    with app.transaction() as session:
        issue_id = session.get_one(Run, run_id).issue_id
        article = session.scalars(
            select(Article).where(Article.issue_id == issue_id, Article.position == position)
        ).one()
        for _ in range(times):
            session.add(
                ReadingEvent(
                    signal=Signal.CLICK,
                    run_id=run_id,
                    article_id=article.id,
                    at=SEPTEMBER,
                    verdict=verdict,
                    rule="test",
                )
            )


def reasons(app: App, run_id: int) -> list[list[str]]:
    with app.reading() as session:
        [row] = session.scalars(select(Selection).where(Selection.run_id == run_id))
        return [[reason, detail] for _, reason, detail in row.choices]


def test_there_is_none_in_the_first_issue(app: App) -> None:
    make_subscriber(app, "one@reader.example", topics=("policy",))
    run_id = plan(app, make_issue(app, 8), SEPTEMBER)
    assert reasons(app, run_id)[0] == ["topic", "policy"]
    assert "discovery" not in {reason for reason, _ in reasons(app, run_id)}


def test_the_topic_most_clicked_by_people_is_shown_and_frozen_with_the_run(app: App) -> None:
    make_subscriber(app, "one@reader.example", topics=("policy",))
    before = plan(app, make_issue(app, 8), SEPTEMBER)
    click(app, before, 1, 9)  # policy: he follows it
    click(app, before, 2, 5, Verdict.MACHINE)
    click(app, before, 2, 1, Verdict.HUMAN)
    click(app, before, 3, 2)
    run_id = plan(app, make_issue(app, 9), SEPTEMBER)
    with app.reading() as session:
        ranked = session.get_one(Run, run_id).discovery
    assert ranked[0] == "policy"
    assert ranked.index("technology") < ranked.index("quality")
    assert reasons(app, run_id)[:2] == [["topic", "policy"], ["discovery", "technology"]]

    click(app, before, 2, 50)
    assert plan(app, "2026-09", SEPTEMBER) == run_id
    assert reasons(app, run_id)[1] == ["discovery", "technology"]


def test_clicks_on_a_later_issue_do_not_count(app: App) -> None:
    make_subscriber(app, "one@reader.example", topics=("policy",))
    later = plan(app, make_issue(app, 10), SEPTEMBER)
    click(app, later, 3, 7)
    run_id = plan(app, make_issue(app, 9), SEPTEMBER)
    with app.reading() as session:
        assert session.get_one(Run, run_id).discovery == []


def test_a_topic_that_was_merged_hands_its_clicks_on(app: App) -> None:
    make_subscriber(app, "one@reader.example", topics=("policy",))
    before = plan(app, make_issue(app, 8), SEPTEMBER)
    click(app, before, 2, 3)
    click(app, before, 3, 2)
    with app.transaction() as session:
        topics.merge(session, "quality", "technology")
    run_id = plan(app, make_issue(app, 9), SEPTEMBER)
    with app.reading() as session:
        assert session.get_one(Run, run_id).discovery == ["technology"]
