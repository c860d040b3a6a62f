"""Pages of whoever watches over the program: the audit log, who read whose data, jobs that failed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, stream_with_context, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from lms.base.errors import Refused
from lms.ops import lines, queries, service
from lms.ops.acts import ACTS
from lms.ops.queries import Wish
from lms.ops.verifying import FAULTS
from lms.web import downloads
from lms.web.access import allow
from lms.web.asked import row_id
from lms.web.errors import refuse_to
from lms.web.limits import limited
from lms.web.pages import render

bp = Blueprint("ops", __name__, template_folder="templates", url_prefix="/ops")
MOST_IN_XLSX = 20_000  # a sheet is written before its first byte is sent
EXPORTS = "20/15 minutes"


@bp.get("/audit/")
@allow("audit.read")
def audit() -> str:
    """The audit log, searched, newest first, with the state of its chain."""
    wish = _wish()
    cut = queries.entries(wish)
    count, check = queries.chain()
    named = sorted(((act, lines.what(act)) for act in {*ACTS, *queries.acts()}), key=lambda pair: pair[1].casefold())
    return render("ops/audit.html", wish=wish, cut=cut, lines=lines.of_entries(cut.rows), count=count, check=check, faults=FAULTS,
                  acts=named, query=_query(wish), **_ways(".audit", wish, cut))


@bp.get("/audit/export.csv")
@allow("audit.read")
@limited(EXPORTS)
def audit_csv() -> Response:
    """The filtered entries as CSV."""
    service.noted_export("audit.exported", asked=_query(_wish()))
    return downloads.csv_response("audit.csv", _header(), _streamed(_cells(queries.all_entries(_wish()))))


@bp.get("/audit/export.xlsx")
@allow("audit.read")
@limited(EXPORTS)
def audit_xlsx() -> AnyResponse:
    """The filtered entries as XLSX."""
    wish = _wish()
    rows = list(islice(queries.all_entries(wish), MOST_IN_XLSX + 1))
    if len(rows) > MOST_IN_XLSX:
        return refuse_to(url_for(".audit", **_query(wish)), Refused("too-many-rows", most=MOST_IN_XLSX))
    service.noted_export("audit.exported", asked=_query(wish))
    return downloads.xlsx_response("audit.xlsx", _("Audit log"), _header(), _cells(rows))


@bp.get("/readings/")
@allow("audit.read")
def readings() -> str:
    """Who looked at whose data, newest first."""
    wish = _wish()
    cut = queries.readings(wish)
    return render("ops/readings.html", wish=wish, cut=cut, lines=lines.of_readings(cut.rows), query=_query(wish),
                  **_ways(".readings", wish, cut))


@bp.get("/readings/export.csv")
@allow("audit.read")
@limited(EXPORTS)
def readings_csv() -> Response:
    """The filtered readings as CSV."""
    service.noted_export("readings.exported", asked=_query(_wish()))
    header = [_("When"), _("Reader"), "NIP", _("On behalf of"), _("What"), _("About"), "NIP", _("Which"), _("Address")]
    rows = ([line.row.at, line.row.actor, line.row.actor_nip, line.row.acting_for, line.what, line.row.about, line.row.about_nip,
             line.row.scope, line.row.address] for line in _read(queries.all_readings(_wish())))
    return downloads.csv_response("readings.csv", header, _streamed(rows))


@bp.get("/jobs/")
@allow("jobs.manage")
def jobs() -> str:
    """The jobs that rest after their last try."""
    before = row_id(request.args, "before") or 0
    cut = queries.failed_jobs(before)
    older = url_for(".jobs", before=cut.rows[-1].number) if cut.older else None
    return render("ops/jobs.html", cut=cut, older=older, newest=url_for(".jobs") if before else None)


@bp.post("/jobs/<int(max=2147483647):job_id>/again")
@allow("jobs.manage")
def again(job_id: int) -> AnyResponse:
    """Run a failed job again."""
    service.run_again(job_id)
    flash(_("The job runs again within a few seconds. If it fails once more, it comes back to this list."), "ok")
    return redirect(url_for(".jobs"), 303)


def _wish() -> Wish:
    given = request.args
    return Wish(
        text=given.get("q", "").strip()[:100], act=given.get("act", "")[:100], subject=given.get("subject", "").strip()[:100],
        detail=given.get("detail", "").strip()[:100], since=_day("since"), until=_day("until"),
        before=row_id(given, "before") or 0, after=row_id(given, "after") or 0,
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None


def _query(wish: Wish) -> dict[str, Any]:
    given = {"q": wish.text, "act": wish.act, "subject": wish.subject, "detail": wish.detail,
             "since": wish.since.isoformat() if wish.since else "", "until": wish.until.isoformat() if wish.until else ""}
    return {name: value for name, value in given.items() if value}


def _ways(endpoint: str, wish: Wish, cut: queries.Cut) -> dict[str, Any]:
    """Where the newer and the older page are, and the newest."""
    query = _query(wish)
    return {
        "newer": url_for(endpoint, **query, after=cut.rows[0].number) if cut.newer and cut.rows else None,
        "older": url_for(endpoint, **query, before=cut.rows[-1].number) if cut.older and cut.rows else None,
        "newest": url_for(endpoint, **query) if replace(wish, before=0, after=0) != wish else None,
    }


def _header() -> list[str]:
    return [_("Entry"), _("When"), _("Who"), "NIP", _("On behalf of"), _("Act"), _("What"), _("About"), "NIP", _("Subject"), _("Detail"),
            _("Address"), _("Through"), _("Request")]


def _cells(rows: Iterable[Any]) -> Iterator[list[downloads.Cell]]:
    for line in _lines(rows):
        row = line.row
        yield [row.number, row.at, row.actor, row.actor_nip, row.acting_for, row.act, line.what, row.about, row.about_nip, row.subject,
               lines.said(line.parts), row.address, line.channel, row.request]


def _streamed(rows: Iterator[Any]) -> Iterator[Any]:
    return stream_with_context(rows)  # the database is asked while the file is sent


def _lines(rows: Iterable[Any]) -> Iterator[lines.Line]:
    waiting = iter(rows)
    while batch := list(islice(waiting, 1000)):
        yield from lines.of_entries(batch)


def _read(rows: Iterable[Any]) -> Iterator[lines.Line]:
    waiting = iter(rows)
    while batch := list(islice(waiting, 1000)):
        yield from lines.of_readings(batch)
