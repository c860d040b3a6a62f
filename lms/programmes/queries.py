"""Reads of programmes; each says how many queries it makes. To these comes one for every source that is asked, see `sources`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lms.base import clock
from lms.base.db import db
from lms.certificates.models import Certificate
from lms.content.catalog import Catalog, Mistake
from lms.content.mistakes import mistake
from lms.content.programmes import Item, Programme
from lms.learning.models import Enrolment
from lms.programmes import rules
from lms.programmes.models import Completion, Participant
from lms.programmes.rules import Fact, Last, Standing
from lms.programmes.sources import Offer, sources
from lms.web.content import catalog


@dataclass(frozen=True, slots=True)
class Known:
    """The facts about some people: by person, what she has done, what she has begun, and the rounds she completed last."""

    facts: Mapping[int, Sequence[Fact]]
    going: Mapping[int, frozenset[str]]
    last: Mapping[tuple[int, str], Last]

    def standing(self, person_id: int, programme: Programme) -> Standing:
        """Where one of them stands in a programme."""
        keys = {item.key for item in programme.items}
        facts = [fact for fact in self.facts.get(person_id, ()) if fact.key in keys]
        going = self.going.get(person_id, frozenset())
        return rules.standing(programme, facts, going, self.last.get((person_id, programme.id)), clock.today())


@dataclass(frozen=True, slots=True)
class Taken:
    """A programme that somebody takes part in."""

    programme: Programme
    standing: Standing
    joined_at: datetime


def standing_of(person_ids: Collection[int], programme_id: str) -> Mapping[int, Standing]:
    """Where each of these people stands in a programme that is in service; nothing for one that is not. Two queries."""
    programme = catalog().programmes.get(programme_id)
    if programme is None or not person_ids:
        return {}
    found = known(person_ids, [programme])
    return {person_id: found.standing(person_id, programme) for person_id in person_ids}


def standings(person_id: int, programmes: Collection[Programme]) -> Mapping[str, Standing]:
    """Where one person stands in several programmes, by id. Two queries."""
    found = known([person_id], programmes)
    return {programme.id: found.standing(person_id, programme) for programme in programmes}


def known(person_ids: Collection[int], programmes: Collection[Programme]) -> Known:
    """Every fact that these programmes ask for. Two queries."""
    facts: dict[int, list[Fact]] = {}
    going: dict[int, set[str]] = {}
    for row in _studied(person_ids, {module for one in programmes for module in one.module_ids}):
        if row.completed_at is None:
            going.setdefault(row.person_id, set()).add(row.module_id)
        else:
            on = clock.local(row.completed_at).date()
            facts.setdefault(row.person_id, []).append(Fact(row.module_id, on, row.hours, row.module_id, row.valid_until))
    for person_id, fact in _outside(person_ids, programmes):
        facts.setdefault(person_id, []).append(fact)
    return Known(facts, {person_id: frozenset(keys) for person_id, keys in going.items()}, _last(person_ids, programmes))


def offers(programmes: Iterable[Programme]) -> Mapping[str, Offer]:
    """What the sources know of the items of these programmes, by the item's key. No query of our own."""
    found: dict[str, Offer] = {}
    for kind, items in _by_kind(programmes).items():
        if kind in sources():
            held = sources()[kind].offers([item.code for item in items])
            found |= {item.key: held[item.code] for item in items if item.code in held}
    return found


def not_planned(there: Catalog) -> list[Mistake]:
    """A warning for every seminar that a programme names and that is not planned yet, located in its file. One query."""
    held = offers(there.programmes.values()) if "seminar" in sources() else {}
    missing = [(one, key, line) for one in there.programmes.values() for key, line in one.places if key.startswith("seminar:")]
    return [mistake("programme-seminar", one.file, line, subject=one.id, id=key.partition(":")[2])
            for one, key, line in missing if key not in held and "seminar" in sources()]


def hours_by_item(programme: Programme, there: Catalog, held: Mapping[str, Offer]) -> Mapping[str, Decimal | None]:
    """JP of each item by its key: the module's own, those of the offer, else what the file states."""
    found: dict[str, Decimal | None] = {}
    for item in programme.items:
        if item.kind == "module":
            found[item.key] = there.modules[item.code].hours if item.code in there.modules else None
        else:
            offer = held.get(item.key)
            found[item.key] = offer.hours if offer is not None and offer.hours is not None else item.hours
    return found


