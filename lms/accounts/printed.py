"""The printable list of activation codes as one file that needs nothing else."""

import base64
from collections.abc import Iterable
from pathlib import Path

from flask import render_template

from lms.accounts.codes import UnitCodes

SHEET = Path(__file__).parent / "codes.css"


def codes_file(lists: Iterable[UnitCodes]) -> bytes:
    """An HTML page, a sheet of paper for each unit."""
    sheet = base64.b64encode(SHEET.read_bytes()).decode("ascii")
    return render_template("accounts/codes_file.html", lists=lists, sheet=sheet).encode("utf-8")
