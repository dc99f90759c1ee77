"""Lines as Postfix writes them, of mails that have never been."""

from collections.abc import Iterable

CLASSIC, ISO = "Dec  1 09:00:01", "2026-12-01T09:00:01.123456+08:00"


def line(daemon: str, said: str, *, process: int = 11, at: str = CLASSIC, host: str = "mx") -> str:
    name = daemon if daemon.startswith(("postfix", "relay-")) else f"postfix/{daemon}"
    return f"{at} {host} {name}[{process}]: {said}\n"


def begun(queue_id: str, message_id: str, *, process: int = 11, at: str = CLASSIC) -> str:
    """The relay is in the middle of a message."""
    client = line("smtpd", f"{queue_id}: client=app.test[192.0.2.1]", process=process, at=at)
    return client + line("cleanup", f"{queue_id}: message-id={message_id}", at=at)


def active(queue_id: str, *, at: str = CLASSIC) -> str:
    said = f"{queue_id}: from=<b-x@journal.test>, size=51234, nrcpt=1 (queue active)"
    return line("qmgr", said, at=at)


def sent(queue_id: str, to: str = "wang.fang@example.cn") -> str:
    relay = "relay=mx.example.cn[192.0.2.9]:25, delay=0.4, delays=0.1/0/0.1/0.2, dsn=2.0.0"
    return line("smtp", f"{queue_id}: to=<{to}>, {relay}, status=sent (250 2.0.0 ok)")


def removed(queue_id: str) -> str:
    return line("qmgr", f"{queue_id}: removed")


def taken(queue_id: str, message_id: str) -> str:
    """The whole life of a mail."""
    return begun(queue_id, message_id) + active(queue_id) + sent(queue_id) + removed(queue_id)


def alive() -> str:
    """Somebody has looked in: nothing about any mail."""
    said = ("connect from app.test[192.0.2.1]", "disconnect from app.test[192.0.2.1] ehlo=1 quit=1")
    return "".join(line("smtpd", one) for one in said)


def started() -> str:
    return line("master", "daemon started -- version 3.7.11, configuration /etc/postfix")


def data(*lines: str | Iterable[str]) -> bytes:
    return "".join(one if isinstance(one, str) else "".join(one) for one in lines).encode()
