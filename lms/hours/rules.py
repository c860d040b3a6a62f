"""Which forms of training there are, what they convert to, and what of it counts. Pure.

Source of forms: PerLAN 10/2018, one to one with SIASN's jenisDiklat. A cap is kept per person: two courses on one day share it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Literal

from lms.base.texts import N_

Per = Literal["jp", "day", "time", "activity", "semester"]
Scope = Literal["national", "international"]
Group = Literal["classical", "nonclassical", "education"]
Why = Literal["", "day-cap", "month-limit", "counted-before"]
THOUSANDTH = Decimal("0.001")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Form:
    """A form of training; `siasn` is its jenisDiklat, None for what SIASN keeps elsewhere."""

    label: str
    siasn: int | None
    group: Group


FORMS: Mapping[str, Form] = {
    "structural": Form(N_("Structural leadership training"), 1, "classical"),
    "functional": Form(N_("Functional training"), 2, "classical"),
    "technical": Form(N_("Technical training"), 3, "classical"),
    "workshop": Form(N_("Workshop"), 4, "classical"),
    "managerial": Form(N_("Managerial training"), 5, "classical"),
    "sociocultural": Form(N_("Socio-cultural training"), 6, "classical"),
    "dissemination": Form(N_("Dissemination of rules"), 7, "classical"),
    "guidance": Form(N_("Technical guidance"), 8, "classical"),
    "seminar": Form(N_("Seminar or conference"), 9, "classical"),
    "internship": Form(N_("Internship"), 10, "nonclassical"),
    "course": Form(N_("Course"), 11, "classical"),
    "upgrading": Form(N_("Upgrading"), 12, "classical"),
    "other-classical": Form(N_("Other classical form"), 13, "classical"),
    "coaching": Form(N_("Coaching"), 14, "nonclassical"),
    "mentoring": Form(N_("Mentoring"), 15, "nonclassical"),
    "e-learning": Form(N_("E-learning"), 16, "nonclassical"),
    "distance": Form(N_("Distance training"), 17, "nonclassical"),
    "secondment": Form(N_("Secondment"), 18, "nonclassical"),
    "outbound": Form(N_("Outbound training"), 19, "nonclassical"),
    "benchmarking": Form(N_("Benchmarking"), 20, "nonclassical"),
    "exchange": Form(N_("Exchange with the private sector"), 21, "nonclassical"),
    "self-study": Form(N_("Self-study"), 22, "nonclassical"),
    "community": Form(N_("Learning community"), 23, "nonclassical"),
    "on-the-job": Form(N_("Guidance at the workplace"), 24, "nonclassical"),
    "other-nonclassical": Form(N_("Other non-classical form"), 25, "nonclassical"),
    "degree": Form(N_("Study programme"), None, "education"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit (`per`) of a form converts to, in JP, and what limits it: JP a day for each scope, times a month."""

    form: str
    per: Per
    national: Decimal
    international: Decimal
    day_cap: Decimal | None = None
    day_cap_international: Decimal | None = None
    month_limit: int | None = None

    def jp(self, scope: Scope, amount: Decimal) -> Decimal:
        """JP of an amount, to thousandths, half up."""
        factor = self.national if scope == "national" else self.international
        return (factor * amount).quantize(THOUSANDTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Share:
    """One day of something earned by a person in one form. `raw` is its JP before caps.

    `source` identifies what was earned, the same for every order of entry; `subject` names what counts once a year (a module); `on` is the
    day on which it counts, the last of the source. `rate` is None where an officer stated the JP with its basis.
    """

    id: int
    source: str
    day: date
    on: date
    scope: Scope
    raw: Decimal
    rate: Rate | None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts of a share, and why not all of it."""

    credited: Decimal
    why: Why = ""


def counted(shares: Iterable[Share]) -> Mapping[int, Counted]:
    """What counts of all shares of one person in one form, by id; it depends on what they are, not on the order in which they came."""
    ordered = sorted(shares, key=lambda one: (one.day, -one.raw, one.source))
    repeated = _repeated(ordered)
    found = {one.id: Counted(ZERO, "counted-before") for one in ordered if one.source in repeated}
    living = [one for one in ordered if one.source not in repeated]
    over = _over_month(living)
    found |= {number: Counted(ZERO, "month-limit") for number in over}
    for _day, same_day in groupby((one for one in living if one.id not in over), key=lambda one: one.day):
        found |= _under_day_cap(list(same_day))
    return found


def _repeated(shares: Sequence[Share]) -> frozenset[str]:
    """The sources whose subject another source counts in the same year: the one that ended first."""
    first: dict[tuple[str, int], tuple[date, str]] = {}
    for one in shares:
        if one.subject is not None:
            place = (one.subject, one.on.year)
            first[place] = min(first.get(place, (one.on, one.source)), (one.on, one.source))
    return frozenset(one.source for one in shares if one.subject is not None and first[one.subject, one.on.year][1] != one.source)


def _over_month(shares: Sequence[Share]) -> frozenset[int]:
    over: set[int] = set()
    for _month, held in groupby(shares, key=lambda one: (one.day.year, one.day.month)):
        for number, one in enumerate(held):
            if one.rate is not None and one.rate.month_limit is not None and number >= one.rate.month_limit:
                over.add(one.id)
    return frozenset(over)


def _under_day_cap(shares: Sequence[Share]) -> dict[int, Counted]:
    used = {"national": ZERO, "international": ZERO}
    found = {}
    for one in shares:
        left = _left(one, used)
        credited = one.raw if left is None else max(min(one.raw, left), ZERO)
        used[one.scope] += credited
        found[one.id] = Counted(credited, "day-cap" if credited < one.raw else "")
    return found


def _left(one: Share, used: Mapping[str, Decimal]) -> Decimal | None:
    """What the day still takes of a share: its own scope's cap, and the larger of both for all together; None without a cap."""
    if one.rate is None or one.rate.day_cap is None:
        return None
    caps = {"national": one.rate.day_cap, "international": one.rate.day_cap_international or one.rate.day_cap}
    return min(caps[one.scope] - used[one.scope], max(caps.values()) - sum(used.values(), ZERO))


def spread(total: Decimal, weights: Mapping[date, int], *, last: date) -> tuple[tuple[date, Decimal], ...]:
    """A total over days by their weights (seconds), in thousandths, none lost; all of it on the last day if there are no weights."""
    days = sorted(day for day, weight in weights.items() if weight > 0)
    if not days:
        return ((last, total),)
    whole, given, found = sum(weights[day] for day in days), ZERO, []
    for number, day in enumerate(days):
        part = total - given if number == len(days) - 1 else (total * weights[day] / whole).quantize(THOUSANDTH, ROUND_HALF_UP)
        given += part
        found.append((day, part))
    return tuple((day, part) for day, part in found if part > 0)
