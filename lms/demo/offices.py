"""The 40 units of the demo city, taken from the organisation that comes with the program.

They are the city, 17 of its agencies, its eight kecamatan, and the kelurahan of Siantar Barat and Siantar Selatan.
"""

from sqlalchemy import select

from lms.base.db import db
from lms.demo.roll import Office
from lms.people.models import Unit
from lms.rosters import seed
from lms.rosters.importing_units import UnitRow

AGENCIES = frozenset({
    "setda", "setwan", "inspektorat", "bkpsdm", "bpkpd", "bpbd", "disdik", "dinkes", "pupr", "dinsos", "dlh", "dukcapil", "dishub",
    "diskominfo", "dpmptsp", "satpol-pp", "rsud",
})
WITH_VILLAGES = frozenset({"12.72.02", "12.72.04"})


def found() -> list[Office]:
    """Write the units in the caller's transaction; gives them, the city first."""
    seed.load_city(_is_taken)
    units = db.session.execute(select(Unit.id, Unit.name, Unit.kind, Unit.path).order_by(Unit.code))
    return [Office(*unit) for unit in units]


def _is_taken(row: UnitRow) -> bool:
    return not row.parent or row.code in AGENCIES or row.kind == "kecamatan" or row.parent in WITH_VILLAGES
