"""Walking along the chain of the audit log, from its first entry to its head, in batches.

Beside the head in the database there is a mark in the instance folder: up to where the chain was whole at the last check. It shows a log
that was cut together with an older head, which the database alone could not show.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, String, select, type_coerce

from lms.base.audit import ERASED, AuditEntry, AuditHead, audit_key, entry_hash, head_mac
from lms.base.db import db
from lms.base.files import write_atomically
from lms.base.texts import N_

BATCH = 2000
FAULTS = {  # what is found -> an English msgid
    "changed": N_("was changed, or stands where another one stood"),
    "detail": N_("has another detail than when it was written"),
    "erased": N_("lost its detail, and no later entry says so"),
    "missing": N_("is missing"),
    "cut": N_("and all after it are missing"),
    "head": N_("is the last one, and the head of the chain does not belong to it"),
    "extra": N_("was added behind the head of the chain"),
    "older": N_("is missing or differs, though an earlier check saw it: the database is an older copy, or was changed"),
}
_columns = [column for column in AuditEntry.__table__.c if column.name != "detail"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk found: how many entries, the seal of the last, and the first entry that does not fit with why (a key of FAULTS)."""

    entries: int
    head: str
    broken_at: int | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to which entry an earlier check saw the chain whole."""

    seq: int
    hash: str


class Broken(Exception):
    """The first entry that does not fit."""

    def __init__(self, seq: int, fault: str) -> None:
        super().__init__(seq, fault)
        self.seq, self.fault = seq, fault


@dataclass(slots=True)
class _Walk:
    key: bytes
    begun: bool = True
    seq: int = 0
    last: str = ""
    erased: set[int] = field(default_factory=set)
    seen: dict[int, str] = field(default_factory=dict)


def verify(mark: Mark | None = None) -> Verdict:
    """Look at every entry. Memory does not grow with their number; what is written meanwhile is looked at too."""
    walk = _Walk(audit_key())
    with db.engine.connect() as connection:
        try:
            _look(connection, walk, mark)
        except Broken as broken:
            return Verdict(walk.seq, walk.last, broken.seq, broken.fault)
    return Verdict(walk.seq, walk.last)


def _look(connection: Connection, walk: _Walk, mark: Mark | None) -> None:
    head = _head(connection, walk.key)
    walk.begun = head is not None
    wanted = {one.seq for one in (head, mark) if one is not None}
    for row in _entries(connection):
        _step(walk, row)
        if walk.seq in wanted:
            walk.seen[walk.seq] = walk.last
    _end(connection, walk, head)
    if walk.erased:
        raise Broken(min(walk.erased), "erased")
    if mark is not None and walk.seen.get(mark.seq) != mark.hash:
        raise Broken(min(mark.seq, walk.seq + 1), "older")


def _head(connection: Connection, key: bytes) -> Any:
    row = connection.execute(select(AuditHead.seq, AuditHead.hash, AuditHead.mac).where(AuditHead.id == 1)).first()
    connection.rollback()
    if row is not None and row.mac != head_mac(row.seq, row.hash, key):
        raise Broken(row.seq, "head")
    return row


def _entries(connection: Connection) -> Iterator[Any]:
    after = 0
    query = select(*_columns, type_coerce(AuditEntry.detail, String).label("text")).order_by(AuditEntry.seq).limit(BATCH)
    while rows := connection.execute(query.where(AuditEntry.seq > after)).all():
        connection.rollback()  # a long read would keep SQLite from folding its log into the file
        yield from rows
        after = rows[-1].seq


def _step(walk: _Walk, row: Any) -> None:
    if row.seq != walk.seq + 1:
        raise Broken(walk.seq + 1, "missing")
    if row.hash or walk.begun:  # else it is from before the chain, and no act has sealed it yet
        if row.hash != entry_hash(row._mapping, walk.last, walk.key):
            raise Broken(row.seq, "changed")
        _check_detail(walk, row)
    walk.seq, walk.last = row.seq, row.hash


def _check_detail(walk: _Walk, row: Any) -> None:
    if row.text is None and row.salt is None and row.act != ERASED:
        walk.erased.add(row.seq)
    elif row.text is None or hashlib.sha256(f"{row.salt}{row.text}".encode()).hexdigest() != row.detail_hash:
        raise Broken(row.seq, "detail")
    elif row.act == ERASED:
        walk.erased.difference_update(json.loads(row.text)["entries"])


def _end(connection: Connection, walk: _Walk, head: Any) -> None:
    if head is None:
        if walk.last:
            raise Broken(walk.seq, "head")
        return
    if walk.seq < head.seq:
        raise Broken(walk.seq + 1, "cut")
    if walk.seen.get(head.seq) != head.hash:
        raise Broken(head.seq, "head")
    now = _head(connection, walk.key)  # acts may have been added since the walk began
    if now is None or now.seq < walk.seq:
        raise Broken(head.seq + 1, "extra")


def read_mark(path: Path) -> Mark | None:
    """The mark of an earlier check; None if there was none."""
    if not path.exists():
        return None
    kept = json.loads(path.read_text("utf-8"))
    return Mark(int(kept["seq"]), str(kept["hash"]))


def write_mark(path: Path, verdict: Verdict) -> None:
    """Remember up to where the chain is whole."""
    write_atomically(path, json.dumps({"seq": verdict.entries, "hash": verdict.head}).encode(), mode=0o600)
