"""One PostgreSQL database for this folder, emptied between its tests: they are many."""

import secrets

import psycopg
import pytest
from sqlalchemy import delete

from distribution import db
from distribution.models import Base, Topic


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_folder: str, migrated_postgresql: str) -> str:
    """The address of a migrated database."""
    name = f"t{secrets.token_hex(6)}"
    with psycopg.connect(host=postgresql_folder, user="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_postgresql}")
    return f"postgresql+psycopg://postgres@/{name}?host={postgresql_folder}"


@pytest.fixture
def postgresql_database(shared_postgresql: str) -> str:
    """The address of that database, with nothing in it but the topics of the migrations."""
    engine = db.open_engine(shared_postgresql)
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table is not Topic.__table__:
                connection.execute(delete(table))
    engine.dispose()
    return shared_postgresql
