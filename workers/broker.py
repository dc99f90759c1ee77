"""The broker: in this process, or on Redis. Messages are doorbells, the database is the queue."""

from dramatiq import Broker, Middleware
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker

from distribution.config import Settings
from workers.ticker import Ticker

NAMESPACE = "distribution"


def make_broker(settings: Settings) -> Broker:
    """Choose by `redis_url`.

    None of Dramatiq's own middleware: no retries, delays, results, age or time limits. A time
    limit could strike between the relay's acceptance and our record of it.
    """
    middleware: list[Middleware] = [Ticker(settings.ticker_seconds)]
    url = settings.redis_url.get_secret_value()
    if not url:
        return StubBroker(middleware=middleware)
    return RedisBroker(  # type: ignore[no-untyped-call] # Dramatiq left it without types
        url=url, namespace=NAMESPACE, middleware=middleware
    )
