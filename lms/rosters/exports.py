"""Tables that go out: the mistakes of a file, and tables to begin with."""

from collections.abc import Sequence
from datetime import date

from flask import Response
from flask_babel import gettext as _

from lms.rosters.plans import Plan
from lms.web.downloads import Cell, csv_response, xlsx_response

SAMPLES: dict[str, tuple[tuple[str, ...], tuple[Cell, ...]]] = {
    "people": (
        ("nip", "name", "unit", "employment", "position", "position_kind", "rank", "supervisor", "role", "email", "contract_start",
         "appointed_on"),
        ("198609262015051001", "Contoh Pegawai, S.E.", "bkpsdm", "PNS", "Analis Sumber Daya Manusia Aparatur Ahli Muda", "ahli muda",
         "III/c", "", "learner", "contoh@pematangsiantar.go.id", None, date(2015, 5, 1))),
    "units": (("code", "parent", "name", "kind"), ("bkpsdm-mutasi", "bkpsdm", "Bidang Mutasi dan Promosi", "bidang")),
}


def sample(name: str) -> Response:
    """A table of one row, by its file's name: people.csv, units.xlsx, ..."""
    kind, _dot, form = name.partition(".")
    header, row = SAMPLES[kind]
    if form == "csv":
        return csv_response(name, header, [row])
    return xlsx_response(name, kind, header, [row])


def mistakes_csv(plan: Plan) -> Response:
    """Cell, column, value, what is wrong and what to do, as a CSV file."""
    header = (_("Cell"), _("Row"), _("Column"), _("Value"), _("What is wrong"), _("What to do"))
    rows: list[Sequence[Cell]] = [(one.cell, one.row or None, one.column, one.value, one.what(_), one.remedy(_)) for one in plan.mistakes]
    return csv_response("mistakes.csv", header, rows)
