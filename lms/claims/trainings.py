"""Trainings that an officer enters once, with all who took part. Each verb is one transaction, that of the ledger too."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lms.base import audit, clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.claims import crediting, evidence, queries, rules, taking_part
from lms.claims.events import OutsideTrainingCounted, OutsideTrainingTakenBack
from lms.claims.models import Participant, Training
from lms.hours import queries as rates
from lms.hours import service as ledger
from lms.hours.many import credit_many

SAME = ("title", "organiser", "form", "scope", "from_on", "until_on", "jp")
WRITTEN = (*SAME, "place", "basis")


@dataclass(frozen=True, slots=True)
class Facts:
    """What an officer says of a training."""

    title: str
    organiser: str
    form: str
    from_on: date
    until_on: date
    scope: str = "national"
    jp: Decimal | None = None
    place: str = ""
    basis: str = ""

    def values(self) -> Mapping[str, Any]:
        """The columns to write."""
        return {name: getattr(self, name) for name in WRITTEN}


def create(facts: Facts, *, by: int | None, file: bytes | None = None) -> int:
    """Enter a training; gives its number. The same one entered again by the same officer is that one.

    Raises Refused "training-…", "hours-no-rate", "training-jp" or "evidence-…".
    """
    _must_be_whole(facts)
    found = evidence.read(file) if file is not None else None
    with transaction():
        hold(f"trainings:{by}")
        same = select(Training.id).where(Training.made_by == by, *(
            getattr(Training, name).is_(None) if getattr(facts, name) is None else getattr(Training, name) == getattr(facts, name)
            for name in SAME))
        there = db.session.scalar(same.limit(1))
        if there is not None:
            return there
        row = Training(**facts.values(), made_by=by, made_at=clock.now())
        if found is not None:
            row.evidence_id = evidence.keep(found, by=by).id
        db.session.add(row)
        db.session.flush()
        audit.record("training.entered", f"training:{row.id}", detail={"name": row.title})
        return row.id


def change(training_id: int, facts: Facts, *, version: int, by: int, file: bytes | None = None) -> None:
    """Put a training right: the ledger takes back and enters anew what everybody who took part has of it.

    Raises NotFound or Refused, see `create`, or "claim-changed".
    """
    _must_be_whole(facts)
    found = evidence.read(file) if file is not None else None
    with transaction():
        row = _held(training_id)
        if row.version != version:
            raise Refused("claim-changed")
        before = {name: getattr(row, name) for name in WRITTEN}
        for name, value in facts.values().items():
            setattr(row, name, value)
        if found is not None:
            row.evidence_id = evidence.keep(found, by=by).id
        row.version += 1
        db.session.flush()
        after = dict(facts.values())
        if before != after:
            tables = rates.rate_tables()
            for one in queries.participants(training_id):
                ledger.correct(crediting.of_training(row, one.person_id, one.mark, tables), reason="Data pelatihan diperbaiki")
        changes = {name: [str(before[name]), str(after[name])] for name in WRITTEN if before[name] != after[name]}
        audit.record("training.changed", f"training:{row.id}", detail={"name": row.title, **_named(changes)})


def enter(training_id: int, lines: Collection[tuple[str, str]], *, paths: Collection[str], by: int) -> taking_part.Listed:
    """Enter those who took part, all of the list or nobody; gives what the list did, or what keeps it from doing anything.

    Raises NotFound, or Refused "hours-…".
    """
    with transaction():
        row = _held(training_id)
        there = {one.person_id for one in queries.participants(training_id)}
        listed = taking_part.looked_up(list(lines), paths=paths, there=there)
        if not listed.faults:
            add(row, [(line.person_id, line.number) for line in listed.new], by=by)
        return listed


def add(row: Training, people: Collection[tuple[int, str]], *, by: int | None) -> None:
    """Add people (id, number of the certificate) to a training, within the caller's transaction."""
    add_many([(row, person_id, number) for person_id, number in people], by=by)


def add_many(wanted: Collection[tuple[Training, int, str]], *, by: int | None) -> None:
    """Add people to trainings (training, person, number of the certificate), within the caller's transaction."""
    tables, now, earned = rates.rate_tables(), clock.now(), []
    for row, person_id, number in wanted:
        mark = f"{row.id}:{person_id}"
        db.session.add(Participant(training_id=row.id, person_id=person_id, mark=mark, number=number, made_by=by, made_at=now))
        earned.append(crediting.of_training(row, person_id, mark, tables))
        audit.record("training.participant_added", f"training:{row.id}", about=person_id, detail={"name": row.title})
    db.session.flush()
    credit_many(earned)
    for one in earned:
        publish(OutsideTrainingCounted(one.person_id, one.kind, one.key, one.title, one.form))


def remove(training_id: int, participant_id: int, reason: str, *, by: int) -> None:
    """Take one who did not take part off the list; her JP are taken back.

    Raises NotFound, or Refused "reason-missing".
    """
    text = reason.strip()
    if not 3 <= len(text) <= rules.LONGEST_REASON:
        raise Refused("reason-missing", most=rules.LONGEST_REASON)
    with transaction():
        row = _held(training_id)
        one = db.session.get(Participant, participant_id, populate_existing=True)
        if one is None or one.training_id != row.id:
            raise NotFound
        take_off(one, text, by=by)
        audit.record("training.participant_removed", f"training:{row.id}", about=one.person_id, detail={"name": row.title, "reason": text})


def take_off(one: Participant, reason: str, *, by: int | None) -> None:
    """Take a participant off, within the caller's transaction; a second time it changes nothing."""
    if one.removed_at is None:
        one.removed_at, one.removed_by, one.reason = clock.now(), by, reason
        ledger.reverse(crediting.EVENT, one.mark, reason=reason)
        publish(OutsideTrainingTakenBack(one.person_id, crediting.EVENT, one.mark))


def _must_be_whole(facts: Facts) -> None:
    fault = rules.fault_of_days(facts.from_on, facts.until_on, clock.today())
    if fault:
        raise Refused(fault)
    per = crediting.unit_of(facts.form, facts.until_on)
    if per in rules.BY_STATED_JP and not facts.jp:
        raise Refused("training-jp")
    if per is None and not facts.basis:
        raise Refused("hours-no-rate", day=facts.until_on)


def _held(training_id: int) -> Training:
    hold(f"training:{training_id}")
    row = db.session.get(Training, training_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _named(changes: Mapping[str, list[str]]) -> dict[str, object]:
    """Changes under names that the log has words for."""
    words = {"from_on": "from", "until_on": "until", "basis": "reason", "title": "title"}
    return {words.get(name, name): value for name, value in changes.items()}
