"""The server around the pages: it listens, serves beside its caller, and ends in order."""

import errno
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from distribution.app import App
from distribution.config import Settings
from distribution.errors import DistributionError
from distribution.web.application import Ring, find_later, make_app

log = logging.getLogger(__name__)

_BACKLOG = 2048
_STOP_SECONDS = 12
"""How long requests may take to end once the server is to stop; longer than any page may."""


class CannotListen(DistributionError):
    """Raised when the address of the web server cannot be had."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"网页服务无法监听 {_spelt(host, port)}（{reason}）："
            "请停止占用它的程序，或改设置 web_host、web_port"
        )


class ServerDied(DistributionError):
    """Raised when the server ended though nobody told it to; the log has the reason."""

    exit_code = 1

    def __init__(self) -> None:
        super().__init__("网页服务意外停止：原因见前面的记录，请重新启动")


@contextmanager
def served(
    app: App, ring: Ring, listener: socket.socket, *, ring_notices: Ring = find_later
) -> Iterator[threading.Thread]:
    """Serve beside the block; leaving it answers what has been asked, and stores what was heard.

    `ring` is told of stored requests, the other of providers' notices. Raises ServerDied at the
    end of the block where the thread has ended before it. The thread is a daemon, and so are those
    it starts: one that waits for a database that never answers does not keep the process.
    """
    server = make_server(make_app(app, ring, ring_notices))
    thread = threading.Thread(target=_run, args=(server, listener), name="web", daemon=True)
    thread.start()
    try:
        yield thread
        if not thread.is_alive():
            raise ServerDied
    finally:
        server.should_exit = True
        thread.join()


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    try:
        server.run(sockets=[listener])
    except Exception:  # the entry point of this thread: `served` raises in the other
        log.exception("the web server has died")


def make_server(pages: Starlette) -> uvicorn.Server:
    """A server that says nothing of who asks for what."""
    config = uvicorn.Config(
        pages,
        loop="auto",  # uvloop, where there is one
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level=logging.WARNING,  # what it tells of its own life bears the name uvicorn.error
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who asks is not kept, and links are made of the settings
        timeout_graceful_shutdown=_STOP_SECONDS,
        backlog=_BACKLOG,
    )
    return uvicorn.Server(config)


def _reason(error: OSError) -> str:
    reasons = {errno.EADDRINUSE: "端口已被占用", errno.EADDRNOTAVAIL: "本机没有这个地址"}
    reasons |= {errno.EACCES: "没有权限", socket.EAI_NONAME: "查不到这个主机名"}
    return reasons.get(error.errno or 0) or error.strerror or str(error)


def listen(settings: Settings) -> socket.socket:
    """The socket of the settings' address, bound; raises CannotListen."""
    host, port = settings.web_host, settings.web_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise CannotListen(host, port, _reason(error)) from error


def netloc(listener: socket.socket) -> str:
    """Host and port, as a URL spells them."""
    return _spelt(*listener.getsockname()[:2])


def _spelt(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
