"""The catalogue as one reader sees it: searched, filtered, counted, paged."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lms.content.catalog import Module
from lms.learning import rules
from lms.learning.queries import Progress

PAGE_SIZE = 24
STATE_GROUPS: Mapping[rules.ModuleState, str] = {
    "new": "new", "lock": "new", "reading": "reading", "quiz": "reading", "done": "done",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader asks for; empty text means no wish. `page` counts from 1."""

    words: str = ""
    category: str = ""
    level: str = ""
    state: str = ""
    page: int = 1

    def chosen(self, name: str) -> str:
        """The value wished for a filter, or empty text."""
        return {"category": self.category, "level": self.level, "state": self.state}[name]

    def without_page(self) -> dict[str, str]:
        """The wish as query arguments of its first page."""
        pairs = {"q": self.words, "category": self.category, "level": self.level, "state": self.state}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Card:
    """One module with the reader's state; `needs` is the first required module that she has not finished."""

    module: Module
    state: rules.ModuleState
    needs: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter and how many modules it would show."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of what was found; `total` and `hours` are over all pages."""

    cards: tuple[Card, ...]
    total: int
    hours: Decimal
    page: int
    pages: int
    choices: Mapping[str, tuple[Choice, ...]]


def cards_for(modules: Iterable[Module], progress: Mapping[str, Progress], *, drafts: Collection[str] | None) -> tuple[Card, ...]:
    """The modules a reader may see with her states: those in progress first, then by title."""
    visible = [module for module in modules if module.published or drafts is None or module.id in drafts]
    titles = {module.id: module.title for module in visible}
    completed = frozenset(name for name, one in progress.items() if one.completed_at or one.round > 1)
    cards = [_card(module, progress.get(module.id), completed, titles) for module in visible]
    return tuple(sorted(cards, key=lambda card: (STATE_GROUPS[card.state] != "reading", card.module.title.casefold())))


def browse(cards: Collection[Card], wish: Wish, values: Mapping[str, Collection[str]]) -> Shelf:
    """The page of cards that match the wish; `values` lists the choices of each filter to be counted."""
    found = [card for card in cards if _matches(card, wish)]
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(wish.page, 1), pages)
    return Shelf(
        cards=tuple(found[(page - 1) * PAGE_SIZE: page * PAGE_SIZE]), total=len(found),
        hours=sum((card.module.hours for card in found), Decimal(0)), page=page, pages=pages,
        choices={name: _choices(cards, wish, name, options) for name, options in values.items()},
    )


def _card(module: Module, mine: Progress | None, completed: Collection[str], titles: Mapping[str, str]) -> Card:
    missing = rules.missing_modules(module, completed)
    is_completed = mine is not None and mine.completed_at is not None
    state = rules.module_state(module, mine.done if mine else None, completed=is_completed, missing=missing)
    return Card(module, state, titles.get(missing[0], missing[0]) if missing else None)


def _matches(card: Card, wish: Wish, *, besides: str = "") -> bool:
    return _has_words(card.module, wish.words) and all(
        name == besides or wish.chosen(name) in ("", value(card)) for name, value in FILTERS.items()
    )


def _has_words(module: Module, words: str) -> bool:
    if not words:
        return True
    text = "\n".join((module.title, module.summary, *module.objectives, *module.authors)).casefold()
    return all(word in text for word in words.casefold().split())


def _choices(cards: Collection[Card], wish: Wish, name: str, options: Collection[str]) -> tuple[Choice, ...]:
    counts = dict.fromkeys(options, 0)
    for card in cards:
        value = FILTERS[name](card)
        if value in counts and _matches(card, wish, besides=name):
            counts[value] += 1
    return tuple(Choice(value, count, value == wish.chosen(name)) for value, count in counts.items())


FILTERS: Mapping[str, Callable[[Card], str]] = {
    "category": lambda card: card.module.category or "",
    "level": lambda card: card.module.level or "",
    "state": lambda card: STATE_GROUPS[card.state],
}
