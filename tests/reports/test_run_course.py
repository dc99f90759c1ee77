"""A run's course: when its mails went, over which providers, what its readers took up since."""

from collections import Counter
from datetime import timedelta

import pytest
from report_samples import WITHDRAWN as LEFT
from report_samples import (
    agreeing,
    article_ids,
    came_back,
    clicked,
    opened,
    refused,
    rows,
    say,
    send_sample,
)
from runs import plan_sample
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from distribution import audit, clock, reports
from distribution.app import App
from distribution.models import Delivery, DeliveryEvent, Run, Selection, Subscriber
from distribution.reports import article_store, counting, store
from distribution.reports.interests import Change, change_of, tally
from distribution.reports.store import Within
from distribution.words import Consequence, Meaning, Purpose, Returned, RunKind, RunState

HOUR = timedelta(hours=1)


@pytest.fixture
def sent(app: App) -> int:
    """A run of the sample issue that was sent; its number."""
    return send_sample(app)


def report(session: Session, run_id: int) -> reports.RunReport:
    session.expire_all()
    return reports.run_report(session, run_id)


# -- over time and by provider -------------------------------------------------------------------


def test_mails_are_counted_in_the_stretch_in_which_they_were_accepted(
    session: Session, sent: int
) -> None:
    begin = clock.now().replace(hour=1, minute=0, second=0, microsecond=0)
    for place, row in enumerate(rows(session, sent)):
        row.accepted_at = begin + timedelta(minutes=place, seconds=59, microseconds=999_999)
    session.flush()

    pace = report(session, sent).pace

    assert pace.width == timedelta(minutes=2)
    assert pace.buckets[0].start == begin
    assert [one.accepted for one in pace.buckets] == [2] * 33 + [1]


def test_mails_that_all_went_within_a_minute_need_no_picture(session: Session, sent: int) -> None:
    at = clock.now().replace(second=0, microsecond=0)
    session.execute(update(Delivery).values(accepted_at=at + timedelta(seconds=59)))

    page = reports.run_page(report(session, sent), at=at)

    assert f"67 封都在 {clock.for_people(at)} 起的 1 分钟里寄出。" in page
    assert "最多 67 封" not in page


def test_each_provider_has_its_own_books(session: Session, sent: int) -> None:
    everybody = rows(session, sent)
    for place, row in enumerate(everybody):
        row.lane = "qq" if place < 10 else "other.test"
    refused(session, everybody[0], Meaning.BAD_ADDRESS)
    for _ in range(2):
        came_back(session, everybody[1], status="5.1.1", consequence=Consequence.SUPPRESSED)
    came_back(session, everybody[2], Returned.COMPLAINT)
    session.flush()

    found = report(session, sent)

    assert [(one.label, one.planned, one.accepted) for one in found.lanes] == [
        ("other.test", 57, 57),
        ("QQ 邮箱", 10, 9),
    ]
    assert [(one.refused, one.bounced) for one in found.lanes] == [(0, 0), (1, 1)]
    assert sum(one.planned for one in found.lanes) == found.books.total
    assert sum(one.accepted for one in found.lanes) == found.accepted
    assert sum(one.bounced for one in found.lanes) == found.bounced.total
    assert sum(one.accepted for one in found.pace.buckets) == found.accepted


# -- topics taken up and given up ----------------------------------------------------------------


def chooses(session: Session, row: Delivery, topics: list[str], **more: object) -> None:
    """The reader of a delivery saves his page, or follows a link."""
    at, who = clock.now() + HOUR, str(row.subscriber_id)
    audit.record(session, "reader.preferences", who, by="reader", at=at, topics=topics, **more)
    session.flush()


def topics_of(session: Session, row: Delivery) -> list[str]:
    return list(session.get_one(Selection, row.selection_id).interests["topics"])


def test_what_readers_take_up_and_give_up_is_counted_by_topic_and_way(
    session: Session, sent: int
) -> None:
    having = [row for row in rows(session, sent) if "policy" in topics_of(session, row)]
    first, second, third = having[:3]
    chooses(session, first, [one for one in topics_of(session, first) if one != "policy"])
    chooses(session, second, [], less="policy")
    pair = [topics_of(session, third), ["policy", "statistics"]]
    third_reader = str(third.subscriber_id)
    office = {"by": "editor", "at": clock.now() + HOUR, "topics": pair}
    audit.record(session, "subscriber.interests", third_reader, **office)  # type: ignore[arg-type]
    session.flush()

    found = report(session, sent).interests

    figures = {topic.code: (topic.gained, topic.lost) for topic in found.topics}
    assert figures["policy"] == (0, 2)
    assert (found.readers, found.channels) == (3, {"link": 1, "page": 1, "office": 1})


def test_who_changes_his_mind_back_has_changed_nothing(session: Session, sent: int) -> None:
    row = next(one for one in rows(session, sent) if len(topics_of(session, one)) > 1)
    before = topics_of(session, row)
    chooses(session, row, before[1:])
    chooses(session, row, before)

    found = report(session, sent).interests

    assert (found.readers, found.topics) == (0, ())


def test_changes_after_the_next_regular_run_are_that_runs(app: App, sent: int) -> None:
    later = send_sample(app, label="12")
    with app.transaction() as session:
        start = clock.now() - 2 * HOUR
        session.execute(
            update(Run).where(Run.id == sent).values(started_at=start, created_at=start)
        )
        row = next(one for one in rows(session, sent) if topics_of(session, one))
        chooses(session, row, [])

    with app.reading() as session:
        assert report(session, sent).interests.readers == 0
        assert report(session, later).interests.readers == 1


