"""Tables of notices, of the mail that goes out, and of how people want to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, Json, UtcDateTime


class Notice(Base):
    """What a person is told on her page; `values` are those that its kind names. `in_digest` until the daily mail has it."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_notices_person_id_created_at", "person_id", "created_at"),
        Index("ix_notices_created_at", "created_at"),
        Index("ix_notices_in_digest", "person_id", sqlite_where=text("in_digest"), postgresql_where=text("in_digest")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    kind: Mapped[str]
    key: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(Json)
    in_digest: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mail(Base):
    """One mail on its way out. Its text is made when it is sent, from `values`; what is secret in them goes when it rests.

    `only_to` is the address that it must go to whatever is recorded for the person, `address` the one that it was sent to last;
    `ends_at` is when it is no longer worth sending; `doubtful` says that a server may have taken it without our hearing so.
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("state in ('todo', 'sending', 'sent', 'dropped', 'dead')", name="state"),
        Index("ix_mails_state_priority_next_at", "state", "priority", "next_at"),
        Index("ix_mails_person_id", "person_id"),
        Index("ix_mails_tried_at", "tried_at"),
        Index("ix_mails_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(Json)
    only_to: Mapped[str | None]
    address: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="todo")
    priority: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    doubtful: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None]
    error: Mapped[str | None]


class Preference(Base):
    """How a person wants to be told of one kind; without a row the kind's own default holds."""

    __tablename__ = "notice_preferences"
    __table_args__ = (CheckConstraint("channel in ('now', 'digest', 'off')", name="channel"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]


class MailLanguage(Base):
    """The language in which a person wants her mail; without a row the installation's."""

    __tablename__ = "mail_languages"
    __table_args__ = (CheckConstraint("language in ('id', 'en')", name="language"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str]


class MailServer(Base):
    """The state of the mail server, one row at most: while it fails, all mail waits until `retry_at`."""

    __tablename__ = "mail_server"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    failing_since: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int]
    retry_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str]
    error: Mapped[str]
