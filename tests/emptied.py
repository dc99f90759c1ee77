"""One PostgreSQL database for the tests of a folder, emptied between them: they are many.

A folder takes part by importing both fixtures into its conftest.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from distribution.models import Base

FILLED = ("topics", "topic_rules")
"""What the migrations put something into."""
_CHILDREN_FIRST = ",".join(table.name for table in reversed(Base.metadata.sorted_tables))
_HOW_TO_EMPTY = f"""
CREATE FUNCTION pg_temp.empty_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name text;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  FOREACH name IN ARRAY string_to_array('{_CHILDREN_FIRST}', ',') LOOP
    IF pg_relation_size(name::regclass) > 0 THEN
      EXECUTE format('DELETE FROM %I', name);
    END IF;
  END LOOP;
  PERFORM setval(sequence.oid::regclass, 1, false) FROM pg_class AS sequence
    WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
  FOREACH name IN ARRAY string_to_array('{",".join(FILLED)}', ',') LOOP
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', name, 'migrated_' || name);
    EXECUTE format('SELECT setval(%L, max(id)) FROM %I', name || '_id_seq', name);
  END LOOP;
END $$
"""  # noqa: S608 - our own tables
"""One call instead of a hundred statements, each to be understood anew."""


@dataclass
class Shared:
    """The database, and a connection that stays: making one costs more than the emptying."""

    url: str
    connection: "psycopg.Connection[tuple[object, ...]]"

    def empty(self) -> None:
        """Leave what the migrations left, and end whoever is still connected."""
        try:
            self.connection.execute("SELECT pg_temp.empty_all()")
        except psycopg.OperationalError:  # a test has ended every connection
            self.connection = _connect(self.url)
            self.connection.execute("SELECT pg_temp.empty_all()")


def _connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    name, folder = url.split("@/", 1)[1].split("?host=")
    connection = psycopg.connect(host=folder, user="postgres", dbname=name, autocommit=True)
    connection.execute(_HOW_TO_EMPTY)
    return connection


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_folder: str, migrated_postgresql: str) -> Iterator[Shared]:
    """A migrated database that remembers what the migrations put into it."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_postgresql}")
    url = f"postgresql+psycopg://postgres@/{name}?host={postgresql_folder}"
    connection = _connect(url)
    for table in FILLED:
        connection.execute(f"CREATE TABLE migrated_{table} AS SELECT * FROM {table}")  # noqa: S608
    shared = Shared(url, connection)
    yield shared
    shared.connection.close()


@pytest.fixture
def postgresql_database(shared_postgresql: Shared) -> str:
    """The address of that database as the migrations left it: keys begin at 1 again."""
    shared_postgresql.empty()
    return shared_postgresql.url
