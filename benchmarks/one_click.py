"""One-click unsubscribing (RFC 8058) while a run is sending: how fast, and is it heeded at once.

    python benchmarks/one_click.py [--seconds 60] [--rate 50] [--readers 100000]

Readers all over the run leave by POST while their mails go out, on a machine with PostgreSQL, the
web process, the sender and a relay that writes down when it took whose mail. Told are the answers'
times, and how long after his answer anybody was still mailed: a mail in hand may be under way, but
nobody is handed over more than a second after his leaving was committed.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import ClassVar

from sending import HOST, SENDER, Field, Talk, _free_port, _wait_for, servers
from sqlalchemy import text
from tracking import SERVE

from distribution import schema
from distribution.app import App, open_app
from distribution.db import open_engine

PATIENCE_SECONDS = 1.0


class Witness(Talk):
    """A relay that writes down when it took whose mail."""

    log: ClassVar[list[tuple[float, str]]] = []
    recipient = ""

    def take(self) -> bool:
        """As a relay, with an eye on the recipient and on the end of the message."""
        was_in_body = self.in_body
        line = b"" if was_in_body else self.buffer.partition(b"\r\n")[0]
        if line[:4].upper() == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0].decode()
        more = super().take()
        if was_in_body and not self.in_body:
            self.log.append((time.time(), self.recipient))
        return more


async def be_witness(port: int) -> None:
    """Serve until told to end."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Witness, HOST, port, backlog=1000)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    server.close()


async def leave_all(links: list[tuple[str, str]], rate: int) -> list[tuple[str, float, float]]:
    """Post to these (recipient, link) at this rate: who, seconds it took, when it was answered."""

    def post(link: str) -> None:
        body = b"List-Unsubscribe=One-Click"
        with urllib.request.urlopen(link, body, timeout=30) as answer:  # noqa: S310 - our own server
            answer.read()

    async def one(at: float, who: str, link: str) -> tuple[str, float, float]:
        await asyncio.sleep(max(0.0, at - time.time()))
        begun = time.time()
        await asyncio.to_thread(post, link)
        return who, time.time() - begun, time.time()

    begin = time.time() + 0.5
    asked = (one(begin + n / rate, *pair) for n, pair in enumerate(links))
    return list(await asyncio.gather(*asked))


def measure(field: Field, app: App, asked: argparse.Namespace, folder: Path) -> None:
    """Send, let readers leave meanwhile, and compare."""
    run_id = field.plan(app)
    count = asked.seconds * asked.rate
    with app.reading() as session:
        rows = session.execute(
            text("SELECT id, recipient FROM deliveries WHERE run_id = :run"), {"run": run_id}
        ).all()
    chosen = random.Random(8058).sample(rows, count)  # noqa: S311 - repeatable
    cut, port = len(app.settings.base_url), int(field.environ["DISTRIBUTION_WEB_PORT"])
    links = [
        (who, f"http://{HOST}:{port}{app.addresses.unsubscribe(row)[cut:]}") for row, who in chosen
    ]
    log = folder / "taken.json"
    with contextlib.ExitStack() as stack:
        relay = _start(stack, [__file__, "--witness", str(field.port), str(log)], field.environ)
        _start(stack, ["-c", SERVE, "serve"], field.environ)
        _wait_for(field.port)
        _wait_for(port)
        environ = field.environ | {"DISTRIBUTION_CONNECTIONS": str(asked.connections)}
        sender = _start(stack, ["-c", SENDER], environ)
        _until_mails_go(app)
        left = asyncio.run(leave_all(links, asked.rate))
        going_on = sender.poll() is None
        sender.wait(600)
        relay.terminate()
        relay.wait(60)
    tell(left, json.loads(log.read_text()), going_on=going_on)


def tell(
    left: list[tuple[str, float, float]], taken: list[tuple[float, str]], *, going_on: bool
) -> None:
    """Print what came of it; ends with 1 where somebody was mailed too late."""
    times = sorted(seconds for _, seconds, _ in left)
    mailed = {who: at for at, who in taken}
    after = [mailed[who] - at for who, _, at in left if who in mailed and mailed[who] > at]
    p50, p99 = (1000 * times[int(len(times) * part)] for part in (0.5, 0.99))
    spared = sum(who not in mailed for who, _, _ in left)
    print(
        f"{len(left):,} left by one click, {len(taken):,} mails went out meanwhile and after"
        f"{'' if going_on else ' (the run was over before the last of them)'}: "
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {1000 * times[-1]:.0f} ms; {spared:,} got no "
        f"mail any more, {len(after)} were handed over after the answer, at the latest "
        f"{1000 * max(after, default=0):.0f} ms after it"
    )
    if max(after, default=0) > PATIENCE_SECONDS:
        raise SystemExit("somebody was mailed too late")


def _until_mails_go(app: App) -> None:
    """Programmes that are just being loaded would be measured, too."""
    accepted = text("SELECT 1 FROM deliveries WHERE state = 'accepted' LIMIT 1")
    for _ in range(300):
        with app.reading() as session:
            if session.scalar(accepted):
                return
        time.sleep(0.1)
    raise SystemExit("no mail goes out")


def _start(
    stack: contextlib.ExitStack, words: list[str], environ: dict[str, str]
) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, *words], env=environ, stdout=subprocess.DEVNULL
    )
    stack.callback(process.wait, 60)
    stack.callback(process.terminate)
    return process


def main() -> None:
    """Start PostgreSQL, plan a run, send it while readers leave."""
    if sys.argv[1:2] == ["--witness"]:
        asyncio.run(be_witness(int(sys.argv[2])))
        Path(sys.argv[3]).write_text(json.dumps(Witness.log))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=50, help="of leaving, a second")
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=40)
    asked = parser.parse_args()
    with (
        servers.postgresql("/tmp", "shared_buffers=512MB", "max_wal_size=4GB") as postgresql,  # noqa: S108
        tempfile.TemporaryDirectory() as scratch,
    ):
        field = Field(Path(scratch), postgresql, None)
        field.sql("CREATE DATABASE bench", "postgres")
        field.environ["DISTRIBUTION_WEB_PORT"] = str(_free_port())
        os.environ.update(field.environ)
        engine = open_engine(field.environ["DISTRIBUTION_DATABASE_URL"])
        schema.upgrade(engine)
        engine.dispose()
        app = open_app(field.environ)
        try:
            field.add_readers(asked.readers)
            measure(field, app, asked, Path(scratch))
        finally:
            app.engine.dispose()


if __name__ == "__main__":
    main()
