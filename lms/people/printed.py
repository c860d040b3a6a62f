"""The printable list of activation codes as one file that needs nothing else."""

import base64
from collections.abc import Iterable
from pathlib import Path

from flask import render_template

from lms.people.codes import UnitCodes
from lms.people.service import CODE_DAYS

SHEET = Path(__file__).parent / "codes.css"


def codes_file(lists: Iterable[UnitCodes]) -> bytes:
    """An HTML page, a sheet of paper for each unit."""
    sheet = base64.b64encode(SHEET.read_bytes()).decode("ascii")
    return render_template("people/codes_file.html", lists=lists, sheet=sheet, days=CODE_DAYS).encode("utf-8")
