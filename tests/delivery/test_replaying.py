"""A mail made again from what was frozen: byte for byte what went out, whatever has changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from factories import (
    SEPTEMBER,
    deliveries,
    events,
    finish,
    make_issue,
    make_sender,
    make_subscriber,
    plan,
    start,
    waits_are_over,
)
from fake_transport import FakeTransport, Mishap, Refuse
from sqlalchemy import delete, update

from distribution import audience, clock, delivery, privacy, topics
from distribution.app import App, open_app
from distribution.audience.store.contacts import Wishes
from distribution.delivery import Reply
from distribution.delivery.replaying import Blanked, NeverSent, Unmakeable
from distribution.errors import NotFound
from distribution.models import Article, ArticleTopic, Delivery, Run, Sheet, Subscriber
from distribution.words import Decision, DeliveryState, Edition, MailFormat, Purpose

LONG = timedelta(minutes=5)
LATER = Reply(451, "4.7.1 later")


@pytest.fixture
def key(app: App) -> str:
    """An issue all of whose articles are policy."""
    with app.transaction() as session:
        topics.map_section(session, "政策法规", "policy")
    return make_issue(app)


def allow(app: App, reader: int, decision: Decision) -> None:
    said = audience.Statement(decision, "阅读统计", channel="web", purpose=Purpose.TRACKING)
    with app.transaction() as session:
        audience.record_consent(session, reader, said, by="reader", at=SEPTEMBER)


def make_audience(app: App) -> None:
    """A reader of each kind of mail."""
    granted = make_subscriber(app, "granted@fenhe.example", topics=("policy",))
    denied = make_subscriber(app, "denied@fenhe.example", topics=("policy", "quality"))
    make_subscriber(app, "unknown@fenhe.example", watch_words=("第 3 篇",), topics=("quality",))
    make_subscriber(app, "text@fenhe.example", format=MailFormat.TEXT, topics=("policy",))
    make_subscriber(app, "standard@fenhe.example", edition=Edition.STANDARD)
    allow(app, granted, Decision.GRANTED)
    allow(app, denied, Decision.WITHDRAWN)


def send(app: App, key: str, relay: FakeTransport | None = None) -> dict[str, bytes]:
    """Send an issue to all; gives what each got."""
    relay = relay or FakeTransport()
    start(app, plan(app, key))
    make_sender(app, relay).pump(LONG)
    return received(relay)


def received(relay: FakeTransport) -> dict[str, bytes]:
    pairs = zip(relay.accepted, relay.bodies, strict=True)
    return {envelope.recipient: body for envelope, body in pairs}


def replay(app: App, delivery_id: int) -> delivery.Replay:
    with app.reading() as session:
        return delivery.replay(session, delivery_id, delivery.Press(app.addresses))


def rows(app: App) -> dict[str, Delivery]:
    """The deliveries of the only run, by recipient."""
    with app.reading() as session:
        (run,) = (run.id for run, _ in delivery.list_runs(session))
    return deliveries(app, run)


def replayed(app: App) -> dict[str, bytes]:
    """What all mails of the run are now, all of them faithful."""
    mails = {}
    for recipient, row in rows(app).items():
        found = replay(app, row.id)
        assert found.faithful is True
        assert found.envelope.recipient == recipient
        mails[recipient] = found.message
    return mails


# -- what changes meanwhile ----------------------------------------------------------------------


def edit_articles(app: App) -> None:
    with app.transaction() as session:
        session.execute(update(Article).values(title="另一个标题", summary="另一段摘要。"))


def take_topics_away(app: App) -> None:
    with app.transaction() as session:
        session.execute(delete(ArticleTopic))


def change_interests(app: App) -> None:
    with app.transaction() as session:
        row = audience.find_subscriber(session, "granted@fenhe.example")
        wishes = Wishes(topics=["technology"], watch_words=["铸造"], format=MailFormat.TEXT)
        audience.set_interests(session, row, wishes, by="reader")
        allowed = audience.find_subscriber(session, "denied@fenhe.example").id
    allow(app, allowed, Decision.GRANTED)


def rename_topics(app: App) -> None:
    with app.transaction() as session:
        topics.rename(session, "policy", "政策与法规")
        topics.merge(session, "quality", "equipment")


def override_templates(app: App) -> None:
    folder = app.settings.home / "email_templates" / "digest"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ piece('own') }}另\n{{ piece('whole') }}另\n", "utf-8")


def nothing(_app: App) -> None:
    """Time passes."""


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        edit_articles,
        take_topics_away,
        change_interests,
        rename_topics,
        override_templates,
    ],
)
def test_a_replay_is_what_the_relay_got(app: App, key: str, change: Callable[[App], None]) -> None:
    make_audience(app)
    got = send(app, key)
    assert len(got) == 5

    change(app)

    assert replayed(app) == got


@pytest.mark.parametrize(
    "settings",
    [
        {"DISTRIBUTION_BASE_URL": "https://moved.test"},
        {"DISTRIBUTION_MAIL_DOMAIN": "post.moved.test"},
        {"DISTRIBUTION_SENDER_NAME": "改名后的刊物"},
        {"DISTRIBUTION_SENDER_ADDRESS": "other@moved.test"},
        {"DISTRIBUTION_MINIMUM_ARTICLES": "1"},
        {"DISTRIBUTION_SECRET_KEYS": "a-newer-secret-of-the-tests-012345678901,{old}"},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_other_settings_change_no_replay(
    app: App, key: str, environment: dict[str, str], settings: dict[str, str]
) -> None:
    make_audience(app)
    got = send(app, key)
    old = environment["DISTRIBUTION_SECRET_KEYS"]

    moved = open_app(
        environment | {name: value.format(old=old) for name, value in settings.items()}
    )

    assert replayed(moved) == got
    moved.engine.dispose()


def test_without_the_key_that_signed_it_there_is_no_replay(
    app: App, key: str, environment: dict[str, str]
) -> None:
    make_subscriber(app, "r@fenhe.example")
    send(app, key)
    [row] = rows(app).values()
    other = "a-newer-secret-of-the-tests-012345678901"
    robbed = open_app(environment | {"DISTRIBUTION_SECRET_KEYS": other})

    with pytest.raises(Unmakeable, match=r"出来：签发它的密钥.*DISTRIBUTION_SECRET_KEYS"):
        replay(robbed, row.id)
    robbed.engine.dispose()


def test_a_run_whose_key_is_gone_is_held_and_its_events_say_which_setting(
    app: App, key: str, environment: dict[str, str]
) -> None:
    make_subscriber(app, "r@fenhe.example")
    run_id = plan(app, key)
    start(app, run_id)
    other = "a-newer-secret-of-the-tests-012345678901"
    robbed = open_app(environment | {"DISTRIBUTION_SECRET_KEYS": other})

    make_sender(robbed, FakeTransport()).pump(LONG)

    [event] = [event for event in events(app, run_id) if event.state is DeliveryState.HELD]
    assert "DISTRIBUTION_SECRET_KEYS" in event.reply
    robbed.engine.dispose()


def test_a_doubt_of_before_a_rotation_is_settled_by_the_message_id_it_went_under(
    app: App, key: str, environment: dict[str, str]
) -> None:
    make_subscriber(app, "r@fenhe.example")
    relay = FakeTransport({"r@fenhe.example": [Mishap.LOST]})
    send(app, key, relay)
    keys = f"a-newer-secret-of-the-tests-012345678901,{environment['DISTRIBUTION_SECRET_KEYS']}"
    rotated = open_app(environment | {"DISTRIBUTION_SECRET_KEYS": keys})
    relay.tells = True

    make_sender(rotated, relay).pump(LONG)

    [row] = rows(app).values()
    assert row.state is DeliveryState.ACCEPTED
    assert len(relay.accepted) == 1
    rotated.engine.dispose()


def test_a_replay_after_a_deferred_attempt_is_what_went_out_at_last(app: App, key: str) -> None:
    make_subscriber(app, "r@fenhe.example")
    relay = FakeTransport({"r@fenhe.example": [LATER]})
    assert send(app, key, relay) == {}
    [row] = rows(app).values()
    assert row.state is DeliveryState.DEFERRED
    first = replay(app, row.id)  # handed over once, though not taken

    waits_are_over(app)
    make_sender(app, relay).pump(LONG)

    assert replay(app, row.id).message == received(relay)["r@fenhe.example"] == first.message
    assert (first.faithful, first.handed.state) == (True, DeliveryState.DEFERRED)


def test_a_replay_says_what_it_is_of(app: App, key: str) -> None:
    make_subscriber(app, "r@fenhe.example", topics=("policy",))
    send(app, key)
    [row] = rows(app).values()

    found = replay(app, row.id)

    assert (found.issue_key, found.articles) == (key, 4)
    assert (found.handed.run_id, found.handed.recipient) == (row.run_id, "r@fenhe.example")
    assert found.handed.handed_at is not None
    assert found.envelope.message_id == app.addresses.message_id(row.id)


def test_a_replay_that_differs_says_so(app: App, key: str) -> None:
    make_subscriber(app, "r@fenhe.example")
    send(app, key)
    with app.transaction() as session:
        session.execute(update(Run).values(started_at=SEPTEMBER + timedelta(days=1)))
    [row] = rows(app).values()

    assert replay(app, row.id).faithful is False


def test_a_mail_of_before_hashes_were_kept_can_be_made_but_not_compared(app: App, key: str) -> None:
    make_subscriber(app, "r@fenhe.example")
    got = send(app, key)
    with app.transaction() as session:
        session.execute(update(Delivery).values(message_sha256=None))
    [row] = rows(app).values()

    found = replay(app, row.id)

    assert found.faithful is None
    assert found.message == got["r@fenhe.example"]


def test_what_never_went_out_is_refused(app: App, key: str) -> None:
    make_subscriber(app, "r@fenhe.example")
    plan(app, key)
    [row] = rows(app).values()

    with pytest.raises(NeverSent, match="待投递"):
        replay(app, row.id)


def test_what_the_relay_refused_before_the_message_is_refused(app: App, key: str) -> None:
    make_subscriber(app, "r@fenhe.example")
    send(app, key, FakeTransport({"r@fenhe.example": [Refuse(Reply(550, "5.1.1 no"))]}))
    [row] = rows(app).values()

    with pytest.raises(NeverSent, match="被拒收"):
        replay(app, row.id)


def test_a_number_that_leads_nowhere_says_where_numbers_stand(app: App) -> None:
    with pytest.raises(NotFound, match="distribution subscriber history 邮箱"):
        replay(app, 12345)


def test_whoever_is_erased_has_no_mail_any_more_nor_its_hash(app: App, key: str) -> None:
    reader = make_subscriber(app, "r@fenhe.example")
    make_subscriber(app, "other@fenhe.example")
    send(app, key)
    finish(app)
    his = rows(app)["r@fenhe.example"].id
    with app.transaction() as session:
        privacy.erase(
            session,
            session.get_one(Subscriber, reader),
            app.keyring.address_hash,
            why=privacy.ASKED,
            reason="来信",
            by="test",
            at=clock.now(),
        )

    with pytest.raises(Blanked, match="已按其要求删除"):
        replay(app, his)
    hashes = {row.id: row.message_sha256 for row in rows(app).values()}
    assert hashes.pop(his) is None
    assert all(hashes.values())


def test_a_damaged_sheet_is_told_in_a_sentence(app: App, key: str) -> None:
    make_subscriber(app, "r@fenhe.example")
    send(app, key)
    with app.transaction() as session:
        session.execute(update(Sheet).values(content={"format": 2}))
    [row] = rows(app).values()

    with pytest.raises(Unmakeable, match=f"投递 {row.id} 的邮件重现不出来"):
        replay(app, row.id)
