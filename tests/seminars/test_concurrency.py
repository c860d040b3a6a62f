"""Many at once, on several workers: exactly as many seats as there are, and a waiting list without gap or tie, in the order of commits."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import select

from lms.base import audit, clock
from lms.base.db import db, transaction
from lms.people import postings
from lms.people.models import Person
from lms.seminars import service
from lms.seminars.models import Registration
from tests import build
from tests.seminars.build import seminar

PEOPLE, SEATS, WORKERS = 300, 50, 4
WORKER = """
import json, os, sys
from datetime import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from lms import config, create_app
from lms.base import clock
from lms.base.db import db
from lms.content.library import Library
from lms.seminars import service
given = json.loads(sys.argv[1])
settings = config.load({}, instance_dir=Path(given["instance"]), content_dir=Path(given["content"]), database_url=given["database"],
                       base_url="http://localhost", second_factor_for="none")
app = create_app(settings, library=Library(settings.content_dir, settings.instance_dir / "content-cache"))
print("ready", flush=True)
sys.stdin.readline()
def act(person):
    with app.app_context():
        try:
            done = service.register(given["seminar"], person)
            return [person, done.state, done.position]
        finally:
            db.session.remove()
with clock.stopped(datetime.fromisoformat(given["now"])), ThreadPoolExecutor(4) as pool:
    print(json.dumps(list(pool.map(act, given["people"]))), flush=True)
"""


def crowd(count: int) -> list[int]:
    """So many people of one unit."""
    unit = build.unit()
    with transaction():
        rows = [Person(nip=f"19900101201501{number:04}", name=f"Orang {number}", unit_id=unit, employment="PNS", created_at=clock.now())
                for number in range(count)]
        db.session.add_all(rows)
        db.session.flush()
        postings.write_many(only=Person.unit_id == unit)
        return [row.id for row in rows]


def in_order(event: int) -> list[Registration]:
    return list(db.session.scalars(select(Registration).where(Registration.seminar_id == event).order_by(Registration.number)))


def commits(event_code: str) -> list[tuple[int | None, str]]:
    """Who registered, in the order of commits: the audit log seals each transaction at its end, under one lock, without a gap."""
    entries = db.session.scalars(select(audit.AuditEntry).where(
        audit.AuditEntry.act == "seminar.registered", audit.AuditEntry.subject == f"seminar:{event_code}").order_by(audit.AuditEntry.seq))
    return [(one.about_id, one.detail["state"]) for one in entries if one.detail]


def test_300_who_register_at_once_on_several_workers_get_50_seats_and_places_1_to_250_in_commit_order(app: Flask) -> None:
    event, people = seminar(seats=SEATS), crowd(PEOPLE)
    settings = app.extensions["settings"]
    db.session.remove()
    given = {"seminar": event, "instance": str(settings.instance_dir), "content": str(settings.content_dir),
             "database": settings.database_url, "now": clock.now().isoformat()}
    workers = [subprocess.Popen([sys.executable, "-c", WORKER, json.dumps({**given, "people": people[number::WORKERS]})],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ) for number in range(WORKERS)]
    for one in workers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"

    for one in workers:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    answers = [answer for one in workers for answer in json.loads(one.communicate(timeout=120)[0])]

    rows = in_order(event)
    assert [one.number for one in rows] == list(range(1, PEOPLE + 1))
    assert [one.state for one in rows] == ["seat"] * SEATS + ["waiting"] * (PEOPLE - SEATS)
    assert sorted(position for _person, state, position in answers if state == "waiting") == list(range(1, PEOPLE - SEATS + 1))
    assert {person: position for person, state, position in answers if state == "waiting"} == {
        one.person_id: place for place, one in enumerate(rows[SEATS:], 1)}
    assert commits("keamanan-data") == [(one.person_id, one.state) for one in rows]


def test_the_same_person_who_presses_twenty_times_has_one_seat(app: Flask) -> None:
    event, sari = seminar(seats=5), build.person()
    gate = Barrier(10)

    def press(number: int) -> bool:
        with app.app_context():
            if number < 10:
                gate.wait()
            try:
                return service.register(event, sari).new
            finally:
                db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(press, range(20)))

    assert answers.count(True) == 1
    assert [(one.person_id, one.state) for one in in_order(event)] == [(sari, "seat")]


def test_ten_who_cancel_at_once_let_exactly_the_first_ten_move_up(app: Flask) -> None:
    event, people = seminar(seats=10), crowd(30)
    for one in people:
        service.register(event, one)
    gate = Barrier(10)

    def leave(person_id: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                service.cancel(event, person_id)
            finally:
                db.session.remove()

    db.session.remove()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(leave, people[:10]))

    assert [one.person_id for one in in_order(event) if one.state == "seat"] == people[10:20]
    assert [one.person_id for one in in_order(event) if one.state == "waiting"] == people[20:]
