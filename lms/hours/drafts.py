"""A table of conversion rates as it is typed or sent as a file: read, and every mistake placed. Pure.

A file has the columns of seeds/rates.csv. With `from` and `until` it may hold several periods, one after another without a gap; `until` of
the last stays empty, because a table holds until the next one.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import get_args

from lms.base.texts import N_
from lms.hours.rules import FORMS, Per, Rate

COLUMNS = ("per", "national", "international", "day_cap", "day_cap_international", "month_limit")
NAMES: Mapping[str, str] = {
    "form": N_("Form of training"), "per": N_("Counted by"), "national": N_("National, JP"), "international": N_("International, JP"),
    "day_cap": N_("Most JP a day"), "day_cap_international": N_("Most JP a day, international"), "month_limit": N_("Times a month"),
    "from": N_("First day"), "until": N_("Last day"),
}
PERS: Mapping[Per, str] = {
    "jp": N_("JP of 45 minutes"), "day": N_("Day"), "time": N_("Occasion"), "activity": N_("Activity"), "semester": N_("Semester"),
}
MOST = Decimal(1000)
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
MOST_ROWS = 1000
BAD_PER = N_("Choose a unit, or leave the whole row empty for a form without a rate.")
BAD_NUMBER = N_("Write a number from 0 to 1000 with at most three decimals, for example 1.2.")
BAD_LIMIT = N_("Write a whole number from 1 to 1000, or leave it empty.")
NEEDS_CAP = N_("Write the most JP a day for national training too, or leave both empty.")
BAD_FORM = N_("Write a form of training as it stands in the file of the table in force.")
BAD_DAY = N_("Write the day as year-month-day, for example 2026-01-31.")
TWICE = N_("This form stands in this period already. Remove one of the two rows.")
LAST_OPEN = N_("Leave the last day of the latest period empty: a table holds until the next one begins.")
OVERLAP = N_("This period begins before the one before it has ended. Let it begin on the day after.")
GAP = N_("There is a gap between this period and the one before it. Let it begin on the day after, or mend the last day of the other.")
UNEVEN = N_("The rows of one period have different last days. Write the same one in each.")
NO_COLUMN = N_("This column is missing in the first row. Take the file of the table in force as a pattern.")
NO_ROWS = N_("There is no row below the first. Take the file of the table in force as a pattern.")
BACKWARDS = N_("The last day lies before the first. Write a later one.")


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake of a file; `line` counts from 1, the row with the names of the columns."""

    line: int
    column: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Rates that are to hold from a day on; the first day is None in a file without periods."""

    first: date | None
    rates: Mapping[str, Rate]


def read_row(form: str, texts: Mapping[str, str]) -> tuple[Rate | None, dict[str, str]]:
    """The rate of a form, None if all is empty; and by column what is wrong with it."""
    given = {column: texts.get(column, "").strip() for column in COLUMNS}
    if not any(given.values()):
        return None, {}
    faults: dict[str, str] = {}
    if given["per"] not in get_args(Per):
        faults["per"] = BAD_PER
    numbers = {column: read_number(given[column]) for column in COLUMNS[1:5]}
    for column, number in numbers.items():
        if number is None and (given[column] or column in {"national", "international"}):
            faults[column] = BAD_NUMBER
    limit = _whole(given["month_limit"])
    if limit is None and given["month_limit"]:
        faults["month_limit"] = BAD_LIMIT
    if given["day_cap_international"] and not given["day_cap"]:
        faults["day_cap"] = NEEDS_CAP
    if faults:
        return None, faults
    national, international, cap, cap_international = numbers.values()
    return Rate(form, given["per"], national, international, cap, cap_international, limit), {}  # type: ignore[arg-type]


def texts_of(rate: Rate | None) -> dict[str, str]:
    """A rate as a form shows it; numbers with a decimal point."""
    if rate is None:
        return dict.fromkeys(COLUMNS, "")
    return {column: _text(getattr(rate, column)) for column in COLUMNS}


def read_number(text: str) -> Decimal | None:
    """A number from 0 to 1000 with at most three decimals, written with a comma or a point; None if it is none."""
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    fits = number.is_finite() and 0 <= number <= MOST and number == number.quantize(Decimal("0.001"))
    return number if fits else None


def read_day(text: str) -> date | None:
    """A day as year-month-day, None if it is none or lies outside of this century."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if EARLIEST <= day < LATEST else None


