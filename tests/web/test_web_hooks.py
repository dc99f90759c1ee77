"""What providers post: kept before it is answered, once; what is not proved to be theirs, never."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from databases import inbox, only_sqlite
from hooks import (
    ENVIRONMENT,
    TOKEN,
    TOPIC,
    Push,
    Web,
    aliyun_event,
    event_bridge,
    providers,
    ses_bounce,
    ses_complaint,
    ses_mail,
    sns,
    subscription,
)
from sqlalchemy import select
from starlette.testclient import TestClient
from web_office import DENIED, GRANTED, UNKNOWN, Visitor, delivery_to, plan, without_database

from distribution import clock, events, web
from distribution.app import App
from distribution.models import Audit, Suppression
from distribution.web import webhooks
from distribution.words import Consequence, FoundBy, Signal

TEXT = {"Content-Type": "text/plain; charset=UTF-8"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """An installation that believes one topic, and one event target."""
    return environment | ENVIRONMENT


@pytest.fixture
def outside() -> Web:
    """What stands at the providers' addresses."""
    return providers()


@pytest.fixture
def client(app: App, outside: Web) -> Iterator[TestClient]:
    """Whoever posts."""
    site = web.make_app(app, lambda _ids: None, fetch=outside)
    with TestClient(site, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


def post(client: TestClient, envelope: dict[str, Any] | bytes, **headers: str) -> Any:  # noqa: ANN401 - a response
    body = envelope if isinstance(envelope, bytes) else json.dumps(envelope).encode()
    return client.post("/hooks/sns", content=body, headers=TEXT | headers)


def push(client: TestClient, given: Push) -> Any:  # noqa: ANN401 - a response
    return client.post("/hooks/aliyun", content=given.body, headers=JSON | given.headers)


def now_sns(message: dict[str, Any], **fields: object) -> dict[str, Any]:
    return sns(message, at=clock.now(), **fields)


def suppressed(app: App) -> list[str]:
    with app.reading() as session:
        return list(session.scalars(select(Suppression.address_hash)))


def deeds(app: App) -> list[tuple[str, str, dict[str, Any]]]:
    with app.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "webhook.confirm"))
        return [(row.by, row.subject, row.detail) for row in rows]


def judge(app: App) -> list[events.Outcome]:
    """Judge all that has come."""
    ids = [row.id for row in inbox(app)]
    with app.transaction() as session:
        return events.judge_mails(session, ids, app.desk, clock.now())


# -- keeping ---------------------------------------------------------------------------------------


def test_a_notice_of_amazon_is_in_the_inbox_when_it_is_answered(
    app: App, client: TestClient
) -> None:
    message, ahead = ses_bounce(GRANTED), timedelta(minutes=2)  # their clock
    found = post(client, sns(message, at=clock.now() + ahead))
    assert (found.status_code, found.text) == (200, "ok\n")
    (row,) = inbox(app)
    assert row.signal is Signal.NOTICE
    assert row.content == {"source": "sns"}
    assert row.raw == json.dumps(message).encode()
    assert row.at <= clock.now()


def test_an_event_of_aliyun_is_in_the_inbox_when_it_is_answered(
    app: App, client: TestClient
) -> None:
    given = event_bridge(aliyun_event(GRANTED), at=clock.now())
    assert push(client, given).status_code == 200
    (row,) = inbox(app)
    assert row.signal is Signal.NOTICE
    assert row.content == {"source": "aliyun"}
    assert row.raw == given.body


def test_what_comes_again_is_answered_alike_and_changes_nothing(
    app: App, client: TestClient
) -> None:
    envelope = now_sns(ses_bounce(GRANTED))
    pushed = event_bridge(aliyun_event(UNKNOWN), at=clock.now())
    for _ in range(3):
        assert post(client, envelope).status_code == 200
        assert push(client, pushed).status_code == 200
    assert len(inbox(app)) == 2
    again = sns(ses_bounce(UNKNOWN), at=clock.now())  # another message of the same name
    assert post(client, again).status_code == 200
    assert [row.raw for row in inbox(app)] == [
        json.dumps(ses_bounce(GRANTED)).encode(),
        pushed.body,
    ]


