"""Whoever is erased is nowhere any more, and the past adds up as before."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from personal_data import (
    HOME,
    KEY,
    NEIGHBOUR,
    TRACES,
    UNICODE,
    WRITTEN,
    hidden_mail,
    his_mails,
    live_a_life,
    traces_in_database,
    traces_in_files,
)
from runs import add_reader, make_issue, plan, start
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from distribution import audience, clock, delivery, events, privacy
from distribution.app import App
from distribution.audience import Erased
from distribution.cli.personal import remove_files
from distribution.delivery import UnderWay
from distribution.events import Unjudged
from distribution.models import (
    Audit,
    ConsentEvent,
    Delivery,
    DeliveryEvent,
    Enterprise,
    Inbox,
    Interest,
    PrivacyRequest,
    ReadingEvent,
    ReturnedMail,
    Subscriber,
    Suppression,
    WatchWord,
)
from distribution.privacy import Erasure
from distribution.reports import RunReport, counting
from distribution.words import Cause, DeliveryState, RequestKind, SuppressionReason


def erase(app: App, reader: int) -> Erasure:
    with app.transaction() as session:
        return privacy.erase(
            session,
            session.get_one(Subscriber, reader),
            app.keyring.address_hash,
            why=privacy.ASKED,
            reason=f"{WRITTEN} 来信",
            by="test",
            at=clock.now(),
        )


def report(app: App, run_id: int) -> RunReport:
    with app.reading() as session:
        return counting.count(session, run_id)


@pytest.fixture
def lived(app: App) -> tuple[int, int]:
    """His id, and the run he got a mail of."""
    return live_a_life(app)


@pytest.mark.usefixtures("lived")
def test_everything_of_him_is_there_before(app: App) -> None:
    places = {place.partition(":")[0] for place in traces_in_database(app)}
    assert places >= {
        "audit.detail",
        "consent_events.wording",
        "deliveries.recipient",
        "delivery_events.reply",
        "enterprises.notes",
        "import_rows.after",
        "import_rows.before",
        "import_rows.reason",
        "imports.basis",
        "imports.file_name",
        "inbox.raw",
        "letters.html",
        "letters.recipient",
        "letters.reply",
        "letters.reply_to",
        "letters.subject",
        "letters.text",
        "privacy_requests.note",
        "proof_readers.email",
        "proof_readers.email_key",
        "returned_mails.diagnostic",
        "subscribers.email",
        "subscribers.email_key",
        "subscribers.name",
        "subscribers.phone",
        "suppressed_domains.evidence",
        "suppressions.evidence",
    }
    assert his_mails(app)


def test_nothing_of_him_is_left_in_database_and_folder(app: App, lived: tuple[int, int]) -> None:
    done = erase(app, lived[0])
    removed, stuck = remove_files(app, [done])
    assert privacy.wipe(app.engine, anew=True)

    assert (removed, stuck) == (2, [])  # a digest and a letter
    assert traces_in_database(app) == []
    assert traces_in_files(app.settings.home) == []
    assert done.counts["deliveries"] == 1
    assert done.counts["mails"] == 3
    assert done.counts["letters"] == 3
    assert done.counts["proof_lists"] == 1


def test_past_figures_and_books_are_what_they_were(app: App, lived: tuple[int, int]) -> None:
    _, run_id = lived
    before = report(app, run_id)

    remove_files(app, [erase(app, lived[0])])

    assert report(app, run_id) == before
    assert before.opened.human == 1
    assert before.bounced.total == 2  # one in words came on another reader's path
    with app.reading() as session:
        assert delivery.verify(session, run_id) == []


def test_his_row_stays_under_a_pseudonym(app: App, lived: tuple[int, int]) -> None:
    his_id, _ = lived
    erase(app, his_id)

    with app.reading() as session:
        row = session.get_one(Subscriber, his_id)
        assert (row.name, row.phone, row.domain) == ("", "", "erased.invalid")
        assert row.email == row.email_key == f"erased-{his_id}@erased.invalid"
        assert row.address_hash == app.keyring.address_hash(row.email_key)
        assert row.erased_at is not None
        assert session.get_one(Enterprise, row.enterprise_id).name == HOME
        for kind in (Interest, WatchWord):
            assert session.scalars(select(kind).where(kind.subscriber_id == his_id)).all() == []
        kept = (ConsentEvent, ReadingEvent, ReturnedMail, Inbox, DeliveryEvent)
        assert all(session.scalars(select(kind)).first() for kind in kept)
        facts = audience.facts(session, row, at=clock.now())
        assert facts[0].cause is Cause.ERASED


def test_what_he_agreed_to_stays_provable(app: App, lived: tuple[int, int]) -> None:
    with app.reading() as session:
        before = [(row.purpose, row.decision, row.at) for row in said(session, lived[0])]

    erase(app, lived[0])

    with app.reading() as session:
        after = said(session, lived[0])
        assert [(row.purpose, row.decision, row.at) for row in after] == before
        assert [row.wording for row in after] == ["… … 来电同意", "… <…> 同意"]


def said(session: Session, reader: int) -> Sequence[ConsentEvent]:
    query = select(ConsentEvent).where(ConsentEvent.subscriber_id == reader)
    return session.scalars(query.order_by(ConsentEvent.id)).all()


def test_the_address_is_barred_by_its_hash_alone(app: App, lived: tuple[int, int]) -> None:
    erase(app, lived[0])

    with app.reading() as session:
        row = session.get_one(Suppression, app.keyring.address_hash(KEY))
        assert row.reason is SuppressionReason.ERASED
        today = clock.today()
        assert row.evidence == f"应本人要求删除资料 {today}"


def test_added_again_he_is_mailed_only_after_a_release(app: App, lived: tuple[int, int]) -> None:
    erase(app, lived[0])
    with app.transaction() as session:
        again = add_reader(session, app, UNICODE, clock.now(), name="新来者").id

    with app.transaction() as session:
        assert audience.reader(session, again).barrier is Cause.SUPPRESSED
        audience.release(session, app.keyring.address_hash(KEY), at=clock.now())
        assert audience.reader(session, again).barrier is None


def test_his_request_is_answered_instead_of_a_second(app: App, lived: tuple[int, int]) -> None:
    erase(app, lived[0])

    with app.reading() as session:
        asked = select(PrivacyRequest).where(PrivacyRequest.kind == RequestKind.ERASURE)
        only = session.scalars(asked).one()
        assert only.done_at is not None
        assert only.answer == f"应本人要求删除资料 {clock.today()}：… 来信"
        deed = session.scalars(select(Audit).where(Audit.action == "subscriber.erase")).one()
        assert deed.detail == {"request": only.id, "why": "应本人要求删除资料"}


def test_the_neighbour_keeps_what_is_his(app: App, lived: tuple[int, int]) -> None:
    erase(app, lived[0])

    with app.reading() as session:
        neighbour = audience.find_subscriber(session, NEIGHBOUR)
        assert neighbour.name == "邻居"
        theirs = select(Delivery.recipient).where(Delivery.subscriber_id == neighbour.id)
        assert session.scalars(theirs).one() == NEIGHBOUR


def test_what_is_due_to_him_is_skipped_and_the_books_are_right(app: App) -> None:
    with app.transaction() as session:
        his = add_reader(session, app, WRITTEN, clock.now(), name="欧阳霜桥").id
        add_reader(session, app, NEIGHBOUR, clock.now())
    run_id = start(app, plan(app, make_issue(app), clock.now()), clock.now())
    with app.transaction() as session:
        deferred = update(Delivery).where(Delivery.subscriber_id == his)
        session.execute(deferred.values(state=DeliveryState.DEFERRED))

    assert erase(app, his).counts["skipped"] == 1

    with app.reading() as session:
        row = session.scalars(select(Delivery).where(Delivery.subscriber_id == his)).one()
        assert (row.state, row.cause) == (DeliveryState.SKIPPED, Cause.ERASED)
        assert row.recipient == f"erased-{his}@erased.invalid"
        assert delivery.verify(session, run_id) == []
        assert traces_in_database(app) == []


@pytest.mark.parametrize("state", [DeliveryState.LEASED, DeliveryState.HANDED])
def test_nothing_changes_while_a_mail_to_him_is_under_way(app: App, state: DeliveryState) -> None:
    with app.transaction() as session:
        his = add_reader(session, app, WRITTEN, clock.now(), name="欧阳霜桥").id
    start(app, plan(app, make_issue(app), clock.now()), clock.now())
    with app.transaction() as session:
        session.execute(update(Delivery).values(state=state))
    before = traces_in_database(app)

    with pytest.raises(UnderWay, match="一分钟后再试"):
        erase(app, his)

    assert traces_in_database(app) == before != []


def test_a_mail_nobody_has_judged_yet_is_waited_for(app: App, lived: tuple[int, int]) -> None:
    with app.transaction() as session:
        events.receive_mail(session, hidden_mail("x@journal.example"), clock.now())

    with pytest.raises(Unjudged, match="一分钟后再试"):
        erase(app, lived[0])


def test_nobody_is_erased_twice(app: App, lived: tuple[int, int]) -> None:
    erase(app, lived[0])

    with pytest.raises(Erased):
        erase(app, lived[0])


def test_who_has_no_traces_elsewhere_is_erased_too(app: App) -> None:
    with app.transaction() as session:
        his = add_reader(session, app, WRITTEN, clock.now(), name=TRACES[7]).id

    done = erase(app, his)

    assert replace(done, counts={}) == Erasure(his, (), done.requests)
    assert traces_in_database(app) == []
