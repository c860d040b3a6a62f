"""What a training gives in JP: as it is entered in the ledger, and beforehand as the rules would count it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lms.claims.models import Claim, Training
from lms.claims.rules import amounts, per_of
from lms.hours import queries as ledger
from lms.hours import rules as counting
from lms.hours.rules import Per, Scope
from lms.hours.service import Earned

CLAIM, EVENT = "claim", "event"  # kinds of a source in the ledger


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would count: JP by the rate, JP after the caps, why not all of it; `per` is the unit of the rate, None without one."""

    per: Per | None
    raw: Decimal
    credited: Decimal
    why: frozenset[str]
    days: int

    @property
    def needs_basis(self) -> bool:
        """Whether an officer has to name the rule by which she states the JP."""
        return self.per is None


def unit_of(form: str, day: date | None, tables: Sequence[ledger.Table] | None = None) -> Per | None:
    """The unit of a form's rate on a day, today's rates if the day is not known yet; None without a rate. One query at most."""
    known = tables or ledger.rate_tables()
    return per_of(ledger.holding(known, day or date.max).rates, form)


def of_claim(claim: Claim, tables: Sequence[ledger.Table] | None = None) -> Earned:
    """A claim as the ledger takes it; its days are complete."""
    return _earned(claim, claim.person_id, CLAIM, str(claim.id), tables)


def of_training(training: Training, person_id: int, mark: str, tables: Sequence[ledger.Table] | None = None) -> Earned:
    """A training as the ledger takes it for one who took part."""
    return _earned(training, person_id, EVENT, mark, tables)


def _earned(row: Claim | Training, person_id: int, kind: str, key: str, tables: Sequence[ledger.Table] | None) -> Earned:
    scope: Scope = "international" if row.scope == "international" else "national"
    days = days_of(row.form, row.from_on, row.until_on, row.jp, tables)
    return Earned(person_id, kind, key, row.title, row.form, days, scope=scope, stated=row.jp, basis=row.basis)


def days_of(
    form: str, from_on: date | None, until_on: date | None, jp: Decimal | None, tables: Sequence[ledger.Table] | None = None,
) -> tuple[tuple[date, Decimal], ...]:
    """(day, amount) of a training in the unit of its form's rate; empty while its days are not known. One query at most."""
    if from_on is None or until_on is None:
        return ()
    return amounts(unit_of(form, until_on, tables), from_on, until_on, jp)


def forecast(earned: Earned) -> Forecast | None:
    """What would count if this were entered now; None if nothing is there to count. Two queries."""
    if not earned.days:
        return None
    tables = ledger.rate_tables()
    last = max(day for day, _amount in earned.days)
    shares = list(_shares(earned, tables, last))
    held = [counting.Share(row.id, row.source, row.day, row.on_day, row.scope, row.raw,
                           ledger.holding(tables, row.day).rates.get(earned.form), row.subject)
            for row in ledger.living(earned.person_id, earned.form) if row.source != f"{earned.kind}:{earned.key}"]
    counts = counting.counted([*held, *shares])
    mine = [counts[share.id] for share in shares]
    return Forecast(
        per=unit_of(earned.form, last, tables), raw=sum((share.raw for share in shares), counting.ZERO),
        credited=sum((one.credited for one in mine), counting.ZERO), why=frozenset(one.why for one in mine if one.why),
        days=len(earned.days))


def _shares(earned: Earned, tables: Sequence[ledger.Table], last: date) -> Sequence[counting.Share]:
    found = []
    for number, (day, amount) in enumerate(earned.days, 1):
        rate = ledger.holding(tables, day).rates.get(earned.form)
        raw = rate.jp(earned.scope, amount) if rate else amount
        found.append(counting.Share(-number, f"{earned.kind}:{earned.key}", day, last, earned.scope, raw, rate, earned.subject))
    return found
