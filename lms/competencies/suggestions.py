"""Which offers close a gap, best first, with the reason. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.competencies.rules import Gap


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to learn by: a module or a seminar, as it stands for one person.

    `address` is the page's endpoint with the values of its address; `needs` are the titles of what has to be done before.
    """

    kind: str
    key: str
    title: str
    competencies: tuple[tuple[str, int], ...]
    hours: Decimal
    address: tuple[str, Mapping[str, str]]
    needs: tuple[str, ...] = ()
    begun: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class Rise:
    """From which level to which an offer raises a competency; `to` is what it shows, also above what is required."""

    code: str
    held: int
    to: int
    required: int

    @property
    def closed(self) -> int:
        """How many missing levels it gives."""
        return min(self.to, self.required) - self.held


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An offer and why it helps: its rises, the widest first."""

    offer: Offer
    rises: tuple[Rise, ...]

    @property
    def closed(self) -> int:
        """How many missing levels it gives in all."""
        return sum(rise.closed for rise in self.rises)


def ranked(gaps: Iterable[Gap], offers: Iterable[Offer]) -> Sequence[Suggestion]:
    """The offers that give a missing level, best first.

    First what one may begin now; then what closes most levels; then what is begun already; then the fewest hours for a level; then by
    title. What is done is no suggestion as long as its evidence holds; afterwards it is one again.
    """
    missing = {one.code: one for one in gaps if one.missing}
    suggestions = [Suggestion(offer, rises) for offer in offers if (rises := _rises(offer, missing))]
    return sorted(suggestions, key=_order)


def _rises(offer: Offer, missing: Mapping[str, Gap]) -> tuple[Rise, ...]:
    found = [Rise(code, missing[code].held, level, missing[code].required or 0)
             for code, level in offer.competencies if code in missing and level > missing[code].held]
    return tuple(sorted(found, key=lambda rise: (-rise.closed, rise.code)))


def _order(one: Suggestion) -> tuple[bool, int, bool, Decimal, str]:
    return bool(one.offer.needs), -one.closed, not one.offer.begun, one.offer.hours / one.closed, one.offer.title.casefold()
