"""What a person does with her claims: keep one, send it, take it back. Each verb is one transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import select

from lms.base import audit, clock, throttle
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.claims import crediting, evidence, proofs, queries, rules
from lms.claims.models import Claim
from lms.claims.rules import Told
from lms.notifications.service import To, notify_many

UPLOADS_A_DAY = 60
MOST_OPEN = 100


def save(person_id: int, told: Told, *, slip: str, claim_id: int | None = None, file: bytes | None = None) -> int:
    """Keep what is said so far, complete or not; gives the claim's number. What waited for an officer is a draft again.

    `slip` marks the form of a new claim: sent twice, it is one. Raises NotFound or Refused "claim-decided", "evidence-…", "training-…",
    "claims-too-many" or "too-many-tries".
    """
    fault = rules.fault_of_days(told.from_on, told.until_on, clock.today())
    if fault:
        raise Refused(fault)
    found = None
    if file is not None:
        throttle.count_try("claim-upload", str(person_id), most=UPLOADS_A_DAY, window=timedelta(days=1))
        found = evidence.read(file)
    proof = proofs.of(found) if found else proofs.NONE
    with transaction():
        row = _to_change(claim_id, person_id) if claim_id is not None else _new(person_id, slip)
        for name, value in asdict(told).items():
            setattr(row, name, value)
        row.number_key, row.organiser_key = rules.plain(told.number), rules.plain(told.organiser)
        if found is not None:
            row.evidence_id = evidence.keep(found, by=person_id, proof=proof.kind, issuer=proof.issuer).id
        if row.state in rules.WAITING:
            row.state, row.checked_by, row.checked_at = "draft", None, None
            audit.record("claim.taken_back", f"claim:{row.id}", about=person_id, detail={"name": row.title})
        row.version += 1
        db.session.flush()
        return row.id


def lacking(claim_id: int, person_id: int) -> Sequence[str]:
    """Keys of `rules.MISSING` that keep a claim from being sent. Raises NotFound. Two queries."""
    return _lacking(queries.own(claim_id, person_id))


def send(claim_id: int, person_id: int) -> None:
    """Hand a claim in, to the officer of the unit.

    Raises NotFound or Refused "claim-decided", "claim-incomplete", "claim-twice" (one's own other claim is like it) or "claim-of-another"
    (somebody else handed in this very file).
    """
    with transaction():
        row = _to_change(claim_id, person_id)
        if not rules.may("send", row.state):
            raise Refused("claim-sent")
        shown = queries.own(claim_id, person_id)
        if _lacking(shown):
            raise Refused("claim-incomplete")
        for key in sorted({f"claim-file:{shown.sent_sha256}", f"claim-file:{shown.kept_sha256}", f"claim-number:{row.number_key}"}):
            hold(key)
        _must_be_hers(queries.likenesses(shown))
        row.state, row.sent_at, row.version, row.answer = "submitted", clock.now(), row.version + 1, ""
        row.decided_by = row.decided_at = row.checked_by = row.checked_at = None
        audit.record("claim.sent", f"claim:{row.id}", about=person_id, detail={"name": row.title, "number": row.number})
        _tell_checkers(shown.unit_path, person_id)


def withdraw(claim_id: int, person_id: int) -> None:
    """Take a claim back for good; a draft goes with its evidence. Raises NotFound or Refused "claim-decided"."""
    with transaction():
        row = _to_change(claim_id, person_id)
        if row.sent_at is None:
            db.session.delete(row)
            return
        row.state, row.version = "withdrawn", row.version + 1
        audit.record("claim.withdrawn", f"claim:{row.id}", about=person_id, detail={"name": row.title})


def _new(person_id: int, slip: str) -> Claim:
    hold(f"claims:{person_id}")
    there = db.session.scalar(select(Claim.id).where(Claim.person_id == person_id, Claim.slip == slip))
    if there is not None:
        return _to_change(there, person_id)
    drafts = select(Claim.id).where(Claim.person_id == person_id, Claim.state.in_(rules.OPEN)).limit(MOST_OPEN)
    if len(db.session.scalars(drafts).all()) >= MOST_OPEN:
        raise Refused("claims-too-many", most=MOST_OPEN)
    row = Claim(person_id=person_id, slip=slip, state="draft", version=0, made_at=clock.now())
    db.session.add(row)
    return row


def _to_change(claim_id: int, person_id: int) -> Claim:
    hold(f"claim:{claim_id}")
    row = db.session.get(Claim, claim_id, populate_existing=True)
    if row is None or row.person_id != person_id:
        raise NotFound
    if not rules.may("change", row.state):
        raise Refused("claim-decided")
    return row


def _lacking(row: object) -> tuple[str, ...]:
    told = Told(**{name: getattr(row, name) for name in Told.__dataclass_fields__})
    per = crediting.unit_of(told.form, told.until_on) if told.form else None
    return rules.missing(told, has_evidence=getattr(row, "evidence_id", None) is not None, per=per)


def _must_be_hers(found: Sequence[queries.Likeness]) -> None:
    if any(one.same_file and not one.own for one in found):
        raise Refused("claim-of-another")
    if any(one.own for one in found):
        raise Refused("claim-twice")


def _tell_checkers(unit_path: str, person_id: int) -> None:
    """Officers are told once a day that something waits."""
    day = clock.today().isoformat()
    notify_many("claim.waiting", [To(officer, {}, key=day) for officer in queries.checkers(unit_path) if officer != person_id])
