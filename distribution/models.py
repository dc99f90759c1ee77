"""The whole schema on one page: facts only, no behaviour.

Times are UTC. Migrations are written by hand from this page and `alembic check` compares the two
on SQLite and PostgreSQL.
"""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from distribution.db import BIG_INTEGER, DOCUMENT, Utc, word
from distribution.words import (
    Addressees,
    Cause,
    Consequence,
    CorrectionKind,
    Decision,
    DeliveryState,
    Edition,
    FoundBy,
    Frequency,
    ImportKind,
    LeavingReason,
    LetterPurpose,
    LetterState,
    MailFormat,
    Meaning,
    Purpose,
    RequestKind,
    Returned,
    Role,
    RowOutcome,
    RuleField,
    RunKind,
    RunState,
    Signal,
    SuppressionReason,
    TopicOrigin,
    Verdict,
    Word,
)

PrimaryKey = Annotated[int, mapped_column(BIG_INTEGER, primary_key=True)]
Digest = Annotated[str, mapped_column(String(64))]
"""A SHA-256 in hexadecimal."""
AddressHash = Annotated[str, mapped_column(String(32))]
"""The keyed hash of an address key, see `links.Keyring.address_hash`."""
Address = Annotated[str, mapped_column(String(320))]
Anchor = Annotated[str, mapped_column(String(400))]
"""What an article is known by across readings of its file: the key of its title as it was read."""
Who = Annotated[str, mapped_column(String(100))]
"""Who did it: a system account, an admin, or `reader`."""


