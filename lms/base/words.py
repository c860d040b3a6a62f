"""Numbers, dates and sizes as people read them, in Indonesian or English; the office's zone for moments."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from lms.base import clock

MONTHS = {
    "id": ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
}
Number = Decimal | Fraction | int | float


def number(value: Number, digits: int = 2, *, language: str = "id") -> str:
    """At most `digits` decimals, half up, no trailing zeros: 12,5 and 2.966 in Indonesian."""
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{rounded:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def percent(value: Number, digits: int = 0, *, language: str = "id") -> str:
    """A value of 0 to 100 with its sign."""
    return f"{number(value, digits, language=language)}%"


def long_date(value: date | datetime, *, language: str = "id") -> str:
    """18 September 2025, in the office's zone."""
    day = clock.local(value) if isinstance(value, datetime) else value
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"


def short_date(value: date | datetime, *, language: str = "id") -> str:
    """18 Sep."""
    day = clock.local(value) if isinstance(value, datetime) else value
    return f"{day.day} {MONTHS[language][day.month - 1][:3]}"


def clock_time(value: datetime, *, language: str = "id") -> str:
    """09.41 on the office's clock."""
    return clock.local(value).strftime("%H.%M" if language == "id" else "%H:%M")


def moment(value: datetime, *, language: str = "id") -> str:
    """18 September 2025 09.41 WIB."""
    return f"{long_date(value, language=language)} {clock_time(value, language=language)} WIB"


def size(count: int, *, language: str = "id") -> str:
    """A file's size: 36 KB, 1,4 MB."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} KB"
    return f"{number(Decimal(count) / 1_000_000, 1, language=language)} MB"


def grouped_nip(nip: str) -> str:
    """19860926 201505 1 001, as it is printed."""
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}" if len(nip) == 18 else nip


def initials(name: str) -> str:
    """Two letters for the avatar, titles left out."""
    parts = [part for part in name.split(",")[0].split() if part[:1].isalpha() and not part.endswith(".")] or name.split() or ["?"]
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()
