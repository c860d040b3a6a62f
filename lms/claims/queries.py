"""Reads of claims and trainings; each says how many queries it makes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound
from lms.base.readings import Reading
from lms.claims.models import Claim, Evidence, Participant, Training, TrainingList
from lms.claims.rules import EARLIEST, LIVING, SEEN
from lms.hours import ledger as books
from lms.hours import queries as ledger
from lms.people import grants
from lms.people.models import Grant, Person, Unit
from lms.people.queries import within
from lms.people.roles import ROLES, WHOLE

PAGE = 50
BATCH = 100
Checker, Decider, Twin = aliased(Person), aliased(Person), aliased(Claim)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which claims an officer asks for, within the paths of the units that she may see."""

    paths: tuple[str, ...] = (WHOLE,)
    state: str = "submitted"
    text: str = ""
    form: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is like a claim: `same_file` or the same number of the same organiser, of herself or of somebody else."""

    id: int
    state: str
    person_id: int
    person: str
    unit_path: str
    same_file: bool
    own: bool


def of_person(person_id: int) -> Sequence[Any]:
    """A person's claims, the newest first. One query."""
    return db.session.execute(_claims().where(Claim.person_id == person_id).order_by(Claim.made_at.desc(), Claim.id.desc())).all()


def credited(person_id: int) -> dict[str, Any]:
    """JP that count by now of each of a person's claims, by the claim's number as text. Two queries."""
    held = books.items(person_id, EARLIEST, clock.today())
    return {item.key: item.credited for item in held if item.kind == "claim" and not item.taken_back}


def own(claim_id: int, person_id: int) -> Any:
    """One of a person's own claims, with its evidence. Raises NotFound. One query."""
    row = db.session.execute(_claims().where(Claim.id == claim_id, Claim.person_id == person_id)).first()
    if row is None:
        raise NotFound
    return row


def seen(claim_id: int, paths: Collection[str]) -> Any:
    """A claim that an officer of these paths may see. Raises NotFound, also for a draft. One query."""
    row = db.session.execute(_claims().where(Claim.id == claim_id, Claim.state.in_(SEEN), within(paths))).first()
    if row is None:
        raise NotFound
    return row


def find(wish: Wish) -> tuple[int, Sequence[Any]]:
    """How many claims an officer asks for, and a page of them, those that wait longest first. Two queries."""
    wanted = _claims().where(*_conditions(wish))
    count = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    rows = db.session.execute(wanted.order_by(Claim.sent_at, Claim.id).limit(PAGE).offset((wish.page - 1) * PAGE)).all()
    return count, rows


