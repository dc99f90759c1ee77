"""The whole line with many workers: sent under fire, read, bounced, reported, and sent again.

PostgreSQL, a Redis that dies and forgets, a relay with its accept log, two worker processes of
which one is killed, the web server and a Maildir: every part is real and a process of its own.
"""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx2
import processes
import pytest
import servers
from processes import end, free_port, until
from returned_mails import bounce, complaint, make_maildir, put
from runs import NEW_SECTION, TOPICS, add_reader, relay_settings
from sink import Accepted, Sink
from sqlalchemy import text

from distribution import audience, clock
from distribution.app import App, open_app
from distribution.bundle import sample
from distribution.words import Decision, Purpose

READERS = 400


class Office:
    """An installation's commands and long-running processes."""

    def __init__(self, environ: Mapping[str, str], stack: ExitStack) -> None:
        self.environ = environ
        self.stack = stack

    def command(self, *words: str) -> str:
        done = processes.run(self.environ, *words)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """A process that is ended with the test."""
        process = processes.start(self.environ, *words)
        self.stack.callback(end, process)
        return process


@contextmanager
def house(
    postgresql_database: str, redis: servers.Redis, home: Path
) -> Iterator[tuple[App, Office, Sink]]:
    """Everything that runs: database, Redis, relay; and the office to command it."""
    with ExitStack() as stack:
        sink = stack.enter_context(Sink(delay=0.01))
        environ = {
            "DISTRIBUTION_HOME": str(home),
            "DISTRIBUTION_SECRET_KEYS": "a-secret-of-the-tests-only-0123456789",
            "DISTRIBUTION_DATABASE_URL": postgresql_database,
            **relay_settings(
                sink,
                redis_url=redis.url,
                connections=2,
                batch_size=10,
                lease_seconds=5,
                dot_timeout_seconds=5,
                ticker_seconds=1,
                bounce_maildir=make_maildir(home / "退信"),
                bounce_seconds=1,
                web_port=free_port(),
            ),
        }
        app = open_app(environ)
        stack.callback(app.engine.dispose)
        yield app, Office(environ, stack), sink


# -- what a test needs to do -------------------------------------------------------------------


def next_issue(folder: Path) -> Path:
    """The sample issue, a month later."""
    text_of = sample("issue.txt").read_text(encoding="utf-8")
    for before, after in (
        ("2026 年第 11 期", "2026 年第 12 期"),
        ("总第 447 期", "总第 448 期"),
        ("2026 年 11 月", "2026 年 12 月"),
    ):
        assert before in text_of
        text_of = text_of.replace(before, after)
    path = folder / "2026-12.txt"
    path.write_text(text_of, encoding="utf-8")
    return path


def add_readers(app: App) -> None:
    """Readers of every kind; every second one lets his reading be counted."""
    with app.transaction() as session:
        for number in range(READERS):
            email, enterprise = f"reader{number}@member{number % 20}.test", f"会员企业{number % 20}"
            facts = {"enterprise": enterprise, "topics": (TOPICS[number % len(TOPICS)],)}
            row = add_reader(session, app, email, clock.now(), **facts)
            if number % 2 == 0:
                agreed = audience.Statement(Decision.GRANTED, "同意", "test", Purpose.TRACKING)
                audience.record_consent(session, row.id, agreed, by="test", at=clock.now())


def run_state(app: App, run_id: int) -> str:
    with app.reading() as session:
        return str(session.scalar(text("SELECT state FROM runs WHERE id = :run"), {"run": run_id}))


def senders(app: App) -> int:
    """How many worker processes have had mails accepted."""
    query = text("SELECT count(DISTINCT by) FROM delivery_events WHERE state = 'accepted'")
    with app.reading() as session:
        return int(session.scalar(query) or 0)


def hurry(app: App) -> None:
    """Let the time pass that a dead worker's last mails have for their result."""
    with app.transaction() as session:
        session.execute(
            text(
                "UPDATE deliveries SET lease_until = now() - interval '1 s' WHERE state = 'handed'"
            )
        )


