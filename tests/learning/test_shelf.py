"""Searching and filtering the catalogue."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lms.learning import shelf
from lms.learning.queries import Progress
from tests.learning.courses import module

VALUES = {"category": ("teknis", "umum"), "level": ("dasar",), "state": ("new", "reading", "done")}
MODULES = (
    module("sapa", title="Menyapa Warga", summary="Di loket", category="teknis", level="dasar", objectives=("Menyimak",)),
    module("arsip", title="Arsip", category="umum", authors=("Tiur Sinaga",), requires=("sapa",)),
    module("draf", title="Draf", category="umum", published=False),
)
NOW = datetime(2026, 3, 10, tzinfo=UTC)


def progress(module_id: str, **changes: Any) -> Progress:
    plain = Progress(1, module_id, 1, NOW, None, None, None, None, None, None, frozenset(), frozenset())
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (shelf.Wish(), ["arsip", "sapa"]),
        (shelf.Wish(words="LOKET menyimak"), ["sapa"]),
        (shelf.Wish(words="sinaga"), ["arsip"]),
        (shelf.Wish(words="loket arsip"), []),
        (shelf.Wish(category="umum"), ["arsip"]),
        (shelf.Wish(category="umum", level="dasar"), []),
        (shelf.Wish(category="no-such"), []),
        (shelf.Wish(state="done"), []),
    ],
)
def test_every_word_and_every_filter_must_match(wish: shelf.Wish, expected: list[str]) -> None:
    found = shelf.browse(shelf.cards_for(MODULES, {}, drafts=()), wish, VALUES)

    assert [card.module.id for card in found.cards] == expected


def test_counts_say_what_each_choice_would_show() -> None:
    found = shelf.browse(shelf.cards_for(MODULES, {}, drafts=()), shelf.Wish(category="umum"), VALUES)

    assert found.choices == {
        "category": (shelf.Choice("teknis", 1, False), shelf.Choice("umum", 1, True)),
        "level": (shelf.Choice("dasar", 0, False),),
        "state": (shelf.Choice("new", 1, False), shelf.Choice("reading", 0, False), shelf.Choice("done", 0, False)),
    }
    assert (found.total, found.hours) == (1, Decimal(2))


def test_drafts_are_for_those_who_may_see_them() -> None:
    assert "draf" in [card.module.id for card in shelf.cards_for(MODULES, {}, drafts=None)]


def test_a_module_in_progress_comes_first_and_a_locked_one_names_what_it_needs() -> None:
    cards = shelf.cards_for(MODULES, {"sapa": progress("sapa")}, drafts=())

    shown = [(card.module.id, card.state, card.needs) for card in cards]
    assert shown == [("sapa", "reading", None), ("arsip", "lock", "Menyapa Warga")]


def test_a_second_round_still_opens_what_the_first_opened() -> None:
    cards = shelf.cards_for(MODULES, {"sapa": progress("sapa", round=2)}, drafts=())

    assert {card.module.id: card.needs for card in cards} == {"sapa": None, "arsip": None}


@pytest.mark.parametrize(("asked", "shown", "size"), [(1, 1, 24), (2, 2, 6), (9, 2, 6), (-1, 1, 24)])
def test_long_catalogues_have_pages(asked: int, shown: int, size: int) -> None:
    cards = shelf.cards_for([module(f"m{n:02}") for n in range(30)], {}, drafts=())

    found = shelf.browse(cards, shelf.Wish(page=asked), VALUES)

    assert (found.page, found.pages, len(found.cards), found.total) == (shown, 2, size, 30)
