"""Facts about people that other rooms may react to."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """A person was deactivated, or gained or lost a role: her sign-ins end."""

    person_id: int


@dataclass(frozen=True, slots=True)
class DelegateNamed:
    """Somebody stands in for a supervisor from one day to another, both included; both want to know. `unit_id` None: the whole agency."""

    supervisor_id: int
    delegate_id: int
    unit_id: int | None
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class EmailChanged:
    """Somebody else changed the mail address of a person; `old` is where she is told."""

    person_id: int
    old: str | None


@dataclass(frozen=True, slots=True)
class PeopleMerged:
    """Two accounts turned out to be one person's: what `gone_id` did is `kept_id`'s from now on.

    Each room writes into `moved` what it has moved, under names of its own; all of it goes into the audit log. Rooms react in their
    order, so that a room finds there what those below it did.
    """

    kept_id: int
    gone_id: int
    moved: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class PersonErased:
    """A person's data are no longer needed: every room pseudonymises or deletes what it holds beyond what law wants kept."""

    person_id: int
