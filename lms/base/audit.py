"""The record of consequential acts: who, on whose behalf, what, about whom, when, from where. Written in the transaction of the act.

The entries are a chain. Each is sealed with an HMAC over its columns and the seal of the entry before, under a key that is not in the
database (LMS_AUDIT_KEY), so that nobody who can only write to the database can change, remove, insert or move one unseen; the head row
says where the chain ends. Sealing is the last thing a transaction does, under one lock: numbers have no gap and follow the commits.
Of `detail` the seal covers only a salted hash, so that personal detail can be erased one day without breaking the chain.
"""

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import current_app, g, has_request_context
from flask_login import current_user
from sqlalchemy import Index, String, Text, bindparam, func, select, type_coerce, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from lms.base import asking, clock, security
from lms.base.db import Base, UtcDateTime, db, hold, last_in_transaction, writing

ERASED = "audit.detail-erased"
PENDING = "acts"
LOST = "lost"  # follows upon an entry when the head was not the chain's own: no entry can be what this pretends to follow
log = logging.getLogger(__name__)


class Canonical(TypeDecorator[dict[str, Any]]):
    """A mapping kept as the one JSON text that seals are made of; JSONB would write numbers in its own way."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else written(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else json.loads(value)


class AuditEntry(Base):
    """One act. Entries are only ever added; `detail` and `salt` alone may be erased, by `forget_detail`.

    The ids of people are no foreign keys: the log outlives what it names, and sealing must not wait for anybody's row.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "at", "seq"),
        *(Index(f"ix_audit_entries_{column}", column, "at", "seq") for column in ("actor_id", "about_id", "act", "subject")),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    acting_for: Mapped[int | None]
    about_id: Mapped[int | None]
    act: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any] | None] = mapped_column(Canonical)
    salt: Mapped[str | None]
    detail_hash: Mapped[str]
    address: Mapped[str | None]
    channel: Mapped[str]  # web, shell, job
    request: Mapped[str | None]
    hash: Mapped[str]  # empty only in entries from before the chain, until the next act seals them


class AuditHead(Base):
    """Where the chain ends; one row. Without it nobody would miss the last entries."""

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]
    mac: Mapped[str]


ADD = AuditEntry.__table__.insert()  # type: ignore[attr-defined]
_last = select(func.max(AuditEntry.seq).label("last")).subquery()
_head = select(AuditHead.seq, AuditHead.hash, AuditHead.mac).where(AuditHead.id == 1).subquery()
END = select(_last.c.last, _head.c.seq, _head.c.hash, _head.c.mac).select_from(_last.outerjoin(_head, _head.c.seq > 0))


def record(act: str, subject: str, *, about: int | None = None, detail: dict[str, Any] | None = None, actor: int | None = None) -> None:
    """Add an entry to the current transaction; it is written when that commits.

    The actor is the signed-in person unless another is named, or None for the program itself. A pair [before, after] in `detail` is shown
    as a change. Raises RuntimeError outside of transaction().
    """
    if not writing():
        raise RuntimeError("an act is recorded outside transaction()")
    web = has_request_context()
    if actor is None and web and current_user and current_user.is_authenticated:
        actor = current_user.id
    salt, kept = secrets.token_hex(16), json.loads(written(detail or {}))
    db.session.info.setdefault(PENDING, []).append({
        "at": clock.now(), "actor_id": actor, "acting_for": g.get("acting_for") if web else None, "about_id": about,
        "act": act, "subject": subject, "detail": kept, "salt": salt, "detail_hash": detail_hash(salt, kept),
        "address": asking.address(), "channel": asking.channel(), "request": asking.request_id(),
    })


@last_in_transaction
def seal() -> None:
    """Write the acts of this transaction at the end of the chain; called just before the commit, when all other locks are held."""
    if not db.session.info.get(PENDING):
        return
    db.session.flush()  # what is recorded while flushing is sealed as well
    acts = db.session.info.pop(PENDING)
    hold("audit")
    db.session.connection().execute(ADD, _chained(acts, *_end()))
    for act in acts:
        security.note(act["act"], entry=act["seq"], subject=act["subject"], actor=act["actor_id"], about=act["about_id"])


