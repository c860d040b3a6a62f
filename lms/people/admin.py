"""Verbs of an administrator about one person; each is one transaction and is recorded."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from lms.base import audit, clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import NotFound, Refused
from lms.people import careers, grants, names, postings, queries
from lms.people.events import AccessChanged, EmailChanged
from lms.people.models import Person
from lms.people.roles import Granted
from lms.people.rules import Nip, read_nip

Value = str | int | date | None
EDITED = ("name", "unit_id", "position", "position_kind", "rank", "employment", "contract_start", "appointed_on", "email")
LONGEST_REASON = 500


def fingerprint(person: Any) -> str:
    """What tells whether the columns that a form edits have changed since it was shown."""
    return hashlib.sha256(repr([getattr(person, column) for column in EDITED]).encode()).hexdigest()[:24]


def add(nip: str, values: Mapping[str, Value]) -> int:
    """A new person with the columns given; gives the id. Raises Refused: the fault of the NIP, the name, the rank or the kind of position,
    or "nip-taken" (name)."""
    read = read_nip(nip)
    if not isinstance(read, Nip):
        raise Refused(read)
    values = _checked({"position": "", "rank": "", "employment": read.suggests or "PNS", **values})
    with transaction():
        hold(f"nip:{read.text}")
        taken = db.session.scalar(select(Person.name).where(Person.nip == read.text))
        if taken is not None:
            raise Refused("nip-taken", name=taken)
        person = Person(nip=read.text, created_at=clock.now(), **values)
        db.session.add(person)
        db.session.flush()
        postings.write_many(only=Person.id == person.id)
        audit.record("person.added", f"person:{person.id}", about=person.id,
                     detail=_plain({name: [None, value] for name, value in values.items()}))
        return person.id


def change(
    person_id: int, values: Mapping[str, Value], *, seen: str | None = None, by: Sequence[Granted] | None = None,
) -> bool:
    """Write the columns given; gives whether any differed. Where she works is dated today (see postings.move, which says what it refuses).

    `seen` is the fingerprint of what the writer had before her, `by` what she may do: another's mail address is a key to the account, so
    that it is refused ("code-above-you") for somebody who may do more. Raises Refused "changed-meanwhile" if somebody else was quicker, or
    "person-merged", or the fault of a name.
    """
    with transaction():
        hold("units")  # before the person, as whoever merges units does
        person = _held(person_id)
        if person.merged_into is not None:
            raise Refused("person-merged")
        if seen is not None and seen != fingerprint(person):
            raise Refused("changed-meanwhile")
        if "name" in values and values["name"] != person.name:
            _check_name(str(values["name"]))
        place: dict[str, Any] = {name: values[name] for name in postings.PLACE if name in values}
        moved = postings.move(person_id, **place)
        values = {name: value for name, value in values.items() if name not in postings.PLACE}
        differing = {name: [getattr(person, name), value] for name, value in values.items() if getattr(person, name) != value}
        for name, (_before, after) in differing.items():
            setattr(person, name, after)
        if "email" in differing:
            grants.must_be_within(person_id, by)
            publish(EmailChanged(person_id, differing["email"][0]))
        if differing:
            audit.record("person.changed", f"person:{person_id}", about=person_id, detail=_plain(differing))
        return moved or bool(differing)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The columns of somebody new in their canonical form."""
    _check_name(str(values["name"]))
    kind = values.get("position_kind") or careers.kind_of_position(values["position"])
    read = {"rank": careers.read_rank(values["rank"], values["employment"]), "position_kind": careers.read_position_kind(kind)}
    for value in read.values():
        if isinstance(value, careers.Fault):
            raise Refused(value.code, text=value.text)
    return {**values, **read}


def _check_name(name: str) -> None:
    if (wrong := names.fault(name)) is not None:
        raise Refused(wrong, most=names.LONGEST, marks=names.MOST_MARKS)


def set_active(person_id: int, active: bool, *, reason: str = "", by: Sequence[Granted] | None = None) -> None:
    """Deactivate a person, whose sign-ins end at once, or let her in again. Raises Refused "last-admin", "person-merged", or
    "code-above-you" for an administrator who may do more than `by` allow."""
    with transaction():
        hold("units")
        hold("admins")
        person = _held(person_id)
        if person.active == active:
            return
        if active and person.merged_into is not None:
            raise Refused("person-merged")
        postings.set_active(person, active)
        if not active:
            publish(AccessChanged(person_id))
            if "admin" in queries.roles_of([person_id]).get(person_id, ()):
                grants.must_be_within(person_id, by)
                grants.keep_an_admin()
        audit.record("person.activated" if active else "person.deactivated", f"person:{person_id}", about=person_id,
                     detail={"reason": reason} if reason else None)


def check_reason(text: str) -> str:
    """The reason as it is kept. Raises Refused "reason-missing"."""
    if not 3 <= len(text.strip()) <= LONGEST_REASON:
        raise Refused("reason-missing", most=LONGEST_REASON)
    return text.strip()


def set_modules(person_id: int, module_ids: Collection[str], *, by: int | None) -> None:
    """The modules of which a person is trainer, in place of those of before."""
    with transaction():
        _held(person_id)
        before = queries.trained_modules(person_id)
        for module in sorted(set(module_ids) - set(before)):
            grants.give(person_id, "trainer", module_id=module, by=by)
        for module in sorted(set(before) - set(module_ids)):
            grants.end(before[module], by=by)


def _held(person_id: int) -> Person:
    hold(f"person:{person_id}")
    person = db.session.scalar(select(Person).where(Person.id == person_id))
    if person is None:
        raise NotFound
    return person


def _plain(differing: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: [one.isoformat() if isinstance(one, date) else one for one in pair] for name, pair in differing.items()}
