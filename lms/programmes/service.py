"""Verbs of programmes: join, leave, and complete when the last item is done.

Writers about one person and programme queue up behind `hold`, so that a round is completed once.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import delete

from lms.base import audit, clock
from lms.base.db import db, hold, publish, transaction
from lms.base.errors import Refused
from lms.certificates import service as certificates
from lms.content.programmes import Item, Programme
from lms.learning.events import ModuleCompleted
from lms.learning.rules import valid_until
from lms.programmes import queries, rules
from lms.programmes.events import ProgrammeCompleted
from lms.programmes.models import Completion, Participant
from lms.programmes.rules import Fact
from lms.web.content import catalog

BATCH = 200


class AboutSomebody(Protocol):
    """An event of another room that tells of one person."""

    @property
    def person_id(self) -> int: ...


def join(person_id: int, programme_id: str) -> bool:
    """Take part in a programme; a second time changes nothing. Gives whether this completed it: she may have done all of it before.

    Refused "programme-gone" or "programme-unpublished".
    """
    programme = catalog().programmes.get(programme_id)
    if programme is None:
        raise Refused("programme-gone")
    if not programme.published:
        raise Refused("programme-unpublished")
    with transaction():
        hold(_key(person_id, programme_id))
        if queries.joined(person_id, programme_id) is None:
            db.session.add(Participant(person_id=person_id, programme_id=programme_id, joined_at=clock.now()))
            audit.record("programme.joined", f"programme:{programme_id}", about=person_id)
        return _complete_if_due(person_id, programme)


def leave(person_id: int, programme_id: str) -> None:
    """Take part no longer; what was done and completed stays."""
    with transaction():
        hold(_key(person_id, programme_id))
        if queries.joined(person_id, programme_id) is not None:
            db.session.execute(
                delete(Participant).where(Participant.person_id == person_id, Participant.programme_id == programme_id))
            audit.record("programme.left", f"programme:{programme_id}", about=person_id)


def on_module_completed(fact: ModuleCompleted) -> None:
    """Reaction: complete every programme whose last item this was."""
    _settle(fact.person_id, (one for one in catalog().programmes.values() if fact.module_id in one.module_ids))


def on_achieved(fact: AboutSomebody) -> None:
    """Reaction to an event of a room named in `sources`: complete every programme whose last item it may have been."""
    settle(fact.person_id)


def hold_all(person_ids: Iterable[int]) -> None:
    """Let nobody else write about these people's programmes for the rest of the transaction."""
    for person_id in sorted(person_ids):
        for programme_id in sorted(catalog().programmes):
            hold(_key(person_id, programme_id))


def settle(person_id: int) -> None:
    """Complete whatever a person has done all of: facts came from elsewhere, or a file changed."""
    with transaction():
        _settle(person_id, catalog().programmes.values())


def run_settle(_payload: Any) -> None:
    """Every night: files may have changed and seminars been entered late; whoever takes part is looked at again."""
    after, there = (0, ""), catalog().programmes
    while rows := queries.participants(after, BATCH):
        after = rows[-1]
        for programme_id in {programme_id for _person, programme_id in rows if programme_id in there}:
            _settle_many([person_id for person_id, wanted in rows if wanted == programme_id], there[programme_id])


def run_missing(_payload: Any) -> None:
    """Issue the certificates that could not be issued when they were due."""
    for row in queries.without_certificate():
        programme = catalog().programmes.get(row.programme_id)
        if programme is not None and programme.certificate is not None:
            with transaction():
                _issue(row, programme.certificate)


def _key(person_id: int, programme_id: str) -> str:
    return f"programme:{person_id}:{programme_id}"


def _settle_many(person_ids: list[int], programme: Programme) -> None:
    """Those who may be due, found without a lock, are looked at again under it."""
    found = queries.known(person_ids, [programme])
    for person_id in person_ids:
        if found.standing(person_id, programme).fulfilled:
            with transaction():
                _settle(person_id, [programme])


def _settle(person_id: int, programmes: Iterable[Programme]) -> None:
    for programme in programmes:
        if programme.published:
            hold(_key(person_id, programme.id))
            _complete_if_due(person_id, programme)


def _complete_if_due(person_id: int, programme: Programme) -> bool:
    db.session.flush()
    found = queries.known([person_id], [programme])
    facts, last, today = found.facts.get(person_id, ()), found.last.get((person_id, programme.id)), clock.today()
    if not rules.is_due(programme, facts, last, today):
        return False
    row = _written(person_id, programme, rules.achieved(programme, facts, last, today), last.round + 1 if last else 1)
    if programme.certificate is not None:
        _issue(row, programme.certificate)
    return True


def _written(person_id: int, programme: Programme, achieved: tuple[tuple[Item, Fact], ...], number: int) -> Completion:
    there = catalog()
    items = [
        {"kind": item.kind, "code": item.code, "on": fact.on.isoformat(), "hours": f"{fact.hours:f}",
         "title": there.modules[item.code].title if item.kind == "module" and item.code in there.modules else fact.title or item.code}
        for item, fact in achieved
    ]
    on = max(fact.on for _item, fact in achieved)
    row = Completion(
        person_id=person_id, programme_id=programme.id, round=number, revision=programme.revision, title=programme.title, items=items,
        hours=sum((fact.hours for _item, fact in achieved), Decimal(0)), completed_on=on,
        valid_until=valid_until(on, programme.expires_months), made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("programme.completed", f"programme_completion:{row.id}", about=person_id,
                 detail={"programme": programme.id, "round": number})
    publish(ProgrammeCompleted(row.id, person_id, programme.id, number, row.hours, on, row.valid_until))
    return row


def _issue(row: Completion, design: str) -> None:
    parts = tuple(certificates.Part(one["title"], date.fromisoformat(one["on"]), Decimal(one["hours"])) for one in row.items)
    certificates.issue_award(certificates.Award(
        row.id, row.person_id, row.programme_id, row.title, row.revision, design, row.hours, row.completed_on, row.valid_until, parts))
