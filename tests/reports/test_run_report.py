"""How a run went: every figure against what really happened, reckoned by hand or in plain loops."""

import random
from collections import Counter
from dataclasses import asdict

import pytest
from plain_count import Truth
from report_samples import (
    GRANTED,
    WITHDRAWN,
    agreeing,
    article_ids,
    came_back,
    clicked,
    happen,
    opened,
    rows,
    say,
    send_anew,
    send_sample,
)
from runs import plan_sample
from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session

from distribution import reports
from distribution.app import App
from distribution.errors import NotFound
from distribution.models import ArticleTopic, Run, Subscriber, Topic
from distribution.reports import (
    Bounced,
    Clicked,
    EnterpriseFigures,
    Left,
    Opened,
    RunReport,
    counting,
)
from distribution.words import (
    Cause,
    Consequence,
    DeliveryState,
    Purpose,
    Returned,
    RunState,
    Verdict,
)

HUMAN, MACHINE, UNKNOWN = Verdict.HUMAN, Verdict.MACHINE, Verdict.UNKNOWN


@pytest.fixture
def sent(app: App) -> int:
    """A run of the sample issue that was sent; its number."""
    return send_sample(app)


def report(session: Session, run_id: int) -> RunReport:
    session.expire_all()
    return counting.count(session, run_id)


# -- the books ---------------------------------------------------------------------------------


def test_a_sent_run_of_which_nothing_came_back(app: App) -> None:
    sent = send_anew(app)
    with app.reading() as session:
        found = report(session, sent)
        agreed = len(agreeing(session, sent))
    mails = len(list((app.settings.home / "outbox").glob("*.eml")))

    assert (found.issue_key, found.publication) == ("2026-11", "三晋装备通讯")
    assert (found.run_id, found.state) == (sent, RunState.FINISHED)
    assert None not in (found.sealed_at, found.started_at, found.finished_at)
    assert found.excluded == {Cause.NO_CONSENT: 2}
    assert {state: count for state, count in found.books.states.items() if count} == {
        DeliveryState.ACCEPTED: mails
    }
    assert (found.books.planned, found.books.agree) == (mails, True)
    assert found.agreed == agreed > 0
    assert found.opened == Opened(0, 0, 0, 0)
    assert found.clicked == Clicked(0, 0, 0, 0)
    assert (found.bounced, found.left) == (Bounced(0, 0, 0), Left({}))
    assert found.complaints == 0
    assert [article.position for article in found.articles] == list(range(1, 30))


def test_a_run_that_is_not_started_has_books_only(app: App) -> None:
    run_id = plan_sample(app)
    with app.reading() as session:
        found = report(session, run_id)

    assert found.started_at is None
    assert found.books.states[DeliveryState.PLANNED] == found.books.total == 67
    assert (found.books.planned, found.books.agree) == (None, True)
    assert found.agreed == 0
    assert {article.mails for article in found.articles} == {0}
    assert sum(one.planned for one in found.enterprises) == 67
    assert {one.accepted for one in found.enterprises} == {0}


def test_a_run_that_lost_a_delivery_does_not_agree(session: Session, sent: int) -> None:
    session.execute(update(Run).values(planned=Run.planned + 1))

    found = report(session, sent)

    assert not found.books.agree
    assert (found.books.planned, found.books.total) == (68, 67)


def test_a_run_that_does_not_exist_is_not_reported_on(session: Session) -> None:
    with pytest.raises(NotFound, match="没有批次 7"):
        reports.run_report(session, 7)


# -- opens and clicks --------------------------------------------------------------------------


def test_a_machine_that_opens_and_clicks_is_no_person(session: Session, sent: int) -> None:
    reader, article = agreeing(session, sent)[0], article_ids(session, sent)[0]
    opened(session, sent, reader, MACHINE)
    clicked(session, sent, reader, article, MACHINE)
    clicked(session, sent, None, article, MACHINE)

    found = report(session, sent)

    assert found.opened == Opened(human=0, machine=1, unknown=0, anonymous=0)
    assert found.clicked == Clicked(readers=0, anonymous=0, machine=2, unknown=0)
    assert (found.articles[0].readers, found.articles[0].anonymous) == (0, 0)


def test_a_machine_that_only_clicks_opens_nothing(session: Session, sent: int) -> None:
    clicked(session, sent, agreeing(session, sent)[0], article_ids(session, sent)[0], MACHINE)

    assert report(session, sent).opened == Opened(0, 0, 0, 0)


def test_the_surest_sign_of_a_mail_counts_and_counts_once(session: Session, sent: int) -> None:
    first, second, third = agreeing(session, sent)[:3]
    for row, verdicts in (
        (first, (MACHINE, UNKNOWN, HUMAN, HUMAN, MACHINE)),
        (second, (UNKNOWN, MACHINE, UNKNOWN)),
        (third, (MACHINE, MACHINE)),
    ):
        for verdict in verdicts:
            opened(session, sent, row, verdict)

    assert report(session, sent).opened == Opened(human=1, machine=1, unknown=1, anonymous=0)


