"""The small server of each process for those who watch over it: /metrics and /health.

Each process listens on a port of its own: the one of the settings, or the next that is free. So
its counters are its own series, and a process that is stuck answers for nobody else.
"""

import json
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import dramatiq
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from distribution.app import App
from distribution.config import Settings
from distribution.health import Examiner
from workers.current import get_app
from workers.metrics import registry_of

log = logging.getLogger(__name__)

PORTS = 100
"""How many processes of one host may listen, from the port of the settings on."""
_SECONDS = 10
"""How long somebody may take to ask."""


class Exposing(dramatiq.Middleware):
    """The server beside each worker."""

    def __init__(self, settings: Settings) -> None:
        self._host, self._port = settings.metrics_host, settings.metrics_port
        self._servers: dict[dramatiq.Worker, ThreadingHTTPServer] = {}

    def after_worker_boot(self, _broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Begin to answer."""
        server = _begin(get_app, self._host, self._port)
        if server is not None:
            self._servers[worker] = server

    def after_worker_shutdown(self, _broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Answer until the last mail is settled."""
        server = self._servers.pop(worker, None)
        if server is not None:
            _end(server)


@contextmanager
def exposed(app: App) -> Iterator[None]:
    """Answer beside the block, in a process without workers."""
    server = _begin(lambda: app, app.settings.metrics_host, app.settings.metrics_port)
    try:
        yield
    finally:
        if server is not None:
            _end(server)


def _begin(app: Callable[[], App], host: str, port: int) -> ThreadingHTTPServer | None:
    """Listen on the first free port; nobody's work depends on it, so what fails is only said."""
    if not port:
        return None
    for number in range(port, min(port + PORTS, 65_536)):
        try:
            server = _Server((host, number), app)
        except OSError as error:
            reason = error
            continue
        Thread(target=server.serve_forever, name="metrics", daemon=True).start()
        log.info("metrics and health on %s port %d", host, number)
        return server
    log.error("no metrics: cannot listen on %s, ports from %d on (%s)", host, port, reason)
    return None


def _end(server: ThreadingHTTPServer) -> None:
    server.shutdown()
    server.server_close()


class _Server(ThreadingHTTPServer):
    """Knows what to answer."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], app: Callable[[], App]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.app = app
        self.registry = registry_of(app)
        self._examiner: Examiner | None = None
        super().__init__(address, _Answers)

    def handle_error(self, *_: object) -> None:
        """Who asked and left is of no interest; a defect goes where all records go."""
        error = sys.exception()
        if not isinstance(error, OSError):
            log.error("a question could not be answered", exc_info=error)

    @property
    def examiner(self) -> Examiner:
        """Who looks after this process."""
        if self._examiner is None:
            self._examiner = Examiner(self.app())
        return self._examiner


class _Answers(BaseHTTPRequestHandler):
    """Two addresses, and nothing else."""

    server: _Server
    timeout = _SECONDS
    server_version, sys_version = "distribution", ""

    def do_GET(self) -> None:
        """Answer."""
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._say(200, CONTENT_TYPE_LATEST, generate_latest(self.server.registry))
        elif path == "/health":
            found = self.server.examiner.examine()
            status = "ok" if found.well else "unwell"
            document = json.dumps({"status": status} | asdict(found))
            self._say(200 if found.well else 503, "application/json", document.encode())
        else:
            self._say(404, "text/plain", b"/metrics /health\n")

    def _say(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's word
        """Who asks is not kept."""
