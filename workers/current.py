"""The application a worker process works for; opened after the fork, once."""

import os
from threading import Lock

from distribution.app import App, open_app

_lock = Lock()
_app: App | None = None


def set_app(app: App | None) -> None:
    """Work for this application; None: open the environment's at the next use."""
    global _app  # noqa: PLW0603 - one application per process is the point
    _app = app


def get_app() -> App:
    """The application, opened at first use, so that no two processes share a connection."""
    with _lock:
        if _app is None:
            set_app(open_app(os.environ))
        if _app is None:  # pragma: no cover - set_app has just set it
            raise RuntimeError("no application")
        return _app


def opened_app() -> App | None:
    """The application, if anybody in this process has needed it yet."""
    return _app
