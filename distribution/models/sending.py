"""Runs and their ledger, and the lanes to the mail providers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from distribution.db import BIG_INTEGER
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
    Addressees,
    Cause,
    Consequence,
    DeliveryState,
    Meaning,
    RunKind,
    RunState,
)


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
