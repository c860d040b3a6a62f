"""The daily digest: one mail a day, only with what is new, exactly once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.base import clock
from lms.base.db import db, transaction
from lms.notifications import digest, sending, service
from lms.notifications.models import Mail, Notice
from lms.notifications.service import notify
from lms.people.models import Person
from tests.notifications.post import Postman, reachable, text_of

pytestmark = pytest.mark.usefixtures("public")
MORNING = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # 06.30 in the office on 11 March


@pytest.fixture
def early(app: Flask) -> Iterator[None]:
    """Half an hour before the digest."""
    with clock.stopped(MORNING):
        yield


def closing(person_id: int, quiz: str = "Kuis akhir Sapa") -> None:
    """Tell of a quiz that closes; that waits for the digest by default."""
    notify(person_id, "quiz.closing", quiz=quiz, module="Sapa", slug="sapa", closes=clock.now() + timedelta(days=7))


def digests() -> list[tuple[Any, ...]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(select(Mail.person_id, Mail.key).where(Mail.kind == "digest").order_by(Mail.id))]


@pytest.mark.usefixtures("early")
def test_at_the_hour_of_the_digest_what_is_new_goes_in_one_mail(app: Flask, postman: Postman) -> None:
    sari = reachable()
    service.prefer(sari, {}, "en")
    closing(sari)
    notify(sari, "certificate.expiring", module="Pelayanan Prima", number="1", serial="ABC", until=clock.today() + timedelta(days=60))
    before = digest.make_due()
    clock.advance(timedelta(minutes=31))

    made = digest.make_due()
    sending.send_due()

    [letter] = postman.letters()
    assert (before, made, letter["Subject"]) == (0, 1, "2 notices from Simpul Belajar")
    assert text_of(letter) == """Dear Sari Damanik,

This is new since your last digest:

- Your certificate for Pelayanan Prima is valid until 10 May 2026.
  https://belajar.example.go.id/certificates/ABC/

- Kuis akhir Sapa closes on 18 March 2026 06:30 WIB.
  https://belajar.example.go.id/quizzes/sapa/

All notices:
https://belajar.example.go.id/notices/

--\x20
Simpul Belajar · BKPSDM Kota Contoh, Pemerintah Kota Contoh
This mail was sent by a program; nobody reads answers to it.

Choose what you are mailed:
https://belajar.example.go.id/notices/preferences
"""


@pytest.mark.usefixtures("early")
def test_nothing_new_means_no_mail(app: Flask) -> None:
    sari = reachable()
    closing(sari)
    clock.advance(timedelta(hours=1))
    digest.make_due()
    clock.advance(timedelta(days=1))

    assert (digest.make_due(), len(digests())) == (0, 1)


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize("what", ["read", "switched off", "deactivated", "address gone"])
def test_what_was_read_or_is_no_longer_wanted_is_left_out(app: Flask, what: str) -> None:
    sari = reachable()
    closing(sari)
    changes: dict[str, dict[str, Any]] = {"deactivated": {"active": False}, "address gone": {"email": None}}
    if what == "read":
        service.mark_read(sari)
    elif what == "switched off":
        service.prefer(sari, {"quiz.closing": "off"}, "")
    else:
        with transaction():
            db.session.execute(update(Person).values(**changes[what]))
    clock.advance(timedelta(hours=1))

    assert (digest.make_due(), digests()) == (0, [])
    assert db.session.scalars(select(Notice.in_digest)).all() == [False]


@pytest.mark.usefixtures("early")
def test_I5_two_workers_make_one_digest(app: Flask) -> None:
    people = [reachable(f"Orang {number}", f"orang{number}@example.go.id") for number in range(6)]
    for person_id in people:
        closing(person_id)
    clock.advance(timedelta(hours=1))

    def make(_number: int) -> int:
        with app.app_context():
            made = digest.make_due()
            db.session.remove()
            return made

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(make, range(3)))

    assert (sum(made), [person for person, _key in digests()]) == (6, people)


@pytest.mark.usefixtures("early")
def test_what_comes_in_too_late_for_a_digest_is_in_the_next(app: Flask) -> None:
    sari = reachable()
    closing(sari, "First")
    clock.advance(timedelta(minutes=31))
    digest.make_due()
    with clock.stopped(MORNING):  # written before the hour, committed after the digest was made
        closing(sari, "Late")
    again = digest.make_due()
    clock.advance(timedelta(days=1))

    made = digest.make_due()

    assert (again, made, [key for _person, key in digests()]) == (0, 1, [f"{sari}:digest:2026-03-11", f"{sari}:digest:2026-03-12"])


@pytest.mark.usefixtures("early")
def test_a_worker_that_was_away_makes_the_digest_when_it_is_back(app: Flask) -> None:
    sari = reachable()
    closing(sari)
    clock.advance(timedelta(hours=9))

    assert (digest.make_due(), digests()) == (1, [(sari, f"{sari}:digest:2026-03-11")])


@pytest.mark.usefixtures("early")
def test_many_people_are_taken_a_part_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "PEOPLE", 2)
    people = [reachable(f"Orang {number}", f"orang{number}@example.go.id") for number in range(5)]
    for person_id in people:
        closing(person_id)
    clock.advance(timedelta(hours=1))

    assert (digest.make_due(), [person for person, _key in digests()]) == (5, people)
