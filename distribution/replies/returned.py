"""Reads a mail that came back: a bounce, a complaint, or something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from distribution.replies import kinds, ses
from distribution.replies.codes import enhanced_code, more_telling
from distribution.replies.departing import has_left
from distribution.replies.judging import Judgement, judge_report
from distribution.replies.notice import Notice, notice_of
from distribution.replies.prose import told_in_prose
from distribution.replies.providers import OTHER, provider_of, provider_of_host
from distribution.replies.reading import complained, told_of
from distribution.replies.returned_mime import Fields, Part, fields, parts
from distribution.replies.returned_status import recipients
from distribution.replies.returned_traces import FEEDBACK, addressed_to, ids_and_links
from distribution.replies.rules import Rule
from distribution.replies.told import Notification, Told, one_line
from distribution.words import Meaning, Returned

_MOST_ADDRESSES = 100
_OF_A_MAIL = (
    "from", "to", "subject", "date", "received", "message-id", "return-path", "content-type",
)  # fmt: skip
_NO_FIELDS = Fields(())
_SNS = "@sns."  # Amazon mails its notifications from there
_NO_COMPLAINTS = ("not-spam", "auth-failure")  # RFC 5965, 7.3; RFC 6591


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
        """Whether it is evidence that the address itself is dead, and says which."""
        return self.failed and self.judgement.dead and bool(self.recipients)


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
    unsubscribe_links: tuple[str, ...] = ()
    """Of the returned part's List-Unsubscribe."""
    departed: bool = False
    """An automatic answer that says that the reader has left his employer."""


def read_returned(raw: bytes, *, own: Sequence[Rule] = ()) -> ReturnedReport:
    """Read a mail; whatever the bytes are, it never raises. `own` are an admin's rules.

    Of a bounce to several recipients only those are named who share the gravest result; `results`
    has them all.
    """
    found = list(parts(_without_envelope(raw)))
    top = found[0].fields
    if not any(top.has(name) for name in _OF_A_MAIL):
        return ReturnedReport(Returned.UNREADABLE)
    outcome = _outcome(top, found, own)
    message_ids, unsubscribe_links = ids_and_links(top, found)
    return replace(
        outcome,
        addressed_to=outcome.addressed_to + addressed_to(top),
        message_ids=outcome.message_ids + message_ids,
        unsubscribe_links=outcome.unsubscribe_links + unsubscribe_links,
        recipients=outcome.recipients[:_MOST_ADDRESSES],
    )


def _without_envelope(raw: bytes) -> bytes:
    """Drop what stands before the header: empty lines and an mbox's "From " line."""
    raw = raw.lstrip(b"\r\n")
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw


def _outcome(own: Fields, found: list[Part], rules: Sequence[Rule]) -> ReturnedReport:
    """The first that fits: bounces say they are automatic too, so replies come after them."""
    for part in found:
        if part.type == FEEDBACK:
            return _complaint(part)
    notice = notice_of(found)
    told_so = ses.notification(notice.text)
    if told_so is not None and _SNS in own.first("from").lower():
        return notified(told_so, rules, own)
    if kinds.is_complaint(own, notice.text):
        return ReturnedReport(Returned.COMPLAINT, complained(notice))
    reported = told_of(own, found, notice)
    if reported:
        return _judged(own, notice, reported, rules)
    kind = _kind_of_letter(own, notice)
    return ReturnedReport(
        kind,
        recipients(own, ("x-failed-recipients",)),
        departed=kind is Returned.AUTO_REPLY and has_left(own, notice.text),
    )


def notified(
    given: Notification, rules: Sequence[Rule], own: Fields = _NO_FIELDS
) -> ReturnedReport:
    """What a provider's own form tells, by mail (`own` is its header) or by another way."""
    if given.kind in (Returned.BOUNCE, Returned.DELAYED) and given.told:
        outcome = _judged(own, Notice("", _NO_FIELDS), given.told, rules)
    else:
        whom = tuple(address for one in given.told for address in one.recipients)
        outcome = ReturnedReport(given.kind, whom)
    return replace(
        outcome,
        addressed_to=given.addressed_to,
        message_ids=given.message_ids,
        unsubscribe_links=given.unsubscribe_links,
    )


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


def _judged(
    own: Fields, notice: Notice, reported: Sequence[Told], rules: Sequence[Rule]
) -> ReturnedReport:
    """Judge every result; the gravest one speaks for the mail."""
    if all(one.action not in ("failed", "delayed") for one in reported):
        return ReturnedReport(Returned.DELIVERED, status=reported[0].status)
    reporter = " ".join(own.all("from"))
    told_so = [one for one in reported if one.action in ("failed", "delayed")]
    beside = _beside(notice)
    alone = len(told_so) == 1
    words = notice.text if alone else ""
    results = [_result(one, beside, words, reporter, rules) for one in told_so]
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
    told_so: Told, beside: Mapping[str, str], notice: str, reporter: str, rules: Sequence[Rule]
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
        own=rules,
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
