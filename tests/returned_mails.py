"""What comes back from mail systems, and the folder they deliver it into."""

from pathlib import Path

_BOUNDARY = "=_of-the-mail-system"


def bounce(
    recipient: str,
    *,
    to: str = "postmaster@magazine.example",
    status: str = "5.1.1",
    action: str = "failed",
    words: str = "",
    message_id: str = "",
) -> bytes:
    """A delivery status notification (RFC 3464) about a recipient; none where that is empty."""
    about = f"Final-Recipient: rfc822; {recipient}\n" if recipient else ""
    said = words or f"550 {status} <{recipient}>: as the mail system says"
    result = f"{about}Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n"
    return _report(
        f"From: MAILER-DAEMON@mx.fenhe.example\nTo: {to}\nSubject: Undelivered\n",
        "delivery-status",
        f"Reporting-MTA: dns; mx.fenhe.example\n\n{result}",
        message_id,
    )


def complaint(message_id: str = "", *, to: str = "fbl@magazine.example", about: str = "") -> bytes:
    """A feedback report (RFC 5965) of a mailbox provider whose user calls a mail spam."""
    original = f"Original-Rcpt-To: {about}\n" if about else ""
    return _report(
        f"From: feedback@mailbox.example\nTo: {to}\nSubject: complaint\n",
        "feedback-report",
        f"Feedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\n{original}",
        message_id,
    )


def _report(head: str, kind: str, fields: str, message_id: str) -> bytes:
    """A multipart/report of three parts (RFC 6522), the last of which shows the mail."""
    copy = f"Message-ID: {message_id}\n" if message_id else ""
    lines = (
        f"Return-Path: <>\n{head}Date: Tue, 1 Sep 2026 09:00:00 +0800\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="{_BOUNDARY}"\n\n'
        f"--{_BOUNDARY}\nContent-Type: text/plain\n\nAbout a mail of yours.\n"
        f"--{_BOUNDARY}\nContent-Type: message/{kind}\n\n{fields}\n"
        f"--{_BOUNDARY}\nContent-Type: message/rfc822\n\n"
        f"From: digest@magazine.example\n{copy}Subject: x\n\n--{_BOUNDARY}--\n"
    )
    return lines.replace("\n", "\r\n").encode()


def make_maildir(folder: Path) -> Path:
    """An empty Maildir in the place of this folder; gives it again."""
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


def put(maildir: Path, name: str, raw: bytes) -> None:
    """Deliver into a Maildir as mail systems do."""
    (maildir / "tmp" / name).write_bytes(raw)
    (maildir / "tmp" / name).rename(maildir / "new" / name)
