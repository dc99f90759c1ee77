"""What is past its time goes, each kind by its own period; what is under way is left alone."""

from datetime import datetime, timedelta

import pytest
from personal_data import KEY, hidden_mail, live_a_life, traces_in_database
from returned_mails import bounce
from runs import add_reader, make_issue, plan, start
from sqlalchemy import func, select, update

from distribution import audience, clock, delivery, events, privacy, reports
from distribution.app import App
from distribution.audience import Statement
from distribution.models import (
    Audit,
    Base,
    Delivery,
    DeliveryEvent,
    ImportRow,
    Inbox,
    Letter,
    ReadingEvent,
    ReturnedMail,
    Subscriber,
    Suppression,
)
from distribution.privacy import Kept, Purge
from distribution.reports import counting
from distribution.words import Decision, DeliveryState, Purpose, Signal, SuppressionReason

FOR_EVER = dict.fromkeys((kept for kept in Kept if kept is not Kept.LATE), 0)
A_MONTH = {kept: 30 for kept in FOR_EVER if kept is not Kept.LEFT} | {Kept.LEFT: 0}


def purge(app: App, *, after: int = 0, dry_run: bool = False, **days: int) -> Purge:
    """A purge so many days from now; of kinds that are not named nothing goes."""
    named = {Kept[name]: given for name, given in days.items()}
    at = clock.now() + timedelta(days=after)
    return privacy.purge(
        app.transaction,
        FOR_EVER | named,
        app.keyring.address_hash,
        by="test",
        at=at,
        dry_run=dry_run,
    )


def counted(done: Purge) -> dict[Kept, int]:
    return {kind.kept: kind.count for kind in done.kinds if kind.count}


def rows(app: App, kind: type[Base]) -> list:  # rows of any table
    with app.reading() as session:
        found = list(session.scalars(select(kind)))
        session.expunge_all()
    return found


@pytest.fixture
def lived(app: App) -> tuple[int, int]:
    return live_a_life(app)


def test_mails_lose_their_text_and_keep_their_judgement(app: App, lived: tuple[int, int]) -> None:
    assert counted(purge(app, after=29, MAIL=30)) == {}
    assert counted(purge(app, after=31, MAIL=30)) == {Kept.MAIL: 3 + 1}  # and a letter

    assert [mail.raw for mail in rows(app, Inbox)] == [None, None, None]
    assert {mail.status for mail in rows(app, ReturnedMail)} == {"5.1.1", ""}
    with app.reading() as session:
        assert reports.run_report(session, lived[1]).bounced.total == 2


def test_mails_nobody_has_judged_stay_whole(app: App) -> None:
    with app.transaction() as session:
        events.receive_mail(session, hidden_mail("x@journal.example"), clock.now())

    assert purge(app, after=9999, **dict.fromkeys(Kept.__members__, 1)).total == 0
    assert rows(app, Inbox)[0].raw is not None


def test_a_mail_read_a_second_time_is_known_after_its_text_has_gone(app: App) -> None:
    mail = hidden_mail("x@journal.example")
    with app.transaction() as session:
        ids = [events.receive_mail(session, mail, clock.now())[0]]
        events.judge_mails(session, ids, app.desk, clock.now())
    purge(app, after=31, MAIL=30)

    with app.transaction() as session:
        assert events.receive_mail(session, mail, clock.now()) == (ids[0], False)


def test_readings_stay_as_counts_of_nobody(app: App, lived: tuple[int, int]) -> None:
    assert counted(purge(app, after=31, READING=30)) == {Kept.READING: 2}

    assert {event.delivery_id for event in rows(app, ReadingEvent)} == {None}
    with app.reading() as session:
        report = counting.count(session, lived[1])
    assert (report.opened.human, report.opened.anonymous) == (0, 1)
    assert (report.clicked.readers, report.clicked.anonymous) == (0, 1)
    assert report.articles[0].anonymous == 1