def test_the_bell_is_rung_for_what_is_new(app: App, outside: Web) -> None:
    tracking, notices = list[int](), list[int]()
    site = web.make_app(app, tracking.extend, notices.extend, fetch=outside)
    envelope = now_sns(ses_bounce(GRANTED))
    with TestClient(site) as client:
        for _ in range(3):
            assert post(client, envelope).status_code == 200
        given = event_bridge(aliyun_event(UNKNOWN), at=clock.now())
        assert push(client, given).status_code == 200
    assert notices == [row.id for row in inbox(app)]
    assert tracking == []


def test_what_readers_do_is_answered_and_not_kept(app: App, client: TestClient) -> None:
    assert post(client, now_sns({"eventType": "Open"} | ses_mail(GRANTED))).status_code == 200
    opened = event_bridge(aliyun_event(GRANTED, "dm:Trace:Open"), at=clock.now())
    assert push(client, opened).status_code == 200
    assert inbox(app) == []


def test_a_certificate_is_fetched_once(client: TestClient, outside: Web) -> None:
    for number in range(5):
        name = f"22b80b92-fdea-4c2c-8f9d-{number:012}"
        assert post(client, now_sns(ses_bounce(GRANTED), MessageId=name)).status_code == 200
    assert len(outside.asked) == 1


# -- refusing --------------------------------------------------------------------------------------


def forgeries() -> dict[str, Callable[[TestClient], Any]]:
    """Each posts what is not to be believed."""
    bounce, now = ses_bounce(GRANTED), clock.now()
    event = aliyun_event(GRANTED)
    genuine, pushed = sns(bounce, at=now), event_bridge(event, at=now)
    evil = "https://sns.us-east-1.amazonaws.com.evil.test/a.pem"
    other = event_bridge(aliyun_event(UNKNOWN)).body
    return {
        "nobody's": lambda c: post(c, bounce),
        "raw": lambda c: post(c, bounce, **{"x-amz-sns-rawdelivery": "true"}),
        "another key": lambda c: post(c, sns(bounce, at=now, by="somebody")),
        "another reader": lambda c: post(c, genuine | {"Message": json.dumps(ses_bounce(UNKNOWN))}),
        "another topic": lambda c: post(c, sns(bounce, at=now, TopicArn=TOPIC + "2")),
        "evil certificate": lambda c: post(c, sns(bounce, at=now, SigningCertURL=evil)),
        "version 1": lambda c: post(c, sns(bounce, at=now, SignatureVersion="1")),
        "old": lambda c: post(c, sns(bounce, at=now - timedelta(hours=2))),
        "future": lambda c: post(c, sns(bounce, at=now + timedelta(minutes=10))),
        "no text": lambda c: post(c, genuine | {"Message": 1}),
        "not JSON": lambda c: post(c, b"Message=x"),
        "nested": lambda c: post(c, b"[" * 200_000),
        "a form": lambda c: post(
            c, genuine, **{"Content-Type": "application/x-www-form-urlencoded"}
        ),
        "no type": lambda c: post(c, genuine, **{"Content-Type": ""}),
        "evil subscription": lambda c: post(
            c, subscription(Timestamp=genuine["Timestamp"], SubscribeURL="https://evil.test/")
        ),
        "aliyun, no token": lambda c: push(c, event_bridge(event, at=now, token="")),
        "aliyun, another key": lambda c: push(c, event_bridge(event, at=now, by="somebody")),
        "aliyun, old": lambda c: push(c, event_bridge(event, at=now - timedelta(hours=1))),
        "aliyun, another body": lambda c: push(c, Push(pushed.headers, other)),
        "aliyun, elsewhere": lambda c: push(
            c, event_bridge(event, at=now, url="https://evil.test/hooks/aliyun")
        ),
        "aliyun's for amazon": lambda c: post(c, pushed.body, **pushed.headers),
        "amazon's for aliyun": lambda c: push(
            c, Push(pushed.headers, json.dumps(genuine).encode())
        ),
    }


def test_forgeries_are_all_answered_alike_and_none_is_kept(
    app: App, client: TestClient, outside: Web, caplog: pytest.LogCaptureFixture
) -> None:
    plan(app)
    for name, forge in forgeries().items():
        found = forge(client)
        assert (found.status_code, found.text) == (403, "refused\n"), name
    assert inbox(app) == []
    assert suppressed(app) == []
    assert deeds(app) == []
    assert set(outside.asked) <= set(providers().pages)
    said = caplog.text
    assert said.count("refused") == len(forgeries())
    assert not [word for word in (GRANTED, UNKNOWN, TOKEN, "evil.test") if word in said]