def link(mail: Accepted, kind: str) -> str:
    """The first link of a kind in a mail, as a path of the web server."""
    message = message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    assert body is not None
    found = re.search(rf'https://journal\.test(/{kind}/[\w-]+(?:/\d+)?)"', body.get_content())
    assert found is not None, f"no /{kind}/ link"
    return found.group(1)


def bounced(mail: Accepted, status: str, words: str) -> bytes:
    """What a mail system says that could not deliver a mail."""
    return bounce(
        mail.recipient, to=mail.sender, status=status, words=words, message_id=mail.message_id
    )


class Browser:
    """A person's; behind the public address of the links stands the server of the test."""

    def __init__(self, office: Office) -> None:
        client = httpx2.Client(
            base_url=f"http://127.0.0.1:{office.environ['DISTRIBUTION_WEB_PORT']}",
            headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Test/1"},
            timeout=30,
        )
        self._client = office.stack.enter_context(client)

    def get(self, path: str) -> str:
        answer = self._client.get(path)
        while answer.is_redirect:
            answer = self._client.get(
                answer.headers["Location"].removeprefix("https://journal.test")
            )
        assert answer.status_code == 200
        return str(answer.text)

    def post(self, path: str, body: bytes) -> None:
        answer = self._client.post(path, content=body)
        assert answer.status_code == 200
        assert not answer.cookies

    def there(self) -> bool:
        try:
            return "ok" in self.get("/health")
        except httpx2.TransportError:
            return False


@pytest.mark.timeout(280)
def test_a_month_with_many_workers_loses_nobody_and_learns_who_left(
    postgresql_database: str, redis_server: servers.Redis, tmp_path: Path
) -> None:
    with house(postgresql_database, redis_server, tmp_path / "home") as (app, office, sink):
        add_readers(app)
        office.command("issue", "import", str(sample("issue.txt")))
        office.command("issue", "section", "map", NEW_SECTION, "--topic", "quality")
        office.command("issue", "approve", "2026-11")
        office.command("run", "plan", "2026-11")
        workers = [office.start("worker", "--threads", "4") for _ in range(2)]
        office.start("serve")
        office.start("run", "start", "1")

        sent_under_fire(app, sink, redis_server, workers)

        accepted = Counter(mail.recipient for mail in sink.accepted)
        books_balance(app, accepted)
        office.command("run", "verify", "1")
        gone = readers_react(app, office, sink)
        the_report_is_right(app, office, gone)

        office.command("issue", "import", str(next_issue(tmp_path)))
        office.command("issue", "approve", "2026-12")
        before = len(sink.accepted)
        office.command("run", "plan", "2026-12")
        office.command("run", "start", "2")
        second = Counter(mail.recipient for mail in sink.accepted[before:])
        everybody = {f"reader{number}@member{number % 20}.test" for number in range(READERS)}
        assert set(second) == everybody - set(gone.values())
        assert set(second.values()) == {1}


def sent_under_fire(
    app: App, sink: Sink, redis: servers.Redis, workers: list["subprocess.Popen[bytes]"]
) -> None:
    """One worker is killed in the middle; Redis dies, forgets everything and comes back."""
    until(lambda: senders(app) == 2 and len(sink.accepted) >= 60, "mails of both workers")
    end(workers[0])
    killed_at = len(sink.accepted)
    assert killed_at < READERS
    until(lambda: len(sink.accepted) >= killed_at + 40, "mails of the other worker")
    redis.kill()
    until(lambda: len(sink.accepted) >= killed_at + 80, "mails without Redis")
    assert len(sink.accepted) < READERS
    redis.start()

    def over() -> bool:
        hurry(app)
        return run_state(app, 1) == "finished"

    until(over, "the end of the run")


def books_balance(app: App, accepted: Counter[str]) -> None:
    with app.reading() as session:
        states = {
            str(row[0]): str(row[1])
            for row in session.execute(text("SELECT recipient, state FROM deliveries"))
        }
    assert len(states) == READERS
    assert set(accepted.values()) == {1}, "somebody got a second copy"
    for recipient, state in states.items():
        assert recipient in accepted or state == "in_doubt", f"{recipient} is missed: {state}"
    assert set(states.values()) <= {"accepted", "in_doubt"}
    in_doubt = sum(state == "in_doubt" for state in states.values())
    assert in_doubt <= 2, "more than one mail for each of the dead worker's connections"


