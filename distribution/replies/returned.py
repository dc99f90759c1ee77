"""Reads a mail that came back: a bounce, a complaint, or something else."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from distribution.replies.judging import enhanced_code
from distribution.replies.returned_mime import Fields, Part, fields, parts
from distribution.replies.returned_status import Result, addresses, one_line, recipients, results
from distribution.words import Returned

_MOST_ADDRESSES = 100
_MOST_MESSAGE_IDS = 50
_MOST_TEXT = 256 * 1024
_OF_A_MAIL = (
    "from", "to", "subject", "date", "received", "message-id", "return-path", "content-type",
)  # fmt: skip
_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
_STATUS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = (
    "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers",
    "message/global-headers",
)  # fmt: skip
_READ = ("text/plain", "text/html")
_FEEDBACK = "message/feedback-report"
_NO_COMPLAINTS = ("not-spam", "auth-failure")  # RFC 5965, 7.3; RFC 6591
_AUTOMATIC = ("x-autoreply", "x-autorespond", "x-qq-auto-reply", "x-qq-holidayreply")
_AUTOMATIC_SUBJECTS = (
    "自动回复", "自动答复", "auto-reply", "auto reply", "autoreply", "automatic reply",
    "out of office",
)  # fmt: skip
_LEAVING = ("unsubscribe", "退订")
_MESSAGE_ID = re.compile(
    r"^[> \t]*(?:x-)?(?:original-)?message-id:[ \t]*(?:\n[ \t]+)?(<?[^\s<>]{1,300}>?)",
    re.IGNORECASE | re.MULTILINE,
)
_REFERENCE = re.compile(r"<[^\s<>]{1,300}>")
_COPY = re.compile(
    r"^[> \t]*(?:return-path|received|message-id|mime-version|x-mailer):",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"<[a-z/!][^<>]*>", re.IGNORECASE)
_LONG_ENTITY = re.compile(r"&#\w{9,}")  # a number of thousands of digits is refused by Python
_SAID = re.compile(r"(?:\b[45]\d\d[ -]\(?#?|\(#)[45]\.\d{1,3}\.\d{1,3}(?!\.?\d).*(?:\n.*\S.*)*")

NO_SUCH_MAILBOX = "5.1.1"
"""The one status that says of the address itself that it is dead (RFC 3463 3.2)."""


@dataclass(frozen=True, slots=True)
class ReturnedReport:
    """What a mail that came back says, before anybody acts on it."""

    kind: Returned
    recipients: tuple[str, ...] = ()
    """Whom it speaks of, as written (RFC 3464, RFC 5965)."""
    status: str = ""
    """Enhanced status code (RFC 3463) such as 5.1.1: the diagnostic's before the Status field's."""
    diagnostic: str = ""
    """The mail system's words: one line, at most 500 characters."""
    failed: bool = False
    """Given up for good (RFC 3464 action "failed"), not delayed or relayed."""
    addressed_to: tuple[str, ...] = ()
    """Every address it was delivered to, the most reliable first."""
    message_ids: tuple[str, ...] = ()
    """Of the returned part, then of what it answers."""


def read_returned(raw: bytes) -> ReturnedReport:
    """Read a mail; whatever the bytes are, it never raises.

    Of a bounce to several recipients only those are named who share the worst result.
    """
    found = list(parts(_without_envelope(raw)))
    own = found[0].fields
    if not any(own.has(name) for name in _OF_A_MAIL):
        return ReturnedReport(Returned.UNREADABLE)
    outcome = _outcome(own, found)
    return replace(
        outcome,
        addressed_to=tuple(dict.fromkeys(_addressed_to(own)))[:_MOST_ADDRESSES],
        message_ids=tuple(dict.fromkeys(_message_ids(own, found)))[:_MOST_MESSAGE_IDS],
        recipients=outcome.recipients[:_MOST_ADDRESSES],
    )


def _without_envelope(raw: bytes) -> bytes:
    """Drop what stands before the header: empty lines and an mbox's "From " line."""
    raw = raw.lstrip(b"\r\n")
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw


