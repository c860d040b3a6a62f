"""Verbs of requests about personal data; each is one transaction and is recorded."""

from datetime import timedelta

from sqlalchemy import select

from lms.base import audit, clock, throttle
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.notifications.service import To, notify, notify_many
from lms.people import admin
from lms.people.models import EMPLOYMENTS, Person, Unit
from lms.privacy import queries, rules
from lms.privacy.models import PrivacyRequest

REQUESTS_A_DAY = 10
LONGEST_ANSWER = 1000


def ask(person_id: int, kind: str, *, field: str = "", wanted: str = "", reason: str, note: str = "") -> int:
    """Write a person's request; gives its number.

    Raises Refused "request-open" (the same waits already), "wish-same", what is wrong with the value wanted, or "too-many-tries".
    """
    if kind == "correction" and (fault := rules.fault_of_wish(field, wanted, EMPLOYMENTS)):
        raise Refused(fault)
    throttle.count_try("privacy-request", str(person_id), most=REQUESTS_A_DAY, window=timedelta(days=1))
    with transaction():
        hold(f"privacy:{person_id}")
        field = field if kind == "correction" else ""
        present = _present(person_id, field) if field else ""
        if field and present == wanted:
            raise Refused("wish-same")
        _must_be_new(person_id, kind, field)
        now = clock.now()
        row = PrivacyRequest(
            person_id=person_id, kind=kind, field=field, present=present, wanted=wanted if field else "", reason=reason, note=note,
            made_at=now, due_at=rules.due_at(now), state="open", answer="")
        db.session.add(row)
        db.session.flush()
        audit.record("privacy.requested", f"request:{row.id}", about=person_id, detail={"kind": kind, "field": field})
        told = [To(officer, {"request": row.id, "until": row.due_at}) for officer in queries.deciders() if officer != person_id]
        notify_many("request.made", told)
        return row.id


def withdraw(request_id: int, person_id: int) -> None:
    """Take one's own request back. Raises NotFound or Refused "request-decided"."""
    with transaction():
        row = _open(request_id)
        if row.person_id != person_id:
            raise NotFound
        row.state, row.decided_at = "withdrawn", clock.now()
        audit.record("privacy.withdrawn", f"request:{row.id}", about=person_id, detail={"kind": row.kind})


def accept(request_id: int, answer: str, *, by: int) -> None:
    """Grant a request; a correction of the record is written at once, a move to another unit is left to the person's page.

    Raises NotFound or Refused "request-decided", "own-request", "nip-taken" or "wish-not-done".
    """
    with transaction():
        row = _to_decide(request_id, by)
        if row.kind == "correction" and row.field in rules.WRITTEN:
            _write(row)
        elif row.kind == "correction" and _present(row.person_id, row.field) == row.present:
            raise Refused("wish-not-done")
        _decide(row, "accepted", answer, by)


def refuse(request_id: int, answer: str, *, by: int) -> None:
    """Refuse a request with a reason. Raises NotFound or Refused "request-decided", "own-request" or "reason-missing"."""
    if not 3 <= len(answer) <= LONGEST_ANSWER:
        raise Refused("reason-missing", most=LONGEST_ANSWER)
    with transaction():
        _decide(_to_decide(request_id, by), "refused", answer, by)


def _write(row: PrivacyRequest) -> None:
    column, value = rules.as_written(row.field, row.wanted)
    if column == "nip":
        hold(f"nip:{value}")
        taken = db.session.scalar(select(Person.name).where(Person.nip == value, Person.id != row.person_id))
        if taken is not None:
            raise Refused("nip-taken", name=taken)
    admin.change(row.person_id, {column: value})


def _decide(row: PrivacyRequest, state: str, answer: str, by: int) -> None:
    row.state, row.answer, row.decided_by, row.decided_at = state, answer, by, clock.now()
    audit.record(f"privacy.{state}", f"request:{row.id}", about=row.person_id, detail={"kind": row.kind, "field": row.field})
    notify(row.person_id, "request.decided", request=row.id)


def _to_decide(request_id: int, by: int) -> PrivacyRequest:
    row = _open(request_id)
    if row.person_id == by:
        raise Refused("own-request")
    return row


def _open(request_id: int) -> PrivacyRequest:
    person_id = db.session.scalar(select(PrivacyRequest.person_id).where(PrivacyRequest.id == request_id))
    if person_id is None:
        raise NotFound
    hold(f"privacy:{person_id}")
    row = db.session.get_one(PrivacyRequest, request_id, populate_existing=True)
    if row.state != "open":
        raise Refused("request-decided")
    return row


def _must_be_new(person_id: int, kind: str, field: str) -> None:
    same = select(PrivacyRequest.id).where(
        PrivacyRequest.person_id == person_id, PrivacyRequest.kind == kind, PrivacyRequest.field == field, PrivacyRequest.state == "open")
    if db.session.scalar(same) is not None:
        raise Refused("request-open")


def _present(person_id: int, field: str) -> str:
    column = Unit.name if field == "unit" else getattr(Person, field)
    value = db.session.scalar(select(column).select_from(Person).join(Unit, Unit.id == Person.unit_id).where(Person.id == person_id))
    return "" if value is None else str(value)
