"""Pages about studying: my applications and the catalogue, one application, its semesters."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.base import clock, readings
from lms.base.errors import NotFound, Refused
from lms.partners import papers, rules, semesters, studies, study_queries, studying
from lms.partners.forms import UPLOADS, differing
from lms.partners.study_forms import ANOTHER, DecisionForm, EndForm, OpinionForm, PaperForm, SemesterForm, StudyForm
from lms.web.access import SIGNED_IN, allow
from lms.web.asked import row_id
from lms.web.errors import refuse_to, sentence
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("studies", __name__, template_folder="templates", url_prefix="/studies")
Page = str | tuple[str, int] | Response
STUDY = "/<int(max=2147483647):study_id>"
SEMESTER = f"{STUDY}/semesters/<int(max=2147483647):semester_id>"


@bp.get("/")
@allow(SIGNED_IN)
def mine() -> str:
    """The reader's applications, and the programmes one may choose."""
    text, level = request.args.get("q", "").strip()[:100], request.args.get("level", "")
    level = level if level in rules.LEVELS else ""
    return render("partners/studies.html", rows=study_queries.of_person(current_user.id), text=text, level=level, rules=rules,
                  programmes=study_queries.programmes(text, level), studying=studying)


@bp.get("/new")
@allow(SIGNED_IN)
def new_form() -> str:
    """The form for an application, with the programme that the address names."""
    chosen = row_id(request.args, "programme") or ANOTHER
    return _form_page(None, StudyForm(formdata=None, data={"programme_id": chosen, "funding": "agency"}))


@bp.post("/new")
@allow(SIGNED_IN)
def new() -> Page:
    """Write a draft."""
    form = _ready(StudyForm())
    if not form.validate():
        return _form_page(None, form), 422
    try:
        made = studies.write(current_user.id, form.values())
    except Refused as refused:
        return _form_page(None, form, refusal=sentence(refused)), 409
    flash(_("The draft is saved. Add your documents, then submit it."), "ok")
    return _to(made)


@bp.get(f"{STUDY}/change")
@allow(SIGNED_IN)
def change_form(study_id: int) -> Page:
    """The form of one's own application."""
    row = _own(study_id)
    if not studying.allowed("change", row.state, frozenset({"own"})):
        return refuse_to(url_for("studies.study", study_id=study_id), Refused("study-step"))
    data = {**row._mapping, "programme_id": row.programme_id or ANOTHER, "seen": studies.fingerprint(row)}
    return _form_page(row, StudyForm(formdata=None, data=data))


@bp.post(f"{STUDY}/change")
@allow(SIGNED_IN)
def change(study_id: int) -> Page:
    """Write what was changed of one's own application."""
    row, form = _own(study_id), _ready(StudyForm())
    if not form.validate():
        return _form_page(row, form), 422
    try:
        studies.change(study_id, current_user.id, form.values(), seen=form.seen.data or None)
    except Refused as refused:
        row = _own(study_id)
        form.seen.data = studies.fingerprint(row)
        return _form_page(row, form, refusal=sentence(refused), both=refused.code == "changed-meanwhile"), 409
    flash(_("The changes are saved."), "ok")
    return _to(study_id)


def _ready(form: StudyForm) -> StudyForm:
    form.offer_programmes(study_queries.programmes())
    return form


def _form_page(row: Any, form: StudyForm, *, refusal: str | None = None, both: bool = False) -> str:
    stored = _ready(StudyForm(formdata=None, data={**row._mapping, "programme_id": row.programme_id or ANOTHER})) if both else None
    return render("partners/study_form.html", study=row, form=_ready(form), refusal=refusal, differing=differing(form, stored))


@bp.get(f"{STUDY}/")
@allow(SIGNED_IN)
def study(study_id: int) -> str:
    """One application with its documents and semesters: for the applicant, her supervisors and the training office."""
    return page_of(study_id)


def page_of(study_id: int, *, refusal: str | None = None, **forms: Any) -> str:
    """The page of an application; a form that was refused is shown as it was filled in."""
    row, parts = met(study_id)
    if "own" not in parts:
        readings.note("study", about=row.person_id)
    shown = {"paper": PaperForm(formdata=None), "opinion": OpinionForm(formdata=None), "decision": DecisionForm(formdata=None),
             "end": EndForm(formdata=None), **forms}
    for name in ("paper", "opinion", "end"):
        shown[name].offer()
    held = study_queries.semesters_of(study_id)
    return render("partners/study.html", study=row, parts=parts, steps=studying.offered(row.state, parts), refusal=refusal, forms=shown,
                  papers=study_queries.papers_of(study_id), semesters=held, marks={one.id: semesters.fingerprint(one) for one in held},
                  rules=rules, studying=studying, day=clock.today())


def met(study_id: int) -> tuple[Any, frozenset[studying.Who]]:
    """An application, and in which parts the reader meets it. Raises NotFound if she may not know of it."""
    row = study_queries.one(study_id)
    parts = studies.parts_in(row, by=current_user.id, grants=current_user.grants)
    if not parts:
        raise NotFound
    return row, parts


@bp.post(f"{STUDY}/papers")
@allow(SIGNED_IN)
@limited(UPLOADS)
def send_paper(study_id: int) -> Page:
    """Add a document."""
    _own(study_id)
    form = PaperForm()
    form.offer()
    if not form.validate():
        return page_of(study_id, paper=form), 422
    try:
        with papers.taken(form.file.data) as kept:
            added = studies.send_paper(study_id, current_user.id, form.kind.data, kept)
    except Refused as refused:
        return page_of(study_id, refusal=sentence(refused), paper=form), 409
    flash(_("The document is added.") if added else _("This very file is there already."), "ok")
    return _to(study_id, "papers")


