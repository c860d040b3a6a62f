"""Where the facts about items come from that are no modules: rooms that know seminars and certificates from outside.

Wiring names them in `app.extensions["programme_sources"]`, by the kind of item ("seminar", "external"); a kind without a source has
nothing to tell, and its items stay open. A room that gains a fact publishes its own event, and wiring has
`service.on_achieved` react to it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from flask import current_app


@dataclass(frozen=True, slots=True)
class Offer:
    """What is known of a code: how it is called, its JP if that is settled, and the address of its page if readers may open it."""

    title: str
    hours: Decimal | None = None
    address: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Achieved:
    """Somebody attended a seminar, or had a certificate accepted: once for each person and code, the last time if there were several."""

    person_id: int
    code: str
    on: date
    hours: Decimal
    title: str
    valid_until: date | None = None


class Source(Protocol):
    """A room that knows one kind of item. Each answer costs a fixed number of queries."""

    def offers(self, codes: Collection[str]) -> Mapping[str, Offer]:
        """What is known of these codes; one that is not held yet is left out."""

    def achieved(self, person_ids: Collection[int], codes: Collection[str]) -> Iterable[Achieved]:
        """Who of these people has done what of these codes."""


def sources() -> Mapping[str, Source]:
    """The sources of this program, by kind of item."""
    return current_app.extensions.get("programme_sources", {})  # type: ignore[no-any-return]
