"""Enterprises and readers: what they want, what they agreed to, who is not written to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from distribution.models.ground import (
    Address,
    AddressHash,
    Base,
    Digest,
    PrimaryKey,
    Who,
    only,
    reference,
)
from distribution.words import (
    Decision,
    Edition,
    Frequency,
    ImportKind,
    LeavingReason,
    MailFormat,
    Purpose,
    RequestKind,
    Role,
    RowOutcome,
    SuppressionReason,
)


class Enterprise(Base):
    """A member enterprise of the federation. Its standing is derived: see `audience.membership`."""

    __tablename__ = "enterprises"
    __table_args__ = (
        Index("uq_enterprises_name_key", "name_key", unique=True),
        Index("uq_enterprises_credit_code", "credit_code", unique=True),
    )
    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    name_key: Mapped[str] = mapped_column(String(200))  # see `audience.name_key`
    short_name: Mapped[str] = mapped_column(String(40), default="")
    credit_code: Mapped[str | None] = mapped_column(String(18))  # GB 32100
    region: Mapped[str] = mapped_column(String(40), default="")  # a city of Shanxi, or elsewhere
    industry: Mapped[str] = mapped_column(String(100), default="")  # GB/T 4754: "C" or "C35"
    member_since: Mapped[date | None]
    member_until: Mapped[date | None]  # its last day
    suspended_at: Mapped[datetime | None]
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class EnterpriseInterest(Base):
    """What contacts of an enterprise get who chose nothing themselves."""

    __tablename__ = "enterprise_interests"
    enterprise_id: Mapped[int] = mapped_column(reference("enterprises.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(reference("topics.id"), primary_key=True)
    position: Mapped[int]


class DefaultRule(Base):
    """What contacts of a role, an industry or both get who chose nothing themselves."""

    __tablename__ = "default_rules"
    __table_args__ = (UniqueConstraint("role", "industry"),)
    id: Mapped[PrimaryKey]
    role: Mapped[str] = mapped_column(String(20))  # a Role; empty: any
    industry: Mapped[str] = mapped_column(String(3))  # GB/T 4754 section or division; empty: any


class DefaultInterest(Base):
    """A topic of a default rule."""

    __tablename__ = "default_interests"
    rule_id: Mapped[int] = mapped_column(reference("default_rules.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(reference("topics.id"), primary_key=True)
    position: Mapped[int]


# One liaison per enterprise; who has left it or is erased holds no role.
LIAISON = text("role = 'liaison' AND departed_at IS NULL AND erased_at IS NULL")


class Subscriber(Base):
    """A contact. Whether he may be mailed is derived: see `audience.barrier`."""

    __tablename__ = "subscribers"
    __table_args__ = (
        Index("uq_subscribers_liaison", "enterprise_id", unique=True, **only(LIAISON)),
    )
    id: Mapped[PrimaryKey]
    enterprise_id: Mapped[int | None] = mapped_column(reference("enterprises.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[Role] = mapped_column(default=Role.OTHER)
    email: Mapped[Address]  # as written
    email_key: Mapped[Address] = mapped_column(unique=True)  # NFKC, lower case, IDNA domain
    address_hash: Mapped[AddressHash] = mapped_column(unique=True)
    domain: Mapped[str] = mapped_column(String(255))  # of the key
    phone: Mapped[str] = mapped_column(String(40), default="")
    edition: Mapped[Edition] = mapped_column(default=Edition.PERSONALISED)
    frequency: Mapped[Frequency] = mapped_column(default=Frequency.EVERY_ISSUE)
    format: Mapped[MailFormat] = mapped_column(default=MailFormat.HTML)
    interests_by: Mapped[Who | None]  # who last chose his topics and watch words
    paused_until: Mapped[datetime | None]
    departed_at: Mapped[datetime | None]  # left the enterprise; mail to him stops
    erased_at: Mapped[datetime | None]  # nothing above names him any more
    created_at: Mapped[datetime]


class Interest(Base):
    """A topic a reader chose; `position` is his own order."""

    __tablename__ = "interests"
    subscriber_id: Mapped[int] = mapped_column(reference("subscribers.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(reference("topics.id"), primary_key=True)
    position: Mapped[int]


class WatchWord(Base):
    """A product, region or company whose articles a reader wants, whatever their topic."""

    __tablename__ = "watch_words"
    subscriber_id: Mapped[int] = mapped_column(reference("subscribers.id"), primary_key=True)
    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]


class ConsentEvent(Base):
    """Append-only: who agreed or refused, when, to which words, over which channel."""

    __tablename__ = "consent_events"
    __table_args__ = (Index(None, "subscriber_id", "purpose", "id"),)
    id: Mapped[PrimaryKey]
    subscriber_id: Mapped[int] = mapped_column(reference("subscribers.id"))
    purpose: Mapped[Purpose]
    decision: Mapped[Decision]
    channel: Mapped[str] = mapped_column(String(40))
    wording: Mapped[str] = mapped_column(Text)  # the text shown, or the basis named on import
    wording_version: Mapped[str] = mapped_column(String(40), default="")  # of a text of ours
    wording_sha256: Mapped[Digest]
    by: Mapped[Who]
    at: Mapped[datetime]
    delivery_id: Mapped[int | None] = mapped_column(  # the mail whose link or reply said it
        reference("deliveries.id"), index=True
    )


class Leaving(Base):
    """Why a reader left, where he said so."""

    __tablename__ = "leavings"
    consent_event_id: Mapped[int] = mapped_column(reference("consent_events.id"), primary_key=True)
    reason: Mapped[LeavingReason | None]
    words: Mapped[str] = mapped_column(String(500), default="")  # his own
    at: Mapped[datetime]


class SignUp(Base):
    """What was typed on the web for an address, until its owner says yes or the time is over."""

    __tablename__ = "sign_ups"
    address_hash: Mapped[AddressHash] = mapped_column(primary_key=True)
    email: Mapped[Address]  # as written
    wishes: Mapped[dict[str, Any]]  # see `audience.sign_up`
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None] = mapped_column(index=True)  # by a letter, or by none


class Claim(Base):
    """A reader named his enterprise himself, and nobody has checked it."""

    __tablename__ = "claims"
    subscriber_id: Mapped[int] = mapped_column(reference("subscribers.id"), primary_key=True)
    enterprise_id: Mapped[int]  # without a reference: an import that added it may be undone
    at: Mapped[datetime]


class Suppression(Base):
    """An address that is not written to; outlives its subscriber."""

    __tablename__ = "suppressions"
    address_hash: Mapped[AddressHash] = mapped_column(primary_key=True)
    reason: Mapped[SuppressionReason]
    evidence: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]


class Release(Base):
    """An address was let be used again: what was counted against it before counts no more."""

    __tablename__ = "releases"
    address_hash: Mapped[AddressHash] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class SuppressedDomain(Base):
    """A domain none of whose addresses is written to."""

    __tablename__ = "suppressed_domains"
    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    reason: Mapped[SuppressionReason]
    evidence: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]


class Import(Base):
    """A file of subscribers or enterprises that was applied, as far as `rows` says."""

    __tablename__ = "imports"
    id: Mapped[PrimaryKey]
    kind: Mapped[ImportKind]
    file_name: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[Digest] = mapped_column(index=True)  # of its bytes and how they were read
    basis: Mapped[str] = mapped_column(Text, default="")  # of the consent of those who are new
    by: Mapped[Who]
    at: Mapped[datetime]
    finished_at: Mapped[datetime | None]  # none: it was interrupted, and goes on when run again
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[Who | None]


class ImportRow(Base):
    """What became of one row, and what there was before, so that it can be undone."""

    __tablename__ = "import_rows"
    __table_args__ = (
        Index(  # of contacts, only those name one that came with it
            "ix_import_rows_enterprise_id",
            "enterprise_id",
            **only(text("enterprise_id IS NOT NULL")),
        ),
    )
    # No references: checking them would double the cost of a row, and it may be undone.
    import_id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[RowOutcome]
    reason: Mapped[str] = mapped_column(Text, default="")
    subscriber_id: Mapped[int | None] = mapped_column(index=True)
    enterprise_id: Mapped[int | None]
    before: Mapped[dict[str, Any]]  # of what was changed: field to value
    after: Mapped[dict[str, Any]]


class PrivacyRequest(Base):
    """Append-only but for its end: what a person asked about his data, and until when."""

    __tablename__ = "privacy_requests"
    id: Mapped[PrimaryKey]
    kind: Mapped[RequestKind]
    subscriber_id: Mapped[int | None] = mapped_column(reference("subscribers.id"), index=True)
    address_hash: Mapped[AddressHash]
    note: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[Who]
