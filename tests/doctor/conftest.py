"""One emptied PostgreSQL database for all examinations."""

from emptied import postgresql_database, shared_postgresql  # noqa: F401 - its fixtures