def waiting(paths: Collection[str]) -> dict[str, int]:
    """How many claims wait in each state within these paths. One query."""
    rows = db.session.execute(
        select(Claim.state, func.count()).join(Person, Person.id == Claim.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(Claim.state.in_(("submitted", "checked")), within(paths)).group_by(Claim.state))
    return {row[0]: row[1] for row in rows}


def batch(paths: Collection[str], not_of: int) -> Sequence[Any]:
    """The checked claims that may be accepted together: none is the officer's own, none like another, forms without a rate
    are left out by the service. One query."""
    query = _claims().where(Claim.state == "checked", within(paths), Claim.person_id != not_of, ~_like_another())
    return db.session.execute(query.order_by(Claim.sent_at, Claim.id).limit(BATCH)).all()


def likenesses(row: Any) -> list[Likeness]:
    """Claims and trainings' evidence that are like a claim: the same file, or the same number of the same organiser. One query."""
    mine = aliased(Evidence)
    files = [row.sent_sha256, row.kept_sha256] if row.evidence_id is not None else []
    same_file = or_(mine.sent_sha256.in_(files), mine.kept_sha256.in_(files))
    same_number = and_(Twin.number_key != "", Twin.number_key == row.number_key, Twin.organiser_key == row.organiser_key)
    found = db.session.execute(
        select(Twin.id, Twin.state, Twin.person_id, Person.name.label("person"), Unit.path.label("unit_path"),
               func.coalesce(same_file, False).label("same_file"))
        .join(Person, Person.id == Twin.person_id).join(Unit, Unit.id == Person.unit_id).outerjoin(mine, mine.id == Twin.evidence_id)
        .where(Twin.id != row.id, Twin.state.in_(LIVING), or_(same_file, same_number)).order_by(Twin.id))
    return [Likeness(one.id, one.state, one.person_id, one.person, one.unit_path, bool(one.same_file), one.person_id == row.person_id)
            for one in found]


def beside(row: Any) -> list[Any]:
    """What the ledger holds of a person in the days of a claim, the claim itself left out. One query."""
    if row.from_on is None or row.until_on is None:
        return []
    return [source for source in ledger.standing(row.person_id)
            if source.from_on <= row.until_on and source.until_on >= row.from_on and (source.kind, source.key) != ("claim", str(row.id))]


def looked_at(reader_id: int, claim_ids: Collection[int]) -> frozenset[int]:
    """Which of these claims a reader has opened. One query."""
    scopes = {f"claim:{number}": number for number in claim_ids}
    found = db.session.scalars(select(Reading.scope).where(
        Reading.reader_id == reader_id, Reading.what == "claim", Reading.scope.in_(scopes)))
    return frozenset(scopes[scope] for scope in found)


def checkers(unit_path: str) -> Sequence[int]:
    """Ids of the active people who check claims of a unit. One query."""
    roles = [name for name, role in ROLES.items() if "training.check" in role.permissions]
    above = [int(part) for part in unit_path.strip("/").split("/") if part]
    return db.session.scalars(
        select(Person.id).distinct().join(Grant, Grant.person_id == Person.id)
        .where(grants.live(clock.today()), Grant.role.in_(roles), or_(Grant.unit_id.is_(None), Grant.unit_id.in_(above)),
               Person.active.is_(True)).order_by(Person.id)).all()


def trainings(made_by: int | None, page: int) -> tuple[int, Sequence[Any]]:
    """How many trainings there are and a page of them, the latest first; those that one officer entered, or all. Two queries."""
    taken = select(func.count()).where(Participant.training_id == Training.id, Participant.removed_at.is_(None)).scalar_subquery()
    wanted = select(Training.id, Training.title, Training.organiser, Training.form, Training.from_on, Training.until_on, Training.jp,
                    taken.label("people"), Person.name.label("maker")).outerjoin(Person, Person.id == Training.made_by)
    if made_by is not None:
        wanted = wanted.where(Training.made_by == made_by)
    count = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    return count, db.session.execute(
        wanted.order_by(Training.from_on.desc(), Training.id.desc()).limit(PAGE).offset((page - 1) * PAGE)).all()


def training(training_id: int, made_by: int | None) -> Training:
    """A training, of those that one officer entered or of all. Raises NotFound. One query."""
    row = db.session.get(Training, training_id)
    if row is None or (made_by is not None and row.made_by != made_by):
        raise NotFound
    return row


def participants(training_id: int) -> Sequence[Any]:
    """Who took part in a training, by name. One query."""
    return db.session.execute(
        select(Participant.id, Participant.person_id, Participant.mark, Participant.number, Person.name, Person.nip,
               Unit.name.label("unit"))
        .join(Person, Person.id == Participant.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(Participant.training_id == training_id, Participant.removed_at.is_(None)).order_by(Person.name, Person.id)).all()


def people_by_nip(nips: Collection[str], paths: Collection[str]) -> dict[str, Any]:
    """Rows (id, name, unit, active, within) by NIP, of all people; `within` says whether they are of these paths. One query for
    each thousand."""
    inside, found, wanted = within(paths), dict[str, Any](), sorted(set(nips))
    for start in range(0, len(wanted), 1000):
        rows = db.session.execute(
            select(Person.nip, Person.id, Person.name, Person.active, Unit.name.label("unit"), inside.label("within"))
            .join(Unit, Unit.id == Person.unit_id).where(Person.nip.in_(wanted[start:start + 1000]), Person.merged_into.is_(None)))
        found |= {row.nip: row for row in rows}
    return found


def same_trainings(first: date, last: date) -> Sequence[Training]:
    """Trainings that begin in a period. One query."""
    return db.session.scalars(select(Training).where(Training.from_on.between(first, last)).order_by(Training.id)).all()


def taking_part(training_ids: Collection[int]) -> set[tuple[int, int]]:
    """(training, person) of all who take part in these trainings. One query."""
    rows = db.session.execute(select(Participant.training_id, Participant.person_id).where(
        Participant.training_id.in_(training_ids), Participant.removed_at.is_(None)))
    return {(row.training_id, row.person_id) for row in rows}


def list_of(token: str, person_id: int) -> Any:
    """A list that a person has sent and that waits. Raises NotFound. One query."""
    row = db.session.execute(select(*TrainingList.__table__.c).where(
        TrainingList.token == token, TrainingList.person_id == person_id)).first()
    if row is None:
        raise NotFound
    return row


def _claims() -> Any:
    return (
        select(*Claim.__table__.columns, Person.name.label("person"), Person.nip, Person.employment, Unit.name.label("unit"),
               Unit.path.label("unit_path"), Evidence.kind.label("evidence"), Evidence.size.label("evidence_size"), Evidence.sent_sha256,
               Evidence.kept_sha256, Evidence.proof, Evidence.issuer, Checker.name.label("checker"), Decider.name.label("decider"))
        .join(Person, Person.id == Claim.person_id).join(Unit, Unit.id == Person.unit_id)
        .outerjoin(Evidence, Evidence.id == Claim.evidence_id)
        .outerjoin(Checker, Checker.id == Claim.checked_by).outerjoin(Decider, Decider.id == Claim.decided_by))


def _conditions(wish: Wish) -> list[ColumnElement[bool]]:
    found = [within(wish.paths), Claim.state == wish.state if wish.state else Claim.state.in_(SEEN)]
    if wish.form:
        found.append(Claim.form == wish.form)
    for word in wish.text.casefold().split()[:4]:
        found.append(or_(func.lower(Claim.title).contains(word, autoescape=True), Person.sought.contains(word, autoescape=True),
                         Person.nip.contains(word, autoescape=True)))
    return found


def _like_another() -> ColumnElement[bool]:
    """Whether another living claim has the same number of the same organiser."""
    return select(Twin.id).where(
        Twin.id != Claim.id, Twin.state.in_(LIVING), Claim.number_key != "", Twin.number_key == Claim.number_key,
        Twin.organiser_key == Claim.organiser_key).exists()
