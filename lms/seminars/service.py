"""Verbs of registration: register, nominate, cancel, remove; whoever waits moves up in the same transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.people.models import Person, Unit
from lms.seminars import notices, queries, rules
from lms.seminars.models import Registration, Seminar

MOST_NOMINATED = 100


@dataclass(frozen=True, slots=True)
class Registered:
    """How somebody stands after registering; `new` is False if she was registered already."""

    id: int
    state: str
    position: int | None
    new: bool


@dataclass(frozen=True, slots=True)
class Nominated:
    """What became of those who were named: (person id, name) each; `refused` may not register (inactive, or of another unit)."""

    seats: tuple[tuple[int, str], ...]
    waits: tuple[tuple[int, str], ...]
    already: tuple[tuple[int, str], ...]
    refused: tuple[tuple[int, str], ...]


def lock(seminar_id: int) -> Seminar:
    """The seminar, alone in the caller's hands for the rest of the transaction."""
    hold(f"seminar:{seminar_id}")
    row = db.session.get(Seminar, seminar_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def register(seminar_id: int, person_id: int) -> Registered:
    """Give a person a seat or the last place on the waiting list; whoever is registered already stays as she is.

    Raises NotFound for a draft, or Refused, see `rules.why_not_register`.
    """
    with transaction():
        row = lock(seminar_id)
        if row.state == "draft":
            raise NotFound
        if (held := queries.live(seminar_id, person_id)) is not None:
            return _standing(held, new=False)
        person = _person(person_id)
        window = queries.window(row)
        _must(rules.why_not_register(window, clock.now(), in_reach=_in_reach(person.path, queries.allowed_units(seminar_id))), row)
        made = _write(row, person, how="self", by=None)
        if made.state == "seat":
            notices.registered(row, window, made)
        audit.record("seminar.registered", f"seminar:{row.code}", about=person_id, detail={"state": made.state})
        return _standing(made, new=True)


def nominate(seminar_id: int, person_ids: Sequence[int], *, by: int, paths: Iterable[str]) -> Nominated:
    """Register several people of the units at `paths` in the order given; each is told and may decline.

    Raises NotFound for somebody outside of these units, or Refused "seminar-nobody", "seminar-many" or as `rules.why_not_register`.
    """
    wanted = list(dict.fromkeys(person_ids))
    if not wanted:
        raise Refused("seminar-nobody")
    if len(wanted) > MOST_NOMINATED:
        raise Refused("seminar-many", most=MOST_NOMINATED)
    with transaction():
        row = lock(seminar_id)
        if row.state == "draft":
            raise NotFound
        window, units = queries.window(row), queries.allowed_units(seminar_id)
        _must(rules.why_not_register(window, clock.now(), in_reach=True), row)
        mine = tuple(paths)
        people = [_person(one) for one in wanted]
        if not all(one.path.startswith(mine) for one in people):
            raise NotFound
        found: dict[str, list[tuple[int, str]]] = {"seat": [], "waiting": [], "already": [], "refused": []}
        for person in people:
            found[_nominate(row, window, person, by=by, units=units)].append((person.id, person.name))
        return Nominated(*(tuple(found[name]) for name in ("seat", "waiting", "already", "refused")))


def _nominate(row: Seminar, window: rules.Window, person: Any, *, by: int, units: Sequence[Any]) -> str:
    if queries.live(row.id, person.id) is not None:
        return "already"
    if not person.active or not _in_reach(person.path, units):
        return "refused"
    made = _write(row, person, how="nominated", by=by)
    notices.nominated(row, window, made)
    audit.record("seminar.nominated", f"seminar:{row.code}", about=person.id, detail={"state": made.state})
    return made.state


def cancel(seminar_id: int, person_id: int, *, reason: str = "") -> None:
    """Take one's own registration back, or decline a nomination; the first who waits moves up. Done twice, it changes nothing.

    Raises Refused "seminar-begun" or, after the limit without a reason, "seminar-cancel-reason".
    """
    with transaction():
        row = lock(seminar_id)
        held = queries.live(seminar_id, person_id)
        if held is None:
            if row.state == "draft" or queries.mine(seminar_id, person_id) is None:
                raise NotFound
            return
        window = queries.window(row)
        _must(rules.why_not_leave(window, clock.now(), standing=held.state, reason=reason.strip()), row)
        end(held, "declined" if held.how == "nominated" else "cancelled", reason=reason.strip(), by=person_id)
        audit.record("seminar.left", f"seminar:{row.code}", about=person_id, detail={"reason": reason.strip()} if reason.strip() else None)
        move_up(row, window)


def remove(seminar_id: int, registration_id: int, *, reason: str, by: int) -> None:
    """Take somebody's registration away; she is told the reason, and the first who waits moves up. Done twice, it changes nothing.

    Raises NotFound, or Refused "seminar-over" once it is held or cancelled, "seminar-reason" without a reason.
    """
    with transaction():
        row = lock(seminar_id)
        held = queries.registration(seminar_id, registration_id)
        if held.state not in rules.LIVE:
            return
        if row.state not in {"published", "closed"}:
            raise Refused("seminar-over")
        if len(reason.strip()) < 3:
            raise Refused("seminar-reason")
        end(held, "removed", reason=reason.strip(), by=by)
        window = queries.window(row)
        notices.removed(row, window, held)
        audit.record("seminar.removed", f"seminar:{row.code}", about=held.person_id, detail={"reason": reason.strip()})
        move_up(row, window)


def end(held: Registration, state: str, *, reason: str, by: int | None) -> None:
    """Let a registration stand no longer; in the caller's transaction, who then calls `move_up`."""
    held.state, held.reason, held.ended_at, held.ended_by = state, reason, clock.now(), by
    db.session.flush()


def move_up(row: Seminar, window: rules.Window) -> tuple[int, ...]:
    """Give free seats to those who wait, in order, and tell them; in the caller's transaction. Nobody moves up once it has begun."""
    if row.state not in {"published", "closed"} or rules.has_begun(window, clock.now()):
        return ()
    chosen = rules.moving_up(queries.waiting(row.id), seats=row.seats, quota=row.unit_quota, taken=queries.taken(row.id))
    for number in chosen:
        held = db.session.get_one(Registration, number)
        held.state, held.moved_up_at = "seat", clock.now()
        audit.record("seminar.moved-up", f"seminar:{row.code}", about=held.person_id, actor=None)
        notices.moved_up(row, window, held)
    db.session.flush()
    return chosen


def add_walk_in(row: Seminar, person_id: int, *, by: int) -> Registration:
    """A seat for somebody who came without one, whatever the seats; whoever waits gets hers. In the caller's transaction."""
    held = queries.live(row.id, person_id)
    if held is None:
        return _write(row, _person(person_id), how="walk-in", by=by)
    if held.state == "waiting":
        held.state, held.moved_up_at = "seat", clock.now()
        db.session.flush()
    return held


def _write(row: Seminar, person: Any, *, how: str, by: int | None) -> Registration:
    """A new registration at the end of the order; the lock makes this the order of commits."""
    unit = rules.quota_unit(person.path, single_root=queries.has_single_root())
    state = "seat" if how == "walk-in" else rules.standing_for(unit, seats=row.seats, quota=row.unit_quota, taken=queries.taken(row.id))
    row.last_number += 1
    made = Registration(
        seminar_id=row.id, person_id=person.id, number=row.last_number, state=state, how=how, quota_unit_id=unit,
        nominated_by=by if how == "nominated" else None, made_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def _standing(held: Registration, *, new: bool) -> Registered:
    place = queries.position(held.seminar_id, held.number) if held.state == "waiting" else None
    return Registered(held.id, held.state, place, new)


def _person(person_id: int) -> Any:
    row = db.session.execute(
        select(Person.id, Person.name, Person.active, Unit.path)
        .join(Unit, Unit.id == Person.unit_id).where(Person.id == person_id)).first()
    if row is None:
        raise NotFound
    return row


def _in_reach(path: str, units: Sequence[Any]) -> bool:
    return not units or any(path.startswith(unit.path) for unit in units)


def _must(code: str | None, row: Seminar) -> None:
    if code is not None:
        raise Refused(code, **({"moment": row.opens_at} if code == "seminar-early" else {}))