@pytest.mark.usefixtures("lived")
def test_readings_forget_how_they_came_and_keep_what_was_said(app: App) -> None:
    before = [(event.delivery_id, event.verdict, event.rule) for event in rows(app, ReadingEvent)]
    assert all(event.network and event.agent == "windows" for event in rows(app, ReadingEvent))
    assert counted(purge(app, after=29, NETWORK=30)) == {}
    assert counted(purge(app, after=31, NETWORK=30)) == {Kept.NETWORK: 2}

    found = rows(app, ReadingEvent)
    assert [(event.delivery_id, event.verdict, event.rule) for event in found] == before
    assert {(event.network, event.agent) for event in found} == {("", "")}
    assert {event.network_class for event in found} == {"private"}  # as examples are


def test_a_click_that_can_never_be_judged_does_not_stay_for_ever(app: App) -> None:
    with app.transaction() as session:
        session.add(Inbox(signal=Signal.CLICK, at=clock.now(), content={"network": "192.0.2.0/24"}))
        events.receive_mail(session, hidden_mail("x@journal.example"), clock.now())

    assert counted(purge(app, after=29, NETWORK=30)) == {}
    assert counted(purge(app, after=31, NETWORK=30)) == {Kept.NETWORK: 1}
    assert [row.signal for row in rows(app, Inbox)] == [Signal.MAIL]


def test_how_it_came_goes_at_once_of_who_no_longer_agrees(app: App, lived: tuple[int, int]) -> None:
    no = Statement(Decision.WITHDRAWN, "不同意", channel="web", purpose=Purpose.TRACKING)
    with app.transaction() as session:
        audience.record_consent(session, lived[0], no, by="reader", at=clock.now())

    assert counted(purge(app, NETWORK=90)) == {Kept.NETWORK: 2}


def test_readings_of_who_no_longer_agrees_come_back_as_nobodys_neither(
    app: App, lived: tuple[int, int]
) -> None:
    no = Statement(Decision.WITHDRAWN, "不同意", channel="web", purpose=Purpose.TRACKING)
    with app.transaction() as session:
        audience.record_consent(session, lived[0], no, by="reader", at=clock.now())

    purge(app, after=31, READING=30)

    with app.reading() as session:
        assert counting.count(session, lived[1]).clicked.anonymous == 0


@pytest.mark.usefixtures("lived")
def test_import_rows_forget_what_was_before(app: App) -> None:
    assert counted(purge(app, after=31, IMPORT=30)) == {Kept.IMPORT: 2}

    assert all((row.before, row.after) == ({}, {}) for row in rows(app, ImportRow))
    assert {row.outcome.value for row in rows(app, ImportRow)} == {"changed", "refused"}


@pytest.mark.usefixtures("lived")
def test_audit_rows_say_who_did_what_and_no_more(app: App) -> None:
    before = [(row.at, row.by, row.action, row.subject) for row in rows(app, Audit)]
    with_details = sum(bool(row.detail) for row in rows(app, Audit))

    assert counted(purge(app, after=31, AUDIT=30)) == {Kept.AUDIT: with_details}

    *old, last = rows(app, Audit)
    assert [(row.at, row.by, row.action, row.subject) for row in old] == before
    assert not any(row.detail for row in old)
    assert last.action == "privacy.purge"
    assert last.detail["keep_audit_days"] == with_details


def test_replies_go_and_the_books_stay_right(app: App, lived: tuple[int, int]) -> None:
    assert counted(purge(app, after=31, REPLY=30)) == {Kept.REPLY: 3 + 2}  # two mails in words

    assert {event.reply for event in rows(app, DeliveryEvent)} == {""}
    assert {mail.diagnostic for mail in rows(app, ReturnedMail)} == {""}
    with app.reading() as session:
        assert delivery.verify(session, lived[1]) == []


def test_replies_about_mails_that_are_not_through_stay(app: App) -> None:
    with app.transaction() as session:
        add_reader(session, app, "a@fenhe.example", clock.now())
    start(app, plan(app, make_issue(app), clock.now()), clock.now())
    with app.transaction() as session:
        row = session.scalars(select(Delivery)).one()
        row.state = DeliveryState.DEFERRED
        session.add(
            DeliveryEvent(
                delivery_id=row.id,
                at=clock.now(),
                state=DeliveryState.DEFERRED,
                reply="450 later",
                by="test",
            )
        )

    assert purge(app, after=31, REPLY=30).total == 0