@only_sqlite
def test_too_much_is_refused_before_it_is_read(app: App, client: TestClient) -> None:
    assert post(client, b" " * (256 * 1024)).status_code == 403
    assert post(client, b" " * (256 * 1024 + 1)).status_code == 413
    assert post(client, b"x" * 1024 * 1024).status_code == 413
    assert inbox(app) == []


@only_sqlite
def test_a_provider_nobody_has_set_up_is_not_there(app: App) -> None:
    closed = app.settings.model_copy(
        update={"sns_topics": (), "aliyun_token": type(app.settings.aliyun_token)("")}
    )
    nobody = replace(app, configuration=replace(app.configuration, settings=closed))
    with TestClient(web.make_app(nobody, lambda _ids: None, fetch=providers())) as client:
        found = [
            post(client, now_sns(ses_bounce(GRANTED))),
            push(client, event_bridge(aliyun_event(GRANTED), at=clock.now())),
            client.post("/hooks/nobody"),
        ]
    assert {answer.status_code for answer in found} == {404}
    assert len({answer.content for answer in found}) == 1
    assert inbox(app) == []


@only_sqlite
def test_nothing_but_posting_is_allowed(client: TestClient) -> None:
    found = client.get("/hooks/sns")
    assert (found.status_code, found.headers["allow"]) == (405, "POST")


# -- what is away ----------------------------------------------------------------------------------


@only_sqlite
def test_without_a_database_a_provider_is_told_to_come_again(app: App, outside: Web) -> None:
    site = web.make_app(without_database(app), lambda _ids: None, fetch=outside)
    with TestClient(site, raise_server_exceptions=False) as client:
        assert post(client, now_sns(ses_bounce(GRANTED))).status_code == 503
        given = event_bridge(aliyun_event(GRANTED), at=clock.now())
        assert push(client, given).status_code == 503


@only_sqlite
def test_without_its_certificate_a_provider_is_told_to_come_again(
    app: App, client: TestClient, outside: Web
) -> None:
    outside.pages.clear()
    for _ in range(3):
        assert post(client, now_sns(ses_bounce(GRANTED))).status_code == 503
    assert inbox(app) == []
    assert len(outside.asked) == 1  # a moment later, not at each call


class Slow(Web):
    """A provider who answers when the test says so."""

    def __init__(self) -> None:
        super().__init__(providers().pages)
        self.begun, self.go_on = Event(), Event()

    def __call__(self, url: str) -> bytes:
        self.begun.set()
        self.go_on.wait(30)
        return super().__call__(url)


def test_pages_are_shown_while_a_provider_keeps_us_waiting(app: App) -> None:
    run, slow = plan(app), Slow()
    site = web.make_app(app, lambda _ids: None, fetch=slow)
    with TestClient(site) as client, ThreadPoolExecutor(12) as many:
        reader = Visitor(app, client, delivery_to(app, GRANTED), run)
        asked = [
            many.submit(post, client, now_sns(ses_bounce(GRANTED), MessageId=f"a-name-{number:04}"))
            for number in range(12)  # more than there are threads for pages
        ]
        assert slow.begun.wait(30)
        assert reader.get("read").status_code == 200
        slow.go_on.set()
        assert {one.result().status_code for one in asked} == {200}
    assert len(inbox(app)) == 12


@only_sqlite
def test_a_provider_that_never_answers_is_left(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 0.2)
    slow = Slow()
    with TestClient(web.make_app(app, lambda _ids: None, fetch=slow)) as client:
        assert post(client, now_sns(ses_bounce(GRANTED))).status_code == 503
        slow.go_on.set()


# -- subscribing -----------------------------------------------------------------------------------


def test_a_subscription_is_confirmed_once_and_written_down(
    app: App, client: TestClient, outside: Web
) -> None:
    envelope = subscription(Timestamp=now_sns({})["Timestamp"])
    url = envelope["SubscribeURL"]
    assert post(client, envelope).status_code == 503  # nobody answers there
    assert deeds(app) == []
    outside.pages[url] = b"<ConfirmSubscriptionResponse/>"
    for _ in range(3):
        assert post(client, envelope).status_code == 200
    assert outside.asked.count(url) == 2
    assert deeds(app) == [("sns", "sns", {"subscribed": TOPIC})]
    assert inbox(app) == []