@bp.get(f"{STUDY}/papers/<int(max=2147483647):study_paper_id>")
@allow(SIGNED_IN)
def paper(study_id: int, study_paper_id: int) -> Response:
    """A document of an application or the transcript of a semester, as a download."""
    row, parts = met(study_id)
    found = study_queries.paper(study_id, study_paper_id)
    if "own" not in parts:
        readings.note("study-paper", about=row.person_id)
    return papers.handed_out(found, f"dokumen-{study_id}-{study_paper_id}")


@bp.post(f"{STUDY}/papers/<int(max=2147483647):study_paper_id>/remove")
@allow(SIGNED_IN)
def remove_paper(study_id: int, study_paper_id: int) -> Response:
    """Take a document away."""
    return _do(study_id, lambda: studies.remove_paper(study_id, current_user.id, study_paper_id), _("The document is taken away."))


@bp.post(f"{STUDY}/submit")
@allow(SIGNED_IN)
def submit(study_id: int) -> Response:
    """Hand the application in."""
    return _do(study_id, lambda: studies.submit(study_id, current_user.id),
               _("Submitted. Your supervisor gives an opinion first, then BKPSDM decides."))


@bp.post(f"{STUDY}/withdraw")
@allow(SIGNED_IN)
def withdraw(study_id: int) -> Response:
    """Take the application back."""
    return _do(study_id, lambda: studies.withdraw(study_id, current_user.id), _("The application is withdrawn."))


@bp.post(f"{STUDY}/begin")
@allow(SIGNED_IN)
def begin(study_id: int) -> Response:
    """Say that the study has begun."""
    met(study_id)
    day = _day(request.form.get("day", ""))
    if day is None:
        return refuse_to(url_for("studies.study", study_id=study_id), Refused("date-unknown"))
    return _do(study_id, lambda: studies.begin(study_id, day, by=current_user.id, grants=current_user.grants),
               _("Recorded. Report each semester here once it is over."))


@bp.get(f"{STUDY}/semesters/new")
@allow(SIGNED_IN)
def report_form(study_id: int) -> Page:
    """The form to report a semester."""
    row = _own(study_id)
    if not studying.allowed("report", row.state, frozenset({"own"})):
        return refuse_to(url_for("studies.study", study_id=study_id), Refused("study-step"))
    return _semester_page(row, None, SemesterForm(formdata=None, number=study_queries.next_number(study_id)))


@bp.post(f"{STUDY}/semesters/new")
@allow(SIGNED_IN)
@limited(UPLOADS)
def report(study_id: int) -> Page:
    """Report a semester."""
    row, form = _own(study_id), SemesterForm()
    if not form.validate():
        return _semester_page(row, None, form), 422
    try:
        with papers.taken(form.file.data) as kept:
            semesters.report(study_id, current_user.id, form.values(), kept)
    except Refused as refused:
        return _semester_page(row, None, form, refusal=sentence(refused)), 409
    flash(_("The semester is reported. It counts once BKPSDM has confirmed it."), "ok")
    return _to(study_id, "semesters")


@bp.get(f"{SEMESTER}/")
@allow(SIGNED_IN)
def semester_form(study_id: int, semester_id: int) -> Page:
    """The form of a report that is not confirmed."""
    row, held = _own(study_id), study_queries.semester(study_id, semester_id)
    if held.state == "confirmed":
        return refuse_to(url_for("studies.study", study_id=study_id), Refused("semester-step"))
    return _semester_page(row, held, SemesterForm(formdata=None, data={**held._mapping, "seen": semesters.fingerprint(held)}))


@bp.post(f"{SEMESTER}/")
@allow(SIGNED_IN)
@limited(UPLOADS)
def change_semester(study_id: int, semester_id: int) -> Page:
    """Mend a report."""
    row, held, form = _own(study_id), study_queries.semester(study_id, semester_id), SemesterForm()
    if not form.validate():
        return _semester_page(row, held, form), 422
    try:
        with papers.taken(form.file.data) as kept:
            semesters.change(study_id, semester_id, current_user.id, form.values(), kept, seen=form.seen.data or None)
    except Refused as refused:
        held = study_queries.semester(study_id, semester_id)
        form.seen.data = semesters.fingerprint(held)
        return _semester_page(row, held, form, refusal=sentence(refused), both=refused.code == "changed-meanwhile"), 409
    flash(_("The semester is reported. It counts once BKPSDM has confirmed it."), "ok")
    return _to(study_id, "semesters")


def _semester_page(row: Any, held: Any, form: SemesterForm, *, refusal: str | None = None, both: bool = False) -> str:
    stored = SemesterForm(formdata=None, data=dict(held._mapping)) if both else None
    return render("partners/semester_form.html", study=row, semester=held, form=form, refusal=refusal, differing=differing(form, stored))


def _own(study_id: int) -> Any:
    row, parts = met(study_id)
    if "own" not in parts:
        raise NotFound
    return row


def _do(study_id: int, act: Any, said: str) -> Response:
    try:
        act()
    except Refused as refused:
        return refuse_to(url_for("studies.study", study_id=study_id), refused)
    flash(said, "ok")
    return _to(study_id)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _to(study_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("studies.study", study_id=study_id, _anchor=anchor), 303)
