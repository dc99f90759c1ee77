"""A relay's postmaster: what Postfix sends back, days or seconds after it took a mail."""

from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

from returned_mails import put
from sink import Accepted

_BOUNDARY = "A1B2C3.1790000000/relay.fenhe.example"


class Postmaster:
    """Reports into a Maildir; `envelope_kept` is False for relays that put in a sender of theirs.

    Then the report goes to `office`, and only the returned mail says what it is about.
    """

    def __init__(self, maildir: Path, office: str, *, envelope_kept: bool) -> None:
        self._maildir, self._office, self._envelope_kept = maildir, office, envelope_kept
        self._sent = 0

    def send(self, raw: bytes) -> None:
        """Deliver something into the Maildir."""
        self._sent += 1
        put(self._maildir, f"179000000{self._sent}.M{self._sent}.relay", raw)

    def returned_to(self, mail: Accepted) -> str:
        """Where what comes back about a mail goes."""
        return mail.sender if self._envelope_kept else self._office

    def bounce(self, mail: Accepted, code: str, status: str, words: str, phase: str) -> bytes:
        """A non-delivery report in the manner of Postfix: notice, status, returned mail."""
        host = f"mx.{mail.recipient.rpartition('@')[2]}"
        said = f"{code} {status} {words}".replace("  ", " ")
        head = (
            f"Return-Path: <>\nDelivered-To: {self.returned_to(mail)}\n"
            "Date: Tue,  1 Dec 2026 09:00:05 +0800 (CST)\n"
            "From: MAILER-DAEMON@relay.fenhe.example (Mail Delivery System)\n"
            f"Subject: Undelivered Mail Returned to Sender\nTo: {self.returned_to(mail)}\n"
            "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status;\n"
            f'\tboundary="{_BOUNDARY}"\n\nThis is a MIME-encapsulated message.\n\n'
        )
        notice = (
            f"--{_BOUNDARY}\nContent-Description: Notification\nContent-Type: text/plain\n\n"
            "This is the mail system at host relay.fenhe.example.\n\n"
            "I'm sorry to have to inform you that your message could not\n"
            "be delivered to one or more recipients. It's attached below.\n\n"
            f"<{mail.recipient}>: host {host}[192.0.2.7] said:\n"
            f"    {said} (in reply to {phase} command)\n\n"
        )
        result = (
            f"--{_BOUNDARY}\nContent-Description: Delivery report\n"
            "Content-Type: message/delivery-status\n\n"
            "Reporting-MTA: dns; relay.fenhe.example\nX-Postfix-Queue-ID: 4XyZ123abc\n"
            f"X-Postfix-Sender: rfc822; {self.returned_to(mail)}\n\n"
            f"Final-Recipient: rfc822; {mail.recipient}\nAction: failed\n"
            f"Status: {status or '5.0.0'}\n"
            f"Remote-MTA: dns; {host}\nDiagnostic-Code: smtp; {said}\n\n"
        )
        original = f"--{_BOUNDARY}\nContent-Type: message/rfc822\n\n".encode() + mail.raw
        start = (head + notice + result).replace("\n", "\r\n").encode()
        return start + original + f"\r\n--{_BOUNDARY}--\r\n".encode()

    def complaint(self, mail: Accepted) -> bytes:
        """What a provider's feedback loop passes on (RFC 5965), its user's address blackened."""
        head = (
            f"From: fbl@mailbox.example\nTo: {self.returned_to(mail)}\nSubject: FW: spam\n"
            "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report;\n"
            f'\tboundary="{_BOUNDARY}"\n\n--{_BOUNDARY}\nContent-Type: text/plain\n\nAbuse.\n\n'
            f"--{_BOUNDARY}\nContent-Type: message/feedback-report\n\n"
            "Feedback-Type: abuse\nUser-Agent: FBL/1.0\nVersion: 1\n\n"
            f"--{_BOUNDARY}\nContent-Type: message/rfc822\n\n"
        )
        return head.encode() + mail.raw + f"\n--{_BOUNDARY}--\n".encode()

    def answer(self, mail: Accepted, subject: str, text: str, *, automatic: bool) -> bytes:
        """What the reader, or his mail programme, writes back."""
        message_id = message_from_bytes(mail.raw, policy=policy.default)["Message-ID"]
        to = self.returned_to(mail) if automatic else self._office
        machine = "Auto-Submitted: auto-replied\n" if automatic else ""
        return (
            f"From: {mail.recipient}\nTo: {to}\nSubject: {subject}\nIn-Reply-To: {message_id}\n"
            f"{machine}Content-Type: text/plain; charset=utf-8\n"
            f"Content-Transfer-Encoding: 8bit\n\n{text}\n"
        ).encode()


Reaction = Callable[[Postmaster, Accepted], bytes]


def refuses(code: str, status: str, words: str, phase: str = "RCPT TO") -> Reaction:
    """The reader's mail system did not take it."""
    return lambda postmaster, mail: postmaster.bounce(mail, code, status, words, phase)


def complains(postmaster: Postmaster, mail: Accepted) -> bytes:
    """The reader pressed "spam"."""
    return postmaster.complaint(mail)


def answers(subject: str, text: str, *, automatic: bool = False) -> Reaction:
    """The reader, or his mail programme, wrote back."""
    return lambda postmaster, mail: postmaster.answer(mail, subject, text, automatic=automatic)