class Base(DeclarativeBase):
    """Names constraints alike on every database, so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any]]] = {
        int: BIG_INTEGER,
        datetime: Utc(),
        dict[str, Any]: DOCUMENT,
        list[Any]: DOCUMENT,
        **{kind: word(kind) for kind in Word.__subclasses__()},
    }


def reference(target: str) -> ForeignKey:
    """A reference that forbids to delete what is referred to."""
    return ForeignKey(target, ondelete="RESTRICT")


def only(where: TextClause) -> dict[str, Any]:
    """What makes an index one of some rows, on either database."""
    return {"sqlite_where": where, "postgresql_where": where}


# -- topics ------------------------------------------------------------------------------------


class Topic(Base):
    """A subject readers choose."""

    __tablename__ = "topics"
    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    position: Mapped[int]
    sections: Mapped[list[Any]]  # titles of the magazine's sections that lead here
    merged_into: Mapped[str | None] = mapped_column(String(40))  # code; past issues still name it


class TopicRule(Base):
    """Words that lead an article to a topic: any of some, all of others, none of the last."""

    __tablename__ = "topic_rules"
    id: Mapped[PrimaryKey]
    topic_id: Mapped[int] = mapped_column(reference("topics.id"))
    field: Mapped[RuleField]
    any_words: Mapped[list[Any]]
    all_words: Mapped[list[Any]]
    no_words: Mapped[list[Any]]


# -- issues ------------------------------------------------------------------------------------


class Issue(Base):
    """One issue of the magazine; `year` and `label` are its name: 2023-09, 2023-07-08, 2023-s1."""

    __tablename__ = "issues"
    __table_args__ = (UniqueConstraint("year", "label"),)
    id: Mapped[PrimaryKey]
    year: Mapped[int]
    label: Mapped[str] = mapped_column(String(20))
    number: Mapped[int | None]  # none for a supplement
    total_number: Mapped[int | None]
    month: Mapped[date]  # its first day
    publication: Mapped[str] = mapped_column(String(100))
    publishers: Mapped[list[Any]]
    contact: Mapped[dict[str, Any]]  # phone, email, website, postcode, address; editors' names
    complaints: Mapped[list[Any]]  # what the reader did not understand, for the editor
    source_name: Mapped[str] = mapped_column(String(255))
    source_sha256: Mapped[Digest]
    content_sha256: Mapped[Digest]
    imported_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[Who | None]
    approved_despite: Mapped[str | None] = mapped_column(Text)  # why, where errors stood
    # What the editor adds to what the file says; an import leaves it as it is.
    lead_anchor: Mapped[Anchor | None]  # the article that opens every mail
    note: Mapped[str] = mapped_column(Text, default="")  # 卷首语, Markdown
    notice: Mapped[str] = mapped_column(Text, default="")  # of the federation, Markdown
    limits: Mapped[list[Any]] = mapped_column(default=list)  # [section, least, most, label]
    commercial: Mapped[bool] = mapped_column(default=False)  # its mails are advertising by law


class Compilation(Base):
    """An issue as its file was last read, before any correction."""

    __tablename__ = "compilations"
    issue_id: Mapped[int] = mapped_column(reference("issues.id"), primary_key=True)
    masthead: Mapped[dict[str, Any]]
    articles: Mapped[list[Any]]
    account: Mapped[dict[str, Any]]


class Correction(Base):
    """One deed of an editor, in the order of `id`; all are done again on what is read anew."""

    __tablename__ = "corrections"
    id: Mapped[PrimaryKey]
    issue_id: Mapped[int] = mapped_column(reference("issues.id"), index=True)
    kind: Mapped[CorrectionKind]
    anchor: Mapped[Anchor | None]  # the article; none for the masthead
    value: Mapped[dict[str, Any]]
    by: Mapped[Who]
    at: Mapped[datetime]


class Asset(Base):
    """An image of an article, by the hash of its bytes."""

    __tablename__ = "assets"
    sha256: Mapped[Digest] = mapped_column(primary_key=True)
    media_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]  # in pixels, as the height
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Article(Base):
    """One article of an issue, in the order of its contents."""

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("issue_id", "position"),
        Index("uq_articles_issue_id_anchor", "issue_id", "anchor", unique=True),
    )
    id: Mapped[PrimaryKey]
    issue_id: Mapped[int] = mapped_column(reference("issues.id"))
    anchor: Mapped[Anchor]
    position: Mapped[int]  # from 1
    section: Mapped[str] = mapped_column(String(100))
    page: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(300))
    source: Mapped[str | None] = mapped_column(String(100))
    date: Mapped[date | None]
    summary: Mapped[str] = mapped_column(Text)
    blocks: Mapped[list[Any]]  # paragraphs, tables, pictures: see `compiler.block_to_json`
    must_carry: Mapped[bool] = mapped_column(default=False)


class ArticleTopic(Base):
    """An article belongs to a topic, and what says so."""

    __tablename__ = "article_topics"
    article_id: Mapped[int] = mapped_column(reference("articles.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(reference("topics.id"), primary_key=True)
    origin: Mapped[TopicOrigin]
    evidence: Mapped[list[Any]]  # the section, or the words that matched


class ArticleText(Base):
    """An article of an approved issue as it is searched; its migration builds the index on it."""

    __tablename__ = "article_texts"
    article_id: Mapped[int] = mapped_column(reference("articles.id"), primary_key=True)
    title: Mapped[str] = mapped_column(Text)  # folded, see `issues.searching`
    text: Mapped[str] = mapped_column(Text)  # its title and all else, folded
    pieces: Mapped[str] = mapped_column(Text)  # of the text, with blanks between


# -- audience ----------------------------------------------------------------------------------


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


# -- delivery ----------------------------------------------------------------------------------


class Sheet(Base):
    """A rendered issue, by the hash of its content: enough to rebuild any mail made of it."""

    __tablename__ = "sheets"
    sha256: Mapped[Digest] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]


# A cancelled run makes room for another; those who join late may be reached in several runs.
ONLY_ONE = text("state <> 'cancelled' AND kind <> 'late'")


class Run(Base):
    """One sending of one issue."""

    __tablename__ = "runs"
    __table_args__ = (
        Index(
            "uq_runs_issue_kind_resend",
            "issue_id",
            "kind",
            "resend_number",
            unique=True,
            **only(ONLY_ONE),
        ),
    )
    id: Mapped[PrimaryKey]
    issue_id: Mapped[int] = mapped_column(reference("issues.id"))
    kind: Mapped[RunKind]
    resend_number: Mapped[int]
    state: Mapped[RunState]
    sheet_sha256: Mapped[str] = mapped_column(reference("sheets.sha256"))
    cursor: Mapped[int]  # planning has dealt with all subscribers up to this id
    excluded: Mapped[dict[str, Any]]  # readers left out by the plan: cause to count
    discovery: Mapped[list[Any]] = mapped_column(default=list)  # topics, the most read first
    origin: Mapped[dict[str, Any]] = mapped_column(default=dict)  # see `links.Origin`
    original_id: Mapped[int | None]  # the run it comes after: late, or with a correction
    outsiders: Mapped[list[Any]] = mapped_column(default=list)  # enterprises without membership
    addressees: Mapped[Addressees | None]  # of a correction, among those of the original
    reason: Mapped[str | None] = mapped_column(Text)  # of a correction; its readers see it
    approved_at: Mapped[datetime | None]  # a correction waits for it
    approved_by: Mapped[Who | None]
    planned: Mapped[int | None]  # deliveries, counted when sealed
    audience_digest: Mapped[Digest | None]  # over all address hashes, when sealed
    selections_digest: Mapped[Digest | None]  # over who gets which articles and why, when sealed
    created_at: Mapped[datetime]
    created_by: Mapped[Who]
    sealed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]  # the Date of its mails
    expires_at: Mapped[datetime | None]  # nothing is sent after it
    finished_at: Mapped[datetime | None]
    paused_by: Mapped[Who | None]
    pause_reason: Mapped[str | None] = mapped_column(Text)
    canary: Mapped[int | None]  # so many go first, see `Canary`; none: the others may go too
    # The last recount that found everything right, see `delivery.verifying`.
    verified_at: Mapped[datetime | None]
    verification: Mapped[dict[str, Any] | None]
    signature: Mapped[str | None] = mapped_column(String(80))  # of both


class Selection(Base):
    """The articles of all readers of a run whose interests are the same."""

    __tablename__ = "selections"
    __table_args__ = (
        UniqueConstraint("run_id", "signature"),
        Index("ix_selections_run_id_id", "run_id", "id", unique=True),
    )
    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(reference("runs.id"))
    signature: Mapped[Digest]
    interests: Mapped[dict[str, Any]]  # what was signed
    choices: Mapped[list[Any]]  # [article id, reason, detail], in the mail's order
    omitted: Mapped[list[Any]] = mapped_column(default=list)  # the same; all others: not followed


class Slot(Base):
    """The right to send one issue to one reader and one mailbox once, across all runs.

    It names both without foreign keys, whose checks were a fifth of the time a plan takes to write:
    it is taken together with a delivery, and that one refers to the reader and to the issue's run.
    """

    __tablename__ = "slots"
    __table_args__ = (UniqueConstraint("issue_id", "address_hash", "resend_number"),)
    issue_id: Mapped[int] = mapped_column(BIG_INTEGER, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(BIG_INTEGER, primary_key=True)
    resend_number: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[AddressHash]


# Spelled out, because a partial index serves only queries that repeat its condition literally.
DUE = text("state IN ('planned', 'deferred')")
UNDER_WAY = text("state IN ('leased', 'handed')")
REFUSED = text("meaning IS NOT NULL AND state IN ('failed', 'expired')")


class Delivery(Base):
    """One digest on its way to one subscriber."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("run_id", "subscriber_id"),
        ForeignKeyConstraint(  # one check instead of two for each row of a plan, and it says more
            ["run_id", "selection_id"], ["selections.run_id", "selections.id"], ondelete="RESTRICT"
        ),
        Index("ix_deliveries_due", "run_id", "lane", "next_attempt_at", "id", **only(DUE)),
        Index("ix_deliveries_next", "next_attempt_at", **only(DUE)),
        Index("ix_deliveries_under_way", "lane", "lease_until", **only(UNDER_WAY)),
        Index("ix_deliveries_in_doubt", "id", **only(text("state = 'in_doubt'"))),
        Index("ix_deliveries_refused", "id", **only(REFUSED)),
    )
    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(BIG_INTEGER)
    subscriber_id: Mapped[int] = mapped_column(reference("subscribers.id"), index=True)
    selection_id: Mapped[int] = mapped_column(BIG_INTEGER)
    recipient: Mapped[Address]  # ASCII domain, ready for the envelope
    address_hash: Mapped[AddressHash]
    lane: Mapped[str] = mapped_column(String(255))  # mailbox provider, see `replies.lane_of`
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.PLANNED)
    cause: Mapped[Cause | None]  # why failed, skipped or held
    meaning: Mapped[Meaning | None]  # of what the relay last refused it with
    consequence: Mapped[Consequence | None]  # of that; None: nothing followed
    attempts: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)  # leases that ran out, or doubts
    next_attempt_at: Mapped[datetime]
    lease_token: Mapped[str | None] = mapped_column(String(64))  # worker's token, batch's token
    lease_until: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    message_sha256: Mapped[Digest | None]  # of the bytes that were last handed over
    relay: Mapped[str | None] = mapped_column(String(40))  # to whom; its log may know more


