"""Runs the migrations: over the connection handed in, else over the one of the settings."""

import os

from alembic import context
from sqlalchemy.types import TypeDecorator

from distribution import config, db
from distribution.models import Base


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our column types as the plain ones below them: migrations outlive the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def include_name(name: str | None, _kind: str, _parents: object) -> bool:
    """All but what the search has for itself: virtual tables, or a column and its index."""
    return name is None or not name.startswith("article_search")


def run() -> None:
    """Migrate inside one transaction, on SQLite too: a crash leaves the old schema."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    engine = db.open_engine(config.load(os.environ).settings.database)
    with engine.begin() as own:
        migrate(own)


def migrate(connection) -> None:  # noqa: ANN001 - a SQLAlchemy Connection
    """Configure Alembic for both databases alike."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        include_name=include_name,
        compare_type=True,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


run()
