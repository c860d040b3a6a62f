"""Making one account of two that belong to the same person. What was done under either is kept; nothing is deleted that counts."""

from typing import Any

from sqlalchemy import select, update

from lms.base import audit
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.people import admin, grants, postings
from lms.people.events import AccessChanged, PeopleMerged
from lms.people.models import Grant, Person


def merge(kept_id: int, gone_id: int, *, reason: str, by: int) -> None:
    """Let `kept_id` be the account of both. The other one keeps its row and NIP, cannot sign in, and its page leads to the kept one.

    Its roles end; whoever needs them is given them anew. Raises NotFound, Refused "merge-same", "merge-self", "merge-done", "merge-admin",
    "reason-missing", or what a room refuses ("merge-attempts").
    """
    reason = admin.check_reason(reason)
    with transaction():
        hold("admins")
        for person_id in sorted((kept_id, gone_id)):
            hold(f"person:{person_id}")
        kept, gone = _both(kept_id, gone_id, by)
        ended = _end_roles(gone_id, by=by)
        fact = PeopleMerged(kept_id, gone_id)
        publish(fact)
        led = update(Person).where(Person.supervisor_id == gone_id, Person.id != kept_id)
        supervised = db.session.execute(led.values(supervisor_id=kept_id))
        db.session.execute(update(Person).where(Person.supervisor_id == gone_id).values(supervisor_id=None))
        db.session.execute(update(Person).where(Person.merged_into == gone_id).values(merged_into=kept_id))
        _close(gone, kept_id)
        moved = {**fact.moved, "roles_ended": ended, "supervised": supervised.rowcount}  # type: ignore[attr-defined]
        audit.record("people.merged", f"person:{gone_id}", about=kept_id,
                     detail={"gone": gone_id, "nip": gone.nip, "reason": reason, **moved})
        audit.record("people.merged", f"person:{kept_id}", about=gone_id, detail={"kept": kept_id, "nip": kept.nip, "reason": reason})


def _both(kept_id: int, gone_id: int, by: int) -> tuple[Person, Person]:
    if kept_id == gone_id:
        raise Refused("merge-same")
    if by in {kept_id, gone_id}:
        raise Refused("merge-self")
    rows = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_((kept_id, gone_id))))}
    if len(rows) < 2:
        raise NotFound
    if any(row.merged_into is not None for row in rows.values()):
        raise Refused("merge-done")
    return rows[kept_id], rows[gone_id]


def _end_roles(gone_id: int, *, by: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Grant.id, Grant.role, Grant.unit_id, Grant.module_id).where(Grant.person_id == gone_id, Grant.ended_at.is_(None))).all()
    for row in rows:
        try:
            grants.end(row.id, by=by)
        except Refused as refused:
            raise Refused("merge-admin") from refused
    return [{"grant": row.id, "role": row.role, "unit": row.unit_id, "module": row.module_id} for row in rows]


def _close(gone: Person, kept_id: int) -> None:
    db.session.refresh(gone)
    gone.merged_into, gone.password_hash = kept_id, None
    db.session.flush()
    if gone.active:
        postings.set_active(gone, False)
    publish(AccessChanged(gone.id))
