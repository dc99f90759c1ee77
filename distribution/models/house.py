"""The house itself: who works, what was asked for, who did what."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from distribution.models.ground import AddressHash, Base, PrimaryKey, Who


class QueueOwner(Base):
    """The one process that drains the in-process queue; one row per queue."""

    __tablename__ = "queue_owners"
    queue: Mapped[str] = mapped_column(String(40), primary_key=True)
    worker: Mapped[str] = mapped_column(String(32))  # leads its lease tokens
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    beat_at: Mapped[datetime]


class Installation(Base):
    """Which ledger this is; one row. A copy of it that comes back must be accepted by a person."""

    __tablename__ = "installation"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32))  # made up once; outlives copying
    epoch: Mapped[int] = mapped_column(default=1)  # one more with each acceptance
    position: Mapped[int] = mapped_column(default=0)  # steps forward before anything is sent
    stepped_at: Mapped[datetime | None]  # when it did last
    suspect: Mapped[str] = mapped_column(Text, default="")  # why nothing is sent now
    first_id: Mapped[int] = mapped_column(default=0)  # lower ones may be in mails it forgot
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[Who | None]


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