class RelayLog(Base):
    """How far a relay's log was read on a host; times are the database's, not the log's."""

    __tablename__ = "relay_logs"
    __table_args__ = (UniqueConstraint("host", "path", "relay"),)
    id: Mapped[PrimaryKey]
    host: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(String(1000))  # or `journal`
    relay: Mapped[str] = mapped_column(String(40))  # as in `deliveries`
    place: Mapped[dict[str, Any]] = mapped_column(default=dict)  # up to where it was read
    begun: Mapped[dict[str, Any]] = mapped_column(default=dict)  # see `evidence.Standing`
    continuous_since: Mapped[datetime | None]  # no line written since then was missed
    gap: Mapped[str] = mapped_column(String(40), default="")  # why it is not for longer
    read_at: Mapped[datetime | None]  # then it was read to its end
    alive_after: Mapped[datetime | None]  # a line was written after this
    ours_at: Mapped[datetime | None]  # a mail of ours was last seen in it


class RelayLogEntry(Base):
    """A mail that a relay's log shows as accepted, and the ledger did not know it yet."""

    __tablename__ = "relay_log_entries"
    delivery_id: Mapped[int] = mapped_column(reference("deliveries.id"), primary_key=True)
    relay_log_id: Mapped[int] = mapped_column(reference("relay_logs.id"))
    queue_id: Mapped[str] = mapped_column(String(40))  # the relay's name for it
    at: Mapped[datetime]


