"""Verbs of an administrator about one person; each is one transaction and is recorded."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from lms.base import audit
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.people import queries, service, signins
from lms.people.models import ModuleTrainer, Person

Value = str | int | date | None


def change(person_id: int, values: Mapping[str, Value]) -> bool:
    """Write the columns given; gives whether any differed. A new role ends her sign-ins. Raises Refused "last-admin"."""
    with transaction():
        hold("admins")
        person = _held(person_id)
        differing = {name: [getattr(person, name), value] for name, value in values.items() if getattr(person, name) != value}
        for name, (_before, after) in differing.items():
            setattr(person, name, after)
        if "role" in differing:
            db.session.flush()
            signins.end_all(person_id)
            if differing["role"][0] == "admin":
                service.keep_an_admin()
        if differing:
            audit.record("person.changed", f"person:{person_id}", about=person_id, detail=_plain(differing))
        return bool(differing)


def new_code(person_id: int) -> str:
    """A new activation code in place of an older one; it is shown once. Raises Refused "person-inactive"."""
    with transaction():
        if not _held(person_id).active:
            raise Refused("person-inactive")
        audit.record("code.issued", f"person:{person_id}", about=person_id)
        return service.new_code(person_id)


def set_modules(person_id: int, module_ids: Collection[str]) -> None:
    """The modules whose participants and results a person sees, in place of those of before."""
    with transaction():
        _held(person_id)
        before, after = queries.trained_modules(person_id), frozenset(module_ids)
        if before == after:
            return
        db.session.execute(delete(ModuleTrainer).where(
            ModuleTrainer.person_id == person_id, ModuleTrainer.module_id.in_(before - after)))
        db.session.add_all(ModuleTrainer(person_id=person_id, module_id=module) for module in sorted(after - before))
        audit.record("person.modules", f"person:{person_id}", about=person_id,
                     detail={"added": sorted(after - before), "removed": sorted(before - after)})


def _held(person_id: int) -> Person:
    hold(f"person:{person_id}")
    person = db.session.scalar(select(Person).where(Person.id == person_id))
    if person is None:
        raise NotFound
    return person


def _plain(differing: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: [one.isoformat() if isinstance(one, date) else one for one in pair] for name, pair in differing.items()}
