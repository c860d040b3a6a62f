"""Taking part, completing once, the certificate, merging and forgetting; against a real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base import clock
from lms.base.audit import AuditEntry
from lms.base.db import db, transaction
from lms.base.errors import Refused
from lms.certificates import openbadges, printing
from lms.certificates import queries as certificates
from lms.certificates import service as issuing
from lms.certificates.models import Certificate
from lms.hours.models import Source
from lms.people import merging
from lms.people.events import PersonErased
from lms.people.models import Person
from lms.programmes import personal, queries, service
from lms.programmes.models import Completion, Participant
from lms.programmes.sources import Offer
from tests import build
from tests.programmes.build import Seminars, attended, choice, finish, programme, put


@pytest.fixture
def sari(app: Flask) -> int:
    return build.person("Sari Damanik")


def rounds(person_id: int) -> list[tuple[str, int, Decimal, str]]:
    rows = db.session.scalars(select(Completion).where(Completion.person_id == person_id).order_by(Completion.programme_id, Completion.round))
    return [(row.programme_id, row.round, row.hours, row.completed_on.isoformat()) for row in rows]


def test_the_last_module_completes_the_programme_once(app: Flask, sari: int) -> None:
    put(app, programme("sapa", "bebas"))
    finish(sari, "sapa")
    before = rounds(sari)
    clock.advance(timedelta(days=2))

    finish(sari, "bebas")
    service.settle(sari)

    hours = app.extensions["library"].current.modules
    assert before == []
    assert rounds(sari) == [("jalan", 1, hours["sapa"].hours + hours["bebas"].hours, "2026-03-12")]
    row = db.session.scalars(select(Completion)).one()
    assert [(one["kind"], one["code"], one["title"], one["on"]) for one in row.items] == [
        ("module", "sapa", hours["sapa"].title, "2026-03-10"), ("module", "bebas", hours["bebas"].title, "2026-03-12")]
    assert db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("programme.%"))).all() == ["programme.completed"]


def test_a_choice_is_enough(app: Flask, sari: int) -> None:
    put(app, programme(choice(1, "sapa", "bebas"), choice(0, "dengar")))

    finish(sari, "bebas")

    assert [row[:2] for row in rounds(sari)] == [("jalan", 1)]


def test_joining_records_what_was_done_before(app: Flask, sari: int) -> None:
    finish(sari, "bebas")
    put(app, programme("bebas"))

    assert rounds(sari) == []
    assert service.join(sari, "jalan") is True
    assert service.join(sari, "jalan") is False
    assert [row[:2] for row in rounds(sari)] == [("jalan", 1)]


@pytest.mark.parametrize(("id", "code"), [("tidak-ada", "programme-gone"), ("jalan", "programme-unpublished")])
def test_what_is_not_in_service_cannot_be_joined(app: Flask, sari: int, id: str, code: str) -> None:
    put(app, programme("bebas", published=False))

    with pytest.raises(Refused) as refused:
        service.join(sari, id)

    assert refused.value.code == code


def test_a_draft_is_not_completed_by_accident(app: Flask, sari: int) -> None:
    put(app, programme("bebas", published=False, certificate="resmi"))

    finish(sari, "bebas")

    assert rounds(sari) == []


def test_what_was_completed_stays_when_the_file_changes(app: Flask, sari: int) -> None:
    put(app, programme("bebas"))
    finish(sari, "bebas")
    before = rounds(sari)

    put(app, programme("bebas", "sapa", "dengar", revision="r2"))
    service.settle(sari)

    assert rounds(sari) == before
    assert queries.standing_of([sari], "jalan")[sari].state == "done"


def test_a_file_that_asks_for_less_completes_those_who_take_part_at_night(app: Flask, sari: int) -> None:
    rini = build.person("Rini")
    put(app, programme("bebas", "sapa"))
    for person in (sari, rini):
        finish(person, "bebas")
    service.join(sari, "jalan")

    put(app, programme("bebas"))
    service.run_settle({})

    assert ([row[:2] for row in rounds(sari)], rounds(rini)) == ([("jalan", 1)], [])


def test_a_seminar_counts_through_its_room(app: Flask, sari: int) -> None:
    room = Seminars({"S-1": Offer("Seminar Pelayanan", Decimal(4))}, [])
    app.extensions["programme_sources"] = {"seminar": room}
    put(app, programme("bebas", "seminar:S-1"))
    finish(sari, "bebas")
    before = rounds(sari)
    room.attended.append(attended(sari, "S-1", date(2026, 3, 9)))

    service.on_achieved(PersonErased(sari))  # any event that names a person

    assert before == []
    assert [(row[0], row[3]) for row in rounds(sari)] == [("jalan", "2026-03-10")]
    row = db.session.scalars(select(Completion)).one()
    assert [(one["title"], one["hours"]) for one in row.items][1] == ("Seminar S-1", "4")


def test_without_a_room_that_knows_them_seminars_stay_open(app: Flask, sari: int) -> None:
    app.extensions["programme_sources"] = {}
    put(app, programme("bebas", "seminar:S-1"))

    finish(sari, "bebas")

    assert queries.standing_of([sari], "jalan")[sari].next is not None
    assert rounds(sari) == []


def test_an_expired_programme_is_renewed_as_the_next_round(app: Flask, sari: int) -> None:
    put(app, programme("sapa", "bebas", expires_months=12))  # sapa itself holds 24 months, bebas for good
    finish(sari, "sapa")
    finish(sari, "bebas")
    clock.advance(timedelta(days=800))
    expired = queries.standing_of([sari], "jalan")[sari]

    finish(sari, "sapa")

    assert (expired.state, expired.done, [one.key for one in [expired.next] if one]) == ("expired", 1, ["sapa"])
    assert [row[:2] + row[3:] for row in rounds(sari)] == [("jalan", 1, "2026-03-10"), ("jalan", 2, "2028-05-18")]
    assert queries.standing_of([sari], "jalan")[sari].state == "done"


def test_standing_of_many_people_costs_as_much_as_of_one(app: Flask, assert_queries: object) -> None:
    put(app, programme("bebas", "sapa"))
    people = [build.person(f"Orang {number}") for number in range(3)]
    finish(people[0], "bebas")
    finish(people[1], "bebas")
    finish(people[1], "sapa")

    with assert_queries(2):  # type: ignore[operator]
        one = queries.standing_of(people[:1], "jalan")
    with assert_queries(2):  # type: ignore[operator]
        many = queries.standing_of(people, "jalan")

    assert one[people[0]] == many[people[0]]
    assert [(many[person].state, many[person].done, many[person].fulfilled) for person in people] == [
        ("going", 1, False), ("done", 2, True), ("new", 0, False)]
    assert queries.standing_of(people, "tidak-ada") == {}


def test_joining_again_from_many_places_changes_nothing(app: Flask, sari: int) -> None:
    put(app, programme("bebas", certificate="resmi"))
    finish(sari, "bebas")
    db.session.rollback()

    def again(_number: int) -> None:
        with app.app_context():
            service.join(sari, "jalan")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(again, range(8)))

    assert db.session.scalar(select(func.count()).select_from(Completion)) == 1
    assert db.session.scalar(select(func.count()).where(Certificate.programme_id == "jalan").select_from(Certificate)) == 1


def test_joining_from_many_places_at_once_completes_once(app: Flask, sari: int) -> None:
    finish(sari, "bebas")
    put(app, programme("bebas", certificate="resmi"))
    db.session.rollback()

    def join(_number: int) -> bool:
        with app.app_context():
            return service.join(sari, "jalan")

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(join, range(8)))

    assert sorted(told) == [False] * 7 + [True]
    assert db.session.scalar(select(func.count()).select_from(Participant)) == 1
    assert db.session.scalar(select(func.count()).where(Certificate.programme_id == "jalan").select_from(Certificate)) == 1


def certified(app: Flask, person_id: int) -> Certificate:
    put(app, programme("sapa", "bebas", certificate="resmi", expires_months=24))
    finish(person_id, "sapa")
    finish(person_id, "bebas")
    return db.session.scalars(select(Certificate).where(Certificate.programme_id == "jalan", Certificate.state == "issued")).one()


def test_the_certificate_says_the_sum_and_its_parts(app: Flask, sari: int) -> None:
    row = certified(app, sari)
    total = db.session.scalars(select(Completion.hours)).one()

    said = row.snapshot

    assert (row.enrolment_id, row.module_id, row.subject_id, row.valid_until) == (None, None, "jalan", date(2028, 3, 10))
    assert (said["kind"], said["module"], Decimal(said["jp"]), said["score"]) == ("programme", "Jalan Melayani", total, None)
    assert [one["title"] for one in said["lessons"]] == [one["title"] for one in db.session.scalars(select(Completion.items)).one()]
    assert sum(Decimal(one["jp"]) for one in said["lessons"]) == total


def test_the_pdf_and_the_badge_name_the_programme(app: Flask, sari: int, tmp_path: object) -> None:
    import json
    import subprocess

    row = certified(app, sari)

    path = printing.pdf_of(row)
    text = " ".join(subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, timeout=60).stdout.decode().split())
    badge = json.loads(openbadges.credential(row.snapshot, base_url="http://localhost", issued_at=row.issued_at))

    assert "telah menyelesaikan program Jalan Melayani" in text
    assert "Daftar modul dan kegiatan" in text
    assert "telah lulus modul" not in text
    achievement = badge["credentialSubject"]["achievement"]
    assert (achievement["id"], achievement["achievementType"]) == ("http://localhost/programmes/jalan/", "LearningProgram")


def test_a_certificate_of_a_programme_is_issued_anew_and_revoked(app: Flask, sari: int) -> None:
    old = certified(app, sari)
    serial, completion = old.serial, old.completion_id
    with transaction():
        db.session.get_one(Person, sari).name = "Sari Br. Damanik"
        db.session.get_one(Person, sari).sought = db.session.get_one(Person, sari).sought

    new = issuing.reissue(serial, "Nama keliru")
    issuing.revoke(new, "Salah orang")

    found = certificates.by_serial(new)
    assert found is not None
    assert (found.completion_id, found.programme_id, found.snapshot["kind"], found.state) == (completion, "jalan", "programme", "revoked")
    assert found.snapshot["name"] == "Sari Br. Damanik"
    service.run_missing({})
    assert db.session.scalar(select(func.count()).where(Certificate.completion_id == completion).select_from(Certificate)) == 2


def test_what_could_not_be_issued_is_issued_later(app: Flask, sari: int, settings: object) -> None:
    from dataclasses import replace

    app.extensions["settings"] = replace(settings, base_url="")  # type: ignore[type-var]
    put(app, programme("bebas", certificate="resmi"))
    finish(sari, "bebas")
    before = db.session.scalar(select(func.count()).select_from(Certificate))
    app.extensions["settings"] = settings

    service.run_missing({})
    service.run_missing({})

    assert before == 0
    assert db.session.scalars(select(Certificate.programme_id)).all() == ["jalan"]


def test_the_ledger_credits_the_items_only(app: Flask, sari: int) -> None:
    certified(app, sari)

    assert db.session.scalars(select(Source.kind).order_by(Source.id)).all() == ["module", "module"]


def test_two_accounts_of_one_person_keep_every_round_and_complete_together(app: Flask, sari: int) -> None:
    agus, other = build.person("Agus", role="admin"), build.person("Sari D.")
    put(app, programme("bebas"), programme("bebas", "sapa", id="panjang"))
    finish(sari, "bebas")
    clock.advance(timedelta(days=1))
    finish(other, "bebas")
    finish(other, "sapa")
    service.join(other, "panjang")
    service.join(sari, "panjang")

    merging.merge(sari, other, reason="NIP baru.", by=agus)

    assert [row[:2] for row in rounds(sari)] == [("jalan", 1), ("jalan", 2), ("panjang", 1)]
    assert rounds(other) == []
    assert db.session.scalars(select(Participant.person_id)).all() == [sari]


def test_what_each_did_alone_completes_a_programme_of_both(app: Flask, sari: int) -> None:
    agus, other = build.person("Agus", role="admin"), build.person("Sari D.")
    put(app, programme("bebas", "sapa"))
    finish(sari, "bebas")
    finish(other, "sapa")

    merging.merge(sari, other, reason="NIP baru.", by=agus)

    assert [row[:2] for row in rounds(sari)] == [("jalan", 1)]


def test_an_erasure_forgets_what_she_took_part_in(app: Flask, sari: int) -> None:
    put(app, programme("bebas"))
    service.join(sari, "jalan")
    finish(sari, "bebas")

    with transaction():
        personal.on_person_erased(PersonErased(sari))

    assert (db.session.scalars(select(Participant)).all(), [row[:2] for row in rounds(sari)]) == ([], [("jalan", 1)])


def test_leaving_keeps_what_was_done(app: Flask, sari: int) -> None:
    put(app, programme("bebas", "sapa"))
    service.join(sari, "jalan")
    finish(sari, "bebas")

    service.leave(sari, "jalan")
    service.leave(sari, "jalan")

    assert (queries.joined(sari, "jalan"), queries.standing_of([sari], "jalan")[sari].done) == (None, 1)
