"""Opens and clicks under load: how many a second one web process answers on one core.

    python benchmarks/tracking.py [--seconds 10] [--connections 64] [--readers 20000]

The load is made by wrk (Debian package `wrk`), on the other core together with PostgreSQL, which
has fsync and synchronous_commit on. Each request bears the token of another mail. Beside them, in
the same run, a server that answers every request with the pixel and knows nothing: the limit of
server and machine.

After each turn it is counted what has arrived: all that was answered, once the process was asked to
end; after a kill -9 every click that was answered, and of the opens all but the last second's.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sending import HOST, Field, _free_port, _wait_for, servers
from sqlalchemy import text

from distribution import schema
from distribution.app import App, open_app
from distribution.db import open_engine

OUR_CORE, THEIR_CORE = "0", "1"
GRANTED = """
INSERT INTO consent_events (subscriber_id, purpose, decision, channel, wording, wording_version,
  wording_sha256, "by", at) SELECT n, 'tracking', 'granted', 'web', '', '', '', 'benchmark', now()
  FROM generate_series(1, {readers}) n
"""
EACH = """
local paths = {{}}
for line in io.lines("{file}") do paths[#paths + 1] = line end
local at = 0
function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"
SERVE = "from distribution.cli.entry import main; main()"
BARE = """
import sys, uvicorn
pixel = bytes(43)
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [
            (b"content-type", b"image/gif"), (b"content-length", str(len(pixel)).encode())]})
        await send({"type": "http.response.body", "body": pixel})
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", access_log=False,
            loop="uvloop", http="httptools", lifespan="off", server_header=False)
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw."""

    rate: float
    answered: int
    failed: int
    p99: str

    def told(self, what: str) -> str:
        """In a line."""
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{what}: {self.rate:,.0f} requests/s, p99 {self.p99}{failed}"


@contextlib.contextmanager
def serving(
    words: list[str], environ: dict[str, str], port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """A server on its core, ended in order where nobody ended it before."""
    process = subprocess.Popen(  # noqa: S603 - our own code
        [*_on(OUR_CORE), sys.executable, *words], env=environ
    )
    try:
        _wait_for(port)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def load(port: int, paths: Path, asked: argparse.Namespace) -> Load:
    """Ask for these paths, one after the other, for so long."""
    script = paths.with_suffix(".lua")
    script.write_text(EACH.format(file=paths))
    words = [
        "taskset",
        "-c",
        THEIR_CORE,
        "wrk",
        "--latency",
        "-t",
        "1",
        "-H",
        f"User-Agent: {AGENT}",
    ]
    words += ["-c", str(asked.connections), "-d", f"{asked.seconds}s", "-s", str(script)]
    told = subprocess.run(  # noqa: S603 - Debian's wrk
        [*words, f"http://{HOST}:{port}"], capture_output=True, text=True, check=True
    ).stdout
    found = {name: re.search(pattern, told) for name, pattern in SAID.items()}
    if found["rate"] is None or found["answered"] is None:
        raise SystemExit(told)
    failed = sum(
        int(n) for match in (found["sockets"], found["others"]) if match for n in match.groups()
    )
    p99 = found["p99"].group(1) if found["p99"] else "?"
    return Load(float(found["rate"].group(1)), int(found["answered"].group(1)), failed, p99)


SAID = {
    "rate": r"Requests/sec:\s+([0-9.]+)",
    "answered": r"([0-9]+) requests in",
    "p99": r"99%\s+(\S+)",
    "sockets": r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)",
    "others": r"Non-2xx or 3xx responses: (\d+)",
}


def _on(core: str) -> list[str]:
    return ["/usr/bin/taskset", "-c", core]


def stored(app: App) -> int:
    """Requests in the inbox; nothing judges them here."""
    with app.reading() as session:
        return int(session.scalar(text("SELECT count(*) FROM inbox")) or 0)


def turn(
    app: App, environ: dict[str, str], what: str, paths: Path, asked: argparse.Namespace
) -> None:
    """One kind of request, ended once in order and once with kill -9."""
    port = int(environ["DISTRIBUTION_WEB_PORT"])
    for end in (signal.SIGTERM, signal.SIGKILL):
        before = stored(app)
        with serving(["-c", SERVE, "serve"], environ, port) as process:
            seen = load(port, paths, asked)
            process.send_signal(end)
            process.wait(60)
        kept = stored(app) - before
        print(seen.told(what), flush=True)
        print(f"  {end.name}: answered {seen.answered:,}, stored {kept:,}", flush=True)


def main() -> None:
    """Start PostgreSQL, make mails, ask for what stands in them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--readers", type=int, default=20_000)
    asked = parser.parse_args()
    if shutil.which("wrk") is None or shutil.which("taskset") is None:
        raise SystemExit("install wrk and util-linux first")
    with (
        servers.postgresql("/tmp", "shared_buffers=512MB", "max_wal_size=4GB") as postgresql,  # noqa: S108
        tempfile.TemporaryDirectory() as scratch,
    ):
        folder, port = Path(scratch), _free_port()
        field = Field(folder, postgresql, None)
        field.sql("CREATE DATABASE bench", "postgres")
        environ = field.environ | {"DISTRIBUTION_WEB_PORT": str(port)}
        os.environ.update(environ)
        engine = open_engine(environ["DISTRIBUTION_DATABASE_URL"])
        schema.upgrade(engine)
        engine.dispose()
        app = open_app(environ)
        try:
            field.add_readers(asked.readers)
            field.sql(GRANTED.format(readers=asked.readers))
            run_id = field.plan(app)
            measure(app, environ, run_id, folder, asked)
        finally:
            app.engine.dispose()


def measure(
    app: App, environ: dict[str, str], run_id: int, folder: Path, asked: argparse.Namespace
) -> None:
    """The limit, then what there is to ask for."""
    with app.reading() as session:
        rows = session.scalars(text("SELECT id FROM deliveries ORDER BY id")).all()
    addresses, cut = app.addresses, len(app.settings.base_url)
    kinds = {
        "opens": [addresses.open(row)[cut:] for row in rows],
        "clicks of readers": [f"{addresses.click(row)[cut:]}/{row % 29 + 1}" for row in rows],
        "clicks of a run": [f"{addresses.run_click(run_id)[cut:]}/{at + 1}" for at in range(29)],
    }
    for what, asked_for in kinds.items():
        paths = folder / f"{what}.txt"
        paths.write_text("".join(f"{path}\n" for path in asked_for))
        port = int(environ["DISTRIBUTION_WEB_PORT"])
        with serving(["-c", BARE, str(port)], environ, port):
            print(load(port, paths, asked).told("a server that knows nothing"), flush=True)
        turn(app, environ, what, paths, asked)


if __name__ == "__main__":
    main()
