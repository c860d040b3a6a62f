"""What seminars add to the page of somebody's learning hours."""

from datetime import date, timedelta
from decimal import Decimal

from flask import Flask

from lms.seminars import service, told
from tests import build
from tests.seminars.build import DAY, seminar, slot

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def test_a_seat_in_a_seminar_to_come_is_foreseen_by_its_rate(app: Flask) -> None:
    ani = build.person("Ani")
    service.register(seminar("dua-hari", slot(8, 12), slot(13, 15), slot(8, 12, day=DAY + timedelta(days=1))), ani)
    service.register(seminar("bimtek", slot(8, 11), form="guidance", title="Bimtek"), ani)

    assert told.foreseen(ani, *YEAR) == [
        ("Keamanan Data Kepegawaian", Decimal(8), DAY + timedelta(days=1)), ("Bimtek", Decimal(4), DAY)]
    assert told.foreseen(ani, DAY + timedelta(days=2), YEAR[1]) == []


def test_who_waits_or_has_cancelled_is_promised_nothing(app: Flask) -> None:
    ani, budi = build.person("Ani"), build.person("Budi")
    event = seminar(seats=1)
    for one in (ani, budi):
        service.register(event, one)
    service.cancel(event, ani)
    service.register(event, ani)

    assert (told.foreseen(ani, *YEAR), len(told.foreseen(budi, *YEAR))) == ([], 1)
    assert told.offered(ani, *YEAR) == []
