"""Taking an import back: what it added goes, what it changed returns, what lives on stays."""

from datetime import timedelta

import pytest
import runs
from audience_people import GRANTED, NOW, add, say
from import_sheets import LI, ZHANG, firms, people, source, undo
from runs import add_reader, make_issue
from sqlalchemy import func, select

from distribution import audience
from distribution.app import App
from distribution.audience import NotUndoable, Wishes
from distribution.models import ConsentEvent, Enterprise, Interest, Subscriber, WatchWord
from distribution.words import Cause, Decision, Role

LATER = NOW + timedelta(days=1)


def counts(app: App) -> list[int]:
    tables = (Subscriber, Enterprise, ConsentEvent, Interest, WatchWord)
    with app.reading() as session:
        return [session.scalars(select(func.count()).select_from(table)).one() for table in tables]


def test_what_was_added_is_gone_with_its_enterprise(app: App) -> None:
    _, result = people(app, ZHANG, LI)
    done = undo(app, result.import_id)

    assert (done["undone"], done["kept"]) == (2, 0)
    assert counts(app) == [0] * 5
    with pytest.raises(NotUndoable, match="已经撤销过"):
        undo(app, result.import_id)


def test_an_undone_file_can_be_imported_again(app: App) -> None:
    _, first = people(app, ZHANG)
    undo(app, first.import_id)
    told, second = people(app, ZHANG)
    assert (told.outcomes, second.import_id == first.import_id) == (["added"], False)


def test_what_was_changed_is_as_it_was_before(app: App) -> None:
    with app.transaction() as session:
        row = add(
            session,
            "zhang@taihang.example",
            enterprise="晋阳电机",
            role=Role.QUALITY,
            topics=("shanxi",),
        )
        assert row.interests_by == "test"
    _, result = people(app, ZHANG)

    undo(app, result.import_id)

    with app.reading() as session:
        found = audience.profile(
            session, audience.find_subscriber(session, "zhang@taihang.example"), at=NOW
        )
        assert found.enterprise is not None
        assert (found.enterprise.name, found.subscriber.role) == ("晋阳电机", Role.QUALITY)
        assert (found.subscriber.name, found.subscriber.interests_by) == ("甲", "test")
        assert [topic.code for topic in found.topics] == ["shanxi"]
        assert (found.watch_words, found.barrier) == ((), Cause.NO_CONSENT)
    assert counts(app)[:2] == [1, 1]  # 太行重工 came with the file and is gone


def test_whoever_got_mail_or_spoke_since_stays(app: App) -> None:
    _, result = people(app, ZHANG, LI, ("", "王五", "", "wang@taihang.example", "", "", ""))
    runs.plan(app, make_issue(app), NOW)
    with app.transaction() as session:
        add_reader(session, app, "later@taihang.example", NOW)

    done = undo(app, result.import_id)

    assert (done["undone"], done["kept"]) == (0, 3)
    assert counts(app)[0] == 4


def test_who_answered_himself_stays(app: App) -> None:
    _, result = people(app, ZHANG, LI, of=source(basis=""))
    with app.transaction() as session:
        say(session, audience.find_subscriber(session, "li@taihang.example"), GRANTED)

    done = undo(app, result.import_id)

    assert (done["undone"], done["kept"]) == (1, 1)


def test_consent_alone_is_voided_and_the_erased_are_left_alone(app: App) -> None:
    with app.transaction() as session:
        add(session, "zhang@taihang.example", name="张三")
        add(session, "li@taihang.example", name="李四")
    rows = [("张三", "zhang@taihang.example"), ("李四", "li@taihang.example")]
    told, result = people(app, *rows, headings=("姓名", "邮箱"))
    assert told.outcomes == ["changed", "changed"]
    with app.transaction() as session:
        gone = audience.find_subscriber(session, "li@taihang.example")
        gone.erased_at, gone.name = NOW, ""

    done = undo(app, result.import_id)

    assert (done["undone"], done["kept"]) == (1, 1)
    with app.reading() as session:
        row = audience.find_subscriber(session, "zhang@taihang.example")
        found = audience.profile(session, row, at=NOW)
        assert found.consents[-1].decision is Decision.VOIDED
        assert found.barrier is Cause.NO_CONSENT


def test_a_value_changed_since_is_left_alone(app: App) -> None:
    with app.transaction() as session:
        add(session, "zhang@taihang.example")
    _, result = people(app, ZHANG)
    with app.transaction() as session:
        row = audience.find_subscriber(session, "zhang@taihang.example")
        audience.set_interests(session, row, Wishes(topics=["industry"]), by="reader")
        row.name = "张三丰"

    undo(app, result.import_id)

    with app.reading() as session:
        row = audience.find_subscriber(session, "zhang@taihang.example")
        found = audience.profile(session, row, at=NOW)
        assert (row.name, row.phone) == ("张三丰", "")
        assert [topic.code for topic in found.topics] == ["industry"]


def test_enterprises_are_taken_back_too(app: App) -> None:
    firms(app, ("晋阳电机", "", "太原", "", "", "", "", ""))
    _, result = firms(
        app,
        ("晋阳电机", "", "大同", "C38", "", "2027-12-31", "", "质量管理"),
        ("汾河机床", *[""] * 7),
        of=source("more.csv"),
    )

    undo(app, result.import_id)

    with app.reading() as session:
        (row,) = session.scalars(select(Enterprise))
        assert (row.name, row.region, row.industry, row.member_until) == (
            "晋阳电机",
            "太原",
            "",
            None,
        )
        assert audience.enterprise_topics(session, row) == ()