# -- judging ---------------------------------------------------------------------------------------


def test_a_dead_address_told_of_by_amazon_is_not_written_to_and_no_other(
    app: App, client: TestClient
) -> None:
    plan(app)
    row = delivery_to(app, GRANTED)
    source = app.addresses.return_path(row)
    assert post(client, now_sns(ses_bounce(GRANTED, source=source))).status_code == 200
    (outcome,) = judge(app)
    assert (outcome.delivery_id, outcome.found_by) == (row, FoundBy.RETURN_PATH)
    assert outcome.consequence is Consequence.SUPPRESSED
    assert suppressed(app) == [app.keyring.address_hash(GRANTED)]


def test_our_own_message_id_leads_back_where_amazon_sends_the_headers_along(
    app: App, client: TestClient
) -> None:
    plan(app)
    row = delivery_to(app, UNKNOWN)
    bounce = ses_bounce(UNKNOWN, source="b@ses.example", message_id=app.addresses.message_id(row))
    assert post(client, now_sns(bounce)).status_code == 200
    (outcome,) = judge(app)
    assert (outcome.delivery_id, outcome.found_by) == (row, FoundBy.MESSAGE_ID)
    assert suppressed(app) == [app.keyring.address_hash(UNKNOWN)]


def test_a_notice_about_another_than_the_mail_went_to_suppresses_nobody(
    app: App, client: TestClient
) -> None:
    plan(app)
    source = app.addresses.return_path(delivery_to(app, GRANTED))
    assert post(client, now_sns(ses_bounce(UNKNOWN, source=source))).status_code == 200
    (outcome,) = judge(app)
    assert outcome.consequence is Consequence.NONE
    assert suppressed(app) == []


def test_who_complains_leaves_and_who_takes_it_back_stays(app: App, client: TestClient) -> None:
    plan(app)
    for number, (reader, said) in enumerate([(GRANTED, "abuse"), (DENIED, "not-spam")]):
        source = app.addresses.return_path(delivery_to(app, reader))
        complaint = ses_complaint(reader, source=source, said=said)
        name = f"22b80b92-fdea-4c2c-8f9d-{number:012}"
        assert post(client, now_sns(complaint, MessageId=name)).status_code == 200
    assert [outcome.consequence for outcome in judge(app)] == [Consequence.LEFT, Consequence.NONE]
    assert suppressed(app) == [app.keyring.address_hash(GRANTED)]


def test_a_dead_address_told_of_by_aliyun_is_not_written_to_and_no_other(
    app: App, client: TestClient
) -> None:
    plan(app)
    row = delivery_to(app, GRANTED)
    ours = {"X-Notify-Message-ID": app.addresses.message_id(row)}
    event = aliyun_event(GRANTED, header=ours)
    assert push(client, event_bridge(event, at=clock.now())).status_code == 200
    (outcome,) = judge(app)
    assert (outcome.delivery_id, outcome.found_by) == (row, FoundBy.MESSAGE_ID)
    assert suppressed(app) == [app.keyring.address_hash(GRANTED)]


def test_a_frequency_told_of_by_aliyun_suppresses_nobody(app: App, client: TestClient) -> None:
    plan(app)
    message_id = app.addresses.message_id(delivery_to(app, GRANTED))
    event = aliyun_event(
        GRANTED,
        msg_id=message_id,
        err_code="550",
        err_msg="550 Connection frequency limited",
        failed_type="SmtpIPFreq",
    )
    assert push(client, event_bridge(event, at=clock.now())).status_code == 200
    (outcome,) = judge(app)
    assert outcome.found_by is FoundBy.MESSAGE_ID
    assert suppressed(app) == []


def test_who_complains_to_his_provider_behind_aliyun_leaves(app: App, client: TestClient) -> None:
    plan(app)
    row = delivery_to(app, GRANTED)
    data = {"block_email": GRANTED, "message_id": app.addresses.message_id(row)}
    event = aliyun_event("", "dm:Feedback:FblReport", rcpt=None, msg_id=None, **data)
    assert push(client, event_bridge(event, at=clock.now())).status_code == 200
    (outcome,) = judge(app)
    assert outcome.consequence is Consequence.LEFT
    assert suppressed(app) == [app.keyring.address_hash(GRANTED)]
