"""Tables of files that wait to be imported, and of what their columns were said to hold."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.base.db import Base, Json, UtcDateTime


class ImportFile(Base):
    """A file that somebody sent and has not confirmed yet; its content lies in the instance folder under the token.

    `scope` is the path of the unit all of whose people it lists, "/" for the whole agency, "" for a file that lists some. `plan` is what it
    would do, as it was shown. Once it is imported `done_at` says when, and only this row is left of it for a day.
    """

    __tablename__ = "import_files"
    __table_args__ = (CheckConstraint("kind in ('people', 'units')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    sheet: Mapped[str] = mapped_column(default="")
    scope: Mapped[str] = mapped_column(default="")
    plan: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ColumnMapping(Base):
    """What was said by hand of the columns of all files with one header: the plain name of a column: a field, or "-" to leave it out."""

    __tablename__ = "column_mappings"
    __table_args__ = (UniqueConstraint("kind", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    signature: Mapped[str]
    meant: Mapped[dict[str, str]] = mapped_column(Json)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="SET NULL"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
