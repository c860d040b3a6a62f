"""Pages about partners: the list and its search, one partner with all that belongs to it, forms, and agreements with their files."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import clock, readings
from lms.base.errors import NotFound, Refused
from lms.hours.rules import FORMS
from lms.partners import papers, queries, rules, service
from lms.partners.forms import FORMS_OF, UPLOADS, PartnerForm, RecordForm, differing
from lms.partners.rules import PartName
from lms.web.access import allow
from lms.web.asked import page_number
from lms.web.errors import sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("partners", __name__, template_folder="templates", url_prefix="/partners")
Page = str | tuple[str, int] | Response
PARTNER = "/<int(max=2147483647):partner_id>"
PART = f"{PARTNER}/<any(agreements, contacts, experts, offers, programmes):partner_part>"
ONE = f"{PART}/<int(max=2147483647):part_id>"


@bp.get("/")
@allow("training.see")
def partners() -> str:
    """Partners, searched and filtered, with what they offer that fits."""
    given = request.args
    kind, state = given.get("kind", ""), given.get("state", "")
    wish = queries.Wish(given.get("q", "").strip()[:100], kind if kind in rules.KINDS else "",
                        state if state in {"agreed", "ending", "uncovered", "over"} else "", page_number(given))
    count, rows = queries.find(wish)
    return render("partners/partners.html", wish=wish, count=count, rows=rows, within=queries.found_within(wish.text), rules=rules,
                  pages=max(1, -(-count // queries.PAGE)), day=clock.today(), address=lambda number: _address(replace(wish, page=number)))


def _address(wish: queries.Wish) -> str:
    named: dict[str, Any] = {"q": wish.text, "kind": wish.kind, "state": wish.state, "page": wish.page}
    return url_for("partners.partners", **{name: value for name, value in named.items() if value and (name, value) != ("page", 1)})


@bp.get("/agreements/")
@allow("training.see")
def agreements() -> str:
    """All agreements, those that need care first."""
    state, page = request.args.get("state", ""), page_number(request.args)
    state = state if state in rules.STATES else ""
    count, rows = queries.agreements(state, page)
    return render("partners/agreements.html", rows=rows, count=count, state=state, page=page, rules=rules,
                  pages=max(1, -(-count // queries.PAGE)),
                  address=lambda number: url_for("partners.agreements", page=number, state=state or None))


@bp.get(f"{PARTNER}/")
@allow("training.see")
def partner(partner_id: int) -> str:
    """One partner with its agreements, experts, offers and programmes; contacts for the training office alone."""
    row = queries.partner(partner_id)
    staff = _sees_outsiders()
    if staff:
        readings.note("partner-contacts", scope=f"partner:{partner_id}")
    held = queries.agreements_of(partner_id)
    return render(
        "partners/partner.html", partner=row, staff=staff, agreements=held, rules=rules, forms=FORMS, day=clock.today(),
        uncovered=rules.why_uncovered(state for _row, state in held), contacts=queries.parts(partner_id, "contacts") if staff else (),
        experts=queries.parts(partner_id, "experts"), offers=queries.parts(partner_id, "offers"),
        programmes=queries.parts(partner_id, "programmes"))


def _sees_outsiders() -> bool:
    """Whether the reader works for the training office, of a unit or of the agency."""
    return bool(current_user.may("training.check") or current_user.may("training.manage"))


@bp.get("/new")
@allow("training.manage")
def new_form() -> str:
    """The form for a new partner."""
    return _partner_page(None, PartnerForm(formdata=None))


@bp.post("/new")
@allow("training.manage")
def new() -> Page:
    """Record a new partner."""
    form = _ready(PartnerForm())
    if not form.validate():
        return _partner_page(None, form), 422
    try:
        made = service.add_partner(form.values())
    except Refused as refused:
        return _partner_page(None, form, refusal=sentence(refused)), 409
    flash(_("The partner is recorded. Add agreements, contacts and offers here."), "ok")
    return _back(made)


@bp.get(f"{PARTNER}/change")
@allow("training.manage")
def change_form(partner_id: int) -> str:
    """The form of a partner, filled with what is stored."""
    row = queries.partner(partner_id)
    return _partner_page(row, PartnerForm(formdata=None, data={**row._mapping, "seen": service.fingerprint("partner", row)}))


@bp.post(f"{PARTNER}/change")
@allow("training.manage")
def change(partner_id: int) -> Page:
    """Write what was changed of a partner."""
    row, form = queries.partner(partner_id), _ready(PartnerForm())
    if not form.validate():
        return _partner_page(row, form), 422
    try:
        changed = service.change_partner(partner_id, form.values(), seen=form.seen.data or None)
    except Refused as refused:
        row = queries.partner(partner_id)
        form.seen.data = service.fingerprint("partner", row)  # whoever saves again has seen what is stored now
        return _partner_page(row, form, refusal=sentence(refused), both=refused.code == "changed-meanwhile"), 409
    _saved(changed)
    return _back(partner_id)


@bp.post(f"{PARTNER}/end")
@allow("training.manage")
def end(partner_id: int) -> Response:
    """Say that the work with a partner is over, or goes on."""
    ended = request.form.get("ended") == "yes"
    service.end_partner(partner_id, ended=ended)
    flash(_("Marked as over. What was agreed and done stays on record.") if ended
          else _("The partner is among the present ones again."), "ok")
    return _back(partner_id)


@bp.get(f"{PART}/new")
@allow("training.manage")
def add_form(partner_id: int, partner_part: PartName) -> str:
    """The form for something new of a partner."""
    return _part_page(queries.partner(partner_id), partner_part, None, FORMS_OF[partner_part](formdata=None))


@bp.post(f"{PART}/new")
@allow("training.manage")
@limited(UPLOADS)
def add(partner_id: int, partner_part: PartName) -> Page:
    """Record something new of a partner."""
    owner, form = queries.partner(partner_id), _ready(FORMS_OF[partner_part]())
    if not form.validate():
        return _part_page(owner, partner_part, None, form), 422
    try:
        with papers.taken(_sent(form), {papers.PDF}) as paper:
            service.add_part(partner_id, partner_part, form.values(), paper=paper)
    except Refused as refused:
        return _part_page(owner, partner_part, None, form, refusal=sentence(refused)), 409
    _saved(True)
    return _back(partner_id, partner_part)


@bp.get(f"{ONE}/")
@allow("training.manage")
def part_form(partner_id: int, partner_part: PartName, part_id: int) -> str:
    """The form of something of a partner, filled with what is stored."""
    owner, row = queries.partner(partner_id), queries.part(partner_id, partner_part, part_id)
    data = {**row._mapping, "seen": service.fingerprint(partner_part, row)}
    return _part_page(owner, partner_part, row, FORMS_OF[partner_part](formdata=None, data=data))


@bp.post(f"{ONE}/")
@allow("training.manage")
@limited(UPLOADS)
def change_part(partner_id: int, partner_part: PartName, part_id: int) -> Page:
    """Write what was changed of something of a partner."""
    owner, row = queries.partner(partner_id), queries.part(partner_id, partner_part, part_id)
    form = _ready(FORMS_OF[partner_part]())
    if not form.validate():
        return _part_page(owner, partner_part, row, form), 422
    try:
        with papers.taken(_sent(form), {papers.PDF}) as paper:
            changed = service.change_part(partner_id, partner_part, part_id, form.values(), seen=form.seen.data or None, paper=paper)
    except Refused as refused:
        row = queries.part(partner_id, partner_part, part_id)
        form.seen.data = service.fingerprint(partner_part, row)
        return _part_page(owner, partner_part, row, form, refusal=sentence(refused), both=refused.code == "changed-meanwhile"), 409
    _saved(changed)
    return _back(partner_id, partner_part)


@bp.post(f"{ONE}/end")
@allow("training.manage")
def end_part(partner_id: int, partner_part: PartName, part_id: int) -> Response:
    """End something of a partner, or let it hold again."""
    ended = request.form.get("ended") == "yes"
    service.end_part(partner_id, partner_part, part_id, ended=ended)
    flash(_("Ended. It stays on record and can be taken up again.") if ended else _("It holds again."), "ok")
    return _back(partner_id, partner_part)


@bp.get(f"{PARTNER}/agreements/<int(max=2147483647):part_id>/file")
@allow("training.see")
def agreement_file(partner_id: int, part_id: int) -> Response:
    """The signed file of an agreement."""
    queries.part(partner_id, "agreements", part_id)
    return papers.handed_out(queries.paper_of(part_id), f"perjanjian-{part_id}")


def _ready(form: RecordForm) -> RecordForm:
    form.offer()
    return form


def _sent(form: RecordForm) -> Any:
    return form["file"].data if "file" in form else None


def _partner_page(row: Any, form: RecordForm, *, refusal: str | None = None, both: bool = False) -> str:
    stored = PartnerForm(formdata=None, data=dict(row._mapping)) if both else None
    return render("partners/partner_form.html", partner=row, form=_ready(form), refusal=refusal, differing=differing(form, stored))


def _part_page(owner: Any, part: PartName, row: Any, form: RecordForm, *, refusal: str | None = None, both: bool = False) -> str:
    if row is None and owner.ended_on is not None and refusal is None:
        raise NotFound
    stored = FORMS_OF[part](formdata=None, data=dict(row._mapping)) if both else None
    return render("partners/part_form.html", partner=owner, part=part, row=row, form=_ready(form), refusal=refusal,
                  differing=differing(form, stored))


def _saved(changed: bool) -> None:
    flash(_("The changes are saved.") if changed else _("Nothing was different, so nothing was changed."), "ok")


def _back(partner_id: int, part: str | None = None) -> Response:
    return redirect(url_for("partners.partner", partner_id=partner_id, _anchor=part), 303)