class Canary(Base):
    """A delivery that goes first, to see how it fares before the others of its run may go."""

    __tablename__ = "canaries"
    run_id: Mapped[int] = mapped_column(reference("runs.id"), primary_key=True)
    delivery_id: Mapped[int] = mapped_column(reference("deliveries.id"), primary_key=True)


class Tripwire(Base):
    """Up to where a sending run was watched, and what is known of it and trips no wire again."""

    __tablename__ = "tripwires"
    run_id: Mapped[int] = mapped_column(reference("runs.id"), primary_key=True)
    looked_at: Mapped[datetime]
    read_at: Mapped[datetime]  # as a whole
    known_event_id: Mapped[int]  # delivery events up to it were before, or a person has seen them
    seen_event_id: Mapped[int]  # up to it nothing new can appear
    twice: Mapped[int] = mapped_column(default=0)  # mailboxes served twice that a person has seen
    complaints: Mapped[int] = mapped_column(default=0)  # that a person has seen


class Lane(Base):
    """What holds up the mails to a provider or a domain, or held them up last, and its pace."""

    __tablename__ = "lanes"
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    resting_until: Mapped[datetime | None]  # it asked for patience
    rests: Mapped[int] = mapped_column(default=0)  # in a row, each longer than the one before
    stopped_at: Mapped[datetime | None]  # until an admin resumes it
    stopped_by: Mapped[Who | None]
    resumed_at: Mapped[datetime | None]  # what is said of mails from before is known
    meaning: Mapped[Meaning | None]  # of what it said
    words: Mapped[str] = mapped_column(String(500), default="")  # of the provider, or the admin
    # The admin's own limits, see `replies.Limits`; none: those of providers.toml.
    rate_per_hour: Mapped[int | None]
    burst: Mapped[int | None]
    connections: Mapped[int | None]
    free_at: Mapped[datetime | None]  # when the next mail may go, see `delivery.pacing`


