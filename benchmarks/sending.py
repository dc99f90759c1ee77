"""The whole way of a run's mails on one machine, beside Postfix's own load generator.

    python benchmarks/sending.py --postfix FOLDER [--readers 100000] [--million] [--rounds 3]

A made-up issue of 29 articles goes to readers who follow three of its seven topics: about 50 KB a
mail on the wire. PostgreSQL, with fsync and synchronous_commit on, the relay and the senders share
the machine; pacing is as it comes, and the readers' domains have none. The relay is Postfix's
smtp-sink, and the yardstick its smtp-source with messages as long as ours, before and after each
of our turns. FOLDER is where its package was unpacked (`dpkg -x`): no root, no daemon. Without it
a small relay of asyncio takes its place, and there is no yardstick.

A line tells mails a second from the first lease to the last result, the processor's milliseconds a
mail (seconds per 1,000) of our processes, of PostgreSQL and of the relay, and the peak of our
memory. Planning and sealing are told first; then one process, several, and a relay that takes 5 ms
for every reply; with --million the same once more with a million readers. Everything a mail needs
is done: lease, guards, selection, body, header fields, intent, result, event.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import servers  # noqa: E402 - the servers of the tests
from sqlalchemy import text  # noqa: E402

from distribution import clock, delivery, issues, schema, topics  # noqa: E402
from distribution.app import App, open_app  # noqa: E402
from distribution.compiler import Article, Masthead, Paragraph, ReadIssue  # noqa: E402

HOST = "127.0.0.1"
DOMAINS = 500
SENTENCE = "虚构的企业完成了一项虚构的改造，产线节拍缩短，能耗下降，质量稳定，同行前来参观学习。"
READERS = """
INSERT INTO subscribers (id, name, role, email, email_key, address_hash, domain, phone, edition,
  frequency, format, created_at) SELECT n, '读者' || n, 'other', a, a, md5(a), d, '',
  'personalised', 'every_issue', 'html', now() FROM generate_series({first}, {last}) n,
  LATERAL (SELECT 'factory' || n % {domains} || '.example' AS d) b,
  LATERAL (SELECT 'reader' || n || '@' || d AS a) c;
INSERT INTO consent_events (subscriber_id, purpose, decision, channel, wording, wording_version,
  wording_sha256, "by", at) SELECT n, 'digest', 'granted', 'import', '', '', '', 'benchmark', now()
  FROM generate_series({first}, {last}) n;
INSERT INTO interests (subscriber_id, topic_id, position) SELECT n, t.id, s
  FROM generate_series({first}, {last}) n, generate_series(0, 2) s, (
    SELECT id, row_number() OVER (ORDER BY position) - 1 AS place FROM topics) t
  WHERE t.place = (n * 5 + s * (1 + n % 2)) % 7;