def joined(person_id: int, programme_id: str) -> Participant | None:
    """Her taking part in a programme. One query."""
    return db.session.get(Participant, (person_id, programme_id))


def taken(person_id: int, there: Catalog) -> Sequence[Taken]:
    """The programmes in service that somebody takes part in and has not completed, the latest first. Three queries or one."""
    rows = db.session.execute(
        select(Participant.programme_id, Participant.joined_at).where(Participant.person_id == person_id)
        .order_by(Participant.joined_at.desc(), Participant.programme_id)).all()
    mine = [(there.programmes[row.programme_id], row.joined_at) for row in rows if row.programme_id in there.programmes]
    shown = [(one, at) for one, at in mine if one.published]
    if not shown:
        return ()
    found = standings(person_id, [programme for programme, _at in shown])
    return tuple(Taken(one, found[one.id], at) for one, at in shown if found[one.id].state != "done")


def completions(person_id: int, year: int | None = None) -> Sequence[Completion]:
    """The rounds that somebody completed, in a year or ever, the latest first. One query."""
    wanted = select(Completion).where(Completion.person_id == person_id)
    if year is not None:
        wanted = wanted.where(Completion.completed_on.between(date(year, 1, 1), date(year, 12, 31)))
    return db.session.scalars(wanted.order_by(Completion.completed_on.desc(), Completion.id.desc())).all()


def completion(person_id: int, programme_id: str) -> Completion | None:
    """The round that somebody completed last. One query."""
    wanted = select(Completion).where(Completion.person_id == person_id, Completion.programme_id == programme_id)
    return db.session.scalars(wanted.order_by(Completion.round.desc()).limit(1)).first()


def participants(after: tuple[int, str], most: int = 500) -> Sequence[tuple[int, str]]:
    """Pairs (person, programme) of those who take part, in order, from this one on. One query."""
    person_id, programme_id = after
    later = (Participant.person_id > person_id) | ((Participant.person_id == person_id) & (Participant.programme_id > programme_id))
    rows = db.session.execute(
        select(Participant.person_id, Participant.programme_id).where(later)
        .order_by(Participant.person_id, Participant.programme_id).limit(most)).all()
    return [(row.person_id, row.programme_id) for row in rows]


def without_certificate(most: int = 200) -> Sequence[Completion]:
    """Completions that never had a certificate, the oldest first; whether their programme gives one is for the caller to see. One query."""
    none = ~select(Certificate.id).where(Certificate.completion_id == Completion.id).exists()
    return db.session.scalars(select(Completion).where(none).order_by(Completion.id).limit(most)).all()


def _studied(person_ids: Collection[int], module_ids: Collection[str]) -> Iterable[Any]:
    if not module_ids:
        return ()
    columns = (Enrolment.person_id, Enrolment.module_id, Enrolment.completed_at, Enrolment.hours, Enrolment.valid_until)
    wanted = select(*columns).where(Enrolment.person_id.in_(person_ids), Enrolment.module_id.in_(module_ids))
    return db.session.execute(wanted)


def _outside(person_ids: Collection[int], programmes: Iterable[Programme]) -> Iterable[tuple[int, Fact]]:
    for kind, items in _by_kind(programmes).items():
        if kind in sources():
            keys = {item.code: item.key for item in items}
            for one in sources()[kind].achieved(person_ids, keys):
                yield one.person_id, Fact(keys[one.code], one.on, one.hours, one.title, one.valid_until)


def _by_kind(programmes: Iterable[Programme]) -> Mapping[str, Collection[Item]]:
    found: dict[str, dict[str, Item]] = {}
    for item in (item for programme in programmes for item in programme.items if item.kind != "module"):
        found.setdefault(item.kind, {})[item.key] = item
    return {kind: tuple(items.values()) for kind, items in found.items()}


def _last(person_ids: Collection[int], programmes: Iterable[Programme]) -> Mapping[tuple[int, str], Last]:
    mine = (Completion.person_id.in_(person_ids), Completion.programme_id.in_([one.id for one in programmes]))
    columns = (Completion.person_id, Completion.programme_id, Completion.round, Completion.completed_on, Completion.valid_until)
    rows = db.session.execute(select(*columns).where(*mine).order_by(Completion.round))
    return {(row.person_id, row.programme_id): Last(row.round, row.completed_on, row.valid_until) for row in rows}
