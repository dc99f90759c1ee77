"""Limits: so many in a window, however many ask at once, and nobody is written down."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from distribution import limits
from distribution.app import App
from distribution.limits import Limit
from distribution.models import Try

AT = datetime(2026, 9, 1, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
TWO = Limit("form", 2, HOUR)


def within(app: App, who: str = "here", at: datetime = AT, limit: Limit = TWO) -> bool:
    with app.transaction() as session:
        return limits.within(session, limit, who, app.keyring.attest, at=at)


def test_each_has_his_own_count_and_a_new_one_in_the_next_window(app: App) -> None:
    assert [within(app) for _ in range(3)] == [True, True, False]
    assert within(app, "there")
    assert within(app, limit=Limit("search", 2, HOUR))
    assert not within(app, at=AT + timedelta(minutes=29))
    assert within(app, at=AT + timedelta(minutes=30))


def test_those_who_ask_at_once_are_all_counted(app: App) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: within(app, limit=Limit("form", 5, HOUR)), range(12)))
    assert sum(found) == 5


def test_of_who_asked_only_a_hash_is_kept_and_that_goes_too(app: App) -> None:
    within(app, "198.51.100.0/24")
    within(app, "198.51.100.0/24", limit=Limit("search", 2, HOUR))
    with app.reading() as session:
        kept = [row.key for row in session.scalars(select(Try))]
    assert len(kept) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in kept)

    within(app, "there", at=AT + HOUR)

    with app.reading() as session:
        assert len(session.scalars(select(Try)).all()) == 1


def test_a_look_at_what_is_left_counts_nothing(app: App) -> None:
    def spent(at: datetime = AT) -> bool:
        with app.reading() as session:
            return limits.spent(session, TWO, "here", app.keyring.attest, at=at)

    assert not spent()
    within(app)
    assert not spent()
    within(app)
    assert spent()
    assert not spent(AT + HOUR)


def test_once_is_once(app: App) -> None:
    with app.transaction() as session:
        found = [
            limits.once(session, "puzzle", who, app.keyring.attest, until=AT + HOUR)
            for who in ("a", "a", "b")
        ]
    assert found == [True, False, True]
