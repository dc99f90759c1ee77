"""One PostgreSQL database for the tests of a folder, emptied between them: they are many.

A folder takes part by importing both fixtures into its conftest.
"""

import secrets

import psycopg
import pytest

from distribution.models import Base

_FILLED = ("topics", "topic_rules")
"""What the migrations put something into."""
_EMPTY = ";".join(
    f'DELETE FROM "{table.name}"'  # noqa: S608 - our own tables
    for table in reversed(Base.metadata.sorted_tables)
)


def _connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    name, folder = url.split("@/", 1)[1].split("?host=")
    return psycopg.connect(host=folder, user="postgres", dbname=name, autocommit=True)


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_folder: str, migrated_postgresql: str) -> str:
    """The address of a migrated database that remembers what the migrations put into it."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_postgresql}")
    url = f"postgresql+psycopg://postgres@/{name}?host={postgresql_folder}"
    with _connect(url) as database:
        for table in _FILLED:
            database.execute(f"CREATE TABLE migrated_{table} AS SELECT * FROM {table}")  # noqa: S608
    return url


@pytest.fixture
def postgresql_database(shared_postgresql: str) -> str:
    """The address of that database as the migrations left it: keys begin at 1 again."""
    with _connect(shared_postgresql) as database:
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        database.execute(_EMPTY)
        database.execute(
            "SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences"
        )
        for table in _FILLED:
            database.execute(f"INSERT INTO {table} SELECT * FROM migrated_{table}")  # noqa: S608
            database.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")  # noqa: S608
    return shared_postgresql
