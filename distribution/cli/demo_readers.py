"""What the made-up readers of a demonstration do with their mails, over the real endpoints."""

import re
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import click

from distribution import clock, events
from distribution.app import App
from distribution.bundle import sample
from distribution.cli import bounce
from distribution.transports import Outbox
from distribution.words import Signal, Tracking

PERSON = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Demo/1"
PROXY = "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"
READS_AFTER = timedelta(seconds=11)
"""Who opens a mail sooner after it was sent is taken for a machine, or for nobody we know."""
OPENS_ARE_KEPT = timedelta(seconds=1.5)
"""Until the server has stored the last one."""
PATIENCE = timedelta(seconds=20)
REQUESTS = (Signal.OPEN, Signal.CLICK)

DEAD = ("5.1.1", "550 5.1.1 no such user here")
FULL = ("4.2.2", "452 4.2.2 mailbox full")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in the outbox."""

    delivery_id: int
    recipient: str
    tracking: Tracking
    file: Path

    def links(self, kind: str) -> list[str]:
        """The paths of its links of a kind, in their order: o open, c click, u unsubscribe."""
        message = message_from_bytes(self.file.read_bytes(), policy=policy.default)
        body = message.get_body(("html",)) if isinstance(message, EmailMessage) else None
        html = body.get_content() if body is not None else ""
        found = re.findall(rf'"(https?://[^"]*/{kind}/[^"]+)"', html)
        return list(dict.fromkeys(urlsplit(url).path for url in found))


def play(app: App, sent: Sequence[tuple[int, str, Mapping[str, object]]], folder: Path) -> None:
    """Let some readers open, click and leave, and two mails bounce.

    `sent` are deliveries with their recipients and the interests they serve.
    """
    outbox = Outbox(app.settings.home / "outbox")
    mails = [
        Mail(
            number,
            recipient,
            Tracking(str(interests["tracking"])),
            outbox.file(app.addresses.message_id(number)),
        )
        for number, recipient, interests in sent
    ]
    counted = [mail for mail in mails if mail.tracking is Tracking.GRANTED]
    unasked = [mail for mail in mails if mail.tracking is Tracking.UNKNOWN]
    readers, leaver, dead, full = counted[:6], counted[-1], unasked[-1], unasked[-2]
    sent_at = time.monotonic()
    _bounce(app, folder, dead, DEAD)
    _bounce(app, folder, full, FULL)
    with _open_office(app) as netloc:
        _visit(netloc, readers[-1], readers[-1].links("o")[0], PROXY)
        click.echo("读者过一会儿才读信（刚送出就打开的，算作机器）……")
        time.sleep(max(0.0, READS_AFTER.total_seconds() - (time.monotonic() - sent_at)))
        for mail in readers[:5]:
            _visit(netloc, mail, mail.links("o")[0])
        for taste, mail in enumerate((*readers[:3], *unasked[:2])):
            for path in mail.links("c")[taste : taste + 2]:
                _visit(netloc, mail, path)
        wish_less = [(mail, path) for mail in readers[:5] for path in mail.links("less")[:1]][:3]
        for mail, path in wish_less:
            _visit(netloc, mail, path, body=b"")
        _wait_until_judged(app)  # who leaves is the sign that all before him is in
        (leave,) = leaver.links("u")
        _visit(netloc, leaver, leave)
        _visit(netloc, leaver, leave, body=b"List-Unsubscribe=One-Click")
    click.echo(
        f"5 位打开，5 位点击，1 次代理预取；{len(wish_less)} 位少看一个主题；"
        f"{leaver.recipient} 一键退订。"
    )


def _bounce(app: App, folder: Path, mail: Mail, problem: tuple[str, str]) -> None:
    """Have a mail come back, and read it as an admin would."""
    status, words = problem
    text = sample("bounce.eml").read_text(encoding="ascii")
    file = folder / f"bounce-{status}.eml"
    file.write_text(
        text.format(
            return_path=app.addresses.return_path(mail.delivery_id),
            message_id=app.addresses.message_id(mail.delivery_id),
            recipient=mail.recipient,
            domain=mail.recipient.partition("@")[2],
            status=status,
            words=words,
        ),
        encoding="utf-8",
    )
    click.echo(f"$ distribution bounce read {shlex.quote(str(file))}")
    bounce.group.main(["read", str(file)], standalone_mode=False)


@contextmanager
def _open_office(app: App) -> Iterator[str]:
    """The web pages on a free port of this machine alone, and a worker that judges what comes in.

    Gives host and port.
    """
    from distribution import web
    from workers.in_process import TRACKING, working
    from workers.tracking import ring_for

    here = app.settings.model_copy(update={"web_host": "127.0.0.1", "web_port": 0})
    with (
        closing(web.listen(here)) as listener,
        working(app, (TRACKING,)),
        web.served(app, ring_for, listener),
    ):
        yield web.netloc(listener)


def _visit(
    netloc: str, mail: Mail, path: str, agent: str = PERSON, body: bytes | None = None
) -> None:
    """Ask for a page as a browser does; where a click leads on to is no matter here.

    Each reader sits in a network of his own, as a proxy on this machine would say: many clicks
    from one place at once would be a machine's.
    """
    connection = HTTPConnection(netloc, timeout=PATIENCE.total_seconds())
    headers = {"User-Agent": agent, "X-Forwarded-For": f"2001:db8:{mail.delivery_id:x}::1"}
    with closing(connection):
        connection.request("GET" if body is None else "POST", path, body, headers)
        connection.getresponse().read()


def _wait_until_judged(app: App) -> None:
    """The server stores opens after a moment; the worker judges them right then."""
    until = time.monotonic() + PATIENCE.total_seconds()
    time.sleep(OPENS_ARE_KEPT.total_seconds())
    while time.monotonic() < until:
        with app.reading() as session:
            if not events.unjudged(session, REQUESTS, clock.now() + PATIENCE, limit=1):
                return
        time.sleep(0.2)