class MailDomain(Base):
    """Which host takes the mail of a domain: what tells its lane."""

    __tablename__ = "mail_domains"
    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    exchange: Mapped[str] = mapped_column(String(255), default="")  # the first MX; "": none known
    looked_up_at: Mapped[datetime | None]  # the last time DNS answered
    next_look_at: Mapped[datetime] = mapped_column(index=True)
    failures: Mapped[int] = mapped_column(default=0)  # in a row


UNTOLD = text("told_at IS NULL")


class Alert(Base):
    """What the admins should know, once per key; `told_at`: it went out to them by mail."""

    __tablename__ = "alerts"
    __table_args__ = (Index(None, "id", **only(UNTOLD)),)
    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(300), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    lines: Mapped[list[Any]]  # of text; they name no person
    advice: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool] = mapped_column(default=False)  # told at once, not with others
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class DeliveryEvent(Base):
    """Append-only: what happened to a delivery, as it was settled or steered."""

    __tablename__ = "delivery_events"
    id: Mapped[PrimaryKey]
    delivery_id: Mapped[int] = mapped_column(reference("deliveries.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[DeliveryState]  # from then on
    cause: Mapped[Cause | None]
    reply: Mapped[str] = mapped_column(String(500), default="")  # the relay's words
    by: Mapped[Who]


LETTER_WAITING, LETTER_HANDED = text("state = 'waiting'"), text("state = 'handed'")


class Letter(Base):
    """A single mail outside any run: a notice, a confirmation, a proof. Written once per key."""

    __tablename__ = "letters"
    __table_args__ = (
        Index("ix_letters_waiting", "next_attempt_at", **only(LETTER_WAITING)),
        Index("ix_letters_handed", "handed_at", **only(LETTER_HANDED)),
    )
    id: Mapped[PrimaryKey]
    key: Mapped[str] = mapped_column(String(120), unique=True)  # what makes it the same letter
    purpose: Mapped[LetterPurpose]
    subscriber_id: Mapped[int | None] = mapped_column(reference("subscribers.id"), index=True)
    recipient: Mapped[Address]
    reply_to: Mapped[Address | None]  # who wrote what is passed on
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    state: Mapped[LetterState]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(String(500), default="")  # the relay's words
    created_at: Mapped[datetime]


class ProofReader(Base):
    """Who gets proofs of an issue, under the name of a list; no subscriber, counted nowhere."""

    __tablename__ = "proof_readers"
    list_name: Mapped[str] = mapped_column(String(40), primary_key=True)
    email_key: Mapped[Address] = mapped_column(primary_key=True)
    email: Mapped[Address]  # as written
    added_at: Mapped[datetime]
    added_by: Mapped[Who]


# -- coming back -------------------------------------------------------------------------------

UNJUDGED = text("judged_at IS NULL")


class Inbox(Base):
    """What came back, as it came. Requests leave when they are judged, mails stay as evidence."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_unjudged", "signal", "id", **only(UNJUDGED)),)
    id: Mapped[PrimaryKey]
    signal: Mapped[Signal]
    at: Mapped[datetime]
    fingerprint: Mapped[Digest | None] = mapped_column(unique=True)  # of a mail, however often seen
    content: Mapped[dict[str, Any]]  # of a request: what was asked for; of a notice: its source
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)  # a mail, a notice
    judged_at: Mapped[datetime | None]


NETWORKED = text("network <> ''")
NAMELESS = text("delivery_id IS NULL AND agent <> ''")
Code = Annotated[str, mapped_column(String(30), default="")]
"""Of what a request showed; empty where nothing did, or where it is forgotten."""


class ReadingEvent(Base):
    """An open or click, and whose it was; only its verdict changes. Unagreed: no delivery."""

    __tablename__ = "reading_events"
    __table_args__ = (
        Index("ix_networks", "network", "at", **only(NETWORKED)),
        Index("ix_nameless", "at", **only(NAMELESS)),
    )
    id: Mapped[PrimaryKey]
    signal: Mapped[Signal]
    run_id: Mapped[int] = mapped_column(reference("runs.id"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(reference("deliveries.id"), index=True)
    article_id: Mapped[int | None] = mapped_column(reference("articles.id"))  # that was clicked
    at: Mapped[datetime]
    verdict: Mapped[Verdict]
    rule: Mapped[str] = mapped_column(String(40))  # that said so
    rules: Mapped[int] = mapped_column(default=1)  # the version it is of
    showed: Mapped[Code]  # what gave it away, see `events.classes`; so the next two
    agent: Mapped[Code]
    network_class: Mapped[Code]
    network: Mapped[Code]  # a keyed hash, another one every day


COMPLAINED = text("kind = 'complaint'")


class ReturnedMail(Base):
    """Append-only: a mail or notice that came back, understood; its text is in the inbox."""

    __tablename__ = "returned_mails"
    __table_args__ = (Index("ix_complaints", "delivery_id", **only(COMPLAINED)),)
    inbox_id: Mapped[int] = mapped_column(reference("inbox.id"), primary_key=True)
    kind: Mapped[Returned]
    delivery_id: Mapped[int | None] = mapped_column(reference("deliveries.id"), index=True)
    letter_id: Mapped[int | None] = mapped_column(reference("letters.id"), index=True)
    found_by: Mapped[FoundBy | None]
    lane: Mapped[str] = mapped_column(String(255), default="")  # of the delivery
    meaning: Mapped[Meaning | None]  # of a bounce
    rule: Mapped[str] = mapped_column(String(60), default="")  # that said so
    status: Mapped[str] = mapped_column(String(20), default="")  # RFC 3463: 5.1.1
    diagnostic: Mapped[str] = mapped_column(String(500), default="")  # the mail system's words
    consequence: Mapped[Consequence] = mapped_column(default=Consequence.NONE)
    at: Mapped[datetime]


class QueueOwner(Base):
    """The one process that drains the in-process queue; one row per queue."""

    __tablename__ = "queue_owners"
    queue: Mapped[str] = mapped_column(String(40), primary_key=True)
    worker: Mapped[str] = mapped_column(String(32))  # leads its lease tokens
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    beat_at: Mapped[datetime]


class Heartbeat(Base):
    """The last time a process showed that it can write into the ledger; see `health`."""

    __tablename__ = "heartbeats"
    host: Mapped[str] = mapped_column(String(255), primary_key=True)
    pid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    beat_at: Mapped[datetime]


class Try(Base):
    """How often something was asked for, see `limits`; nothing else is known of who asked."""

    __tablename__ = "tries"
    key: Mapped[AddressHash] = mapped_column(primary_key=True)
    count: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


class Audit(Base):
    """Append-only: who did what by command line or web."""

    __tablename__ = "audit"
    id: Mapped[PrimaryKey]
    at: Mapped[datetime]
    by: Mapped[Who]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(100), index=True)
    detail: Mapped[dict[str, Any]]
