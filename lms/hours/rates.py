"""The national conversion rates, which hold until the agency adopts a table of its own. Pure.

Source: Surat Sestama BPS B-031/BPS/2600/02/2019, believed to reproduce the annex of PerLAN 10/2018 (DECISIONS.md).
"""

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from lms.hours.rules import Rate

NATIONAL_VERSION = 1  # raised when seeds/rates.csv changes: entries name the rates by which they were made
NATIONAL_BASIS = "PerLAN 10/2018; Surat Sestama BPS B-031/BPS/2600/02/2019"


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _read(path: Path) -> dict[str, Rate]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["form"]: Rate(
                row["form"], row["per"], Decimal(row["national"]), Decimal(row["international"]),  # type: ignore[arg-type]
                _number(row["day_cap"]), _number(row["day_cap_international"]), int(row["month_limit"]) if row["month_limit"] else None)
            for row in csv.DictReader(file)
        }


NATIONAL: Mapping[str, Rate] = _read(Path(__file__).parent / "seeds" / "rates.csv")