def readers_react(app: App, office: Office, sink: Sink) -> dict[str, str]:
    """Opens, clicks, an unsubscribe, bounces, a complaint; gives who must be left out and why."""
    mails = {mail.recipient: mail for mail in sink.accepted}
    browser = Browser(office)
    maildir = Path(office.environ["DISTRIBUTION_BOUNCE_MAILDIR"])
    until(browser.there, "the web server")
    with app.transaction() as session:  # the readers read later, not in the second of sending
        session.execute(text("UPDATE deliveries SET accepted_at = accepted_at - interval '1 hour'"))

    counted, anonymous = mails["reader2@member2.test"], mails["reader1@member1.test"]
    browser.get(link(counted, "o"))
    for reader in (counted, anonymous):
        assert "<article" in browser.get(link(reader, "c")), "a click leads to the full text"

    leaver = mails["reader4@member4.test"]
    browser.get(link(leaver, "u"))
    browser.post(link(leaver, "u"), b"List-Unsubscribe=One-Click")

    dead, full = mails["reader6@member6.test"], mails["reader8@member8.test"]
    put(maildir, "1.dead", bounced(dead, "5.1.1", "550 5.1.1 no such user"))
    put(maildir, "2.dead-again", bounced(dead, "5.1.1", "550 5.1.1 no such user"))
    put(maildir, "3.full", bounced(full, "4.2.2", "452 4.2.2 mailbox full"))
    annoyed = mails["reader10@member10.test"]
    put(maildir, "4.annoyed", complaint(annoyed.message_id, about=annoyed.recipient))

    def judged() -> bool:
        with app.reading() as session:
            left = session.scalar(text("SELECT count(*) FROM inbox WHERE judged_at IS NULL"))
            kept = session.scalar(text("SELECT count(*) FROM inbox"))
        return left == 0 and kept == 3 and not list((maildir / "new").iterdir())

    until(judged, "all that came back judged, the doubled bounce once")
    return {
        "left": leaver.recipient,
        "bounced": dead.recipient,
        "complained": annoyed.recipient,
    }


def counted_readers(app: App) -> int:
    """Who lets himself be counted and got his mail: one in doubt, after the kill, may not have."""
    query = text("SELECT recipient FROM deliveries WHERE state = 'accepted'")
    with app.reading() as session:
        numbers = [int(row[0].split("@")[0][len("reader") :]) for row in session.execute(query)]
    return sum(number % 2 == 0 for number in numbers)


def the_report_is_right(app: App, office: Office, gone: Mapping[str, str]) -> None:
    report = json.loads(office.command("report", "run", "1", "--json"))

    assert report["books"]["agree"]
    assert report["books"]["planned"] == sum(report["books"]["states"].values()) == READERS
    assert report["bounced"] == {"total": 2, "permanent": 1, "temporary": 1, "suppressed": 1}
    assert report["complaints"] == 1
    assert report["left"] == {"total": 2, "channels": {"one-click": 1, "complaint": 1}}
    opened = {"human": 1, "machine": 0, "unknown": 0, "anonymous": 0, "at_most": 1}
    assert report["opened"] == opened | {"of": counted_readers(app)}
    assert report["clicked"] == {"readers": 1, "anonymous": 1, "machine": 0, "unknown": 0}
    enterprises = {one["name"]: one for one in report["enterprises"]}
    assert sum(one["planned"] for one in enterprises.values()) == READERS
    assert {name for name, one in enterprises.items() if one["bounced"]} == {
        enterprise_of(gone["bounced"]),
        enterprise_of("reader8@member8.test"),
    }
    assert {name for name, one in enterprises.items() if one["left"]} == {
        enterprise_of(gone["left"]),
        enterprise_of(gone["complained"]),
    }
    assert sum(topic["readers"] or 0 for topic in report["topics"]) >= 1


def enterprise_of(recipient: str) -> str:
    return f"会员企业{recipient.partition('@member')[2].partition('.')[0]}"