def forget_detail(person_id: int) -> Sequence[int]:
    """Erase the details of the entries about a person and record which; gives their numbers. In the caller's transaction."""
    text = type_coerce(AuditEntry.detail, String)
    wanted = (AuditEntry.about_id == person_id, text.is_not(None), text != "{}", AuditEntry.act != ERASED)
    found = db.session.scalars(select(AuditEntry.seq).where(*wanted).order_by(AuditEntry.seq)).all()
    if found:
        db.session.execute(update(AuditEntry).where(*wanted).values(detail=None, salt=None).execution_options(synchronize_session=False))
        record(ERASED, f"person:{person_id}", about=person_id, detail={"entries": list(found)})
    return found


def written(value: dict[str, Any]) -> str:
    """The one JSON text of a mapping."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def detail_hash(salt: str, detail: dict[str, Any]) -> str:
    """What the seal covers of the detail."""
    return hashlib.sha256(f"{salt}{written(detail)}".encode()).hexdigest()


def entry_hash(row: Any, previous: str, key: bytes) -> str:
    """The seal of an entry, given as a mapping of its columns, that follows upon another."""
    columns = [
        row["seq"], row["at"].astimezone(UTC).isoformat(timespec="microseconds"), row["actor_id"], row["acting_for"], row["about_id"],
        row["act"], row["subject"], row["detail_hash"], row["address"], row["channel"], row["request"],
    ]
    return hmac.digest(key, f"{json.dumps(columns, separators=(',', ':'))}{previous}".encode(), "sha256").hex()


def head_mac(seq: int, last: str, key: bytes) -> str:
    """The seal of the head row."""
    return hmac.digest(key, f"head:{seq}:{last}".encode(), "sha256").hex()


def audit_key() -> bytes:
    """The key of the seals."""
    key: str = current_app.extensions["settings"].audit_key
    return key.encode()


def _chained(acts: list[dict[str, Any]], seq: int, previous: str) -> list[dict[str, Any]]:
    key = audit_key()
    for act in acts:
        seq += 1
        act["seq"] = seq
        act["hash"] = previous = entry_hash(act, previous, key)
    _set_head(seq, previous, key)
    return acts


def _set_head(seq: int, last: str, key: bytes) -> None:
    place = postgresql.insert(AuditHead) if db.engine.dialect.name == "postgresql" else sqlite.insert(AuditHead)
    columns = {name: getattr(place.excluded, name) for name in ("seq", "hash", "mac")}
    values = {"id": 1, "seq": seq, "hash": last, "mac": head_mac(seq, last, key)}
    db.session.connection().execute(place.on_conflict_do_update(index_elements=["id"], set_=columns), values)


def _end() -> tuple[int, str]:
    """Number and seal of the entry to follow upon. Whatever is wrong with the end stays to be seen: the next entry does not fit on it."""
    row = db.session.connection().execute(END).one()
    if row.seq is None:
        return _beginning(row.last or 0)
    if not hmac.compare_digest(row.mac, head_mac(row.seq, row.hash, audit_key())):
        log.error("the head of the audit log is not its own")
        return max(row.seq, row.last or 0), LOST
    return max(row.seq, row.last or 0), row.hash


def _beginning(last: int) -> tuple[int, str]:
    if last and db.session.scalar(select(AuditEntry.seq).where(AuditEntry.hash != "").limit(1)) is not None:
        log.error("the audit log has lost its head")
        return last, LOST
    return last, _adopt()


def _adopt() -> str:
    """Seal the entries that were written before there was a chain; gives the last seal."""
    key, previous = audit_key(), ""
    columns = AuditEntry.__table__.c
    change = (
        update(AuditEntry.__table__).where(columns.seq == bindparam("number"))  # type: ignore[arg-type]
        .values(detail=bindparam("new_detail"), salt=bindparam("new_salt"), detail_hash=bindparam("new_digest"), hash=bindparam("new_hash"))
    )
    for rows in _in_batches():
        changes = []
        for found in rows:
            row = dict(found._mapping)
            salt = secrets.token_hex(16)
            row["detail_hash"] = detail_hash(salt, row["detail"] or {})
            previous = entry_hash(row, previous, key)
            changes.append({"number": row["seq"], "new_detail": row["detail"] or {}, "new_salt": salt,
                            "new_digest": row["detail_hash"], "new_hash": previous})
        db.session.connection().execute(change, changes)
    return previous


def _in_batches(size: int = 1000) -> Iterator[Sequence[Any]]:
    after = 0
    columns = list(AuditEntry.__table__.c)
    while rows := db.session.execute(select(*columns).where(AuditEntry.seq > after).order_by(AuditEntry.seq).limit(size)).all():
        yield rows
        after = rows[-1].seq