def test_a_row_that_names_no_topics_is_no_change_of_them() -> None:
    at = clock.now()

    assert change_of("reader.preferences", 7, {"edition": "standard"}, at) is None
    assert change_of("subscriber.bulk", 7, {"topics": [["a"], []]}, at) == Change(
        7, at, "office", ()
    )


def test_a_link_gives_up_its_own_topic_and_takes_up_none() -> None:
    at = clock.now()
    nothing_chosen: dict[int, tuple[str, ...]] = {7: ()}

    over_link = tally([Change(7, at, "link", ("a", "b"), less="c")], nothing_chosen, {}, at)
    on_page = tally([Change(7, at, "page", ("a", "b"))], nothing_chosen, {}, at)

    assert (over_link.gained, over_link.lost) == (Counter(), Counter({"c": 1}))
    assert (on_page.gained, on_page.lost) == (Counter({"a": 1, "b": 1}), Counter())


def test_a_topic_that_was_merged_counts_as_the_one_it_became() -> None:
    at = clock.now()
    change = Change(7, at, "page", ("new",))

    found = tally([change], {7: ("old",)}, {"old": "new"}, at)

    assert (found.readers, found.gained, found.lost) == (0, Counter(), Counter())


# -- beside other runs ---------------------------------------------------------------------------


def test_a_run_is_compared_with_those_before_it_by_the_same_figures(app: App, sent: int) -> None:
    with app.transaction() as session:
        first, second, *_ = agreeing(session, sent)
        opened(session, sent, first)
        clicked(session, sent, second, article_ids(session, sent)[0])
        came_back(session, first, status="5.1.1")
        say(session, second, LEFT)
    later = send_sample(app, label="12")

    with app.reading() as session:
        own, next_one = report(session, sent), report(session, later)

    assert [one.run_id for one in own.earlier] == [sent]
    assert [one.run_id for one in next_one.earlier] == [later, sent]
    before = next_one.last_time
    assert before == own.earlier[0]
    assert (before.accepted, before.opened, before.opened_at_most, before.clicked) == (67, 2, 2, 1)
    assert (before.bounced, before.left) == (own.bounced.total, own.left.total) == (1, 1)


def test_a_run_is_compared_with_none_that_was_cancelled_on_its_way(app: App, sent: int) -> None:
    later = send_sample(app, label="12")
    with app.transaction() as session:
        session.execute(update(Run).where(Run.id == sent).values(state=RunState.CANCELLED))

    with app.reading() as session:
        assert [one.run_id for one in report(session, later).earlier] == [later]
        assert [one.run_id for one in report(session, sent).earlier] == [sent]


def test_a_late_run_is_compared_with_monthly_ones_but_never_among_them(app: App, sent: int) -> None:
    later = send_sample(app, label="12")
    with app.transaction() as session:
        session.execute(update(Run).where(Run.id == sent).values(kind=RunKind.LATE))

    with app.reading() as session:
        assert report(session, later).last_time is None
        assert report(session, sent).kind is RunKind.LATE


# -- whose figures -------------------------------------------------------------------------------


def test_the_figures_of_one_enterprise_are_its_row_in_the_report(
    session: Session, sent: int
) -> None:
    first, *_ = agreeing(session, sent)
    home = session.get_one(Subscriber, first.subscriber_id).enterprise_id
    opened(session, sent, first)
    clicked(session, sent, first, article_ids(session, sent)[0])
    clicked(session, sent, None, article_ids(session, sent)[0])
    came_back(session, first, status="5.1.1")
    say(session, first, LEFT)

    theirs = Within((sent,), enterprise_id=home)
    alone = counting.enterprise_figures(counting.answers(session, theirs))

    (row,) = [one for one in counting.count(session, sent).enterprises if one.enterprise_id == home]
    assert alone == (row,)
    assert (row.opened, row.clicked, row.bounced, row.left) == (1, 1, 1, 1)
    clicks = article_store.clicks_by_article(session, theirs)
    assert {(one.readers, one.anonymous) for one in clicks.values()} == {(1, 0)}
    assert store.rules(session, theirs) == (1,)


def test_too_few_who_agree_are_told_of_nowhere(app: App) -> None:
    run_id = send_sample(app)
    with app.transaction() as session:
        agreed = agreeing(session, run_id)
        for row in agreed[4:]:
            say(session, row, LEFT, Purpose.TRACKING)
        for row in agreed[:4]:
            opened(session, run_id, row)
            clicked(session, run_id, row, article_ids(session, run_id)[0])

    with app.reading() as session:
        found = report(session, run_id)

    assert (found.opened.human, found.opened.most, found.clicked.readers) == (None, None, None)
    assert {one.readers for one in found.articles} == {None}
    assert {(one.agreed, one.opened, one.clicked) for one in found.enterprises} == {
        (None, None, None)
    }
    assert (found.rest, found.earlier[0].opened) == (None, None)
    assert found.accepted == 67


def test_a_run_that_is_not_started_has_no_course(app: App) -> None:
    run_id = plan_sample(app)

    with app.reading() as session:
        found = report(session, run_id)

    assert (found.pace.buckets, found.interests.topics, found.last_time) == ((), (), None)
    assert sum(one.planned for one in found.lanes) == 67


def test_a_run_without_a_delivery_has_a_report(session: Session, sent: int) -> None:
    ids = select(Delivery.id).where(Delivery.run_id == sent)
    session.execute(update(Run).where(Run.id == sent).values(planned=0))

    session.execute(delete(DeliveryEvent).where(DeliveryEvent.delivery_id.in_(ids)))
    session.execute(delete(Delivery).where(Delivery.run_id == sent))

    found = report(session, sent)

    assert (found.books.total, found.lanes, found.enterprises, found.rest) == (0, (), (), None)
    assert "没有一位读者" in reports.run_page(found, at=clock.now())
    assert reports.run_workbook(found, at=clock.now())[:2] == b"PK"
