"""Bells: rung where somebody hears, kept silent where nobody does, never a reason to fail."""

from collections.abc import Iterator
from pathlib import Path
from socketserver import BaseRequestHandler, UnixStreamServer
from threading import Thread

import dramatiq
import pytest
from dramatiq.brokers.redis import RedisBroker
from processes import until
from servers import Redis

from distribution.config import Settings
from distribution.errors import InvalidSetting
from workers import tracking
from workers.broker import BrokerAway, make_broker, refuse_absent, ring

heard: list[int] = []
"""What the actor of these tests was told."""


@pytest.fixture(autouse=True)
def _nothing_heard_yet() -> None:
    heard.clear()


def broker_at(url: str) -> RedisBroker:
    broker = make_broker(Settings(redis_url=url))  # type: ignore[arg-type] # pydantic converts
    assert isinstance(broker, RedisBroker)
    return broker


def listener(broker: dramatiq.Broker) -> dramatiq.Actor[[int], None]:
    """An actor that notes what it is told."""
    return dramatiq.actor(heard.append, actor_name="listen", queue_name="sending", broker=broker)


@pytest.fixture
def on_redis(redis_server: Redis) -> Iterator[RedisBroker]:
    broker = broker_at(redis_server.url)
    yield broker
    broker.client.close()


def size(broker: RedisBroker) -> int:
    waiting = broker.do_qsize("sending")
    assert isinstance(waiting, int)
    return waiting


def test_a_bell_leaves_no_message_where_nobody_hears_it() -> None:
    tracking.ring_for([1, 2, 3])
    assert ring(tracking.judge_requests, [1]) is False
    assert dramatiq.get_broker().queues["tracking"].qsize() == 0


def test_a_bell_on_redis_waits_for_whoever_comes(on_redis: RedisBroker) -> None:
    assert ring(listener(on_redis), 7)
    assert size(on_redis) == 1


def test_a_bell_without_redis_is_no_error_and_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = broker_at(f"unix://{tmp_path}/nothing.sock")
    actor = listener(broker)
    assert [ring(actor, 1), ring(actor, 2), ring(actor, 3)] == [False, False, False]
    assert [record.name for record in caplog.records] == ["workers.broker"]


@pytest.fixture
def hang_ups(tmp_path: Path) -> Iterator[list[int]]:
    """One entry for every line that somebody at `nothing.sock` has cut off; grows by itself."""
    found: list[int] = []

    class HangUp(BaseRequestHandler):
        def handle(self) -> None:
            found.append(len(found))

    with UnixStreamServer(f"{tmp_path}/nothing.sock", HangUp) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("pause", "asked"), [(3600, [1, 1, 1]), (0, [1, 2, 3])])
def test_a_broker_that_was_away_is_not_asked_again_during_a_pause(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hang_ups: list[int],
    pause: float,
    asked: list[int],
) -> None:
    monkeypatch.setattr("workers.broker.PAUSE", pause)
    actor = listener(broker_at(f"unix://{tmp_path}/nothing.sock"))
    tried: list[int] = []
    for _ in asked:
        assert ring(actor, 1) is False
        tried.append(len(hang_ups))
    once = tried[0]
    assert once > 0
    assert tried == [once * times for times in asked]


def test_each_outage_is_said_once_and_its_end_too(
    redis_server: Redis,
    on_redis: RedisBroker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("workers.broker.PAUSE", 0)
    actor = listener(on_redis)
    with caplog.at_level("INFO", "workers.broker"):
        for _ in (1, 2):
            redis_server.kill()
            assert [ring(actor, 1), ring(actor, 1)] == [False, False]
            redis_server.start()
            assert [ring(actor, 1), ring(actor, 1)] == [True, True]
    said = [record.getMessage().partition(" (")[0] for record in caplog.records]
    assert said == ["no bells until Redis is back", "Redis is back"] * 2


def test_redis_may_be_restarted_between_two_bells(
    redis_server: Redis, on_redis: RedisBroker
) -> None:
    actor = listener(on_redis)
    assert ring(actor, 1)
    redis_server.kill()
    redis_server.start()
    assert ring(actor, 2)
    assert size(on_redis) == 1


def test_a_redis_that_refuses_is_as_good_as_away(on_redis: RedisBroker) -> None:
    on_redis.client.config_set("maxmemory", "1")
    assert ring(listener(on_redis), 1) is False
    on_redis.client.config_set("maxmemory", "0")


def test_a_worker_survives_its_redis_and_hears_again(
    redis_server: Redis, on_redis: RedisBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.broker.PAUSE", 0)
    actor = listener(on_redis)
    worker = dramatiq.Worker(on_redis, queues={"sending"}, worker_timeout=50, worker_threads=1)
    worker.start()
    until(lambda: ring(actor, 1) and 1 in heard, "the first bell")
    redis_server.kill()
    assert ring(actor, 2) is False
    redis_server.start()
    until(lambda: ring(actor, 3) and 3 in heard, "a bell after the restart")
    redis_server.kill()
    worker.stop()
    assert 2 not in heard


def test_whoever_needs_redis_is_told_that_it_is_away(tmp_path: Path) -> None:
    with pytest.raises(BrokerAway, match=r"^Redis 无法连接（.*）：请检查 redis_url 与 Redis 服务$"):
        refuse_absent(broker_at(f"unix://{tmp_path}/nothing.sock"))


@pytest.mark.parametrize("url", ["redis://host:port/0"])
def test_an_address_that_is_none_of_redis_is_named_without_its_password(url: str) -> None:
    with pytest.raises(InvalidSetting, match=r"DISTRIBUTION_REDIS_URL='\*\*\*'"):
        broker_at(url)
