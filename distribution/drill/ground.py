"""Where a drill takes place: a made-up installation in a folder of its own, and what it leaves."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event

from sqlalchemy import Engine

from distribution import audience, clock, compiler, db, delivery, issues, schema, topics
from distribution.app import LATE_RESULT, App, open_app
from distribution.bundle import sample
from distribution.config import PREFIX, Settings
from distribution.drill import store
from distribution.drill.sink import HOST
from distribution.errors import DistributionError, Refused

SHORTENED = 60
"""Minutes become seconds; only leases half as short, since a busy machine may stand still."""
TICKER_SECONDS = 1
_TOPICS = ("政策措施", "装备制造", "质量管理", "省内信息")
_DOMAINS = 20
_NEW_SECTION, _ITS_TOPIC = "安全生产", "quality"
"""A section of the sample issue that leads to no topic yet, and where it leads here."""
_KEYS = "distribution:*"
"""What workers write in Redis."""


class Stopped(Refused):
    """Raised when the person stops a drill."""

    def __init__(self) -> None:
        super().__init__("演练已中止：它起的进程都已结束，建立的一切都已清除")


class NotEmpty(DistributionError):
    """Raised where a drill would take place among somebody's data."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what}不是空的，没有演练：请另给一个空的，演练结束时会清空它")


class NoRedis(DistributionError):
    """Raised where the Redis that was named does not answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Redis 无法使用（{reason}）：请检查 --redis 与 Redis 服务")


@dataclass(frozen=True, slots=True)
class Times:
    """How long is waited for what, in seconds."""

    lease: int
    dot: int

    @property
    def quarantine(self) -> float:
        """After its intent: a mail without a result by then is in doubt."""
        return self.dot * (1 + LATE_RESULT)


USUAL = Times(
    lease=Settings.model_fields["lease_seconds"].default,
    dot=Settings.model_fields["dot_timeout_seconds"].default,
)
HERE = Times(lease=2 * USUAL.lease // SHORTENED, dot=USUAL.dot // SHORTENED)


@dataclass(frozen=True, slots=True)
class Ground:
    """The installation, and its run that is being sent."""

    app: App
    environ: dict[str, str]
    """For the processes that work for it."""
    run_id: int
    seats: int
    """How many worker processes may work at the same time."""


@dataclass(frozen=True, slots=True)
class Site:
    """What is to be built where."""

    folder: Path
    port: int
    """Of the relay."""
    readers: int
    connections: int
    database: str = ""
    """Of an empty PostgreSQL; without it SQLite in the folder."""
    redis: str = ""


@contextmanager
def built(site: Site, stop: Event, begin: Callable[[], None]) -> Iterator[Ground]:
    """Build the installation and release its run; afterwards nothing of it is left.

    `begin` is called once database and Redis are known to be there and empty.
    """
    environ = _environment(site)
    with ExitStack() as undo:
        if site.redis:
            undo.enter_context(_empty_redis(site.redis))
        if site.database:
            undo.enter_context(_empty_database(site.database))
        begin()
        app = open_app(environ)
        undo.callback(app.engine.dispose)
        key = _import_issue(app)
        _add_readers(app, site.readers, stop)
        at = clock.now()
        run_id = delivery.plan(app.transaction, key, app.recipe, by="drill", at=at)
        delivery.start(app.transaction, run_id, at=at, expiry=timedelta(days=1))
        yield Ground(app, environ, run_id, seats=2 if site.redis else 1)


def _environment(site: Site) -> dict[str, str]:
    """The person's own settings stay out of it."""
    settings = {
        "home": str(site.folder / "home"),
        "database_url": site.database,
        "redis_url": site.redis,
        "secret_keys": secrets.token_hex(32),
        "base_url": "https://drill.test",
        "sender_address": "drill@drill.test",
        "transport": "smtp",
        "smtp_host": HOST,
        "smtp_port": site.port,
        "smtp_security": "none",
        "connections": site.connections,
        "batch_size": 2 * site.connections,
        "lease_seconds": HERE.lease,
        "dot_timeout_seconds": HERE.dot,
        "ticker_seconds": TICKER_SECONDS,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return delivery.without_order(kept) | {
        f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()
    }


@contextmanager
def _empty_database(url: str) -> Iterator[None]:
    """Make the schema in a database without tables, and take it away again."""
    with _disposed(db.open_engine(url)) as engine:
        if engine.dialect.name != "postgresql":
            raise DistributionError("--database 只能是 postgresql://…：不写它，就用临时的 SQLite")
        with db.friendly():
            if store.tables(engine):
                raise NotEmpty("--database 指定的数据库")
            try:
                schema.upgrade(engine)
                yield
            finally:
                store.drop_all(engine)


@contextmanager
def _disposed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _empty_redis(url: str) -> Iterator[None]:
    """Use an empty database of a Redis, and leave it empty."""
    import redis  # here: no other command should wait for it

    with ExitStack() as undo:
        with _answering():
            client = redis.Redis.from_url(url, socket_connect_timeout=5)
            undo.callback(client.close)
            if client.dbsize():
                raise NotEmpty("--redis 指定的库")
        try:
            yield
        finally:
            with _answering():
                for key in client.scan_iter(_KEYS):
                    client.delete(key)


@contextmanager
def _answering() -> Iterator[None]:
    """Say in a sentence that Redis is not there."""
    import redis

    try:
        yield
    except (redis.RedisError, ValueError) as error:
        raise NoRedis(str(error)) from error


def _import_issue(app: App) -> str:
    """Import and approve the sample issue; gives its key."""
    data, at = sample("issue.txt").read_bytes(), clock.now()
    with app.transaction() as session:
        topics.map_section(session, _NEW_SECTION, _ITS_TOPIC)
        read = compiler.read_issue(data, "issue.txt", topics.known_sections(session))
        key = issues.save_issue(session, read, data, "issue.txt", at).key
        issues.approve(session, key, by="drill", at=at, override="演练")
    return key


def _add_readers(app: App, count: int, stop: Event) -> None:
    """Made-up readers, imported as an office imports its own."""
    audience.import_contacts(
        app.transaction,
        audience.read_contacts(_sheet(count, stop)),
        audience.Source("drill", sha256(str(count).encode()).hexdigest(), "演练：虚构的读者"),
        app.keyring.address_hash,
        lambda _verdicts: None,
        by="drill",
        at=clock.now(),
    )


def _sheet(count: int, stop: Event) -> Iterator[tuple[int, list[str]]]:
    """Their list: its rows with their numbers. The domains are reserved for tests."""
    yield 1, ["姓名", "邮箱", "关注主题"]
    for number in range(count):
        if stop.is_set():
            raise Stopped
        address = f"reader{number}@enterprise{number % _DOMAINS}.test"
        yield number + 2, [f"读者{number}", address, _TOPICS[number % len(_TOPICS)]]
