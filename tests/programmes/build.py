"""Programmes for tests, put into the library beside the sample's modules, and people who finish modules."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask

from lms.content.programmes import Item, Programme, Step
from lms.learning import service as learning
from lms.learning.models import Enrolment
from lms.programmes.sources import Achieved, Offer
from lms.web.content import catalog


def item(written: str, hours: int | None = None) -> Item:
    """An item as a file writes it."""
    kind, colon, code = written.partition(":")
    return Item(kind, code, None if hours is None else Decimal(hours)) if colon else Item("module", written)  # type: ignore[arg-type]


def choice(choose: int, *written: str) -> Step:
    """A choice among items."""
    return Step(tuple(item(one) for one in written), choose)


def programme(*steps: str | Step, id: str = "jalan", **changes: Any) -> Programme:
    """A programme with these steps; without a certificate unless it is asked for."""
    made = Programme(
        id=id, title="Jalan Melayani", summary="Dari sapaan sampai tindak lanjut.", kind="teknis", objectives=("Menyapa",), authors=("BKPSDM",),
        language="id", order="free", certificate=None, expires_months=None, published=True,
        steps=tuple(one if isinstance(one, Step) else Step((item(one),), 1) for one in steps), intro="", file=f"modules/_programmes/{id}.md",
        places=(), revision="r1",
    )
    return replace(made, **changes)


def put(app: Flask, *programmes: Programme) -> None:
    """Have only these programmes in service."""
    library = app.extensions["library"]
    library.current = replace(library.current, programmes={one.id: one for one in programmes})


def finish(person_id: int, module_id: str) -> int:
    """Complete a module; gives the enrolment."""
    enrolment: Enrolment = learning.enrol(person_id, module_id)
    number = enrolment.id
    for lesson in catalog().modules[module_id].required:
        learning.finish_lesson(person_id, module_id, lesson.id)
    if catalog().modules[module_id].quiz:
        learning.pass_final_quiz(number, Decimal(80))
    return number


@dataclass
class Seminars:
    """A room that knows seminars, as `sources` wants it."""

    held: Mapping[str, Offer]
    attended: list[Achieved]

    def offers(self, codes: Collection[str]) -> Mapping[str, Offer]:
        return {code: offer for code, offer in self.held.items() if code in codes}

    def achieved(self, person_ids: Collection[int], codes: Collection[str]) -> Iterable[Achieved]:
        return [one for one in self.attended if one.person_id in person_ids and one.code in codes]


def attended(person_id: int, code: str, on: date, hours: int = 4) -> Achieved:
    """Somebody was there."""
    return Achieved(person_id, code, on, Decimal(hours), f"Seminar {code}")
