"""Verbs about standards: what positions require, and the agency's technical competencies. Each is one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.competencies import queries, rules
from lms.competencies.dictionary import Competency, national
from lms.competencies.models import SetRequirement, Technical
from lms.people.careers import POSITION_KINDS
from lms.people.versions import FIRST_DAY

KEY = "competency-standards"


def require(*, codes: Sequence[str], position_kind: str, position: str, level: int | None, from_on: date, basis: str, by: int) -> int:
    """Set what a kind of position, or one exact position, requires from a day on; gives how many differed from what held then.

    Level None lets the wider rule hold again. What was set for the same day is written over; a day before the last one set for the same is
    refused, so that what was required in the past stays as it was. Raises Refused "requirement-scope", "competency-unknown", "date-early"
    or "date-unknown".
    """
    if bool(position_kind) == bool(position.strip()) or position_kind not in {"", *POSITION_KINDS}:
        raise Refused("requirement-scope")
    if from_on < FIRST_DAY:
        raise Refused("date-unknown")
    with transaction():
        hold(KEY)
        known = {one.code for one in queries.dictionary()}
        changed = 0
        for code in codes:
            if code not in known:
                raise Refused("competency-unknown", named=code)
            changed += _require(code, position_kind, " ".join(position.split()), level, from_on, basis, by)
        if changed:
            audit.record("competency.required", "competencies", detail={
                "code": ", ".join(codes), "position_kind": position_kind, "position": position, "level": level,
                "from": from_on.isoformat(), "reason": basis})
        return changed


def _require(code: str, kind: str, position: str, level: int | None, day: date, basis: str, by: int) -> bool:
    key = rules.position_key(position)
    last = db.session.scalars(select(SetRequirement).where(
        SetRequirement.code == code, SetRequirement.position_kind == kind, SetRequirement.position_key == key)
        .order_by(SetRequirement.from_on.desc()).limit(1)).first()
    if last is not None and last.from_on > day:
        raise Refused("date-early", earliest=last.from_on)
    if last is None and level is None or last is not None and (last.level, last.basis) == (level, basis):
        return False
    if last is None or last.from_on < day:
        last = SetRequirement(code=code, position_kind=kind, position=position, position_key=key, from_on=day)
        db.session.add(last)
    last.level, last.basis, last.set_by, last.set_at = level, basis, by, clock.now()
    db.session.flush()
    return True


def add(given: Mapping[str, Any], *, by: int | None) -> str:
    """A new technical competency; gives its code. Raises Refused "competency-code-taken"."""
    with transaction():
        hold(KEY)
        add_row(given, by=by)
        audit.record("competency.added", f"competency:{given['code']}", detail={"code": given["code"], "name": given["name"]})
        return str(given["code"])


def add_row(given: Mapping[str, Any], *, by: int | None) -> None:
    """The row of a new technical competency, in the caller's transaction. Raises Refused "competency-code-taken"."""
    if given["code"] in taken():
        raise Refused("competency-code-taken", named=given["code"])
    db.session.add(Technical(code=given["code"], name=given["name"], definition=given["definition"], levels=given["levels"],
                             added_by=by, added_at=clock.now()))
    db.session.flush()


def change(code: str, given: Mapping[str, Any]) -> bool:
    """Another name, definition or other levels; the code stays, because evidence names it. Gives whether anything differed.

    Raises NotFound for one that is not the agency's own, Refused "competency-ended".
    """
    with transaction():
        hold(KEY)
        row = _own(code)
        if row.ended_on is not None:
            raise Refused("competency-ended", name=row.name)
        differing = {name: [getattr(row, name), given[name]] for name in ("name", "definition", "levels")
                     if getattr(row, name) != given[name]}
        for name, (_before, after) in differing.items():
            setattr(row, name, after)
        if differing:
            audit.record("competency.changed", f"competency:{code}", detail={
                "code": code, **{name: pair for name, pair in differing.items() if name != "levels"},
                **({"levels": len(rules.LEVELS)} if "levels" in differing else {})})
        return bool(differing)


def end(code: str) -> None:
    """End a technical competency today: nothing new is entered for it, what was stays. Raises NotFound, Refused "competency-ended"."""
    with transaction():
        hold(KEY)
        row = _own(code)
        if row.ended_on is not None:
            raise Refused("competency-ended", name=row.name)
        row.ended_on = clock.today()
        audit.record("competency.ended", f"competency:{code}", detail={"code": code, "name": row.name})


def taken() -> set[str]:
    """Codes that are used already. One query."""
    return {*(one.code for one in national()), *db.session.scalars(select(Technical.code))}


def as_given(one: Competency) -> dict[str, Any]:
    """A competency in the shape that `add` and `change` take."""
    return {"code": one.code, "name": one.name, "definition": one.definition,
            "levels": [{"description": level.description, "indicators": list(level.indicators)} for level in one.levels]}


def _own(code: str) -> Technical:
    row = db.session.scalars(select(Technical).where(Technical.code == code)).first()
    if row is None:
        raise NotFound
    return row
