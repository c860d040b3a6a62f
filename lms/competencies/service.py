"""Verbs about evidence: entering it, a supervisor's confirmation, a remark to it, withdrawing it. Each is one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask_login import current_user
from sqlalchemy import String, cast, exists, select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.competencies import queries, rules
from lms.competencies.models import LevelEvidence
from lms.content.catalog import Module
from lms.learning.events import ModuleCompleted
from lms.learning.models import Enrolment
from lms.notifications.service import notify
from lms.people.models import Person
from lms.people.versions import past_day
from lms.web.content import catalog

JOB = "competency.modules"
AT_ONCE = 500
LONGEST = 1000
LOCKS = 64  # people share locks, because one import concerns more people than a database keeps locks for


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows that a person holds a level, as the room says it where it comes from.

    `kind` (see rules.KINDS) and `key` name it for good ("seminar", "12"); `valid_until` is its own end, else the usual one of its kind.
    """

    person_id: int
    code: str
    level: int
    kind: rules.Kind
    key: str
    title: str
    on_day: date
    source: str = ""
    valid_until: date | None = None
    note: str = ""
    indicators: tuple[tuple[int, str], ...] = ()


def record_evidence(shown: Shown) -> int:
    """Enter what shows a level; gives its id. Entered a second time it changes nothing, and what was withdrawn stays so.

    Raises Refused "competency-unknown" for a code that no dictionary has, "competency-period" if it ends before it begins.
    """
    with transaction():
        hold_people([shown.person_id])
        there = db.session.scalar(_same(shown).order_by(LevelEvidence.id.desc()).limit(1))
        if there is not None:
            return int(there)
        if shown.code not in {one.code for one in queries.dictionary(ended=True)}:
            raise Refused("competency-unknown", named=shown.code)
        return _write(shown).id


def record_many(found: Sequence[Shown]) -> int:
    """Enter many at once; gives how many were new. What is there already, also if it was withdrawn, is left as it is; codes are the
    caller's to check. Four queries for 500 people."""
    with transaction():
        hold_people(one.person_id for one in found)
        count = 0
        for start in range(0, len(found), AT_ONCE):
            count += _record_chunk(found[start:start + AT_ONCE])
        return count


def _record_chunk(found: Sequence[Shown]) -> int:
    people = {one.person_id for one in found}
    there = {tuple(row) for row in db.session.execute(
        select(LevelEvidence.person_id, LevelEvidence.kind, LevelEvidence.key, LevelEvidence.code)
        .where(LevelEvidence.person_id.in_(people)))}
    new = {(one.person_id, one.kind, one.key, one.code): one for one in found}
    rows = [_row(one) for mark, one in new.items() if mark not in there]
    db.session.add_all(rows)
    db.session.flush()
    settle(people)
    return len(rows)


def hold_people(person_ids: Iterable[int]) -> None:
    """Be the only one who writes evidence about these people, for the rest of the transaction."""
    for lock in sorted({person_id % LOCKS for person_id in person_ids}):
        hold(f"competencies:{lock}")


def enter_by_hand(shown: Shown) -> int:
    """What an officer enters; recorded. Raises as `record_evidence`, Refused "date-future" or "competency-entered"."""
    with transaction():
        hold_people([shown.person_id])
        past_day(shown.on_day)
        if db.session.scalar(_same(shown).where(LevelEvidence.withdrawn_at.is_(None)).limit(1)) is not None:
            raise Refused("competency-entered")
        if shown.code not in {one.code for one in queries.dictionary()}:
            raise Refused("competency-unknown", named=shown.code)
        row = _write(shown)
        audit.record("competency.evidence", f"evidence:{row.id}", about=shown.person_id, detail=_said(row))
        return row.id


def confirm(person_id: int, code: str, *, level: int, ticked: Sequence[tuple[int, int]], note: str, by: int) -> int:
    """A supervisor confirms a level against the indicators; gives the id. `ticked` are (level, place of the indicator from 0).

    One of the same day for the same competency takes the place of the one before; sent twice it is entered once. Raises NotFound for an
    unknown competency, Refused "competency-self", "competency-ended" or "competency-ticks".
    """
    with transaction():
        hold_people([person_id])
        if person_id == by:
            raise Refused("competency-self")
        there, today = queries.competency(code), clock.today()
        if there.ended_on is not None:
            raise Refused("competency-ended", name=there.name)
        texts = [(one.number, text) for one in there.levels for place, text in enumerate(one.indicators) if (one.number, place) in ticked]
        shown_of = there.levels[level - 1]
        if not rules.is_shown(sum(number == level for number, _text in texts), len(shown_of.indicators)):
            raise Refused("competency-ticks", level=level, count=len(shown_of.indicators))
        shown = Shown(person_id, code, level, "confirmation", f"{by}:{today.isoformat()}", there.name, today, source=_name_of(by),
                      note=note, indicators=tuple(texts))
        before = db.session.scalars(select(LevelEvidence).where(
            *_named(shown), LevelEvidence.withdrawn_at.is_(None))).first()
        if before is not None:
            if (before.level, before.note, [tuple(one) for one in before.indicators]) == (level, note, texts):
                return before.id
            _withdraw(before, by=by, reason="Diganti pada hari yang sama")
        row = _write(shown)
        row.made_by = by
        audit.record("competency.confirmed", f"evidence:{row.id}", about=person_id, detail=_said(row), actor=by)
        notify(person_id, "competency.confirmed", key=str(row.id), competency=there.name, level=level, by=row.source)
        return row.id


