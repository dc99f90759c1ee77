"""Single mails, who gets proofs, and what the admins should know."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from distribution.models.ground import Address, Base, PrimaryKey, Who, only, reference
from distribution.words import GroupRobot, LetterPurpose, LetterState

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
    editors: Mapped[bool] = mapped_column(default=False)  # they are told as well
    lane: Mapped[str] = mapped_column(String(255), default="")  # in trouble: not told through it
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class AlertPost(Base):
    """An alert that a group's robot is to tell, or has told."""

    __tablename__ = "alert_posts"
    alert_id: Mapped[int] = mapped_column(reference("alerts.id"), primary_key=True)
    robot: Mapped[GroupRobot] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]  # none: it is through
    answer: Mapped[str] = mapped_column(String(200), default="")


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


class LetterAttachment(Base):
    """A file that goes with a letter."""

    __tablename__ = "letter_attachments"
    letter_id: Mapped[int] = mapped_column(reference("letters.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    media_type: Mapped[str] = mapped_column(String(100))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ProofReader(Base):
    """Who gets proofs of an issue, under the name of a list; no subscriber, counted nowhere."""

    __tablename__ = "proof_readers"
    list_name: Mapped[str] = mapped_column(String(40), primary_key=True)
    email_key: Mapped[Address] = mapped_column(primary_key=True)
    email: Mapped[Address]  # as written
    added_at: Mapped[datetime]
    added_by: Mapped[Who]
