"""Mails that came back, read per second and core, beside reading them plainly.

    python benchmarks/bounces.py [FILE…] [--mails 4000] [--rounds 5]

The mails are written here in the manner of nine systems, in turn, each to a reader of its own: two
thirds reports of RFC 3464, the rest notices in words and automatic answers. Reading
is what `read_returned` does: what the mail is, whom it speaks of, what it means, by which rule, and
our traces in it. The plain way is the standard library: its parser, the delivery status for each
recipient, 5.x.x is hard. Where flufl.bounce is installed (it is not one of our dependencies), it
reads them too, as it does: the addresses, and nothing of why. Who comes first changes from round to
round. FILEs are read after these; without any, those of ../shared/bounces, where they are present.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from email import message_from_bytes, policy
from email.message import Message
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from distribution.replies import read_returned

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "bounces" / "mails"
SENDER = "digest@magazine.example"
DIGEST = "What the members of the federation read this month.\n" * 100
Read = Callable[[bytes], object]


def returned(reader: str) -> str:
    """The header of the digest that came back."""
    return (
        f"Received: from out.magazine.example (out.magazine.example [192.0.2.1])\n"
        f"From: {SENDER}\nTo: {reader}\nSubject: November\n"
        f"Message-ID: <{'a' * 36}@mail.magazine.example>\n"
        f"List-Unsubscribe: <https://magazine.example/u/{'a' * 36}>\n"
    )


def report(reader: str, sender: str, said: str, reply: str, code: str) -> bytes:
    """A report of RFC 3464 on one reader, as the mail system `sender` writes it."""
    pieces = {
        "text/plain; charset=utf-8": f"This is the mail system.\n\n<{reader}>: {said}\n",
        "message/delivery-status": status(reader, reply, code),
        "message/rfc822": f"{returned(reader)}\n{DIGEST}",
    }
    told = "".join(f"--=_x\nContent-Type: {kind}\n\n{text}\n" for kind, text in pieces.items())
    return (
        f"Return-Path: <>\nFrom: {sender}\nTo: {SENDER}\nAuto-Submitted: auto-replied\n"
        "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_x"\n\n'
        f"{told}--=_x--\n"
    ).encode()


def status(reader: str, reply: str, code: str) -> str:
    """The part for programmes."""
    return (
        "Reporting-MTA: dns; mx.magazine.example\nArrival-Date: Tue, 1 Dec 2026 09:00:00 +0800\n\n"
        f"Final-Recipient: rfc822; {reader}\nAction: failed\nStatus: {code}\n"
        f"Remote-MTA: dns; mx.factory.example\nDiagnostic-Code: smtp; {reply}\n"
    )


def words(reader: str, sender: str, subject: str, text: str, head: str = "") -> bytes:
    """A notice in words, with a copy of the mail's header below."""
    return (
        f"Return-Path: <>\n{head}From: {sender}\nTo: {SENDER}\nSubject: {subject}\n\n"
        f"{text}\n\n--- Below this line is a copy of the message.\n\n{returned(reader)}\n"
        + "Digest of the month.\n"
        * 200
    ).encode()


def postfix(reader: str) -> bytes:
    reply = f"550 5.1.1 <{reader}>: Recipient address rejected: User unknown"
    said = f"host mx.factory.example said: {reply} (in reply to RCPT TO command)"
    return report(reader, "MAILER-DAEMON@mx.magazine.example", said, reply, "5.1.1")


def exchange(reader: str) -> bytes:
    reply = "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found"
    said = "Your message could not be delivered. The address was not found."
    return report(reader, "postmaster@factory.example", said, reply, "5.1.10")


def gmail(reader: str) -> bytes:
    reply = "552-5.2.2 The recipient's inbox is out of storage space and inactive."
    return report(
        reader, "mailer-daemon@googlemail.com", "Your message wasn't sent.", reply, "5.2.2"
    )


def coremail(reader: str) -> bytes:
    reply = f"SMTP error, RCPT TO: 550 User not found: {reader}"
    return report(reader, "Postmaster@163.example", "抱歉，您的邮件被退回来了", reply, "5.0.0")