def as_csv(tables: Sequence[tuple[date | None, date | None, Mapping[str, Rate]]]) -> str:
    """Tables (first day, last day, rates) as a file that `read_file` reads; without days if the only table has none."""
    dated = any(first is not None for first, _last, _rates in tables)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["form", *COLUMNS, *(("from", "until") if dated else ())])
    for first, last, rates in tables:
        for form, rate in rates.items():
            days = (first.isoformat() if first else "", last.isoformat() if last else "") if dated else ()
            writer.writerow([form, *texts_of(rate).values(), *days])
    return out.getvalue()


def read_file(content: str) -> tuple[list[Draft], list[Mistake]]:
    """The tables of a file in the order of time, and every mistake with its place; the tables are of use only without mistakes."""
    text = content.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ","))[:MOST_ROWS]
    names = [name.strip().lower() for name in rows[0]] if rows else []
    missing = [name for name in ("form", *COLUMNS) if name not in names]
    if missing:
        return [], [Mistake(1, name, NO_COLUMN) for name in missing]
    if "until" in names and "from" not in names:
        return [], [Mistake(1, "from", NO_COLUMN)]
    found = [(line, dict(zip(names, row, strict=False))) for line, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not found:
        return [], [Mistake(1, "form", NO_ROWS)]
    return _tables(found, dated="from" in names)


@dataclass(slots=True)
class _Period:
    line: int
    first: date | None
    last: date | None
    rates: dict[str, Rate]


def _tables(rows: Iterable[tuple[int, Mapping[str, str]]], *, dated: bool) -> tuple[list[Draft], list[Mistake]]:
    mistakes: list[Mistake] = []
    periods: dict[date | None, _Period] = {}
    for line, texts in rows:
        form = texts.get("form", "").strip()
        rate, faults = read_row(form, texts)
        mistakes += [Mistake(line, column, remedy) for column, remedy in faults.items()]
        if form not in FORMS:
            mistakes.append(Mistake(line, "form", BAD_FORM))
        period = _period(line, texts, periods, mistakes) if dated else periods.setdefault(None, _Period(line, None, None, {}))
        if period is not None and form in period.rates:
            mistakes.append(Mistake(line, "form", TWICE))
        if period is not None and rate is not None:
            period.rates[form] = rate
    ordered = [periods[day] for day in sorted(periods, key=lambda day: day or date.min)]
    if dated and not mistakes:
        mistakes += _between(ordered)
    return [Draft(period.first, period.rates) for period in ordered], sorted(mistakes, key=lambda one: (one.line, one.column))


def _period(line: int, texts: Mapping[str, str], periods: dict[date | None, _Period], mistakes: list[Mistake]) -> _Period | None:
    """The period of a row, begun if it is the first of it; None if its days cannot be read."""
    first, ends = read_day(texts.get("from", "")), texts.get("until", "").strip()
    last = read_day(ends) if ends else None
    if first is None:
        mistakes.append(Mistake(line, "from", BAD_DAY))
    if ends and last is None:
        mistakes.append(Mistake(line, "until", BAD_DAY))
    if first is None or (ends and last is None):
        return None
    if last is not None and last < first:
        mistakes.append(Mistake(line, "until", BACKWARDS))
    period = periods.setdefault(first, _Period(line, first, last, {}))
    if period.last != last:
        mistakes.append(Mistake(line, "until", UNEVEN))
    return period


def _between(periods: Sequence[_Period]) -> list[Mistake]:
    """Gaps and overlaps, and a latest period that ends."""
    found = []
    for before, after in zip(periods, periods[1:], strict=False):
        if before.last is None or (after.first is not None and after.first <= before.last):
            found.append(Mistake(after.line, "from", OVERLAP))
        elif after.first != before.last + timedelta(days=1):
            found.append(Mistake(after.line, "from", GAP))
    if periods[-1].last is not None:
        found.append(Mistake(periods[-1].line, "until", LAST_OPEN))
    return found


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST else None


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
