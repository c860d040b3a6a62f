"""Verbs about partners and what belongs to them; each is one transaction and is recorded."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lms.base import audit, clock
from lms.base.db import db, hold, transaction
from lms.base.errors import NotFound, Refused
from lms.partners import papers, queries, rules
from lms.partners.models import Agreement, Contact, Expert, Offer, Partner, Programme
from lms.partners.papers import Stored
from lms.partners.rules import PartName

Part = Agreement | Contact | Expert | Offer | Programme
Values = Mapping[str, Any]
TABLES: Mapping[PartName, type[Part]] = {
    "agreements": Agreement, "contacts": Contact, "experts": Expert, "offers": Offer, "programmes": Programme,
}
EDITED: Mapping[str, tuple[str, ...]] = {  # what a form changes
    "partner": ("name", "kind", "address", "website", "note"),
    "agreements": ("kind", "number", "subject", "from_on", "until_on"),
    "contacts": ("name", "role", "email", "phone"),
    "experts": ("name", "field", "competencies", "email", "phone"),
    "offers": ("kind", "title", "form", "jp", "cost", "language", "remarks"),
    "programmes": ("level", "title", "faculty", "competencies", "semesters", "mode", "cost", "funding"),
}
OUTSIDERS = frozenset({"contacts", "experts"})  # who they are stays out of the audit log, which is never deleted


def fingerprint(what: str, row: Any) -> str:
    """What tells whether the columns that a form edits have changed since it was shown; `what` is "partner" or the name of a part."""
    return rules.fingerprint(getattr(row, column) for column in EDITED[what])


def add_partner(values: Values) -> int:
    """A new partner; gives its id. Raises Refused "partner-there"."""
    with transaction():
        hold("partners")
        _must_be_new(values["name"])
        row = Partner(made_at=clock.now(), **values)
        db.session.add(row)
        db.session.flush()
        audit.record("partner.added", f"partner:{row.id}", detail={"name": row.name})
        return row.id


def change_partner(partner_id: int, values: Values, *, seen: str | None) -> bool:
    """Write what a form holds; whether anything differed. Raises NotFound, Refused "changed-meanwhile" or "partner-there"."""
    with transaction():
        hold("partners")
        row = _partner(partner_id)
        _must_be_as_seen("partner", row, seen)
        if values["name"] != row.name:
            _must_be_new(values["name"])
        differing = _write(row, values)
        if differing:
            audit.record("partner.changed", f"partner:{partner_id}", detail=differing)
        return bool(differing)


def end_partner(partner_id: int, *, ended: bool) -> None:
    """Mark that the work with a partner is over, or goes on again. What is so already stays. Raises NotFound."""
    with transaction():
        hold("partners")
        row = _partner(partner_id)
        if (row.ended_on is not None) == ended:
            return
        row.ended_on = clock.today() if ended else None
        audit.record("partner.ended" if ended else "partner.resumed", f"partner:{partner_id}", detail={"name": row.name})


def add_part(partner_id: int, part: PartName, values: Values, *, paper: Stored | None = None) -> int:
    """Something new that belongs to a partner; gives its id. Raises NotFound, Refused "partner-over", or see `_check`."""
    with transaction():
        hold(f"partner:{partner_id}")
        owner = _partner(partner_id)
        if owner.ended_on is not None:
            raise Refused("partner-over", name=owner.name)
        _check(partner_id, part, values)
        row: Any = TABLES[part](partner_id=partner_id, **values)
        db.session.add(row)
        db.session.flush()
        if paper is not None and part == "agreements":
            papers.add(paper, "agreement", agreement_id=row.id)
        audit.record("partner.part-added", f"{part}:{row.id}", detail=_said(partner_id, part, row))
        return int(row.id)


def change_part(partner_id: int, part: PartName, part_id: int, values: Values, *, seen: str | None, paper: Stored | None = None) -> bool:
    """Write what a form holds; whether anything differed. Raises NotFound, Refused "changed-meanwhile", or see `_check`."""
    with transaction():
        hold(f"partner:{partner_id}")
        row = _part(partner_id, part, part_id)
        _must_be_as_seen(part, row, seen)
        _check(partner_id, part, values, but=part_id)
        differing = _write(row, values)
        if paper is not None and part == "agreements":
            papers.add(paper, "agreement", agreement_id=part_id)
            differing["file"] = paper.sha256[:12]
        if differing:
            changes = {"fields": sorted(differing)} if part in OUTSIDERS else differing
            audit.record("partner.part-changed", f"{part}:{part_id}", detail={**_said(partner_id, part, row), **changes})
        return bool(differing)


def end_part(partner_id: int, part: PartName, part_id: int, *, ended: bool) -> None:
    """End something that belongs to a partner from today on, or let it hold again. What is so already stays. Raises NotFound."""
    with transaction():
        hold(f"partner:{partner_id}")
        row = _part(partner_id, part, part_id)
        if (row.ended_on is not None) == ended:
            return
        row.ended_on = clock.today() if ended else None
        audit.record("partner.part-ended" if ended else "partner.part-resumed", f"{part}:{part_id}", detail=_said(partner_id, part, row))


def must_be_agreed(partner_id: int, day: date) -> None:
    """Refuse a day on which no agreement with a partner holds. Raises NotFound, Refused "agreement-none", "agreement-expired" or
    "agreement-coming"; an expired one is named by its last day."""
    row = queries.partner(partner_id)
    held = queries.agreements_of(partner_id, day)
    match rules.why_uncovered(state for _row, state in held):
        case "none":
            raise Refused("agreement-none", name=row.name, day=day)
        case "expired":
            last = max(one.ended_on or one.until_on for one, state in held if state in {"expired", "ended"})
            raise Refused("agreement-expired", name=row.name, day=day, until=last)
        case "coming":
            raise Refused("agreement-coming", name=row.name, day=day, begins=min(one.from_on for one, _state in held))


def _check(partner_id: int, part: PartName, values: Values, *, but: int | None = None) -> None:
    """Raises Refused "agreement-period" or "agreement-there"."""
    if part != "agreements":
        return
    if values["until_on"] < values["from_on"]:
        raise Refused("agreement-period")
    same = select(Agreement.id).where(Agreement.partner_id == partner_id, Agreement.number == values["number"], Agreement.id != (but or 0))
    if db.session.scalar(same) is not None:
        raise Refused("agreement-there", number=values["number"])


def _must_be_new(name: str) -> None:
    if db.session.scalar(select(Partner.id).where(Partner.name == name)) is not None:
        raise Refused("partner-there", name=name)


def _must_be_as_seen(what: str, row: Any, seen: str | None) -> None:
    if seen is not None and seen != fingerprint(what, row):
        raise Refused("changed-meanwhile")


def _write(row: Any, values: Values) -> dict[str, Any]:
    """Write what differs; gives it as [before, after] by column."""
    differing = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    for name, (_before, after) in differing.items():
        setattr(row, name, after)
    return {name: [_plain(one) for one in pair] for name, pair in differing.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _said(partner_id: int, part: PartName, row: Any) -> dict[str, Any]:
    named = {} if part in OUTSIDERS else {"name": row.number if part == "agreements" else row.title}
    return {"partner": partner_id, "kind": part, **named}


def _partner(partner_id: int) -> Partner:
    row = db.session.get(Partner, partner_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _part(partner_id: int, part: PartName, part_id: int) -> Any:
    row: Any = db.session.get(TABLES[part], part_id, populate_existing=True)
    if row is None or row.partner_id != partner_id:
        raise NotFound
    return row