def remark(evidence_id: int, text: str, *, by: int) -> None:
    """What a person says to a piece of evidence about herself; empty takes it back. Raises NotFound for another's, Refused "text-long"."""
    with transaction():
        row = db.session.scalars(select(LevelEvidence).where(LevelEvidence.id == evidence_id, LevelEvidence.person_id == by)).first()
        if row is None:
            raise NotFound
        if len(text) > LONGEST:
            raise Refused("competency-long", most=LONGEST)
        if row.remark != text:
            row.remark = text
            audit.record("competency.remarked", f"evidence:{row.id}", about=by, detail={"kind": row.kind, "name": row.title}, actor=by)


def withdraw(evidence_id: int, *, reason: str, by: int) -> None:
    """Let a piece of evidence count no more. Raises NotFound, Refused "reason-missing" or "competency-withdrawn"."""
    if not 3 <= len(reason) <= LONGEST:
        raise Refused("reason-missing", most=LONGEST)
    with transaction():
        person_id = db.session.scalar(select(LevelEvidence.person_id).where(LevelEvidence.id == evidence_id))
        if person_id is None:
            raise NotFound
        hold_people([person_id])
        row = db.session.get_one(LevelEvidence, evidence_id)
        if row.withdrawn_at is not None:
            raise Refused("competency-withdrawn")
        _withdraw(row, by=by, reason=reason)
        audit.record("competency.withdrawn", f"evidence:{row.id}", about=person_id, detail={**_said(row), "reason": reason}, actor=by)


def on_completed(fact: ModuleCompleted) -> None:
    """Reaction: a module that was passed shows the levels that it names."""
    module = catalog().modules.get(fact.module_id)
    if module is not None:
        enrolment = db.session.get_one(Enrolment, fact.enrolment_id)
        known = {one.code for one in queries.dictionary()} if module.competencies else set()
        for code, level in module.competencies:
            if code in known:
                record_evidence(_of_module(module, enrolment, code, level))


def run_job(_payload: Mapping[str, Any]) -> None:
    """Enter what modules show that were completed before they named a competency, or before there was this room."""
    enter_completions()


def enter_completions() -> int:
    """Evidence for all completed modules that have none yet; gives how many were entered. A query for each level that a module names."""
    known, count = {one.code for one in queries.dictionary()}, 0
    for module in list(catalog().modules.values()):
        for code, level in module.competencies:
            while code in known and (found := _without(module.id, code)):
                enrolments = db.session.scalars(select(Enrolment).where(Enrolment.id.in_(found)).order_by(Enrolment.id)).all()
                count += record_many([_of_module(module, enrolment, code, level) for enrolment in enrolments])
    return count


def settle(person_ids: Collection[int]) -> None:
    """Let the judgements about these people hold one after the other, in the caller's transaction. One query, one update a change."""
    db.session.flush()
    rows = db.session.scalars(select(LevelEvidence).where(
        LevelEvidence.person_id.in_(person_ids), LevelEvidence.kind.in_(rules.JUDGEMENTS), LevelEvidence.withdrawn_at.is_(None))
        .order_by(LevelEvidence.person_id, LevelEvidence.code, LevelEvidence.kind, LevelEvidence.id)).all()
    for _mark, chain in groupby(rows, key=lambda row: (row.person_id, row.code, row.kind)):
        judgements = list(chain)
        ends = rules.settled((row.id, row.on_day, row.valid_until) for row in judgements)
        for row in judgements:
            row.until_on = ends[row.id]


def _without(module_id: str, code: str) -> Sequence[int]:
    entered = exists().where(LevelEvidence.kind == "module", LevelEvidence.key == cast(Enrolment.id, String), LevelEvidence.code == code)
    return db.session.scalars(
        select(Enrolment.id).where(Enrolment.module_id == module_id, Enrolment.completed_at.is_not(None), ~entered)
        .order_by(Enrolment.id).limit(AT_ONCE)).all()


def _of_module(module: Module, enrolment: Enrolment, code: str, level: int) -> Shown:
    day = clock.local(enrolment.completed_at or clock.now()).date()
    return Shown(enrolment.person_id, code, level, "module", str(enrolment.id), module.title, day, valid_until=enrolment.valid_until)


def _named(shown: Shown) -> tuple[Any, ...]:
    return (LevelEvidence.person_id == shown.person_id, LevelEvidence.kind == shown.kind, LevelEvidence.key == shown.key,
            LevelEvidence.code == shown.code)


def _same(shown: Shown) -> Any:
    return select(LevelEvidence.id).where(*_named(shown))


def _write(shown: Shown) -> LevelEvidence:
    row = _row(shown)
    db.session.add(row)
    settle([shown.person_id])
    return row


def _row(shown: Shown) -> LevelEvidence:
    last = shown.valid_until or rules.ends(shown.kind, shown.on_day)
    if last < shown.on_day:
        raise Refused("competency-period")
    return LevelEvidence(
        person_id=shown.person_id, code=shown.code, level=shown.level, kind=shown.kind, key=shown.key, title=shown.title,
        source=shown.source, on_day=shown.on_day, valid_until=last, until_on=last, note=shown.note,
        indicators=[list(one) for one in shown.indicators], made_by=None if shown.kind == "module" else _actor(), made_at=clock.now())


def _withdraw(row: LevelEvidence, *, by: int, reason: str) -> None:
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_for = by, clock.now(), reason
    settle([row.person_id])


def _said(row: LevelEvidence) -> dict[str, Any]:
    return {"code": row.code, "level": row.level, "kind": row.kind, "name": row.title, "from": row.on_day.isoformat(),
            "until": row.valid_until.isoformat()}


def _name_of(person_id: int) -> str:
    return db.session.scalar(select(Person.name).where(Person.id == person_id)) or ""


def _actor() -> int | None:
    return current_user.id if current_user and current_user.is_authenticated else None
