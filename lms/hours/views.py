"""Pages of learning hours: one's own, those of a unit and of a person, and transcripts with their verification by anyone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from lms.base import clock, readings, throttle
from lms.base.errors import NotFound, Refused
from lms.certificates import checking
from lms.certificates.rules import mask_nip
from lms.hours import forecast, rules, targets, transcripts, year
from lms.hours import unit as units
from lms.hours.forms import PeriodForm
from lms.hours.models import Transcript
from lms.learning.labels import WEAVES
from lms.people import queries as people
from lms.web import downloads
from lms.web.access import ANYONE, SIGNED_IN, allow
from lms.web.asked import page_number, row_id
from lms.web.errors import refuse_to
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("hours", __name__, template_folder="templates")
PERSON = "/hours/people/<int(max=2147483647):person_id>"
UNKNOWN_TRIES, WINDOW = 30, timedelta(minutes=15)


@bp.get("/hours/")
@allow(SIGNED_IN)
def mine() -> str:
    """My learning hours of a year: what counts, where it leads, what would close the gap, and every line."""
    found = year.of(current_user, row_id(request.args, "year"))
    missing = found.forecast.missing(found.standing.least) if found.forecast else rules.ZERO
    return render("hours/mine.html", page=found, missing=missing, forms=rules.FORMS, hows=forecast.HOWS, kain=WEAVES,
                  modules=year.closing(current_user.id, found.standing.missing) if found.forecast else (),
                  issued=transcripts.of_person(current_user.id), today_=clock.today().isoformat(),
                  year_address=lambda number: url_for("hours.mine", year=number))


@bp.post("/hours/transcripts")
@allow(SIGNED_IN)
@limited("30/15 minutes")
def transcript() -> AnyResponse:
    """A transcript of my learning hours."""
    return _issued_for(current_user.id, url_for("hours.mine"))


@bp.get("/hours/transcripts/<transcript>.pdf")
@allow(SIGNED_IN)
def transcript_pdf(transcript: str) -> AnyResponse:
    """The PDF of a transcript, for its owner and for whoever may see her learning hours."""
    row = transcripts.by_serial(transcript)
    if row is None:
        raise NotFound
    if row.person_id != current_user.id and not current_user.may("training.see", unit_path=people.person(row.person_id).unit_path):
        raise NotFound
    readings.note("transcript", about=row.person_id, scope=f"transcript:{row.id}")
    name = f"transkrip-jp-{row.first_on}-{row.last_on}.pdf"
    response = send_file(transcripts.pdf_of(row), mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.get("/hours/unit/")
@allow("training.see")
def unit() -> str:
    """JP of the people of a unit, with sums and distribution."""
    wish = _wish()
    readings.note("unit-hours", scope=" ".join(wish.within))
    summary = units.summary(wish)
    return render("hours/unit.html", wish=wish, summary=summary, members=units.page(wish), pages=max(1, -(-summary.people // units.PAGE)),
                  places=people.units(wish.within), years=units.years(clock.today()), states=forecast.STATES,
                  employments=targets.EMPLOYMENTS, address=lambda number: _address(replace(wish, page=number)), query=_query(wish))


@bp.post("/hours/unit/export")
@allow("training.see")
@limited("60/15 minutes")
def unit_export() -> Response:
    """The filtered list as CSV or XLSX."""
    wish, kind = _wish(), "xlsx" if request.form.get("file") == "xlsx" else "csv"
    readings.note("unit-hours-export", scope=" ".join(wish.within))
    units.record_export(kind, _query(wish))
    header = [_("Name"), "NIP", _("Position"), _("Unit"), _("Employment"), _("JP of %(year)s", year=wish.year), _("Target"), _("State")]
    rows: list[list[downloads.Cell]] = [
        [one.name, one.nip, one.position, one.unit, one.employment, one.hours, one.least, _(forecast.STATES[one.state])]
        for one in units.everybody(wish)
    ]
    if kind == "xlsx":
        return downloads.xlsx_response(f"jp-{wish.year}.xlsx", _("Learning hours"), header, rows)
    return downloads.csv_response(f"jp-{wish.year}.csv", header, rows)


@bp.get(f"{PERSON}/")
@allow("training.see")
def person(person_id: int) -> str | AnyResponse:
    """The ledger of one person."""
    row = _visible(person_id)
    if row.merged_into is not None:
        return redirect(url_for("hours.person", person_id=row.merged_into), 303)
    readings.note("hours", about=person_id)
    found = year.of(row, row_id(request.args, "year"))
    return render("hours/person.html", person=row, page=found, forms=rules.FORMS, hows=forecast.HOWS,
                  issued=transcripts.of_person(person_id), today_=clock.today().isoformat(),
                  year_address=lambda number: url_for("hours.person", person_id=person_id, year=number),
                  manages=current_user.may("training.manage"))


@bp.post(f"{PERSON}/transcript")
@allow("training.see")
@limited("60/15 minutes")
def person_transcript(person_id: int) -> AnyResponse:
    """A transcript of somebody's learning hours."""
    _visible(person_id)
    readings.note("hours", about=person_id)
    return _issued_for(person_id, url_for("hours.person", person_id=person_id))