"""
SENDER = """
import json, os, resource, sys, time
from datetime import timedelta
from distribution.app import open_app
app = open_app(dict(os.environ))
accepted, tried = 0, 1
while tried:
    pumped = app.sender.pump(timedelta(seconds=50))
    if pumped.trouble:
        raise pumped.trouble
    accepted, tried = accepted + pumped.accepted, pumped.tried
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([accepted, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One way of sending one run."""

    label: str
    readers: int
    processes: int = 1
    """On each host."""
    hosts: int = 1
    """Each with a name, a folder and a relay of its own."""
    connections: int = 80
    delay_ms: float = 0.0


class Field:
    """An installation on a PostgreSQL of its own, and what may be done with it."""

    def __init__(self, folder: Path, postgresql: str, postfix: Path | None) -> None:
        self.folder, self.postgresql, self.postfix = folder, postgresql, postfix
        self.port = _free_port()
        self.environ = {
            name: value for name, value in os.environ.items() if "DISTRIBUTION_" not in name
        } | {
            "DISTRIBUTION_HOME": str(folder),
            "DISTRIBUTION_DATABASE_URL": f"postgresql+psycopg://postgres@/bench?host={postgresql}",
            "DISTRIBUTION_SECRET_KEYS": "a-key-of-the-benchmark-0123456789",
            "DISTRIBUTION_BASE_URL": "https://magazine.test",
            "DISTRIBUTION_SENDER_ADDRESS": "digest@magazine.test",
            "DISTRIBUTION_TRANSPORT": "smtp",
            "DISTRIBUTION_SMTP_HOST": HOST,
            "DISTRIBUTION_SMTP_PORT": str(self.port),
            "DISTRIBUTION_SMTP_SECURITY": "none",
            "DISTRIBUTION_BATCH_SIZE": "200",
            "PYTHONPATH": str(ROOT),
        }
        self.readers = 0
        self.issue = 0

    def host(self, number: int, port: int) -> dict[str, str]:
        """The settings of one of several hosts, which share the database and the keys."""
        folder = self.folder / f"host{number}"
        folder.mkdir(exist_ok=True)
        return self.environ | {
            "DISTRIBUTION_HOME": str(folder),
            "DISTRIBUTION_SMTP_PORT": str(port),
        }

    def add_readers(self, count: int) -> None:
        """Have so many readers in all."""
        words = {"first": self.readers + 1, "last": count, "domains": DOMAINS}
        if count > self.readers:
            self.sql(READERS.format(**words))
            self.sql("VACUUM ANALYZE")
            self.readers = count

    def sql(self, statements: str, database: str = "bench") -> None:
        """Run statements, each in a transaction of its own."""
        import psycopg

        address = f"host={self.postgresql} user=postgres dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in filter(str.strip, statements.split(";")):
                connection.execute(statement)  # type: ignore[call-overload]

    def plan(self, app: App) -> int:
        """Plan, seal and release a run of a new issue to all readers; prints how long it took."""
        self.issue += 1
        key = _import_issue(app, self.issue)
        began, own, theirs = time.monotonic(), time.process_time(), processor(self.postgresql)
        run_id = delivery.plan(app.transaction, key, app.recipe, by="benchmark", at=clock.now())
        planned = time.monotonic()
        delivery.start(app.transaction, run_id, at=clock.now(), expiry=timedelta(days=1))
        sealed = time.monotonic()
        own, theirs = time.process_time() - own, processor(self.postgresql) - theirs
        print(
            f"plan {self.readers:,} readers: {planned - began:.1f} s, seal and start "
            f"{sealed - planned:.1f} s; processor: ours {own:.1f} s, PostgreSQL {theirs:.1f} s",
            flush=True,
        )
        return run_id


def send(field: Field, app: App, turn: Round) -> None:
    """Plan a run, send it, print a line; the yardstick before and after."""
    field.add_readers(turn.readers)
    run_id = field.plan(app)
    with ExitStack() as relays:
        ports = [field.port, *(_free_port() for _ in range(turn.hosts - 1))]
        takers = [relays.enter_context(relay(field, port, turn.delay_ms)) for port in ports]
        before = yardstick(field, turn)
        theirs, taken = processor(field.postgresql), sum(map(processor_of, takers))
        seats = [
            subprocess.Popen(  # noqa: S603 - our own code
                [*_named(f"host{number}"), sys.executable, "-c", SENDER],
                env=field.host(number, port) | {"DISTRIBUTION_CONNECTIONS": str(turn.connections)},
                stdout=subprocess.PIPE,
            )
            for number, port in enumerate(ports)
            for _ in range(turn.processes)
        ]
        told = [json.loads(seat.communicate()[0]) for seat in seats]
        theirs = processor(field.postgresql) - theirs
        taken = sum(map(processor_of, takers)) - taken
        after = yardstick(field, turn)
    with app.reading() as session:
        states = delivery.status(session, run_id).states
        seconds = session.scalar(text(SPAN), {"run": run_id})
    mails = sum(seat[0] for seat in told)
    if states != dict.fromkeys(states, turn.readers) or len(states) != 1:
        raise SystemExit(f"not all were accepted: {states}")
    rate, own = mails / seconds, sum(seat[1] for seat in told)
    memory = sum(seat[2] for seat in told)
    line = (
        f"{turn.label}: {mails:,} mails in {seconds:.1f} s = {rate:,.0f}/s; ms a mail: ours "
        f"{1000 * own / mails:.3f}, PostgreSQL {1000 * theirs / mails:.3f}, relay "
        f"{1000 * taken / mails:.3f}; memory {memory:.0f} MB"
    )
    if before and after:
        line += f"; smtp-source {before:,.0f} and {after:,.0f}/s: {2 * rate / (before + after):.2f}"
    print(line, flush=True)


SPAN = """SELECT CAST(EXTRACT(epoch FROM max(accepted_at) - min(handed_at)) AS float)
  FROM deliveries WHERE run_id = :run"""


def _named(host: str) -> list[str]:
    """What makes a programme believe that its host bears this name, where we may."""
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        return []
    return [unshare, "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', host]


@contextmanager
def relay(field: Field, port: int, delay_ms: float) -> Iterator[int]:
    """A relay on this port; yields its process."""
    if field.postfix is None or delay_ms:
        words = [sys.executable, __file__, "--relay", str(port), "--delay", str(delay_ms)]
    else:
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        words = [str(field.postfix / "usr/sbin/smtp-sink"), *user, "-c"]
        words += [f"{HOST}:{port}", "1000"]
    process = subprocess.Popen(  # noqa: S603 - what the person named
        words, env=_postfix_environ(field), stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def yardstick(field: Field, turn: Round) -> float:
    """Mails a second of smtp-source, as long as ours; 0 where it is not there."""
    if field.postfix is None or turn.delay_ms:
        return 0.0
    count, began = 20_000, time.monotonic()
    words = ["-s", str(turn.connections), "-l", "56000", "-m", str(count)]
    words += ["-f", "a@magazine.test", "-t", "b@magazine.test", f"{HOST}:{field.port}"]
    subprocess.run(  # noqa: S603 - what the person named
        [str(field.postfix / "usr/sbin/smtp-source"), *words],
        env=_postfix_environ(field),
        check=True,
    )
    return count / (time.monotonic() - began)


def _postfix_environ(field: Field) -> dict[str, str]:
    libraries = str(field.postfix / "usr/lib/postfix") if field.postfix else ""
    return field.environ | {"LD_LIBRARY_PATH": libraries}


def processor(postgresql: str) -> float:
    """Seconds that this PostgreSQL has used, the servers that have ended included."""
    own, mark = 0.0, f"-D\0{postgresql}/data".encode()
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = (int(fields[1]), fields)
            program = (folder / "exe").readlink().name
            if program == "postgres" and mark in (folder / "cmdline").read_bytes():
                own = float(folder.name)
    family = [entry for pid, entry in parents.items() if own in (pid, entry[0])]
    ticks = sum(int(fields[11]) + int(fields[12]) for _, fields in family)
    ticks += sum(int(word) for word in parents[int(own)][1][13:15]) if own else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def processor_of(pid: int) -> float:
    """Seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Talk(asyncio.Protocol):
    """A relay that takes everything; each of its replies takes `delay` seconds."""

    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self.transport, self.buffer, self.in_body = transport, b"", False
        self.say(b"220 relay.test\r\n")

    def say(self, reply: bytes) -> None:
        """Answer, later if asked to."""
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.write, reply)
        else:
            self.write(reply)

    def write(self, reply: bytes) -> None:
        """Answer now, if anybody is still there."""
        if not self.transport.is_closing():
            self.transport.write(reply)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        self.buffer = self.buffer + data if self.buffer else data
        while self.take():
            pass

    def take(self) -> bool:
        """Take one command or the end of a message; whether more may be there."""
        if self.in_body:
            end = self.buffer.find(b"\r\n.\r\n", max(0, len(self.buffer) - 70_000))
            if end < 0:
                return False
            self.buffer, self.in_body = self.buffer[end + 5 :], False
            self.say(b"250 2.0.0 taken\r\n")
            return bool(self.buffer)
        line, found, rest = self.buffer.partition(b"\r\n")
        if not found:
            return False
        self.buffer, verb = rest, line[:4].upper()
        self.in_body = verb == b"DATA"
        replies = {b"EHLO": b"250-relay.test\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n"}
        self.say(replies.get(verb, b"250 2.1.0 ok\r\n"))
        return bool(rest)


def be_relay(port: int, delay_ms: float) -> None:
    """Serve until told to end."""
    import uvloop

    async def serve() -> None:
        Talk.delay = delay_ms / 1000
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Talk, HOST, port, backlog=1000)
        stop = asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        await stop.wait()
        server.close()

    uvloop.run(serve())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("the relay does not start")


