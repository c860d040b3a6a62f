"""What changed in the organisation: a kelurahan spelt anew this year, somebody who moved last year, and somebody who stands in just now."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from lms.base import clock
from lms.base.db import db
from lms.demo.named import NAMED, SIGN_INS
from lms.demo.past import Event
from lms.organisation import posts, service
from lms.people import grants, postings
from lms.people.models import Grant, Person, Unit

RENAMED = ("Kelurahan Sipinggol-Pinggol", "Kelurahan Sipinggolpinggol")
MOVED = ("Kelurahan Teladan", "Kelurahan Banjar")
STOOD_IN = "Kelurahan Proklamasi"


def begin() -> None:
    """Call the kelurahan as it was called when the city was founded; at a clock stopped on that day."""
    _rename(RENAMED[1], RENAMED[0], basis="")


def events(ids: Mapping[str, int]) -> Iterator[Event]:
    """The changes, to happen among all else; `ids` are those of the people by NIP."""
    today = clock.today()
    for day, act in (
        (date(today.year - 1, 7, 1), partial(_move, ids)),
        (max(today - timedelta(days=40), date(today.year, 1, 1)), partial(_rename, *RENAMED, basis="Perda 1/2017 lampiran II")),
        (today - timedelta(days=12), partial(_stand_in, ids, today + timedelta(days=45))),
    ):
        at = min(datetime.combine(day, time(9), tzinfo=clock.OFFICE), clock.now())
        yield Event(at, partial(_at, at, act))


def _at(moment: datetime, act: Callable[[], None]) -> None:
    with clock.stopped(moment):
        act()


def _rename(before: str, after: str, *, basis: str) -> None:
    unit = db.session.execute(select(Unit.id, Unit.code, Unit.kind).where(Unit.name == before)).one()
    service.change(unit.id, name=after, code=unit.code, kind=unit.kind, basis=basis)


def _move(ids: Mapping[str, int]) -> None:
    old, new = (db.session.scalars(select(Unit.id).where(Unit.name == name)).one() for name in MOVED)
    postings.move(_somebody_in(old, ids), unit_id=new, basis="824/317/BKPSDM")


def _stand_in(ids: Mapping[str, int], until: date) -> None:
    unit = db.session.scalars(select(Unit.id).where(Unit.name == STOOD_IN)).one()
    head = db.session.scalars(select(Grant.person_id).where(
        grants.live(clock.today()), Grant.unit_id == unit, Grant.role == "supervisor")).one()
    posts.set_acting(
        _somebody_in(unit, ids), unit_id=unit, title="plh", position=STOOD_IN.replace("Kelurahan", "Lurah"), from_on=clock.today(),
        until_on=until, basis="821/52/BKPSDM", stands_in_for=head)


def _somebody_in(unit_id: int, ids: Mapping[str, int]) -> int:
    """Somebody of a unit who is none of the named people and leads nothing."""
    known = [ids[nip] for nip in (*(one.nip for one in SIGN_INS), *(one.nip for one in NAMED))]
    leads = select(Grant.person_id)
    wanted = select(Person.id).where(Person.unit_id == unit_id, Person.active, Person.id.not_in(known), Person.id.not_in(leads))
    return db.session.scalars(wanted.order_by(Person.id)).first() or 0
