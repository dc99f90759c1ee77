"""What all tests share: a migrated database of each kind, an installation, plain factories."""

import os
import secrets
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import imap
import psycopg
import pytest
import servers
from hypothesis import settings
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from distribution import db, schema
from distribution.app import App, open_app

collect_ignore_glob = ["*conftest.py"]  # four files of one name cannot all be searched for doctests

KEY = "a-secret-of-the-tests-only-0123456789"

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("untimed")

os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", servers.quick_folder())  # for every tmp_path


def _understand_statements_once() -> None:
    """Share compiled statements between engines of a kind: every test opens one of its own.

    SQLAlchemy keeps them by engine and dialect, and compiling is a fifth of a short test.
    """
    kept = {}
    for dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        dialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign]
        kept[dialect.name] = LRUCache(2_000)
    create_engine = db.create_engine

    def sharing(*words: object, **more: object) -> Engine:
        engine = create_engine(*words, **more)
        engine._compiled_cache = kept[engine.dialect.name]
        return engine

    db.create_engine = sharing


_understand_statements_once()


_ONE_CALL_THICK = [Path(__file__).parent / folder for folder in ("cli", "web", "doctor")]
"""Tests of commands and pages: what these call is tested on both databases elsewhere."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of each two such tests that differ by the database only, leave one out: half of either kind.

    With EVERY_DATABASE=1 none.
    """
    if os.environ.get("EVERY_DATABASE"):
        return
    twins = defaultdict[str, dict[str, pytest.Item]](dict)
    for item in items:
        call = getattr(item, "callspec", None)
        if call and "environment" in call.params and _is_thin(item.path):
            kind = call.params["environment"]
            twins[item.nodeid.replace(kind, "", 1)][kind] = item
    out = {
        pair[("sqlite", "postgresql")[crc32(name.encode()) % 2]]
        for name, pair in twins.items()
        if pair.keys() == {"sqlite", "postgresql"}
    }
    config.hook.pytest_deselected(items=list(out))
    items[:] = [item for item in items if item not in out]


def _is_thin(path: Path) -> bool:
    return any(folder in path.parents for folder in _ONE_CALL_THICK)


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests may reach them."""
    for name in os.environ:
        if name.startswith("DISTRIBUTION_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[servers.Postgresql]:
    """The PostgreSQL server of this test process; who stops it starts it again."""
    try:
        with servers.postgresql_server() as server:
            yield server
    except servers.NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def postgresql_folder(postgresql_server: servers.Postgresql) -> str:
    """The server's socket folder."""
    return postgresql_server.folder


def postgresql_url(folder: str, database: str) -> str:
    """The address of one of the server's databases."""
    return f"postgresql+psycopg://postgres@/{database}?host={folder}"


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_folder: str) -> str:
    """The name of a migrated database that others are copied from."""
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE migrated")
    engine = db.open_engine(postgresql_url(postgresql_folder, "migrated"))
    schema.upgrade(engine)
    engine.dispose()
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file that others are copied from."""
    path = tmp_path_factory.mktemp("migrated") / "distribution.db"
    engine = db.open_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def empty_postgresql(postgresql_folder: str) -> Iterator[str]:
    """The address of a database without tables."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield postgresql_url(postgresql_folder, name)
    _drop(postgresql_folder, name)


@pytest.fixture
def postgresql_database(postgresql_folder: str, migrated_postgresql: str) -> Iterator[str]:
    """The address of a migrated database of this test alone."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_postgresql}")
    yield postgresql_url(postgresql_folder, name)
    _drop(postgresql_folder, name)


def _drop(folder: str, database: str) -> None:
    with psycopg.connect(host=folder, user="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of an installation with a migrated database of either kind."""
    home = tmp_path / "home"
    home.mkdir()
    environ = {"DISTRIBUTION_HOME": str(home), "DISTRIBUTION_SECRET_KEYS": KEY}
    if request.param == "postgresql":
        environ["DISTRIBUTION_DATABASE_URL"] = request.getfixturevalue("postgresql_database")
    else:
        shutil.copy(request.getfixturevalue("migrated_sqlite"), home / "distribution.db")
    return environ


@pytest.fixture
def app(environment: dict[str, str]) -> Iterator[App]:
    """An opened installation on either database."""
    opened = open_app(environment)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def session(app: App) -> Iterator[Session]:
    """A session that may write."""
    with app.transaction() as opened:
        yield opened


@pytest.fixture
def redis_server() -> Iterator[servers.Redis]:
    """A Redis-compatible server of this test alone, empty."""
    try:
        with servers.redis() as server:
            yield server
    except servers.NoServer as reason:
        pytest.skip(str(reason))


@pytest.fixture
def imap_port() -> Iterator[int]:
    """The port of an IMAP server of this test alone, empty."""
    try:
        with imap.server() as port:
            yield port
    except imap.NoImap as reason:
        pytest.skip(str(reason))


@pytest.fixture
def box(imap_port: int) -> imap.Box:
    """What lies on the IMAP server."""
    return imap.Box(imap_port)


@pytest.fixture
def wire(imap_port: int) -> Iterator[imap.Wire]:
    """The way to the IMAP server."""
    laid = imap.Wire(imap_port)
    yield laid
    laid.close()