def _import_issue(app: App, number: int) -> str:
    with app.transaction() as session:
        sections = list(topics.known_sections(session))[:7]
        articles = tuple(
            Article(
                position=position,
                section=sections[(position - 1) * 7 // 29],
                page=position,
                title=f"第{position}篇：虚构企业的智能化改造与绿色发展",
                source="本刊",
                date=None,
                summary=SENTENCE * 3,
                blocks=(Paragraph(SENTENCE * 20),),
            )
            for position in range(1, 30)
        )
        year, month = 2000 + number // 12, number % 12 + 1
        masthead = Masthead(
            "机电信息", year, f"{month:02}", month, number, date(year, month, 1), ("联合会",)
        )
        source, at = str(number).encode(), clock.now()
        read = ReadIssue(masthead, articles, ())
        key = issues.save_issue(session, read, source, "issue.txt", at).key
        issues.approve(session, key, by="benchmark", at=at, override="测速")
    return key


def rounds(asked: argparse.Namespace) -> Sequence[Round]:
    """What is measured, in its order: readers are only ever added."""
    few, many = asked.readers // 10, asked.readers
    each = [
        Round("a tenth of the readers", few),
        Round("5 ms a reply, 20 connections", few, connections=20, delay_ms=5),
        Round("1 process", many),
        Round("2 processes", many, processes=2, connections=40),
        Round("4 processes", many, processes=4, connections=20),
        Round("2 hosts", many, hosts=2, connections=40),
        *([Round("a million", 1_000_000)] if asked.million else []),
    ]
    return [turn for turn in each for _ in range(asked.rounds)]


def main() -> None:
    """Start a server, plan and send run after run, print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--postfix", type=Path, help="where Debian's package postfix was unpacked")
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="", help="rounds whose label begins so")
    parser.add_argument("--relay", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--delay", type=float, default=0.0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.relay:
        be_relay(asked.relay, asked.delay)
        return
    with (
        servers.postgresql("/tmp", "shared_buffers=512MB", "max_wal_size=4GB") as postgresql,  # noqa: S108
        tempfile.TemporaryDirectory() as scratch,
    ):
        field = Field(Path(scratch), postgresql, asked.postfix)
        field.sql("CREATE DATABASE bench", "postgres")
        os.environ.update(field.environ)
        from distribution import db

        engine = db.open_engine(field.environ["DISTRIBUTION_DATABASE_URL"])
        schema.upgrade(engine)
        engine.dispose()
        app = open_app(field.environ)
        try:
            for turn in rounds(asked):
                if turn.label.startswith(asked.only):
                    send(field, app, turn)
        finally:
            app.engine.dispose()


if __name__ == "__main__":
    main()
