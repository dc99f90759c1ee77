"""The gate before sealing: the digests of a run, or of an issue, as they would really go out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

from distribution import issues
from distribution.db import Transaction
from distribution.delivery.press import Mail, compose, mail_of, personal_of
from distribution.delivery.store import plans, runs
from distribution.delivery.transport import Envelope
from distribution.digests import (
    Composer,
    Digest,
    Personal,
    Sheet,
    TooLarge,
    gate,
    prose,
    reason_label,
)
from distribution.errors import Refused
from distribution.issues import StoredIssue
from distribution.links import Addresses, Keyring, Origin
from distribution.words import MailFormat

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_NOBODY = 0
_RECIPIENT = "reader@reader.invalid"
_SHOWN = 3
_AT_ONCE = 1_000
_UNKNOWN_ORIGIN = Origin("https://unknown.invalid", "unknown.invalid", "")
"""Of runs planned before it was kept."""


class GateClosed(Refused):
    """Raised where digests must not go out as they are."""

    def __init__(self, key: str, errors: tuple[gate.Finding, ...], remedy: str = "") -> None:
        self.key, self.errors = key, errors
        told = "；".join(f"{one.where}：{one.sentence}" for one in errors[:_SHOWN])
        more = f"……共 {len(errors)} 处" if len(errors) > _SHOWN else ""
        super().__init__(
            f"{key} 期的邮件未通过检查（{told}{more}）："
            f"{remedy}运行 distribution digest check {key} 查看全部"
        )


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the gate says."""

    findings: tuple[gate.Finding, ...]
    """Errors first."""
    mails: int
    """Whose bytes were checked."""
    examined: int
    """Of them, those taken apart: together they hold whatever any mail holds."""

    @property
    def errors(self) -> tuple[gate.Finding, ...]:
        """What keeps the gate closed."""
        return tuple(one for one in self.findings if one.blocks)


def inspect(
    composer: Composer, issue: StoredIssue, origin: Origin, mails: Iterable[Mail]
) -> Inspection:
    """Check every mail's bytes, and take apart those that hold anything new."""
    inspector = Inspector(composer, issue, origin)
    for mail in mails:
        inspector.look_at(mail)
    return inspector.inspection()


def inspect_run(transaction: Transaction, run_id: int) -> Inspection:
    """Check what was planned, from what is stored.

    Mails are looked at between transactions: a hundred thousand of them take a minute, and
    nobody is to wait for it.
    """
    with transaction() as session:
        run = runs.find_run(session, run_id)
        issue = issues.load_issue(session, run.issue_id)
        sheet = Sheet.from_json(runs.sheet(session, run.sheet_sha256).content)
        origin = Origin(**run.origin) if run.origin else _UNKNOWN_ORIGIN
    return inspect(Composer(sheet), issue, origin, _planned_mails(transaction, run_id))


def _planned_mails(transaction: Transaction, run_id: int) -> Iterator[Mail]:
    last_id: int | None = 0
    while last_id is not None:
        with transaction() as session:
            rows = plans.planned_selections(session, run_id, last_id, _AT_ONCE)
            mails = [mail_of(row) for row in rows if row.choices]
            last_id = rows[-1].id if rows else None
        yield from mails


class Inspector:
    """Looks at one mail after the other."""

    def __init__(self, composer: Composer, issue: StoredIssue, origin: Origin) -> None:
        self._composer, self._issue = composer, issue
        # Tokens of any key have the same length: nobody needs the real one to look at mails.
        self._addresses = Addresses(Keyring.of(["gate"]), origin.base_url, origin.mail_domain)
        contact, contract = issue.masthead.contact, issue.contract
        self._imprint = gate.Imprint(
            publisher=(issue.masthead.publishers or (issue.masthead.publication,))[0],
            email=contact.email or composer.sheet.publication.sender_address,
            phone=contact.phone,
            address=contact.address,
        )
        self._notes = [prose.read(text).text for text in (contract.note, contract.notice) if text]
        self._seen: set[object] = set()
        self._found = dict.fromkeys(gate.check_sheet(composer.sheet))
        self._mails = self._examined = 0

    def inspection(self) -> Inspection:
        """What is to be said of all so far."""
        grave = {severity: place for place, severity in enumerate(gate.Severity)}
        findings = sorted(self._found, key=lambda one: grave[one.severity])
        return Inspection(tuple(findings), self._mails, self._examined)

    def look_at(self, mail: Mail) -> None:
        """Check a mail's bytes, and take it apart where it holds anything new."""
        self._mails += 1
        text_only = mail.format is MailFormat.TEXT
        personal = personal_of(self._addresses, _NOBODY, _NOBODY, mail.tracking)
        try:
            message = self._composed(mail, personal, text_only=text_only)
            self._found |= dict.fromkeys(gate.check_wire(message, text_only=text_only))
            if not self._is_new(mail):
                return
            if text_only:  # with the HTML its reader finds in his browser
                message = self._composed(mail, personal, text_only=False)
        except TooLarge as error:
            if not text_only:
                self._found.setdefault(gate.refused(error))
            return
        self._examined += 1
        found = gate.check_mail(
            _read(message),
            articles=self._articles(mail),
            imprint=self._imprint,
            unsubscribe_url=personal.unsubscribe_url,
            commercial=self._issue.contract.commercial,
            notes=self._notes,
        )
        self._found |= dict.fromkeys(found)

    def _composed(self, mail: Mail, personal: Personal, *, text_only: bool) -> bytes:
        return compose(
            self._composer,
            mail.choices,
            personal,
            envelope=Envelope(
                self._addresses.return_path(_NOBODY),
                _RECIPIENT,
                self._addresses.message_id(_NOBODY),
            ),
            date=_SOME_DAY,
            text_only=text_only,
        )

    def _is_new(self, mail: Mail) -> bool:
        """Whether it holds an article, an opening, a mixture of reasons or links not seen yet."""
        reasons = frozenset(choice.reason for choice in mail.choices)
        pieces = self._composer.pieces(mail.choices)
        new = not {*pieces, reasons, mail.tracking} <= self._seen
        self._seen |= {*pieces, reasons, mail.tracking}
        return new

    def _articles(self, mail: Mail) -> list[tuple[str, str]]:
        sheet = self._composer.sheet
        return [
            (sheet.by_id[choice.article].title, reason_label(choice, sheet.topics))
            for choice in mail.choices
        ]


def _read(message: bytes) -> Digest:
    """The mail as its reader's program gets it."""
    read = message_from_bytes(message, policy=policy.default)
    if not isinstance(read, EmailMessage):
        raise TypeError(type(read))
    text, html = (part.get_content() for part in read.iter_parts())
    return Digest(str(read["Subject"]), html.replace("\r\n", "\n"), text.replace("\r\n", "\n"))
