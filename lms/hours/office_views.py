"""Pages on which an officer puts an entry of somebody's ledger right or takes it back."""

from decimal import Decimal

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from lms.base import readings
from lms.base.errors import NotFound, Refused
from lms.hours import ledger, queries, righting, rules, service
from lms.hours.drafts import PERS, texts_of
from lms.hours.forms import CorrectionForm, days_of
from lms.hours.models import Source
from lms.people import queries as people
from lms.web.access import allow
from lms.web.errors import refuse_to, sentence
from lms.web.pages import render

bp = Blueprint("hours_office", __name__, template_folder="templates")
SOURCE = "/hours/people/<int(max=2147483647):person_id>/entries/<int(max=2147483647):source_id>"
Page = str | tuple[str, int] | AnyResponse
SPARE = 3  # empty rows for further days
SHORTEST, LONGEST = 3, 500


@bp.get(f"{SOURCE}/")
@allow("training.manage")
def correct_form(person_id: int, source_id: int) -> Page:
    """The form that puts an entry right or takes it back."""
    source = _source(person_id, source_id)
    if queries.is_reversed(source_id):
        flash(_("This is taken back or corrected already. Look at the list."), "warn")
        return redirect(url_for("hours.person", person_id=person_id), 303)
    form = CorrectionForm(formdata=None, data={"title": source.title, "form": source.form, "scope": source.scope, "basis": source.basis})
    days = [(day.isoformat(), _text(amount)) for day, amount in queries.amounts_of(source_id)]
    return _correction_page(person_id, source, form, days)


@bp.post(f"{SOURCE}/")
@allow("training.manage")
def correct(person_id: int, source_id: int) -> Page:
    """Put an entry right: it is taken back and entered anew."""
    source, form = _source(person_id, source_id), CorrectionForm()
    typed = list(zip(request.form.getlist("day"), request.form.getlist("amount"), strict=False))[:400]
    days = days_of([day for day, _amount in typed], [amount for _day, amount in typed])
    shown = [pair for pair in typed if any(pair)]
    if not form.validate() or days is None:
        fault = None if days else _("Write each day with an amount above zero, and at least one of them.")
        return _correction_page(person_id, source, form, shown, refusal=fault), 422
    try:
        righting.put_right(source_id, service.Earned(
            person_id, source.kind, source.key, form.title.data, form.form.data, days, scope=form.scope.data, subject=source.subject,
            stated=source.stated, basis=form.basis.data), reason=form.reason.data)
    except Refused as refused:
        return _correction_page(person_id, source, form, shown, refusal=sentence(refused)), 409
    flash(_("The entry is put right; the ledger shows both."), "ok")
    return redirect(url_for("hours.person", person_id=person_id, year=max(day for day, _amount in days).year), 303)


@bp.post(f"{SOURCE}/take-back")
@allow("training.manage")
def take_back(person_id: int, source_id: int) -> AnyResponse:
    """Take an entry back, with a reason."""
    source, reason = _source(person_id, source_id), request.form.get("reason", "").strip()
    if not SHORTEST <= len(reason) <= LONGEST:
        return refuse_to(url_for("hours_office.correct_form", person_id=person_id, source_id=source_id),
                         Refused("reason-missing", most=LONGEST))
    try:
        righting.take_back(source_id, reason=reason)
    except Refused as refused:
        return refuse_to(url_for("hours.person", person_id=person_id), refused)
    flash(_("Taken back. The ledger shows the entry and its reversal."), "ok")
    return redirect(url_for("hours.person", person_id=person_id, year=source.until_on.year), 303)


def _correction_page(
    person_id: int, source: Source, form: CorrectionForm, days: list[tuple[str, str]], *, refusal: str | None = None,
) -> str:
    readings.note("hours", about=person_id)
    rates = queries.holding(queries.rate_tables(), source.until_on).rates
    return render("hours/correct.html", person=people.person(person_id), source=source, form=form, days=[*days, *[("", "")] * SPARE],
                  refusal=refusal, rate=rates.get(source.form), pers=PERS, forms=rules.FORMS)


def _source(person_id: int, source_id: int) -> Source:
    row: Source | None = ledger.source(source_id)
    if row is None or row.person_id != person_id:
        raise NotFound
    return row


def _text(amount: Decimal) -> str:
    return texts_of(rules.Rate("", "jp", amount, amount))["national"]