def test_a_click_shows_that_the_mail_was_open(session: Session, sent: int) -> None:
    first, second = agreeing(session, sent)[:2]
    article = article_ids(session, sent)[0]
    opened(session, sent, first, MACHINE)
    clicked(session, sent, first, article)
    clicked(session, sent, second, article, UNKNOWN)

    found = report(session, sent)

    assert found.opened == Opened(human=1, machine=0, unknown=1, anonymous=0)
    assert found.clicked == Clicked(readers=1, anonymous=0, machine=0, unknown=1)


def test_two_clicks_of_one_reader_on_one_article_count_one_reader(
    session: Session, sent: int
) -> None:
    reader, other = agreeing(session, sent)[:2]
    first, second, *_ = article_ids(session, sent)
    for row, article in ((reader, first), (reader, first), (reader, second), (other, first)):
        clicked(session, sent, row, article)

    found = report(session, sent)

    assert found.clicked.readers == 2
    assert [article.readers for article in found.articles[:3]] == [2, 1, 0]


def test_who_said_nothing_is_counted_in_sums_only(session: Session, sent: int) -> None:
    article = article_ids(session, sent)[4]
    for _ in range(3):
        clicked(session, sent, None, article)
    opened(session, sent, None)

    found = report(session, sent)

    assert found.clicked == Clicked(readers=0, anonymous=3, machine=0, unknown=0)
    assert found.opened == Opened(human=0, machine=0, unknown=0, anonymous=1)
    assert (found.articles[4].readers, found.articles[4].anonymous) == (0, 3)
    assert {(one.opened, one.clicked) for one in found.enterprises} == {(0, 0)}


def test_who_no_longer_agrees_is_counted_nowhere_from_then_on(session: Session, sent: int) -> None:
    reader, article = agreeing(session, sent)[0], article_ids(session, sent)[0]
    for verdict in Verdict:
        opened(session, sent, reader, verdict)
        clicked(session, sent, reader, article, verdict)
    before = report(session, sent)
    say(session, reader, WITHDRAWN, Purpose.TRACKING)

    after = report(session, sent)

    assert (before.opened.human, before.clicked) == (1, Clicked(1, 0, 1, 1))
    assert (after.opened, after.clicked) == (Opened(0, 0, 0, 0), Clicked(0, 0, 0, 0))
    assert after.articles[0].readers == 0
    assert {topic.readers for topic in after.topics} == {0}
    assert after.agreed == before.agreed - 1


# -- what came back ----------------------------------------------------------------------------


def test_a_mail_that_bounces_twice_counts_once_and_for_good(session: Session, sent: int) -> None:
    first, second, third = rows(session, sent)[:3]
    came_back(session, first, status="4.2.2")
    came_back(session, first, status="5.1.1", consequence=Consequence.SUPPRESSED)
    came_back(session, first, status="5.1.1")
    came_back(session, second, status="4.4.7")
    came_back(session, third)

    found = report(session, sent)

    assert found.bounced == Bounced(permanent=1, temporary=2, suppressed=1)
    assert found.bounced.total == 3


def test_a_complaint_is_no_bounce_and_a_reply_is_neither(session: Session, sent: int) -> None:
    first, second, *_ = rows(session, sent)
    came_back(session, first, Returned.COMPLAINT)
    came_back(session, first, Returned.COMPLAINT, "5.7.1", consequence=Consequence.SUPPRESSED)
    came_back(session, second, Returned.AUTO_REPLY)
    came_back(session, second, Returned.LEAVE)
    came_back(session, None, Returned.BOUNCE, "5.1.1")

    found = report(session, sent)

    assert (found.complaints, found.bounced) == (1, Bounced(0, 0, 0))


def test_who_left_over_a_mail_of_the_run_counts_once_over_his_last_channel(
    session: Session, sent: int
) -> None:
    first, second, third, *_ = rows(session, sent)
    say(session, first, WITHDRAWN, channel="one-click")
    say(session, first, GRANTED)
    say(session, first, WITHDRAWN, channel="mail")
    say(session, second, WITHDRAWN)
    say(session, second, GRANTED)
    say(session, third, GRANTED, Purpose.TRACKING)
    say(session, third, WITHDRAWN, Purpose.TRACKING)

    left = report(session, sent).left

    assert left == Left({"mail": 1, "web": 1})
    assert left.total == 2


