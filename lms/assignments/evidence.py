"""What people have done of the modules and programmes that are assigned, as `rules` wants it."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from lms.assignments.rules import Done, Facts
from lms.base import clock
from lms.base.db import db
from lms.learning.models import Enrolment
from lms.programmes import queries as programmes
from lms.programmes.models import Completion
from lms.web.content import catalog

Subject = tuple[str, str]  # "module" or "programme", and its id
NOTHING = Facts()


def of(person_ids: Collection[int], subjects: Collection[Subject]) -> Mapping[tuple[int, Subject], Facts]:
    """The facts of these people by person and subject; nothing for who has done nothing. One query for modules; for programmes one,
    and those of `programmes.queries.known`."""
    return {**_of_modules(person_ids, [name for kind, name in subjects if kind == "module"]),
            **_of_programmes(person_ids, [name for kind, name in subjects if kind == "programme"])}


def _of_modules(person_ids: Collection[int], module_ids: Collection[str]) -> dict[tuple[int, Subject], Facts]:
    if not module_ids:
        return {}
    rows = db.session.execute(
        select(Enrolment.person_id, Enrolment.module_id, Enrolment.completed_at, Enrolment.valid_until)
        .where(Enrolment.person_id.in_(person_ids), Enrolment.module_id.in_(module_ids)))
    found: dict[tuple[int, Subject], list[Any]] = {}
    for row in rows:
        found.setdefault((row.person_id, ("module", row.module_id)), []).append(row)
    return {
        key: Facts(tuple(Done(clock.local(one.completed_at).date(), one.valid_until) for one in them if one.completed_at),
                   going=any(one.completed_at is None for one in them))
        for key, them in found.items()
    }


def _of_programmes(person_ids: Collection[int], programme_ids: Collection[str]) -> dict[tuple[int, Subject], Facts]:
    if not programme_ids:
        return {}
    done: dict[tuple[int, str], list[Done]] = {}
    for row in db.session.execute(
        select(Completion.person_id, Completion.programme_id, Completion.completed_on, Completion.valid_until)
        .where(Completion.person_id.in_(person_ids), Completion.programme_id.in_(programme_ids))
    ):
        done.setdefault((row.person_id, row.programme_id), []).append(Done(row.completed_on, row.valid_until))
    there = [catalog().programmes[one] for one in programme_ids if one in catalog().programmes]
    known = programmes.known(person_ids, there) if there else None
    keys = {one.id: frozenset(item.key for item in one.items) for one in there}
    found = {}
    for person_id in person_ids:
        for programme_id in programme_ids:
            items = keys.get(programme_id, frozenset())
            days = [fact.on for fact in known.facts.get(person_id, ()) if fact.key in items] if known else []
            going = bool(known and items & known.going.get(person_id, frozenset()))
            facts = Facts(tuple(done.get((person_id, programme_id), ())), going=going, last_on=max(days, default=None))
            if facts != NOTHING:
                found[person_id, ("programme", programme_id)] = facts
    return found
