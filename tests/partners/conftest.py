"""A university with all that belongs to it, and people of one unit around Sari, who wants to study."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage

from lms.accounts import signins
from lms.base.db import db, transaction
from lms.partners import papers, semesters, service, studies
from lms.people import grants
from lms.people.roles import Granted
from tests import build

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"
STUDY = {"programme_id": None, "institution": "Universitas Jauh", "title": "Magister Statistika", "level": "S2", "funding": "self",
         "reason": "Supaya survei kami dapat dihitung sendiri.", "starts_on": date(2026, 9, 1)}
AGREEMENT = {"kind": "mou", "number": "045/MoU/2025", "subject": "Seminar bersama", "from_on": date(2025, 1, 1), "until_on": date(2026, 12, 31)}
PROGRAMME = {"level": "S2", "title": "Magister Administrasi Publik", "faculty": "FISIP", "competencies": "M.5 3, SK.1 2", "semesters": 4,
             "mode": "blended", "cost": 7_500_000, "funding": "either"}


def picture(kind: str = "JPEG", *, exif: bool = False) -> bytes:
    image = Image.new("RGB", (40, 20), (200, 30, 30))
    drawn, tags = io.BytesIO(), Image.Exif()
    if exif:
        tags[0x010E] = "Rumah Sari, Jalan Merdeka"
    image.save(drawn, kind, exif=tags)
    return drawn.getvalue()


def sent(content: bytes = PDF, name: str = "surat.pdf") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def file(content: bytes = PDF, name: str = "surat.pdf") -> tuple[io.BytesIO, str]:
    """A file as a browser sends it."""
    return io.BytesIO(content), name


@dataclass(frozen=True)
class City:
    """Sari applies; Wati leads her unit; Budi runs the training; Rina leads another unit; Tiur audits."""

    sari: int
    wati: int
    budi: int
    rina: int
    tiur: int
    partner: int
    programme: int


def held(person: int) -> tuple[Granted, ...]:
    """The roles a person has, as of her next sign-in."""
    from flask import current_app

    with current_app.test_request_context():
        token = signins.begin(person)
    with current_app.test_request_context(headers={"Cookie": f"signin={token}"}):
        reader = signins.find_reader()
    db.session.rollback()
    return tuple(reader.grants) if reader else ()


def university() -> dict[str, int]:
    """A partner and a study programme of it."""
    partner = service.add_partner({"name": "Universitas Contoh", "kind": "university", "address": "Jalan Sangnawaluh", "website": "", "note": ""})
    return {"partner": partner, "programme": service.add_part(partner, "programmes", PROGRAMME)}


@pytest.fixture
def city(app: Flask) -> City:
    unit, other = build.unit("Dinas Sosial"), build.unit("Dinas Lain")
    budi = build.person("Budi Sinaga", unit_id=other)
    with transaction():
        grants.add(budi, "training-officer")
    return City(
        sari=build.person("Sari Damanik", unit_id=unit), wati=build.person("Wati Purba", role="supervisor", unit_id=unit), budi=budi,
        rina=build.person("Rina Saragih", role="supervisor", unit_id=other), tiur=build.person("Tiur Manurung", role="auditor"),
        **university())


def add_paper(study: int, person: int, content: bytes = PDF, name: str = "surat.pdf") -> bool:
    with papers.taken(sent(content, name)) as kept:
        return studies.send_paper(study, person, "letter", kept)


def submitted(city: City, **changes: Any) -> int:
    study = studies.write(city.sari, {**STUDY, **changes})
    add_paper(study, city.sari)
    studies.submit(study, city.sari)
    return study


def version(study: int) -> int:
    from lms.partners.models import Study

    return db.session.get_one(Study, study, populate_existing=True).version


def advised(city: City) -> int:
    study = submitted(city)
    studies.advise(study, "yes", "Sangat dibutuhkan.", by=city.wati, grants=held(city.wati), seen=version(study))
    return study


def approved(city: City) -> int:
    study = advised(city)
    studies.approve(study, decree_number="800/12/TB/2026", decree_on=date(2026, 3, 1), by=city.budi, grants=held(city.budi), seen=version(study))
    return study


def studying(city: City, begun: date = date(2025, 2, 1)) -> int:
    study = approved(city)
    studies.begin(study, begun, by=city.sari, grants=held(city.sari))
    return study


SEMESTER = {"number": 1, "from_on": date(2025, 2, 1), "until_on": date(2025, 7, 31), "credits": 12, "gpa": Decimal("3.5")}


def reported(city: City, study: int, **changes: Any) -> int:
    with papers.taken(sent()) as kept:
        return semesters.report(study, city.sari, {**SEMESTER, **changes}, kept)


def mark(study: int, semester: int) -> str:
    from lms.partners import study_queries

    return semesters.fingerprint(study_queries.semester(study, semester))


Send = Callable[..., Any]
