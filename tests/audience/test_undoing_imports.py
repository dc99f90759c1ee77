"""Taking an import back: what it added goes, what it changed returns, what lives on stays."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import runs
from audience_people import GRANTED, HASHER, NOW, WITHDRAWN, add, say
from import_sheets import LI, PEOPLE, ZHANG, Told, firms, numbered, people, source, undo
from runs import add_reader, make_issue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from distribution import audience, reports
from distribution.app import App
from distribution.audience import ContactChanges, EnterpriseChanges, NotUndoable, Wishes
from distribution.audience.importing.running import UndoneMeanwhile
from distribution.audience.sheets import ContactLine
from distribution.audience.store import imports, undoing
from distribution.models import ConsentEvent, Enterprise, ImportRow, Interest, Subscriber, WatchWord
from distribution.words import Cause, Decision, ImportKind, Role

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


def test_a_liaison_comes_home_to_another_s_role_only_where_it_is_free(app: App) -> None:
    email = "zhang@taihang.example"
    with app.transaction() as session:
        add(session, email, enterprise="晋阳电机", role=Role.LIAISON)
    _, result = people(app, ("太行重工", "甲", "联络员", email, "", "", ""))
    with app.transaction() as session:
        add(session, "new@taihang.example", enterprise="晋阳电机", role=Role.LIAISON)

    undo(app, result.import_id)

    with app.reading() as session:
        assert home_of(session, email) == "晋阳电机"
        assert audience.find_subscriber(session, email).role is Role.OTHER


def test_who_has_moved_on_since_is_left_where_he_is(app: App) -> None:
    email = "zhang@taihang.example"
    with app.transaction() as session:
        add(session, email, enterprise="晋阳电机")
        add(session, "li@taihang.example", enterprise="汾河机床")
    _, result = people(app, ("太行重工", "甲", "", email, "", "", ""))
    with app.transaction() as session:
        changes = ContactChanges(enterprise=audience.find_enterprise(session, "汾河机床"))
        audience.change_contact(session, audience.find_subscriber(session, email), changes, HASHER)

    undo(app, result.import_id)

    with app.reading() as session:
        assert home_of(session, email) == "汾河机床"


def test_a_home_that_came_with_a_list_taken_back_before_is_not_missed(app: App) -> None:
    email = "zhang@taihang.example"
    with app.transaction() as session:
        add(session, email)
    _, first = people(app, ("太行重工", "甲", "", email, "", "", ""))
    _, second = people(app, ("晋阳电机", "甲", "", email, "", "", ""), of=source("b.csv"))

    undo(app, first.import_id)
    undo(app, second.import_id)

    with app.reading() as session:
        assert home_of(session, email) == "晋阳电机"


def home_of(session: Session, email: str) -> str:
    row = audience.find_subscriber(session, email)
    assert row.enterprise_id is not None
    return session.get_one(Enterprise, row.enterprise_id).name


def test_the_books_name_nobody_who_is_gone_whose_number_another_may_get(app: App) -> None:
    _, result = people(app, ZHANG)
    undo(app, result.import_id)
    with app.transaction() as session:
        other = add(session, "other@taihang.example", enterprise="晋阳电机")
        assert reports.imports_of(session, other.id) == []
        (kept,) = session.scalars(select(ImportRow))
        assert (kept.subscriber_id, kept.enterprise_id, kept.outcome.value) == (None, None, "added")


def test_two_lists_are_taken_back_in_either_order(app: App) -> None:
    for last_first in (True, False):
        _, first = people(app, ZHANG, of=source(f"a{last_first}"))
        renamed = ("太行重工", "张三丰", *ZHANG[2:])
        _, second = people(app, renamed, of=source(f"b{last_first}", basis="换届名单"))
        both = [first.import_id, second.import_id]
        for number in reversed(both) if last_first else both:
            undo(app, number)
        with app.reading() as session:
            names = list(session.scalars(select(Subscriber.name)))
        assert names == ([] if last_first else ["张三"])


def test_his_own_word_outlives_the_file_that_said_the_same(app: App) -> None:
    """Else he would count as never asked, and the next file would bring him back."""
    for email in ("zhang@taihang.example", "li@taihang.example"):
        with app.transaction() as session:
            say(session, add(session, email, name="甲"), GRANTED)
    rows = [("甲", f"{who}@taihang.example", "来电退订") for who in ("zhang", "li")]
    _, result = people(app, *rows, headings=("姓名", "邮箱", "退订"))
    with app.transaction() as session:
        zhang = audience.find_subscriber(session, "zhang@taihang.example")
        assert say(session, zhang, WITHDRAWN)

    undo(app, result.import_id)
    people(app, *(row[:2] for row in rows), headings=("姓名", "邮箱"), of=source("again.csv"))

    with app.reading() as session:
        barriers = {one.recipient[:2]: one.barrier for one in readers(session)}
    assert barriers == {"zh": Cause.LEFT, "li": None}


def readers(session: Session) -> tuple[audience.Reader, ...]:
    return audience.readers_after(session, 0, 10, at=NOW).readers


def test_a_name_that_another_has_now_is_not_given_back(app: App) -> None:
    code = "91140000000000000T"
    with app.transaction() as session:
        changes = EnterpriseChanges(name="晋阳电机", credit_code=code)
        audience.add_enterprise(session, changes, at=NOW)
    _, result = firms(app, ("晋阳电机集团", code, *[""] * 6))
    with app.transaction() as session:
        audience.add_enterprise(session, EnterpriseChanges(name="晋阳 电机"), at=NOW)

    undo(app, result.import_id)

    with app.reading() as session:
        assert set(session.scalars(select(Enterprise.name))) == {"晋阳电机集团", "晋阳 电机"}


def test_an_import_that_is_taken_back_half_way_goes_no_further(app: App) -> None:
    with app.transaction() as session:
        row = imports.open_import(
            session, ImportKind.SUBSCRIBERS, source().fingerprint, "a", basis="", by="t", at=NOW
        )

    def lines() -> Iterator[ContactLine]:
        """The file is read, the import is there, and somebody takes it back."""
        undo(app, row.id)
        yield from audience.read_contacts(numbered(PEOPLE, [ZHANG]))

    with pytest.raises(UndoneMeanwhile):
        audience.import_contacts(
            app.transaction, lines(), source(), HASHER, Told(),
            by="test", at=NOW,
        )  # fmt: skip
    assert counts(app)[0] == 0


def test_many_enterprises_go_slice_by_slice_and_those_with_contacts_stay(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "_SLICE", 2)
    rows = [(f"单位{n}", f"读者{n}", "", f"r{n}@fenhe.example", "", "", "") for n in range(5)]
    _, result = people(app, *rows)
    with app.transaction() as session:
        home = audience.find_enterprise(session, "单位3")
        row = add(session, "own@fenhe.example")
        row.enterprise_id = home.id

    assert undo(app, result.import_id) == {"undone": 5}

    with app.reading() as session:
        assert session.scalars(select(Enterprise.name)).all() == ["单位3"]
        assert session.scalars(select(Subscriber.email)).all() == ["own@fenhe.example"]


def test_of_a_list_of_enterprises_only_those_go_that_nobody_uses(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "_SLICE", 2)
    _, result = firms(app, *((f"单位{n}", *[""] * 7) for n in range(5)))
    with app.transaction() as session:
        row = add(session, "own@fenhe.example")
        row.enterprise_id = audience.find_enterprise(session, "单位1").id

    assert undo(app, result.import_id) == {"undone": 4, "kept": 1}

    with app.reading() as session:
        assert session.scalars(select(Enterprise.name)).all() == ["单位1"]
