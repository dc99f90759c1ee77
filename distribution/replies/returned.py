"""Reads a mail that came back: a bounce, a complaint, or something else."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from distribution.replies import kinds, ses
from distribution.replies.codes import enhanced_code, more_telling
from distribution.replies.judging import Judgement, judge_report
from distribution.replies.notice import RETURNED, Notice, notice_of
from distribution.replies.prose import told_in_prose
from distribution.replies.providers import OTHER, provider_of, provider_of_host
from distribution.replies.reading import STATUS, complained, told_of
from distribution.replies.returned_mime import Fields, Part, fields, parts
from distribution.replies.returned_status import recipients
from distribution.replies.told import Told, addresses, one_line
from distribution.words import Meaning, Returned

_MOST_ADDRESSES = 100
_MOST_MESSAGE_IDS = 50
_MOST_TEXT = 256 * 1024
_OF_A_MAIL = (
    "from", "to", "subject", "date", "received", "message-id", "return-path", "content-type",
)  # fmt: skip
_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
_READ = ("text/plain", "text/html")
_FEEDBACK = "message/feedback-report"
_SNS = "@sns."  # Amazon mails its notifications from there
_NO_COMPLAINTS = ("not-spam", "auth-failure")  # RFC 5965, 7.3; RFC 6591
_MESSAGE_ID = re.compile(
    r"^[> \t]*(?:x-)?(?:original-)?message-id:[ \t]*(?:\n[ \t]+)?(<?[^\s<>]{1,300}>?)",
    re.IGNORECASE | re.MULTILINE,
)
_REFERENCE = re.compile(r"<[^\s<>]{1,300}>")


@dataclass(frozen=True, slots=True)
class RecipientResult:
    """What became of a mail for one recipient, and how it is judged."""

    recipients: tuple[str, ...]
    """The same reader, as he is written in several places."""
    failed: bool
    status: str
    """Enhanced status code (RFC 3463) such as 5.1.1: the diagnostic's before the Status field's."""
    diagnostic: str
    """The mail system's words: one line, at most 500 characters."""
    judgement: Judgement

    @property
    def dead(self) -> bool:
        """Whether it is evidence that the address itself is dead."""
        return self.failed and self.judgement.dead


@dataclass(frozen=True, slots=True)
class ReturnedReport:
    """What a mail that came back says, before anybody acts on it."""

    kind: Returned
    recipients: tuple[str, ...] = ()
    """Whom its gravest result speaks of, as written (RFC 3464, RFC 5965)."""
    status: str = ""
    """Enhanced status code of the gravest result."""
    diagnostic: str = ""
    """The mail system's words about it: one line, at most 500 characters."""
    failed: bool = False
    """Given up for good (RFC 3464 action "failed"), not delayed or relayed."""
    dead: bool = False
    """Evidence that the addresses in `recipients` are dead themselves."""
    meaning: Meaning | None = None
    """Why it came back; None where it is no bounce."""
    results: tuple[RecipientResult, ...] = ()
    """Of every recipient."""
    addressed_to: tuple[str, ...] = ()
    """Every address it was delivered to, the most reliable first."""
    message_ids: tuple[str, ...] = ()
    """Of the returned part, then of what it answers."""