def blocked(reader: str) -> bytes:
    reply = "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using a list"
    return report(reader, "MAILER-DAEMON@mx.magazine.example", reply, reply, "5.7.1")


def limited(reader: str) -> bytes:
    reply = "550 Ip frequency limited [abcd]. http://service.mail.qq.com/detail/122/100"
    return report(reader, "MAILER-DAEMON@mx.magazine.example", reply, reply, "5.0.0")


def qmail(reader: str) -> bytes:
    text = (
        "Hi. This is the qmail-send program.\nI'm afraid I wasn't able to deliver your message.\n\n"
        f"<{reader}>:\nSorry, no mailbox here by that name. (#5.1.1)"
    )
    return words(reader, "MAILER-DAEMON@mx.factory.example", "failure notice", text)


def exim(reader: str) -> bytes:
    text = (
        "A message that you sent could not be delivered to one or more of its recipients.\n\n"
        f"  {reader}\n    SMTP error from remote mail server after RCPT TO:<{reader}>:\n"
        "    552 5.2.2 mailbox is full"
    )
    head = f"X-Failed-Recipients: {reader}\nAuto-Submitted: auto-replied\n"
    return words(reader, "Mailer-Daemon@mx.example", "Mail delivery failed", text, head)


def answer(reader: str) -> bytes:
    text = "您好，本人外出，回来后尽快回复。"
    return words(reader, reader, "自动回复：十一月", text, "Auto-Submitted: auto-replied\n")


SYSTEMS = (postfix, exchange, gmail, coremail, blocked, limited, qmail, exim, answer)


def written(count: int) -> Iterator[bytes]:
    """Mails of all systems in turn, the same in every run."""
    chance = random.Random(9)  # noqa: S311 - made-up readers
    for number in range(count):
        name, host = chance.randrange(10**9), chance.randrange(1000)
        yield SYSTEMS[number % len(SYSTEMS)](f"reader{name}@factory{host}.example")


def plainly(raw: bytes) -> list[tuple[str, bool]]:
    """Whom a report names and whether it is hard, as the standard library gives it."""
    found = []
    for part in message_from_bytes(raw, policy=policy.default).walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else ():
                whom = block["Final-Recipient"] if isinstance(block, Message) else None
                if isinstance(block, Message) and whom is not None:
                    hard = str(block.get("Status", "")).startswith("5")
                    found.append((str(whom).partition(";")[2].strip(), hard))
    return found


def flufl() -> Read | None:
    """The detectors of flufl.bounce, where it is installed."""
    if find_spec("flufl") is None or find_spec("flufl.bounce") is None:
        return None
    scan = import_module("flufl.bounce").all_failures
    return lambda raw: scan(message_from_bytes(raw))


def compare(mails: Sequence[bytes], rounds: int) -> None:
    """All ways in turn; the ratio is that of the medians."""
    other = flufl()
    ways: dict[str, Read] = {"ours": read_returned, "plain": plainly}
    ways |= {"flufl.bounce": other} if other else {}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        order = list(ways)
        for name in order[number % len(order) :] + order[: number % len(order)]:
            start = time.process_time()
            for raw in mails:
                ways[name](raw)
            times[name].append((time.process_time() - start) / len(mails))
    size = sum(map(len, mails)) / len(mails) / 1024
    print(f"{len(mails):,} mails of {size:.1f} KiB, {rounds} rounds, seconds of one core")
    for name, spent in times.items():
        middle, ratio = median(spent), median(times["ours"]) / median(spent)
        print(f"{name:14}{1 / middle:8,.0f} mails/s{middle * 1e6:8.0f} µs{ratio:8.2f} of our speed")


def main() -> None:
    """Measure, and print as it goes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--mails", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    compare(list(written(options.mails)), options.rounds)
    files = options.files or (sorted(REAL.iterdir()) if REAL.is_dir() else [])
    if files:
        print("real mails:")
        compare([path.read_bytes() for path in files], options.rounds)


if __name__ == "__main__":
    main()