def _outcome(own: Fields, found: list[Part]) -> ReturnedReport:
    """The first that fits: bounces say they are automatic too, so replies come after them."""
    daemon, empty = "mailer-daemon" in own.first("from").lower(), _empty_return_path(own)
    automatic = _automatic(own) and not daemon
    outcome = _report(found)
    if outcome is None and (daemon or (empty and not automatic)):
        outcome = _prose(own, found)
    if outcome is not None:
        return outcome
    if automatic:
        return ReturnedReport(Returned.AUTO_REPLY)
    if _asks_to_leave(own) and not daemon and not empty:
        return ReturnedReport(Returned.LEAVE)
    return ReturnedReport(Returned.OTHER, recipients(own, ("x-failed-recipients",)))


def _report(found: list[Part]) -> ReturnedReport | None:
    """What the parts written for programs say, if there are any."""
    for part in found:
        if part.type == _FEEDBACK:
            return _complaint(part)
    told = [result for part in found if part.type in _STATUS for result in results(part.content)]
    return _result(told) if told else None


def _complaint(part: Part) -> ReturnedReport:
    report = fields(part.content.replace(b"\r\n", b"\n"))
    if report.first("feedback-type").lower() in _NO_COMPLAINTS:
        return ReturnedReport(Returned.OTHER)
    return ReturnedReport(
        Returned.COMPLAINT, recipients(report, ("original-rcpt-to", "removal-recipient"))
    )


def _result(told: list[Result]) -> ReturnedReport:
    """The gravest result, with the recipients of just that one: a status is nobody else's."""
    worst = min(told, key=_gravity)
    alike = [r for r in told if (_gravity(r), r.status) == (_gravity(worst), worst.status)]
    return ReturnedReport(
        _kind(worst),
        tuple(dict.fromkeys(address for result in alike for address in result.recipients)),
        worst.status,
        worst.diagnostic,
        worst.failed,
    )


def _gravity(result: Result) -> tuple[bool, bool, bool]:
    return (not result.failed, not result.delayed, result.status != NO_SUCH_MAILBOX)


def _kind(result: Result) -> Returned:
    if result.failed:
        return Returned.BOUNCE
    return Returned.DELAYED if result.delayed else Returned.OTHER


def _prose(own: Fields, found: list[Part]) -> ReturnedReport | None:
    """A bounce told in words only: known by a code as in "550 5.1.1 …" or "(#5.1.1)".

    A code alone is not enough: versions of programs look the same.
    """
    for part in found:
        if part.type not in _READ:
            continue
        text = _readable(part)
        copy = _COPY.search(text)
        said = _SAID.search(text, 0, copy.start() if copy else len(text))
        if said is not None:
            words = one_line(said.group())
            status = enhanced_code(words)
            named = recipients(own, ("x-failed-recipients",))
            return ReturnedReport(Returned.BOUNCE, named, status, words, status.startswith("5"))
    return None


def _readable(part: Part) -> str:
    text = part.text[:_MOST_TEXT]
    if part.type != "text/html":
        return text
    return html.unescape(_LONG_ENTITY.sub(" ", _TAG.sub(" ", text)))


def _automatic(own: Fields) -> bool:
    """RFC 3834, and what says so in other ways."""
    submitted = own.first("auto-submitted").lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or any(own.has(name) for name in _AUTOMATIC)
        or own.first("precedence").lower() == "auto_reply"
        or "+auto_=" in own.first("return-path")  # QQ's; it says so nowhere else
        or own.first("subject").lower().startswith(_AUTOMATIC_SUBJECTS)
    )


def _empty_return_path(own: Fields) -> bool:
    return own.first("return-path").replace(" ", "") == "<>"


def _asks_to_leave(own: Fields) -> bool:
    subject = unicodedata.normalize("NFKC", own.first("subject")).lower()
    return re.sub(r"^[\W_]+|[\W_]+$", "", subject) in _LEAVING


def _addressed_to(own: Fields) -> Iterator[str]:
    for name in _DELIVERED_TO:
        for value in own.all(name):
            yield from addresses(value)


def _message_ids(own: Fields, found: Iterable[Part]) -> Iterator[str]:
    """Of the returned mail, be it a part or a copy in the text; then of what this one answers."""
    copies = [part for part in found if part.type in _RETURNED]
    reports = [part for part in found if part.type in (*_STATUS, _FEEDBACK)]
    texts = [part for part in found if part.type in _READ]
    for part in (*copies, *reports, *texts):
        for match in _MESSAGE_ID.finditer(part.text[:_MOST_TEXT]):
            if match.group(1).isprintable():
                yield match.group(1)
    for name in ("in-reply-to", "references"):
        for value in own.all(name):
            yield from filter(str.isprintable, _REFERENCE.findall(value))