@bp.get("/verify/transcript/<transcript>")
@allow(ANYONE)
def verify(transcript: str) -> str | tuple[str, int]:
    """What a transcript says, and whether the ledger still says so."""
    row = transcripts.by_serial(transcript)
    return _unknown() if row is None else _verdict(row, None)


@bp.post("/verify/transcript/<transcript>")
@allow(ANYONE)
@limited("30/15 minutes")
def compare(transcript: str) -> str | tuple[str, int]:
    """Whether a PDF is the transcript that was issued."""
    row = transcripts.by_serial(transcript)
    if row is None:
        return _unknown()
    upload = request.files.get("pdf")
    content = upload.read() if upload else b""
    if not content.startswith(b"%PDF-"):
        return _verdict(row, None, wrong_file=True), 422
    return _verdict(row, checking.compare(row.sha256, content))


def _issued_for(person_id: int, back: str) -> AnyResponse:
    """Issue a transcript for the period of the form, and go to its file; or back with what is wrong."""
    form = PeriodForm()
    if not form.validate():
        flash(_("Choose the first and the last day of the transcript."), "bad")
        return redirect(back, 303)
    try:
        serial = transcripts.issue(person_id, form.first.data, form.last.data)
    except Refused as refused:
        return refuse_to(back, refused)
    return redirect(url_for("hours.transcript_pdf", transcript=serial), 303)


def _verdict(row: Transcript, comparison: checking.Comparison | None, *, wrong_file: bool = False) -> str:
    return render("hours/verify.html", row=row, snapshot=row.snapshot, comparison=comparison, wrong_file=wrong_file, now=clock.now(),
                  masked=mask_nip(row.snapshot["nip"]), holds=transcripts.still_holds(row))


def _unknown() -> tuple[str, int]:
    throttle.count_try("verify", request.remote_addr or "", most=UNKNOWN_TRIES, window=WINDOW)
    return render("certificates/unknown.html"), 404


def _visible(person_id: int) -> Any:
    return people.person(person_id, current_user.paths("training.see"))


def _wish() -> units.Wish:
    given, today = request.args, clock.today()
    asked = row_id(given, "year")
    year_asked = asked if asked is not None and asked in units.years(today) else today.year
    state, employment = given.get("state", ""), given.get("employment", "")
    return units.Wish(
        within=current_user.paths("training.see"), year=year_asked, unit_id=row_id(given, "unit"),
        state=state if state in forecast.STATES else "", employment=employment if employment in targets.EMPLOYMENTS else "",
        page=page_number(given))


def _query(wish: units.Wish) -> dict[str, Any]:
    given = {"year": wish.year, "unit": wish.unit_id, "employment": wish.employment, "state": wish.state, "page": wish.page}
    return {name: value for name, value in given.items() if value and (name, value) != ("page", 1)}


def _address(wish: units.Wish) -> str:
    return url_for("hours.unit", **_query(wish))