def read_returned(raw: bytes) -> ReturnedReport:
    """Read a mail; whatever the bytes are, it never raises.

    Of a bounce to several recipients only those are named who share the gravest result; `results`
    has them all.
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
    for part in found:
        if part.type == _FEEDBACK:
            return _complaint(part)
    notice = notice_of(found)
    notified = ses.notification(notice.text)
    if notified is not None and _SNS in own.first("from").lower():
        return _notified(own, *notified)
    if kinds.is_complaint(own, notice.text):
        return ReturnedReport(Returned.COMPLAINT, complained(notice))
    reported = told_of(own, found, notice)
    if reported:
        return _judged(own, notice, reported)
    return ReturnedReport(_kind_of_letter(own, notice), recipients(own, ("x-failed-recipients",)))


def _notified(own: Fields, kind: Returned, told_so: list[Told]) -> ReturnedReport:
    if kind is Returned.BOUNCE and told_so:
        return _judged(own, Notice("", Fields(())), told_so)
    return ReturnedReport(kind, tuple(a for one in told_so for a in one.recipients))


def _kind_of_letter(own: Fields, notice: Notice) -> Returned:
    """What it is when it is no report."""
    systems = kinds.is_of_a_daemon(own)
    leaves = kinds.asks_to_leave(own) and not systems and not kinds.has_empty_path(own)
    if not leaves and kinds.is_challenge(own, notice.text):
        return Returned.CHALLENGE
    if kinds.says_automatic(own) and not systems:
        return Returned.AUTO_REPLY
    if leaves:
        return Returned.LEAVE
    return Returned.OTHER


def _complaint(part: Part) -> ReturnedReport:
    report = fields(part.content.replace(b"\r\n", b"\n"))
    if report.first("feedback-type").lower() in _NO_COMPLAINTS:
        return ReturnedReport(Returned.OTHER)
    return ReturnedReport(
        Returned.COMPLAINT, recipients(report, ("original-rcpt-to", "removal-recipient"))
    )


def _judged(own: Fields, notice: Notice, reported: Sequence[Told]) -> ReturnedReport:
    """Judge every result; the gravest one speaks for the mail."""
    if all(one.action not in ("failed", "delayed") for one in reported):
        return ReturnedReport(Returned.DELIVERED, status=reported[0].status)
    reporter = " ".join(own.all("from"))
    told_so = [one for one in reported if one.action in ("failed", "delayed")]
    beside = _beside(notice)
    alone = len(told_so) == 1
    results = [_result(one, beside, notice.text if alone else "", reporter) for one in told_so]
    gravest = min(results, key=_gravity)
    alike = [r for r in results if (_gravity(r), r.status) == (_gravity(gravest), gravest.status)]
    return ReturnedReport(
        Returned.BOUNCE if gravest.failed else Returned.DELAYED,
        tuple(dict.fromkeys(address for result in alike for address in result.recipients)),
        gravest.status,
        gravest.diagnostic,
        gravest.failed,
        gravest.dead,
        gravest.judgement.meaning,
        tuple(results),
    )


def _beside(notice: Notice) -> dict[str, str]:
    """What the notice says beside each address, by address in lower case."""
    return {
        address.lower(): one.words
        for one in told_in_prose(notice.text, ())
        for address in one.recipients
    }


def _result(
    told_so: Told, beside: Mapping[str, str], notice: str, reporter: str
) -> RecipientResult:
    names = [address.lower() for address in told_so.recipients]
    said = next((beside[name] for name in names if name in beside), "")
    words = told_so.words or said or told_so.remark
    status = more_telling(enhanced_code(words), told_so.status)
    judged = judge_report(
        f"{words} {told_so.remark}",
        notice or said,
        enhanced=told_so.status,
        provider=_provider(told_so, reporter),
        recipient=names[0] if names else "",
    )
    return RecipientResult(told_so.recipients, told_so.failed, status, one_line(words), judged)


def _provider(told_so: Told, reporter: str) -> str:
    """Whose words they are: of the recipient's provider, of the host, of the reporter."""
    for address in told_so.recipients:
        if provider_of(address) != OTHER:
            return provider_of(address)
    return provider_of_host(told_so.host) or provider_of_host(
        reporter.rpartition("@")[2].strip("<> ")
    )


def _gravity(result: RecipientResult) -> tuple[bool, bool]:
    return (not result.failed, not result.dead)


def _addressed_to(own: Fields) -> Iterator[str]:
    for name in _DELIVERED_TO:
        for value in own.all(name):
            yield from addresses(value)


def _message_ids(own: Fields, found: Iterable[Part]) -> Iterator[str]:
    """Of the returned mail, be it a part or a copy in the text; then of what this one answers."""
    copies = [part for part in found if part.type in RETURNED]
    reports = [part for part in found if part.type in (*STATUS, _FEEDBACK)]
    texts = [part for part in found if part.type in _READ]
    for part in (*copies, *reports, *texts):
        for match in _MESSAGE_ID.finditer(part.text[:_MOST_TEXT]):
            if match.group(1).isprintable():
                yield match.group(1)
    for name in ("in-reply-to", "references"):
        for value in own.all(name):
            yield from filter(str.isprintable, _REFERENCE.findall(value))
