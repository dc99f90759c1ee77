"""One emptied database for all tests of this folder."""

from emptied import postgresql_database, shared_postgresql  # noqa: F401 - its fixtures
