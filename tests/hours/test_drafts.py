"""A conversion table as it is typed or sent: read, and every mistake placed."""

from datetime import date
from decimal import Decimal

import pytest

from lms.hours import drafts
from lms.hours.drafts import COLUMNS, Mistake, read_file, read_row, texts_of
from lms.hours.rates import NATIONAL
from lms.hours.rules import Rate

HEAD = "form,per,national,international,day_cap,day_cap_international,month_limit"
DATED = HEAD + ",from,until\n"


def row(*values: str) -> dict[str, str]:
    return dict(zip(COLUMNS, values, strict=False))


def test_a_row_is_read_with_comma_or_point() -> None:
    assert read_row("course", row("jp", "1,5", "1.2", "", "", " ")) == (Rate("course", "jp", Decimal("1.5"), Decimal("1.2")), {})
    assert read_row("coaching", row("time", "2", "4", "3", "4", "2")) == (
        Rate("coaching", "time", Decimal(2), Decimal(4), Decimal(3), Decimal(4), 2), {})


def test_an_empty_row_is_a_form_without_a_rate() -> None:
    assert read_row("on-the-job", row("", " ", "", "", "", "")) == (None, {})


@pytest.mark.parametrize(("texts", "faults"), [
    (row("week", "1", "1"), {"per": drafts.BAD_PER}),
    (row("jp", "", "1"), {"national": drafts.BAD_NUMBER}),
    (row("jp", "-1", "1"), {"national": drafts.BAD_NUMBER}),
    (row("jp", "1", "1e9"), {"international": drafts.BAD_NUMBER}),
    (row("jp", "1.2345", "nan"), {"national": drafts.BAD_NUMBER, "international": drafts.BAD_NUMBER}),
    (row("jp", "1", "1", "-3"), {"day_cap": drafts.BAD_NUMBER}),
    (row("jp", "1", "1", "", "4"), {"day_cap": drafts.NEEDS_CAP}),
    (row("jp", "1", "1", "", "", "0"), {"month_limit": drafts.BAD_LIMIT}),
    (row("jp", "1", "1", "", "", "2.5"), {"month_limit": drafts.BAD_LIMIT}),
    (row("jp", "1", "1", "", "", "²"), {"month_limit": drafts.BAD_LIMIT}),
])
def test_a_bad_row_says_which_field_and_what_to_write(texts: dict[str, str], faults: dict[str, str]) -> None:
    assert read_row("course", texts) == (None, faults)


def test_a_day_cap_of_nothing_is_allowed() -> None:
    assert read_row("course", row("jp", "1", "1", "0"))[1] == {}


def test_the_table_in_force_as_a_file_reads_back() -> None:
    tables, mistakes = read_file(drafts.as_csv([(None, None, NATIONAL)]))

    assert ([(one.first, dict(one.rates)) for one in tables], mistakes) == ([(None, dict(NATIONAL))], [])


def test_periods_without_gap_come_in_the_order_of_time() -> None:
    content = (DATED + "seminar,day,5,6,,,,2027-01-01,\n" + "seminar,day,4,6,,,,2026-01-01,2026-12-31\n"
               + "workshop,day,5,7,,,,2026-01-01,2026-12-31\n")

    tables, mistakes = read_file(content)

    assert mistakes == []
    assert [(one.first, sorted(one.rates)) for one in tables] == [(date(2026, 1, 1), ["seminar", "workshop"]), (date(2027, 1, 1), ["seminar"])]


@pytest.mark.parametrize(("rows", "expected"), [
    ("seminar,day,4,6,,,,2026-01-01,2026-06-29\nseminar,day,5,6,,,,2026-07-01,\n", [Mistake(3, "from", drafts.GAP)]),
    ("seminar,day,4,6,,,,2026-01-01,2026-07-01\nseminar,day,5,6,,,,2026-07-01,\n", [Mistake(3, "from", drafts.OVERLAP)]),
    ("seminar,day,4,6,,,,2026-01-01,\nseminar,day,5,6,,,,2026-07-01,\n", [Mistake(3, "from", drafts.OVERLAP)]),
    ("seminar,day,4,6,,,,2026-01-01,2026-12-31\n", [Mistake(2, "until", drafts.LAST_OPEN)]),
    ("seminar,day,4,6,,,,2026-01-01,2025-12-31\n", [Mistake(2, "until", drafts.BACKWARDS)]),
    ("seminar,day,4,6,,,,2026-01-01,\nworkshop,day,5,6,,,,2026-01-01,2026-12-31\n", [Mistake(3, "until", drafts.UNEVEN)]),
    ("seminar,day,4,6,,,,31-01-2026,\n", [Mistake(2, "from", drafts.BAD_DAY)]),
    ("seminar,day,4,6,,,,2026-02-30,\n", [Mistake(2, "from", drafts.BAD_DAY)]),
    ("seminar,day,4,6,,,,2026-01-01,\nseminar,day,4,6,,,,2026-01-01,\n", [Mistake(3, "form", drafts.TWICE)]),
    ("seminari,day,4,6,,,,2026-01-01,\n", [Mistake(2, "form", drafts.BAD_FORM)]),
    ("seminar,day,x,6,,,,2026-01-01,\n", [Mistake(2, "national", drafts.BAD_NUMBER)]),
    ("", [Mistake(1, "form", drafts.NO_ROWS)]),
])
def test_a_table_with_a_gap_in_time_or_another_mistake_is_refused_with_its_cell(rows: str, expected: list[Mistake]) -> None:
    assert read_file(DATED + rows)[1] == expected


def test_missing_columns_are_named() -> None:
    assert read_file("form,per,national\n")[1] == [
        Mistake(1, name, drafts.NO_COLUMN) for name in ("international", "day_cap", "day_cap_international", "month_limit")]
    assert read_file("")[1][0] == Mistake(1, "form", drafts.NO_COLUMN)
    assert read_file(HEAD + ",until\nseminar,day,4,6,,,,2026-01-01\n")[1] == [Mistake(1, "from", drafts.NO_COLUMN)]


def test_a_file_of_an_indonesian_spreadsheet_is_read() -> None:
    content = "\ufeff" + HEAD.replace(",", ";") + "\ncourse;jp;1;1,2;;;\n"

    assert read_file(content) == ([drafts.Draft(None, {"course": NATIONAL["course"]})], [])


def test_a_rate_is_shown_as_it_would_be_typed() -> None:
    assert texts_of(NATIONAL["e-learning"]) == row("jp", "1", "1", "3", "4", "")
