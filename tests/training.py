"""Something to see in every room of the training plan; each function gives what addresses need. Made for 10 March 2026."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lms.assignments import service as assigning
from lms.assignments.rules import Terms
from lms.assignments.targets import Aim
from lms.base import clock
from lms.base.db import db
from lms.claims import importing as training_lists
from lms.claims import service as claims
from lms.claims import trainings
from lms.claims.rules import Told
from lms.competencies import service as competencies
from lms.competencies import standards
from lms.partners import papers, study_queries
from lms.partners import service as partners
from lms.people.models import Person
from lms.seminars import calendars
from lms.seminars import service as registering
from tests.claims.files import photo
from tests.partners import conftest as universities
from tests.seminars import build as seminars


def studying(people: Mapping[str, int]) -> dict[str, Any]:
    """A partner with a signed agreement and a programme; Sari studies there and has reported a semester."""
    city = universities.City(sari=people["learner"], wati=people["supervisor"], budi=people["training-officer"], rina=0, tiur=0,
                             **universities.university())
    with papers.taken(universities.sent(), {papers.PDF}) as kept:
        agreement = partners.add_part(city.partner, "agreements", universities.AGREEMENT, paper=kept)
    study = universities.studying(city)
    semester = universities.reported(city, study)
    return {"partner_id": city.partner, "partner_part": "agreements", "part_id": agreement, "study_id": study, "semester_id": semester,
            "study_paper_id": study_queries.papers_of(study)[0].id}


def outside(person_id: int, officer_id: int) -> dict[str, int | str]:
    """A certificate that waits, a training with a participant."""
    told = Told(title="Bimtek", organiser="BPSDM", number="1/A", form="guidance", from_on=date(2026, 2, 2), until_on=date(2026, 2, 3), jp=Decimal(16))
    claim = claims.save(person_id, told, slip="s" * 32, file=photo())
    claims.send(claim, person_id)
    training = trainings.create(trainings.Facts("Workshop", "Kominfo", "workshop", date(2026, 2, 2), date(2026, 2, 2)), by=officer_id, file=photo())
    trainings.enter(training, [(db.session.get_one(Person, person_id).nip, "")], paths=("/",), by=officer_id)
    return {"claim_id": claim, "training_id": training, "participant_id": 1, "template": "kursus.csv"}


def waiting_list(officer_id: int) -> str:
    """The token of a list of trainings with mistakes; it is kept for a day."""
    return training_lists.take_in(b"nip;namaKursus\n12;Bimtek\n", "daftar.csv", by=officer_id)


def levels(person_id: int, officer: int) -> dict[str, Any]:
    levels = [{"description": f"Level {number}", "indicators": ["Menyusun dengan rapi"]} for number in range(1, 6)]
    standards.add({"code": "T.1", "name": "Menyusun Perda", "definition": "Menyusun rancangan.", "levels": levels}, by=officer)
    shown = competencies.Shown(person_id, "M.3", 2, "certificate", "LAN:1", "Pelatihan Komunikasi", clock.today(), source="LAN")
    return {"competency_code": "T.1", "evidence_id": competencies.enter_by_hand(shown), "table_kind": "technical"}


def planned(people: Mapping[str, int], unit_id: int, module_id: str) -> dict[str, Any]:
    """Something in every room, for the people of these roles: learner, supervisor, training-officer."""
    learner, officer = people["learner"], people["training-officer"]
    return {**outside(learner, officer), **levels(learner, officer), **studying(people), **seminar(learner),
            "assignment_id": assigned(unit_id, officer, module_id)}


def assigned(unit_id: int, officer: int, module_id: str = "dengar") -> int:
    """An assignment that hits everybody of the unit."""
    draft = assigning.Draft("module", module_id, Aim(units=frozenset({unit_id})), Terms(True, clock.today(), due_days=30), "Perwal 1/2026", unit_id)
    return assigning.make(draft, by=officer, slip="a" * 32)


def seminar(person_id: int) -> dict[str, int | str]:
    event = seminars.seminar("keamanan-data")
    registered = registering.register(event, person_id)
    return {"code": "keamanan-data", "session_id": seminars.sessions()[0], "registration_id": registered.id,
            "feed_token": calendars.make_feed(person_id)}
