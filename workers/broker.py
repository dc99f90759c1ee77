"""The broker: in this process, or on Redis. Messages are doorbells, the database is the queue."""

from collections.abc import Callable

import redis
from dramatiq import Broker, ConnectionClosed, Middleware
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from redis.backoff import NoBackoff
from redis.retry import Retry

from distribution.config import PREFIX, Settings
from distribution.errors import DistributionError, InvalidSetting
from workers.bells import Line
from workers.ticker import Ticker

NAMESPACE = "distribution"
CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
"""How long Redis may take: whoever rings has other things to do."""


class BrokerAway(DistributionError):
    """Raised where somebody who can see to it must know that Redis cannot be reached."""


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
    line, ticker = Line(), Ticker(settings.ticker_seconds)
    url = settings.redis_url.get_secret_value()
    if not url:
        return StubBroker(middleware=[line, ticker])
    return Doorbell(_client(url), line, [ticker])


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
        return redis.Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1),  # once: a connection kept from before a restart is dead
        )
    except ValueError as error:
        raise InvalidSetting(
            f"{PREFIX}REDIS_URL", "***", "应为 redis://主机:端口/0、rediss://… 或 unix:///路径"
        ) from error
