"""The drill: workers killed at every named point, and a judge that can say no."""

import json
import smtplib
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from threading import Event, Thread

import processes
import psycopg
import pytest
import redis
from servers import Redis
from sqlalchemy import inspect

from distribution import db, drill
from distribution.delivery import Point, died_at, order_of, reached
from distribution.drill import Outcome, Plan, Verdict, judge
from distribution.drill.driving import orders
from distribution.drill.sink import HOST, Mishap, Sink
from distribution.words import DeliveryState as S

MAILS = 60
EVERY_POINT_AND_ONE = len(Point) + 1
SEED = 20261126


def held(kills: int, **where: str) -> Outcome:
    return drill.drill(Plan(MAILS, kills, SEED, **where), Event(), lambda: None, lambda *_: None)


def assert_every_promise_kept(outcome: Outcome, kills: int) -> None:
    assert outcome.verdict == Verdict()
    assert outcome.mismatches == ()
    assert outcome.line.startswith(f"kills={kills} mails={MAILS} duplicate=0 missed=0 in_doubt=")
    assert outcome.in_doubt <= outcome.may_doubt
    assert outcome.settled == outcome.in_doubt
    assert outcome.good


# -- the whole thing -----------------------------------------------------------------------------


def test_workers_that_die_at_every_point_send_nobody_two_and_miss_nobody() -> None:
    outcome = held(EVERY_POINT_AND_ONE)

    assert_every_promise_kept(outcome, EVERY_POINT_AND_ONE)
    assert outcome.kills == Counter({*Point, None}), "a point at which nobody died"


def test_on_postgresql_and_redis_the_same_and_both_are_left_empty(
    empty_postgresql: str, redis_server: Redis
) -> None:
    outcome = held(3, database=empty_postgresql, redis=redis_server.url)

    assert_every_promise_kept(outcome, 3)
    assert tables(empty_postgresql) == []
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.dbsize() == 0


def tables(url: str) -> list[str]:
    engine = db.open_engine(url)
    found = inspect(engine).get_table_names()
    engine.dispose()
    return found


