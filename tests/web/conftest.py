"""A planned run, and a visitor who holds the links of a mail of it."""

from collections.abc import Iterator

import pytest
from emptied import postgresql_database, shared_postgresql  # noqa: F401 - its fixtures
from starlette.testclient import TestClient
from web_office import BASE_URL, GRANTED, Visitor, delivery_to, plan

from distribution import web
from distribution.app import App


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """An installation behind a reverse proxy that serves it under a prefix."""
    return environment | {"DISTRIBUTION_BASE_URL": BASE_URL}


@pytest.fixture
def rung() -> list[int]:
    """The inbox ids the bell was rung for."""
    return []


@pytest.fixture
def client(app: App, rung: list[int]) -> Iterator[TestClient]:
    """A client without cookies that follows nothing by itself."""
    site = web.make_app(app, rung.extend)
    with TestClient(site, raise_server_exceptions=False, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def visitor(app: App, client: TestClient) -> Visitor:
    """A reader who agreed to be known, with his mail of a planned run."""
    run = plan(app)
    return Visitor(app, client, delivery_to(app, GRANTED), run)
