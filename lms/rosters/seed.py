"""The organisation that comes with the program.

Source: Perda Kota Pematangsiantar 1/2017 as amended by Perda 2/2022; codes of territory: Kepmendagri 300.2.2-2430/2025.
"""

from collections.abc import Callable
from pathlib import Path

from lms.base.db import transaction
from lms.rosters import importing_units, service
from lms.rosters.importing_units import UnitRow

CITY = Path(__file__).parent / "seeds" / "units.csv"


def load_city(wanted: Callable[[UnitRow], bool]) -> None:
    """Add or change the units of the city that are wanted; their names are those of the file."""
    with transaction(), service.opened(CITY, "units") as (table, layout):
        importing_units.write(table, layout, wanted=wanted)
