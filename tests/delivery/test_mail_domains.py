"""Which hosts take the readers' mail: noted from the readers, looked up in turn, used by plans."""

from datetime import timedelta

import pytest
from factories import deliveries, make_run, make_subscriber
from sqlalchemy import select, update

from distribution import clock, delivery
from distribution.app import App
from distribution.models import MailDomain, Subscriber


def note(app: App, after: int = 0, limit: int = 100) -> int:
    with app.transaction() as session:
        return delivery.note_domains(session, after, limit)


def taken(app: App, limit: int = 10) -> list[str]:
    with app.transaction() as session:
        return delivery.take_domains(session, limit)


def found(app: App, **exchanges: str) -> None:
    """What DNS said, by the first label of each domain."""
    with app.transaction() as session:
        for label, exchange in exchanges.items():
            delivery.keep_exchange(session, f"{label}.example", exchange)


def kept(app: App) -> dict[str, MailDomain]:
    with app.reading() as session:
        rows = session.scalars(select(MailDomain)).all()
        session.expunge_all()
    return {row.domain: row for row in rows}


def all_due(app: App) -> None:
    with app.transaction() as session:
        session.execute(update(MailDomain).values(next_look_at=clock.now() - timedelta(seconds=9)))


@pytest.fixture
def noted(app: App) -> App:
    for email in ("a@fenhe.example", "b@fenhe.example", "c@taihang.example", "d@qq.com"):
        make_subscriber(app, email)
    note(app)
    return app


def test_domains_of_readers_are_noted_but_no_providers(app: App, noted: App) -> None:
    make_subscriber(app, "e@lvliang.example")

    assert set(kept(noted)) == {"fenhe.example", "taihang.example"}
    last_id = note(app, 0, 2)
    assert (last_id, note(app, last_id, 9), note(app, last_id + 3, 9)) == (2, 5, 0)
    assert set(kept(app)) == {"fenhe.example", "taihang.example", "lvliang.example"}


def test_what_one_worker_looks_up_no_other_does(noted: App) -> None:
    assert taken(noted, 1) + taken(noted) == ["fenhe.example", "taihang.example"]
    assert taken(noted) == []


def test_an_answer_holds_for_a_month(noted: App) -> None:
    taken(noted)
    found(noted, fenhe="mxbiz1.qq.com")

    row = kept(noted)["fenhe.example"]
    assert (row.exchange, row.failures) == ("mxbiz1.qq.com", 0)
    assert row.next_look_at > clock.now() + timedelta(days=29)


def test_where_dns_is_silent_it_is_asked_later_each_time_and_the_last_answer_stays(
    noted: App,
) -> None:
    found(noted, fenhe="mxbiz1.qq.com")
    waits = []
    for _ in range(12):
        all_due(noted)
        taken(noted)
        with noted.transaction() as session:
            delivery.keep_failure(session, "fenhe.example")
        waits.append(kept(noted)["fenhe.example"].next_look_at - clock.now())

    hours = [round(wait / timedelta(hours=1)) for wait in waits]
    assert hours == [1, 2, 4, 8, 16, 32, 64, 128, *[168] * 4]
    assert kept(noted)["fenhe.example"].exchange == "mxbiz1.qq.com"


def test_a_domain_without_readers_is_forgotten_when_its_answer_is_old(noted: App) -> None:
    found(noted, fenhe="mx.fenhe.example", taihang="")
    all_due(noted)
    with noted.transaction() as session:
        of_fenhe = Subscriber.domain == "fenhe.example"
        session.execute(update(Subscriber).where(of_fenhe).values(erased_at=clock.now()))

    assert taken(noted) == ["taihang.example"]
    assert set(kept(noted)) == {"taihang.example"}


def test_a_plan_gives_each_mail_the_lane_of_the_host_that_takes_it(app: App) -> None:
    hosts = {
        "known": "mxbiz2.qq.com",
        "own": "mail.own.example",
        "none": "",
        "gateway": "in1.hosted.example",
        "other": "in2.hosted.example",
    }
    readers = [f"a@{label}.example" for label in (*hosts, "new")] + ["a@163.com"]
    for reader in readers[:-2]:
        make_subscriber(app, reader)
    note(app)
    found(app, **hosts)

    run_id = make_run(app, readers[-2:])

    assert {recipient: row.lane for recipient, row in deliveries(app, run_id).items()} == {
        "a@known.example": "exmail",
        "a@own.example": "own.example",
        "a@none.example": "none.example",
        "a@gateway.example": "hosted.example",
        "a@other.example": "hosted.example",
        "a@new.example": "new.example",
        "a@163.com": "netease",
    }
    with app.reading() as session:
        meant = [delivery.lane_meant(session, name) for name in ("known.example", "QQ 邮箱", "x")]
    assert meant == ["exmail", "qq", ""]
