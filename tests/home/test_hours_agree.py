"""The sum of the ledger is what every page and export shows, whatever happened in whatever order."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.base import clock
from lms.base.db import db, transaction
from lms.home import dossier, start, team
from lms.hours import service, sums
from lms.hours.models import Entry
from lms.learning.models import Enrolment, StudyDay
from lms.people import queries
from lms.web.content import catalog
from tests import build

ACTS = st.lists(st.tuples(
    st.sampled_from(["complete", "complete", "complete", "credit", "credit", "reverse", "correct"]), st.integers(0, 3),
    st.dates(date(2025, 12, 29), date(2026, 1, 3)), st.integers(0, 3), st.sampled_from(["0.7", "2", "3.5"]),
), max_size=10)


def complete(person_id: int, module: int, ended: date, days: int, hours: str) -> None:
    """A round of a module that ended on a day and was studied on those before it."""
    at = datetime(ended.year, ended.month, ended.day, 3, tzinfo=UTC)
    rounds = select(func.count()).where(Enrolment.person_id == person_id, Enrolment.module_id == f"m{module}")
    with transaction():
        row = Enrolment(
            person_id=person_id, module_id=f"m{module}", round=(db.session.scalar(rounds) or 0) + 1, revision="r",
            started_at=at - timedelta(days=days), completed_at=at, hours=Decimal(hours))
        db.session.add(row)
        for number in range(days):
            place = {"person_id": person_id, "day": ended - timedelta(days=number), "module_id": f"m{module}"}
            if db.session.get(StudyDay, place) is None:
                db.session.add(StudyDay(**place, seconds=600 * (number + 1), last_at=at))
    service.enter_missing()


def act(person_id: int, what: str, number: int, day: date, days: int, hours: str) -> None:
    """One act upon the ledger."""
    seminar = service.Earned(person_id, "seminar", f"{person_id}-{number}", "Seminar", "seminar",
                             tuple((day + timedelta(days=more), Decimal(1)) for more in range(days + 1)))
    if what == "complete":
        complete(person_id, number, day, days, hours)
    elif what == "credit":
        service.credit(seminar)
    elif what == "correct":
        service.correct(seminar, reason="uji")
    else:
        service.reverse("seminar", seminar.key, reason="uji")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_the_ledgers_sum_is_what_pages_and_exports_show(app: Flask, acts: list[tuple[str, int, date, int, str]]) -> None:
    unit = build.unit("Kecamatan Contoh")
    sari = build.person(unit_id=unit, nip=f"198801012012011{unit:03}")
    for one in acts:
        act(sari, *one)

    ledger = db.session.scalar(select(func.sum(Entry.credited)).where(
        Entry.person_id == sari, Entry.on_day.between(date(2026, 1, 1), date(2026, 12, 31)))) or Decimal(0)
    wish = team.Wish(within=(f"/{unit}/",), year=2026)
    shown = {
        "start page": start.start(queries.person(sari), catalog()).hours.total,
        "lines": sum((line.credited for line in sums.of_person(sari, "PNS", None, clock.today()).lines), Decimal(0)),
        "team page": {one.id: one.hours for one in team.first_page(wish)[1]}[sari],
        "team exports": {one.id: one.hours for one in team.everybody(wish)}[sari],
        "dossier": dict(dossier.dossier(queries.person(sari), catalog()).years)[2026],
        "sums": sums.by_person([sari], *(date(2026, month, day) for month, day in ((1, 1), (12, 31)))).get(sari, Decimal(0)),
    }
    assert shown == dict.fromkeys(shown, ledger)
