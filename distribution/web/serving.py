"""The server around the pages: it listens, serves until it is told to stop, and ends in order."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from distribution.app import App
from distribution.config import Settings
from distribution.errors import DistributionError
from distribution.web.application import make_app

_BACKLOG = 2048
_STOP_SECONDS = 10
"""How long a request may take to end after the signal to stop."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class CannotListen(DistributionError):
    """Raised when the address of the web server cannot be had."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"网页服务无法监听 {_spelt(host, port)}（{reason}）："
            "请停止占用它的程序，或改设置 web_host、web_port"
        )


class Server(uvicorn.Server):
    """Uvicorn, with the signals left to `serve`: it would raise them again at the end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    app: App,
    ring: Callable[[list[int]], None],
    *,
    background: Callable[[], AbstractContextManager[None]] | None = None,
    listening: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; raises CannotListen.

    `background` surrounds the serving: entered when the address is ours, left when the last
    request is answered. `listening` is told the address.
    """
    server = make_server(make_app(app, ring), app.settings)
    with closing(listen(app.settings)) as listener, _stopped_by_signals(server):
        if listening is not None:
            listening(f"http://{_spelt(*listener.getsockname()[:2])}")
        with background() if background is not None else nullcontext():
            server.run(sockets=[listener])


@contextmanager
def served(app: App, ring: Callable[[list[int]], None]) -> Iterator[str]:
    """Serve beside the block, on a free port for this machine alone; gives host and port."""
    settings = app.settings.model_copy(update={"web_host": "127.0.0.1", "web_port": 0})
    server = make_server(make_app(app, ring), settings)
    with closing(listen(settings)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web")
        thread.start()
        try:
            yield _spelt(*listener.getsockname()[:2])
        finally:
            server.should_exit = True
            thread.join()


def make_server(pages: Starlette, settings: Settings) -> Server:
    """A server that says nothing of who asks for what."""
    config = uvicorn.Config(
        pages,
        loop="auto",  # uvloop, where there is one
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.web_proxies,
        timeout_graceful_shutdown=_STOP_SECONDS,
        backlog=_BACKLOG,
    )
    return Server(config)


def listen(settings: Settings) -> socket.socket:
    """The socket of the settings' address, bound; raises CannotListen."""
    host, port = settings.web_host, settings.web_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise CannotListen(host, port, error.strerror or str(error)) from error
    except ValueError as error:  # a name that cannot be one
        raise CannotListen(host, port, str(error)) from error


@contextmanager
def _stopped_by_signals(server: Server) -> Iterator[None]:
    """Let the first signal end the serving; the second strikes at once."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals go to the main thread, and so to whoever rules there
        return

    def heard(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, heard) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _spelt(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
