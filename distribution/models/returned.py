"""What comes back: requests, mails, and what was made of them."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from distribution.models.ground import Base, Digest, PrimaryKey, only, reference
from distribution.words import Consequence, FoundBy, Meaning, Returned, Signal, Verdict

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
CLICKED = text("article_id IS NOT NULL")
Code = Annotated[str, mapped_column(String(30), default="")]
"""Of what a request showed; empty where nothing did, or where it is forgotten."""


class ReadingEvent(Base):
    """An open or click, and whose it was; only its verdict changes. Unagreed: no delivery."""

    __tablename__ = "reading_events"
    __table_args__ = (
        Index("ix_networks", "network", "at", **only(NETWORKED)),
        Index("ix_nameless", "at", **only(NAMELESS)),
        Index("ix_clicked", "article_id", **only(CLICKED)),
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