def test_a_database_that_holds_anything_is_refused_and_not_touched(empty_postgresql: str) -> None:
    with psycopg.connect(empty_postgresql.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("CREATE TABLE theirs (name text)")

    refused = processes.run({}, "drill", "--database", empty_postgresql)

    assert refused.returncode == 2
    assert (refused.stdout, "不是空的" in refused.stderr) == ("", True)
    assert tables(empty_postgresql) == ["theirs"]


def test_a_redis_that_holds_anything_is_refused_and_not_touched(redis_server: Redis) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("theirs", "kept")
        refused = processes.run({}, "drill", "--redis", redis_server.url)
        assert client.get("theirs") == b"kept"

    assert refused.returncode == 2
    assert "不是空的" in refused.stderr


def test_stopped_by_hand_it_leaves_nothing_behind(tmp_path: Path) -> None:
    environ = {"TMPDIR": str(tmp_path)}
    process = processes.start(environ, "drill", "--mails", "300", "--kills", "10")
    processes.until(lambda: list(tmp_path.glob("*/seat-0/worker-*")), "a worker")
    process.terminate()

    assert process.wait(processes.PATIENCE) == 1
    assert list(tmp_path.iterdir()) == []
    assert working_in(tmp_path) == []


def working_in(folder: Path) -> list[str]:
    """The processes that stand in a folder, or did before it was removed."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cwd"):
        try:
            place = str(process.readlink())
        except OSError:  # gone meanwhile, or somebody else's
            continue
        if place.startswith(str(folder)):
            found.append(place)
    return found


def test_the_command_says_it_all_as_json_and_prints_the_shortened_times() -> None:
    done = processes.run({}, "drill", "--mails", "10", "--kills", "0", "--seed", "7", "--json")

    document = json.loads(done.stdout)
    assert (done.returncode, document["good"]) == (0, True)
    assert (document["kills"], document["mails"], document["duplicate"]) == (0, 10, [])
    assert set(document["points"]) == {*(point.code for point in Point), "random"}
    assert "领取 2 秒（平时 60）" in done.stderr


def test_too_few_mails_for_the_kills_are_bad_usage() -> None:
    refused = processes.run({}, "drill", "--mails", "20", "--kills", "5")

    assert refused.returncode == 2
    assert "--mails" in refused.stderr


# -- the judge -----------------------------------------------------------------------------------


def test_the_judge_sees_a_second_copy() -> None:
    verdict = judge(["a", "b", "a"], {"a": S.ACCEPTED, "b": S.ACCEPTED})

    assert verdict == Verdict(duplicate=("a",))
    assert not verdict.good


@pytest.mark.parametrize("state", [S.PLANNED, S.LEASED, S.HANDED, S.ACCEPTED])
def test_the_judge_misses_who_got_nothing_without_a_word(state: S) -> None:
    verdict = judge(["a"], {"a": S.ACCEPTED, "b": state})

    assert verdict == Verdict(missed=("b",))
    assert not verdict.good


@pytest.mark.parametrize("state", [S.IN_DOUBT, S.FAILED, S.DEFERRED, S.HELD, S.SKIPPED])
def test_who_is_in_a_named_state_is_not_missed(state: S) -> None:
    assert judge(["a"], {"a": S.ACCEPTED, "b": state}).good


def test_the_judge_sees_a_copy_nobody_planned_or_booked() -> None:
    assert judge(["a", "x"], {"a": S.ACCEPTED}) == Verdict(unplanned=("x",))
    assert judge(["a"], {"a": S.DEFERRED}) == Verdict(unbooked=("a",))


@pytest.mark.parametrize(("doubts", "good"), [(8 + 3, True), (8 + 4, False)])
def test_more_doubts_than_connections_and_lost_replies_are_a_failure(
    doubts: int, *, good: bool
) -> None:
    outcome = Outcome(
        mails=100,
        connections=4,
        verdict=Verdict(),
        states={S.ACCEPTED: 100},
        in_doubt=doubts,
        settled=doubts,
        kills=Counter({Point.LEASED: 1, None: 1}),
        mishaps=Counter({Mishap.SPEECHLESS: 2, Mishap.BROKEN: 1, Mishap.LATER: 9}),
    )
    assert outcome.good is good


def test_books_that_do_not_agree_are_a_failure() -> None:
    assert not Outcome(1, 1, Verdict(), {S.ACCEPTED: 1}, 0, 0, mismatches=("不符",)).good


# -- the points ----------------------------------------------------------------------------------


def test_the_kills_visit_every_point_and_random_moments() -> None:
    planned = Counter(orders(20, Random(1)))  # noqa: S311 - repeatable on purpose

    assert planned.total() == 20
    assert all(planned[point] >= 1 for point in Point)
    assert planned[None] == 10


def test_in_normal_work_nobody_dies_at_any_point() -> None:
    for point in Point:
        reached(point)


def test_a_process_dies_where_it_was_told_to_and_says_so() -> None:
    script = (
        "from distribution.delivery import Point, reached\n"
        "reached(Point.LEASED); reached(Point.AFTER_DOT); print('once', flush=True)\n"
        "reached(Point.AFTER_DOT); print('twice')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=processes.with_path(order_of(Point.AFTER_DOT, 2)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (-9, "once\n")
    assert died_at(done.stderr) is Point.AFTER_DOT
    assert died_at("nothing of the kind") is None


# -- the relay -----------------------------------------------------------------------------------


class Always(Random):
    """Chance that always falls on one misbehaviour, or on none."""

    def __init__(self, mishap: Mishap | None) -> None:
        kinds = list(Mishap)
        before = kinds[: kinds.index(mishap)] if mishap else kinds
        self._falls = sum(kind.share for kind in before) + 0.001

    def random(self) -> float:
        return self._falls


def said_to(sink: Sink, recipient: str) -> str:
    """What a plain client is told in the end, or how it loses its connection."""
    try:
        with smtplib.SMTP(HOST, sink.port, timeout=10) as client:
            client.sendmail("drill@drill.test", [recipient], b"Subject: x\r\n\r\n.text\r\n")
    except smtplib.SMTPRecipientsRefused as error:
        return str(error.recipients[recipient][0])
    except smtplib.SMTPDataError as error:
        return str(error.smtp_code)
    except (smtplib.SMTPServerDisconnected, ConnectionError):
        return "lost"
    return "250"


@pytest.mark.parametrize(
    ("mishap", "said", "taken"),
    [
        (None, "250", True),
        (Mishap.LATER, "451", False),
        (Mishap.NOT_NOW, "451", False),
        (Mishap.BROKEN, "lost", False),
        (Mishap.SPEECHLESS, "lost", True),
    ],
)
def test_what_the_relay_took_stands_in_its_log_whatever_it_said(
    tmp_path: Path, mishap: Mishap | None, said: str, *, taken: bool
) -> None:
    log = tmp_path / "accepted"
    with Sink(log, Always(mishap)) as sink:
        sink.allowed = 1
        assert said_to(sink, "reader@drill.test") == said
        assert log.read_text(encoding="utf-8") == ("reader@drill.test\n" if taken else "")
    assert sink.mishaps == ({mishap: 1} if mishap else {})


def test_the_relay_takes_no_more_than_it_is_allowed(tmp_path: Path) -> None:
    with Sink(tmp_path / "accepted", Always(None)) as sink:
        sink.allowed = 1
        assert said_to(sink, "first@drill.test") == "250"
        second = Thread(target=said_to, args=(sink, "second@drill.test"))
        second.start()
        second.join(0.3)
        assert (second.is_alive(), sink.taken) == (True, 1)
        sink.allowed = 2
        second.join(10)
        assert sink.taken == 2
