"""A reader who acts on a mail while the ledger works on it: nobody waits in a circle."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Thread

import pytest
from databases import circles_seen_soon, waits
from event_samples import GRANTED, arrive, departures, plan, say, sent_to
from returned_mails import complaint
from runs import make_issue
from sqlalchemy import update
from sqlalchemy.orm import Session

from distribution import audience, clock, delivery, events, privacy
from distribution.app import App
from distribution.delivery import Sent, Terms, ledger
from distribution.models import Delivery, Run, Subscriber
from distribution.words import Decision, DeliveryState, Purpose, RunState

TERMS = Terms(timedelta(minutes=1), timedelta(minutes=1))


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_a_reader_may_act_while_his_mails_are_leased(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    second = plan(app, make_issue(app, "10"))
    delivery.start(app.transaction, second, at=clock.now(), expiry=timedelta(days=1))
    leave_unsettled(app, mail)
    say(app, mail.subscriber_id, Decision.WITHDRAWN, Purpose.DIGEST)
    went_wrong: list[Exception] = []

    def lease() -> None:
        try:
            with app.transaction() as session:
                ledger.recover(session)
                ledger.lease(session, 10, "token", TERMS)
        except Exception as error:  # noqa: BLE001 - a thread's errors are told in the test
            went_wrong.append(error)

    sender = Thread(target=lease)
    with app.transaction() as session:
        audience.lock_subscriber(session, mail.subscriber_id)
        sender.start()
        sender.join(1)  # far enough to hold his deliveries
        said = audience.Statement(
            Decision.WITHDRAWN, "不同意", "web", Purpose.TRACKING, mail.delivery_id
        )
        audience.record_consent(session, mail.subscriber_id, said, by="reader", at=clock.now())
    sender.join(30)
    assert went_wrong == []


def leave_unsettled(app: App, mail: Sent) -> None:
    """As a worker leaves it that died between its intent and the result."""
    with app.transaction() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == mail.delivery_id)
            .values(
                state=DeliveryState.HANDED,
                accepted_at=None,
                lease_token="dead",
                lease_until=clock.now() - timedelta(minutes=1),
            )
        )
        session.execute(update(Run).where(Run.id == mail.run_id).values(state=RunState.SENDING))


def erase(app: App, reader: int, session: Session) -> None:
    row, hasher = session.get_one(Subscriber, reader), app.keyring.address_hash
    privacy.erase(session, row, hasher, why=privacy.ASKED, reason="来电", by="test", at=clock.now())


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_what_comes_back_is_judged_before_or_after_its_reader_is_erased(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)
    ids = arrive(app, complaint(app.addresses.message_id(mail.delivery_id)))

    def judge() -> bool:
        with app.transaction() as session:
            desk = events.Desk(app.addresses)
            return events.judge_mails(session, ids, desk, clock.now())[0].left

    with circles_seen_soon(app), ThreadPoolExecutor(1) as pool, app.transaction() as session:
        audience.lock_subscriber(session, mail.subscriber_id)
        judged = pool.submit(judge)
        assert waits(app, judged)
        erase(app, mail.subscriber_id, session)
        session.commit()
        assert judged.result(10) is False
    assert departures(app) == []


@pytest.mark.parametrize("environment", ["postgresql"], indirect=True)
def test_two_who_erase_one_reader_erase_him_once(app: App) -> None:
    (mail,) = sent_to(app, GRANTED)

    def erase_too() -> None:
        with app.transaction() as session:
            erase(app, mail.subscriber_id, session)

    with circles_seen_soon(app), ThreadPoolExecutor(1) as pool, app.transaction() as session:
        audience.lock_subscriber(session, mail.subscriber_id)  # as his own page does
        erased = pool.submit(erase_too)
        assert waits(app, erased)
        erase(app, mail.subscriber_id, session)
        session.commit()
        with pytest.raises(audience.Erased):
            erased.result(10)