def test_a_dry_run_counts_the_same_and_changes_nothing(app: App, lived: tuple[int, int]) -> None:
    depart(app, lived[0])
    days = dict.fromkeys((kept.name for kept in A_MONTH), 30)
    before = traces_in_database(app)

    planned = purge(app, after=31, dry_run=True, **days)

    assert traces_in_database(app) == before
    assert "privacy.purge" not in {row.action for row in rows(app, Audit)}
    done = purge(app, after=31, **days)
    assert counted(done) | {Kept.AUDIT: 0} == counted(planned) | {Kept.AUDIT: 0}


def test_a_second_purge_finds_nothing(app: App, lived: tuple[int, int]) -> None:
    depart(app, lived[0])
    days = dict.fromkeys((kept.name for kept in A_MONTH), 30)
    purge(app, after=31, **days)

    assert purge(app, after=31, **days | {"AUDIT": 0}).total == 0


@pytest.mark.usefixtures("lived")
def test_as_many_batches_are_made_as_there_are(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy.purging, "BATCH", 1)

    assert counted(purge(app, after=31, MAIL=30)) == {Kept.MAIL: 3 + 1}


# -- people --------------------------------------------------------------------------------------


def depart(app: App, reader: int, at: datetime | None = None) -> None:
    with app.transaction() as session:
        row = session.get_one(Subscriber, reader)
        audience.depart(session, row, at=at or clock.now())


def test_who_left_long_ago_is_erased(app: App, lived: tuple[int, int]) -> None:
    depart(app, lived[0])

    assert counted(purge(app, after=31)) == {}
    done = purge(app, after=31, LEFT=30)

    assert counted(done) == {Kept.LEFT: 1}
    assert [erasure.subscriber_id for erasure in done.erasures] == [lived[0]]
    assert traces_in_database(app) == []
    evidence = {row.reason: row.evidence for row in rows(app, Suppression)}
    assert evidence[SuppressionReason.ERASED].startswith("保存期满")


def test_who_unsubscribed_long_ago_is_erased_unless_he_came_back(app: App) -> None:
    with app.transaction() as session:
        gone, back = (
            add_reader(session, app, email, clock.now()).id
            for email in ("gone@fenhe.example", "back@fenhe.example")
        )
        for reader, words in ((gone, ["WITHDRAWN"]), (back, ["WITHDRAWN", "GRANTED"])):
            for word in words:
                said = Statement(Decision[word], "来电", channel="cli")
                audience.record_consent(session, reader, said, by="test", at=clock.now())

    done = purge(app, after=31, LEFT=30)

    assert [erasure.subscriber_id for erasure in done.erasures] == [gone]


def test_who_is_being_written_to_is_left_for_the_next_time(app: App) -> None:
    with app.transaction() as session:
        reader = add_reader(session, app, "a@fenhe.example", clock.now()).id
    start(app, plan(app, make_issue(app), clock.now()), clock.now())
    depart(app, reader)
    with app.transaction() as session:
        session.execute(update(Delivery).values(state=DeliveryState.HANDED))

    done = purge(app, after=31, LEFT=30)

    assert (done.total, done.held_up) == (0, 1)
    with app.reading() as session:
        assert session.get_one(Subscriber, reader).erased_at is None


@pytest.mark.parametrize("about", ["digest", "letter"])
def test_a_bounce_that_comes_after_the_erasure_leaves_no_address(
    app: App, lived: tuple[int, int], about: str
) -> None:
    his_id, _ = lived
    with app.transaction() as session:
        row = session.get_one(Subscriber, his_id)
        hasher = app.keyring.address_hash
        privacy.erase(session, row, hasher, why=privacy.ASKED, reason="x", by="t", at=clock.now())
        his = select(Delivery.id).where(Delivery.subscriber_id == his_id)
        path = app.addresses.return_path(session.scalars(his).one())
        if about == "letter":
            letter = select(Letter.id).where(Letter.subscriber_id == his_id).limit(1)
            path = app.addresses.letter_return_path(session.scalars(letter).one())
        late = bounce(KEY, to=path, status="5.2.2")
        ids = [events.receive_mail(session, late, clock.now())[0]]
        events.judge_mails(session, ids, app.desk, clock.now())
    assert traces_in_database(app) != []

    assert counted(purge(app)) == {Kept.LATE: 1}

    assert traces_in_database(app) == []
    with app.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReturnedMail)) == 4
