"""What people are told: that an agreement ends, that an application or a semester waits for them, and what was decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.base import clock
from lms.notifications.rules import stage
from lms.notifications.service import To, notify, notify_many
from lms.organisation import queries as organisation
from lms.partners import queries, rules
from lms.partners.models import Study
from lms.people import queries as people

MORNING = 6  # the office's hour before which nobody is reminded; the digest follows at seven
REMIND_JOB = "agreement.remind"


def run_job(_payload: Mapping[str, Any]) -> None:
    """Warn of agreements that end soon, in the morning."""
    if clock.local(clock.now()).hour >= MORNING:
        warn_ending()


def warn_ending() -> int:
    """Tell those who run the training 90, 30 and 7 days before an agreement's last day, each once; gives how many were told now.

    A night that was missed is made up for; nobody is warned of an agreement that a later one follows.
    """
    today = clock.today()
    managers = queries.managers()
    told = []
    for row in queries.ending(today):
        due = stage((row.until_on - today).days, rules.WARNED)
        values = {"partner": row.partner, "number": row.number, "until": row.until_on, "partner_id": row.partner_id}
        told += [To(person, values, f"{row.id}:{row.until_on.isoformat()}:{due}") for person in managers]
    return notify_many("agreement.ending", told)


def tell_supervisor(study: Study) -> None:
    """An application waits for an opinion: the supervisor is told, or, where there is none, the training office."""
    person = people.person(study.person_id)
    supervisor = organisation.supervisor(person)
    whom = [supervisor.id] if supervisor is not None else _managers_but(study.person_id)
    _tell_all("study.submitted", whom, study, person.name)


def tell_advised(study: Study) -> None:
    """An application waits for the decision, and its applicant has an opinion to read."""
    _tell_all("study.waits", _managers_but(study.person_id), study, people.person(study.person_id).name)
    notify(study.person_id, "study.advised", key=f"{study.id}:{study.version}", programme=study.title, study=study.id)


def tell_decided(study: Study) -> None:
    """The applicant is told that there is a decision; what it is stands on its page."""
    notify(study.person_id, "study.decided", key=f"{study.id}:{study.version}", programme=study.title, study=study.id)


def tell_reported(study: Study, number: int) -> None:
    """A semester waits for confirmation."""
    name = people.person(study.person_id).name
    notify_many("study.reported", [
        To(person, {"person": name, "programme": study.title, "number": number, "study": study.id})
        for person in _managers_but(study.person_id)])


def tell_semester(study: Study, number: int) -> None:
    """A semester was confirmed or returned."""
    notify(study.person_id, "study.semester", programme=study.title, number=number, study=study.id)


def _tell_all(kind: str, whom: Sequence[int], study: Study, name: str) -> None:
    values = {"person": name, "programme": study.title, "study": study.id}
    notify_many(kind, [To(person, values, f"{study.id}:{study.version}") for person in whom])


def _managers_but(person_id: int) -> list[int]:
    return [person for person in queries.managers() if person != person_id]
