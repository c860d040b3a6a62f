"""The way through a programme as its page shows it: steps in order, each item with its title, JP and the address where it goes on."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal

from flask import url_for

from lms.content.catalog import Catalog, Module
from lms.content.identity import readable
from lms.content.programmes import Item, Programme
from lms.learning import rules as learning
from lms.programmes.rules import Standing, StepStanding
from lms.programmes.sources import Offer

RowState = Literal["done", "going", "open", "lock", "needs", "coming", "gone"]


@dataclass(frozen=True, slots=True)
class Row:
    """An item. `needs` is the title of a module to finish first; "coming" is not held yet, "gone" not in service."""

    item: Item
    title: str
    address: str | None
    state: RowState
    hours: Decimal | None
    needs: str | None = None
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Rows that stand together: a choice, or the items up to the next one, of which `choice` is None."""

    choice: StepStanding | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """All of it; `next` is the row where the reader goes on, if she can."""

    stages: tuple[Stage, ...]
    next: Row | None


def outline(
    programme: Programme, standing: Standing, there: Catalog, hours: Mapping[str, Decimal | None], offers: Mapping[str, Offer],
    completed: Collection[str],
) -> Outline:
    """The way of one reader; `completed` are the modules she has finished of those that these modules require."""
    rows = {item.key: _row(item, step, there, hours, offers, completed) for step in standing.steps for item in step.step.items}
    return Outline(tuple(_stages(standing.steps, rows)), _following(standing, rows))


def required_modules(programme: Programme, there: Catalog) -> frozenset[str]:
    """The modules that the programme's modules ask for first."""
    return frozenset(wanted for one in programme.module_ids if one in there.modules for wanted in there.modules[one].requires)


def _stages(steps: Iterable[StepStanding], rows: Mapping[str, Row]) -> Iterator[Stage]:
    for chosen, together in groupby(steps, key=lambda step: step if step.step.is_choice or step.step.title else None):
        yield Stage(chosen, tuple(rows[item.key] for step in together for item in step.step.items))


def _following(standing: Standing, rows: Mapping[str, Row]) -> Row | None:
    """The next item of the rules if there is a way to it, else the first other one that can be begun."""
    left = [item for step in standing.steps if not step.is_complete for item in step.step.items]
    wanted = [*([standing.next] if standing.next is not None else []), *left]
    shown = (rows[item.key] for item in wanted)
    return next((row for row in shown if row.address is not None and row.state in {"going", "open"}), None)


def _row(
    item: Item, step: StepStanding, there: Catalog, hours: Mapping[str, Decimal | None], offers: Mapping[str, Offer],
    completed: Collection[str],
) -> Row:
    state = step.items[item.key]
    if item.kind == "module":
        return _module_row(item, state, there, hours[item.key], completed)
    offer = offers.get(item.key)
    shown: RowState = "coming" if offer is None and item.kind == "seminar" and state != "done" else state
    title = offer.title if offer else readable(item.code) if item.kind == "seminar" else item.code
    return Row(item, title, offer.address if offer else None, shown, hours[item.key], offer=offer)


def _module_row(item: Item, state: RowState, there: Catalog, hours: Decimal | None, completed: Collection[str]) -> Row:
    module = there.modules.get(item.code)
    if module is None or not module.published:
        return Row(item, module.title if module else item.code, None, state if state == "done" else "gone", hours)
    address = url_for("learning.module", slug=module.id)
    missing = _missing(module, state, completed)
    if missing is not None:
        return Row(item, module.title, address, "needs", hours, needs=there.modules[missing].title if missing in there.modules else missing)
    return Row(item, module.title, address, state, hours)


def _missing(module: Module, state: RowState, completed: Collection[str]) -> str | None:
    if state != "open":
        return None
    return next(iter(learning.missing_modules(module, completed)), None)
