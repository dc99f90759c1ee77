"""One emptied PostgreSQL database for all tests of faults."""

from emptied import postgresql_database, shared_postgresql  # noqa: F401 - its fixtures
