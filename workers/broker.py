"""The broker: in this process, or on Redis. Messages are doorbells, the database is the queue."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import Any, ParamSpec

import redis
from dramatiq import (
    Actor,
    Broker,
    BrokerConnectionError,
    ConnectionClosed,
    Middleware,
    Worker,
)
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from redis.backoff import NoBackoff
from redis.retry import Retry

from distribution.config import PREFIX, Settings
from distribution.delivery import Count, counts
from distribution.errors import DistributionError, InvalidSetting
from workers.exposing import Exposing
from workers.leaving import Leaving
from workers.listening import Listening
from workers.speaking import Speaking
from workers.ticker import Ticker, queues_of

log = logging.getLogger(__name__)

NAMESPACE = "distribution"
CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
"""How long Redis may take: whoever rings has other things to do."""


PAUSE = 1.0
"""Seconds for which a broker that was away is not asked again."""

_Words = ParamSpec("_Words")


class BrokerAway(DistributionError):
    """Raised where somebody who can see to it must know that Redis cannot be reached."""


class Line(Middleware):
    """What this process knows about its broker: who hears, and whether it is away."""

    def __init__(self) -> None:
        self._heard: Counter[str] = Counter()
        self._lock = Lock()
        self._away = False
        self._asked_again_at = 0.0

    def before_worker_boot(self, broker: Broker, worker: Worker) -> None:
        """Hear what this worker hears."""
        self._heard.update(queues_of(broker, worker))

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Hear it no more."""
        self._heard.subtract(queues_of(broker, worker))

    def hears(self, queue: str) -> bool:
        """Whether a worker of this process answers the bells of a queue."""
        return self._heard[queue] > 0

    def silent(self) -> bool:
        """Whether the broker was away just now, so that asking would only cost time."""
        return self._away and time.monotonic() < self._asked_again_at

    def lost(self, why: str) -> None:
        """Say once that the broker is away."""
        with self._lock:
            before, self._away = self._away, True
            self._asked_again_at = time.monotonic() + PAUSE
        if not before:
            log.warning("no bells until Redis is back (%s); the tickers do the work", why)

    def found(self) -> None:
        """Say once that the broker is back."""
        with self._lock:
            before, self._away = self._away, False
        if before:
            log.info("Redis is back")


class Doorbell(RedisBroker):
    """Redis, where only ringing can fail.

    Dramatiq takes a time-out for a defect, and repeats an acknowledgement until Redis is back,
    which would hold up a worker that is to stop. Here a worker hears no bells meanwhile.
    """

    def __init__(self, client: redis.Redis, line: Line, middleware: list[Middleware]) -> None:
        super().__init__(  # type: ignore[no-untyped-call] # Dramatiq left it without types
            client=client, namespace=NAMESPACE, middleware=[line, *middleware]
        )
        self._line = line

    def _dispatch(self, command: str) -> Callable[..., object]:
        dispatch = super()._dispatch(command)  # type: ignore[no-untyped-call] # as above

        def do(queue: str, *args: object) -> object:
            try:
                answer = dispatch(queue, *args)
            except redis.RedisError as error:
                words = str(error) or type(error).__name__
                self._line.lost(words)
                if command == "enqueue":
                    raise ConnectionClosed(words) from None  # type: ignore[no-untyped-call]
                return []  # nothing has come; and a bell not acknowledged may well come again
            self._line.found()
            return answer

        return do


def make_broker(settings: Settings) -> Broker:
    """Choose by `redis_url`; nothing is connected yet.

    None of Dramatiq's own middleware: no retries, delays, results, age or time limits. A time
    limit could strike between the relay's acceptance and our record of it.
    """
    line = Line()
    ways = [Leaving(), Speaking(settings)]
    beside = [*ways, Exposing(settings), Listening(), Ticker(settings.ticker_seconds)]
    url = settings.redis_url.get_secret_value()
    if not url:
        return StubBroker(middleware=[line, *beside])
    return Doorbell(_client(url), line, beside)


def ring(actor: Actor[_Words, Any], *args: _Words.args, **kwargs: _Words.kwargs) -> bool:
    """Ring for an actor, with ids at most; whether somebody may hear it. Never raises.

    False where Redis is away, or where the queue lies in this process and nobody works on it
    here: such a message would lie in memory for ever.
    """
    broker = actor.broker
    line = next(found for found in broker.middleware if isinstance(found, Line))
    if isinstance(broker, StubBroker) and not line.hears(actor.queue_name):
        return False
    if not line.silent():
        try:
            actor.send(*args, **kwargs)
        except BrokerConnectionError:
            pass
        else:
            return True
    counts.add(Count.BELL_LOST)
    return False


def refuse_absent(broker: Broker) -> None:
    """Raise BrokerAway where the broker is on Redis and Redis does not answer."""
    if not isinstance(broker, RedisBroker):
        return
    try:
        broker.client.ping()
    except redis.RedisError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BrokerAway(f"Redis 无法连接（{reason}）：请检查 redis_url 与 Redis 服务") from error


def _client(url: str) -> redis.Redis:
    try:
        client = redis.Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1),  # once: a connection kept from before a restart is dead
        )
        pool = client.connection_pool
        pool.connection_class(**pool.connection_kwargs)  # nothing else looks at the URL's options
    except (ValueError, TypeError, redis.RedisError) as error:
        raise InvalidSetting(
            f"{PREFIX}REDIS_URL",
            "***",
            "应为 redis://主机:端口/0、rediss://… 或 unix:///路径，问号后须是 redis-py 的选项",
        ) from error
    return client
