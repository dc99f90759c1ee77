"""A served installation with two issues sent, and Chromium to read it with: phone, no script."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from browsing import Magazine, Visit, page_of
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as BrowserError
from runs import plan_sample, start

from distribution import clock, web
from distribution.app import open_app
from distribution.config import Settings

CHROMES = ("chromium", "google-chrome")
AXE = Path(sys.prefix) / "axe" / "axe.min.js"
"""Where `set_up.sh` has put it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Pictures of every page, for people to look at."""
    parser.addoption("--pictures", help="folder for pictures of every page", type=Path)


@pytest.fixture(scope="session")
def magazine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Magazine]:
    """Everything is sent into the outbox; the pages are served on a free port."""
    home = tmp_path_factory.mktemp("home")
    with closing(web.listen(Settings().model_copy(update={"web_port": 0}))) as listener:
        host, port = listener.getsockname()
        app = open_app(
            {
                "DISTRIBUTION_HOME": str(home),
                "DISTRIBUTION_BASE_URL": f"http://{host}:{port}",
                "DISTRIBUTION_SUBSCRIBE_FORM": "on",
            }
        )
        for label in ("10", "11"):
            start(app, plan_sample(app, label=label), clock.now())
        magazine = Magazine(app)
        magazine.work()
        with web.served(app, lambda _ids: None, listener):
            yield magazine
        app.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's own browser, however it is called."""
    path = next(filter(None, map(shutil.which, CHROMES)), None)
    if path is None:
        pytest.skip("no Chromium here: install the package chromium")
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except BrowserError as error:
            pytest.skip(f"{path} does not start: {error.message.splitlines()[0]}")
        with closing(browser):
            yield browser


@pytest.fixture
def scripted(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts: not, unless a test says so."""
    return bool(getattr(request, "param", False))


@pytest.fixture
def visit(chromium: Browser, magazine: Magazine, scripted: bool) -> Iterator[Visit]:  # noqa: FBT001 - a fixture
    """Somebody with a phone."""
    with page_of(chromium, magazine, scripted=scripted) as visit:
        yield visit


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not AXE.exists():
        pytest.skip("no axe-core here: `make test-browser` fetches it with npm")
    return AXE.read_text(encoding="utf-8")