def test_what_belongs_to_another_run_or_to_none_is_not_counted(app: App, sent: int) -> None:
    other = send_sample(app, label="12")
    with app.transaction() as session:
        first = rows(session, other)[0]
        opened(session, other, agreeing(session, other)[0])
        clicked(session, other, None, article_ids(session, other)[0])
        came_back(session, first, status="5.1.1")
        say(session, first, WITHDRAWN)
        before = report(session, sent)
        theirs = report(session, other)

    assert (before.opened.human, before.clicked.anonymous) == (0, 0)
    assert (before.bounced.total, before.left.total) == (0, 0)
    assert (theirs.opened.human, theirs.clicked.anonymous) == (1, 1)
    assert (theirs.bounced.total, theirs.left.total) == (1, 1)


# -- articles, topics, enterprises -------------------------------------------------------------


def test_an_article_of_two_topics_counts_in_both_and_one_of_none_by_itself(
    session: Session, sent: int
) -> None:
    first, second, third, *_ = article_ids(session, sent)
    one, two = session.scalars(select(Topic.id).order_by(Topic.position)).all()[:2]
    session.execute(delete(ArticleTopic))
    for article, topic in ((first, one), (first, two), (second, two)):
        session.add(ArticleTopic(article_id=article, topic_id=topic, origin="editor", evidence=[]))
    session.flush()
    reader = agreeing(session, sent)[0]
    for article in (first, second, third):
        clicked(session, sent, reader, article)
        clicked(session, sent, None, article)

    found = report(session, sent)

    figures = [(topic.articles, topic.readers, topic.anonymous) for topic in found.topics]
    assert figures == [(1, 1, 1), (2, 1, 2), (27, 1, 1)]
    assert (found.topics[-1].code, found.topics[-1].name) == (None, "无主题")


def test_contacts_without_an_enterprise_come_last(session: Session, sent: int) -> None:
    reader = agreeing(session, sent)[0]
    session.execute(
        update(Subscriber).where(Subscriber.id == reader.subscriber_id).values(enterprise_id=None)
    )
    opened(session, sent, reader)

    *enterprises, without = report(session, sent).enterprises

    ids = [one.enterprise_id for one in enterprises if one.enterprise_id is not None]
    assert len(enterprises) == len(ids)
    assert ids == sorted(ids)
    assert without == EnterpriseFigures(
        None,
        "无单位",
        planned=1,
        accepted=1,
        agreed=1,
        bounced=0,
        left=0,
        opened=1,
        opened_at_most=1,
        clicked=0,
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_what_a_plain_count_gives(session: Session, sent: int, seed: int) -> None:
    happen(session, sent, random.Random(seed))  # noqa: S311 - a dice, no secret

    found = report(session, sent)

    truth = Truth(session, sent)
    assert found.books.states == dict.fromkeys(DeliveryState, 0) | Counter(
        row.state for row in truth.rows
    )
    assert found.agreed == sum(truth.agrees(row) for row in truth.accepted)
    assert asdict(found.opened) == truth.opened()
    assert asdict(found.clicked) == truth.clicked()
    assert asdict(found.bounced) == truth.bounced()
    assert found.complaints == len(truth.returned(Returned.COMPLAINT))
    assert found.left.channels == truth.channels()
    assert {one.name: asdict(one) for one in found.enterprises} == truth.enterprises()
    assert [article.mails for article in found.articles] == [
        truth.mails({article}) for article in truth.articles
    ]
    for figures, article in zip(found.articles, truth.articles, strict=True):
        assert (figures.readers, figures.anonymous) == truth.clicks_on({article})
    for topic in found.topics:
        ids = {one for one, codes in truth.articles.items() if topic.code in (codes or [None])}
        assert (topic.articles, topic.mails) == (len(ids), truth.mails(ids))
        assert (topic.readers, topic.anonymous) == truth.clicks_on(ids)


@pytest.mark.parametrize("seed", [4, 5])
def test_the_enterprises_add_up_to_the_run(session: Session, sent: int, seed: int) -> None:
    happen(session, sent, random.Random(seed))  # noqa: S311 - a dice, no secret

    found = report(session, sent)

    def total(column: str) -> int:
        return sum(int(asdict(one)[column]) for one in found.enterprises)

    assert total("planned") == found.books.total
    assert total("accepted") == found.books.states[DeliveryState.ACCEPTED]
    assert total("agreed") == found.agreed
    assert total("bounced") == found.bounced.total > 0
    assert total("left") == found.left.total > 0
    assert total("opened") == found.opened.human > 0
    assert total("clicked") == found.clicked.readers > 0


def test_a_report_asks_as_often_for_many_events_as_for_none(app: App, sent: int) -> None:
    asked: list[str] = []
    event.listen(
        app.engine, "before_cursor_execute", lambda _c, _d, statement, *_: asked.append(statement)
    )
    counts = []
    for _ in range(2):
        with app.transaction() as session:
            happen(session, sent, random.Random(6))  # noqa: S311 - a dice, no secret
        asked.clear()
        with app.reading() as session:
            report(session, sent)
        counts.append(len(asked))

    assert counts[0] == counts[1] < 30
