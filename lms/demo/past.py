"""Who did what and when: the plan of the city's past, as events to be written in the order in which they happened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select, update

from lms.base import clock
from lms.base.db import db
from lms.certificates import service as certificates
from lms.certificates.models import Certificate
from lms.demo.chapters import Chapter, Try, write
from lms.demo.named import NAMED, SARI, SIGN_INS, Named, State, named
from lms.people import admin as people
from lms.people.models import Person
from lms.people.names import sought
from lms.web.content import catalog

OPENED_DAYS_AGO = 900
FOR_SUPERVISORS = "kinerja-umpan-balik"
MODULES = ("pelayanan-prima", "komunikasi-efektif", "keamanan-informasi", "nilai-berakhlak", "survei-kepuasan")
GOOD = (75, 80, 80, 85, 90, 90, 95, 100)
BAD = (30, 40, 50, 55)
CROWD: tuple[tuple[str, int], ...] = (
    ("three", 5), ("two", 20), ("one", 80), ("reading", 110), ("before-quiz", 25), ("failed", 20), ("open", 8), ("for-good", 4),
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `happen` sets the clock itself, `at` says where it stands among the others."""

    at: datetime
    happen: Callable[[], object]


def events(ids: Mapping[str, int], supervisors: Sequence[str]) -> list[Event]:
    """All that happened, the oldest first; `ids` are the ids of the 600 people by NIP, in the order of the roll."""
    plan = [*_of_sari(ids[SARI.nip]), *_of_named(ids), *_of_the_crowd(ids, frozenset(supervisors))]
    told = [one for one in plan if one.module_id in catalog().modules]
    return sorted([*(Event(one.ends, partial(write, one)) for one in told), *_of_the_office(ids)], key=lambda one: one.at)


def _of_sari(person_id: int) -> Iterator[Chapter]:
    """Two modules done this year and one begun; early in January it all happened in the last days."""
    passed = clock.today().timetuple().tm_yday - 1
    squeeze = min(1.0, passed / 75)
    for module_id, end, span, lessons, tries in (
        ("nilai-berakhlak", 52, 21, None, (Try(80),)),
        ("pelayanan-prima", 18, 16, None, (Try(60), Try(90))),
        ("komunikasi-efektif", 1, 7, 2, ()),
    ):
        yield Chapter(person_id, SARI.nip, module_id, int(end * squeeze), int(span * squeeze), lessons, tries)


def _of_named(ids: Mapping[str, int]) -> Iterator[Chapter]:
    expired = 45 + round(_months("pelayanan-prima") * 30.5)
    plan: Mapping[str, tuple[int, int, int | None, tuple[Try, ...]]] = {
        "reading": (2, 9, 2, ()),
        "before-quiz": (21, 14, None, ()),
        "attempt-open": (0, 12, None, (Try(50, "left open"),)),
        "attempt-expired": (3, 10, None, (Try(40, "out of time"),)),
        "failed-once": (6, 15, None, (Try(50),)),
        "failed-for-good": (8, 25, None, (Try(40), Try(50), Try(60))),
        "waiting-for-mark": (4, 12, None, ()),
        "passed": (1, 10, None, (Try(60), Try(80))),
        "certificate-valid": (75, 20, None, (Try(90),)),
        "certificate-expired": (expired, 14, None, (Try(80),)),
        "certificate-revoked": (90, 18, None, (Try(100),)),
        "certificate-superseded": (60, 22, None, (Try(80),)),
        "deactivated": (200, 20, None, (Try(85),)),
    }
    for one in NAMED:
        if one.state in plan:
            days, span, lessons, tries = plan[one.state]
            essay = one.state == "waiting-for-mark"
            yield Chapter(ids[one.nip], one.nip, one.module_id, days, span, lessons, tries, essay)


def _months(module_id: str) -> int:
    module = catalog().modules.get(module_id)
    return (module.expires_months if module else None) or 24


def _of_the_crowd(ids: Mapping[str, int], supervisors: frozenset[str]) -> Iterator[Chapter]:
    known = {one.nip for one in SIGN_INS} | {one.nip for one in NAMED}
    rng = Random("past")  # noqa: S311 - a made-up past, no secret
    crowd = [nip for nip in ids if nip not in known]
    rng.shuffle(crowd)
    walking = iter(crowd)
    for kind, count in CROWD:
        for _ in range(count):
            nip = next(walking)
            choice = (FOR_SUPERVISORS, *MODULES) if nip in supervisors else MODULES
            yield from _of_one(kind, ids[nip], nip, choice, rng)


def _of_one(kind: str, person_id: int, nip: str, choice: Sequence[str], rng: Random) -> Iterator[Chapter]:
    modules = rng.sample(choice, 3)
    span = rng.randint(6, 30)
    begin = partial(Chapter, person_id, nip)
    if kind in ("one", "two", "three"):
        for module_id in modules[: ("one", "two", "three").index(kind) + 1]:
            tries = (Try(rng.choice(BAD)),) if rng.random() < 0.2 else ()
            yield begin(module_id, rng.randint(2, 320), span, None, (*tries, Try(rng.choice(GOOD))))
        return
    lessons = rng.randint(0, 4) if kind == "reading" else None
    tries_of: Mapping[str, tuple[Try, ...]] = {
        "failed": (Try(rng.choice(BAD)),), "open": (Try(rng.choice(BAD), "left open"),), "for-good": (Try(30), Try(50), Try(60)),
    }
    essay = kind == "before-quiz" and modules[0] == "survei-kepuasan"
    yield begin(modules[0], rng.randint(1, 3 if kind == "open" else 150), span, lessons, tries_of.get(kind, ()), essay)


def _of_the_office(ids: Mapping[str, int]) -> Iterator[Event]:
    """What Agus did: a certificate revoked, one issued anew under the right name, an account closed."""
    acts: tuple[tuple[int, State, Callable[[int, Named], None]], ...] = (
        (40, "certificate-revoked", _revoke), (35, "certificate-superseded", _reissue), (30, "deactivated", _close),
    )
    for days, state, act in acts:
        one = named(state)
        yield Event(clock.now() - timedelta(days=days), partial(_at, days, partial(act, ids[one.nip], one)))


def _at(days_ago: int, act: Callable[[], object]) -> None:
    with clock.stopped(clock.now() - timedelta(days=days_ago)):
        act()


def _revoke(person_id: int, _one: Named) -> None:
    for serial in _serials(person_id):
        certificates.revoke(serial, "Kuis akhir ternyata dikerjakan oleh orang lain; yang bersangkutan mengakuinya secara tertulis.")


def _reissue(person_id: int, one: Named) -> None:
    db.session.execute(update(Person).where(Person.id == person_id).values(name=one.name, sought=sought(one.name)))
    for serial in _serials(person_id):
        certificates.reissue(serial, "Nama diperbaiki sesuai SK terakhir.")


def _close(person_id: int, _one: Named) -> None:
    people.set_active(person_id, False)


def _serials(person_id: int) -> Sequence[Any]:
    return db.session.scalars(select(Certificate.serial).where(Certificate.person_id == person_id, Certificate.state == "issued")).all()
