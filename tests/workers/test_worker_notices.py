"""A provider's notice from its post to its consequence: the web takes it, a worker judges it."""

import json
from collections.abc import Iterator
from datetime import timedelta

import dramatiq
import pytest
from databases import returned
from ears import silence_tickers
from hooks import ENVIRONMENT, aliyun_event, event_bridge, providers, ses_bounce, sns
from processes import until
from sqlalchemy import select
from starlette.testclient import TestClient
from worker_office import started_run

from distribution import clock, events, web
from distribution.app import App, open_app
from distribution.models import Delivery, Suppression
from distribution.words import Consequence, DeliveryState, FoundBy
from workers import bounces, tracking
from workers.current import set_app
from workers.in_process import BOUNCES, working

BASE_URL = "https://journal.test"


@pytest.fixture
def office(environment: dict[str, str]) -> Iterator[App]:
    """An office that has sent four mails and believes its providers."""
    opened = open_app(environment | ENVIRONMENT | {"DISTRIBUTION_BASE_URL": BASE_URL})
    started_run(opened, 4)
    opened.sender.pump(timedelta(seconds=50))
    set_app(opened)
    yield opened
    set_app(None)
    dramatiq.get_broker().flush_all()
    opened.engine.dispose()


def sent_mails(app: App) -> list[Delivery]:
    with app.reading() as session:
        accepted = select(Delivery).where(Delivery.state == DeliveryState.ACCEPTED)
        rows = list(session.scalars(accepted.order_by(Delivery.id)))
        session.expunge_all()
    return rows


def suppressed(app: App) -> set[str]:
    with app.reading() as session:
        return set(session.scalars(select(Suppression.address_hash)))


def post(client: TestClient, name: str, body: bytes, headers: dict[str, str] | None = None) -> int:
    """The status of the answer."""
    headers = {"Content-Type": "application/json"} | (headers or {})
    return int(client.post(f"/hooks/{name}", content=body, headers=headers).status_code)


def pushed(mail: Delivery, **data: object) -> tuple[bytes, dict[str, str]]:
    """Aliyun's word that the mailbox of this mail does not exist."""
    event = aliyun_event(mail.recipient, **data) | {"id": f"event-{mail.id}"}
    push = event_bridge(event, at=clock.now(), url=f"{BASE_URL}/hooks/aliyun")
    return push.body, push.headers


def told(app: App, mail: Delivery, *, by: str) -> bytes:
    """Amazon's word that the mailbox of this mail does not exist."""
    message = ses_bounce(mail.recipient, source=app.addresses.return_path(mail.id))
    return json.dumps(sns(message, at=clock.now(), by=by)).encode()


def test_the_right_readers_are_not_written_to_again_and_only_they(
    office: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence_tickers(monkeypatch)  # only bells can make the worker work
    first, second, third, fourth = sent_mails(office)
    site = web.make_app(office, tracking.ring_for, bounces.ring_for, fetch=providers())
    ours = {"X-Notify-Message-ID": office.addresses.message_id(second.id)}
    with working(office, {BOUNCES}), TestClient(site) as client:
        assert post(client, "sns", told(office, first, by="amazon")) == 200
        assert post(client, "sns", told(office, first, by="amazon")) == 200
        assert post(client, "sns", told(office, fourth, by="somebody")) == 403
        assert post(client, "aliyun", *pushed(second, header=ours)) == 200
        assert post(client, "aliyun", *pushed(third)) == 200
        until(lambda: len(returned(office)) == 3, "the notices judged")
    found = {row.delivery_id: (row.found_by, row.consequence) for row in returned(office)}
    assert found == {
        first.id: (FoundBy.RETURN_PATH, Consequence.SUPPRESSED),
        second.id: (FoundBy.MESSAGE_ID, Consequence.SUPPRESSED),
        third.id: (FoundBy.RECIPIENT, Consequence.SUPPRESSED),
    }
    assert suppressed(office) == {mail.address_hash for mail in (first, second, third)}


def test_a_notice_whose_bell_was_lost_is_judged_by_the_ticker(office: App) -> None:
    mail = sent_mails(office)[0]
    message = ses_bounce(mail.recipient, source=office.addresses.return_path(mail.id))
    with office.transaction() as session:
        at = clock.now() - 2 * bounces.LATE
        events.receive_notice(session, "sns", "a-name", json.dumps(message).encode(), at)
    bounces.watch()()
    assert suppressed(office) == {mail.address_hash}
