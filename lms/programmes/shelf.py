"""The list of programmes as one reader sees it: searched, filtered, counted, paged like the catalogue of modules."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lms.content.catalog import Catalog
from lms.content.programmes import Programme
from lms.learning.shelf import PAGE_SIZE, Choice
from lms.programmes import queries, rules
from lms.programmes.rules import Standing


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader asks for; empty text means no wish. `page` counts from 1."""

    words: str = ""
    kind: str = ""
    state: str = ""
    page: int = 1

    def chosen(self, name: str) -> str:
        """The value wished for a filter, or empty text."""
        return {"kind": self.kind, "state": self.state}[name]

    def without_page(self) -> dict[str, str]:
        """The wish as query arguments of its first page."""
        pairs = {"q": self.words, "kind": self.kind, "state": self.state}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Card:
    """A programme with where the reader stands, and its JP at least and at most."""

    programme: Programme
    standing: Standing
    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of what was found; `total` is over all pages."""

    cards: tuple[Card, ...]
    total: int
    page: int
    pages: int
    choices: Mapping[str, tuple[Choice, ...]]


def cards_for(person_id: int, programmes: Collection[Programme], there: Catalog) -> tuple[Card, ...]:
    """The programmes with the reader's standings: those in progress first, then by title. Two queries, and one for each source."""
    standings, offers = queries.standings(person_id, programmes), queries.offers(programmes)
    cards = [
        Card(one, standings[one.id], *rules.span(one, queries.hours_by_item(one, there, offers))[:2]) for one in programmes]
    return tuple(sorted(cards, key=lambda card: (card.standing.state != "going", card.programme.title.casefold())))


def browse(cards: Collection[Card], wish: Wish, values: Mapping[str, Collection[str]]) -> Shelf:
    """The page of cards that match the wish; `values` lists the choices of each filter to be counted."""
    found = [card for card in cards if _matches(card, wish)]
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(wish.page, 1), pages)
    return Shelf(
        tuple(found[(page - 1) * PAGE_SIZE: page * PAGE_SIZE]), len(found), page, pages,
        {name: _choices(cards, wish, name, options) for name, options in values.items()})


def _matches(card: Card, wish: Wish, *, besides: str = "") -> bool:
    return _has_words(card.programme, wish.words) and all(
        name == besides or wish.chosen(name) in ("", _value(card, name)) for name in ("kind", "state"))


def _value(card: Card, name: str) -> str:
    return (card.programme.kind or "") if name == "kind" else card.standing.state


def _has_words(programme: Programme, words: str) -> bool:
    text = "\n".join((programme.title, programme.summary, *programme.objectives, *programme.authors)).casefold()
    return all(word in text for word in words.casefold().split())


def _choices(cards: Collection[Card], wish: Wish, name: str, options: Collection[str]) -> tuple[Choice, ...]:
    counts = dict.fromkeys(options, 0)
    for card in cards:
        value = _value(card, name)
        if value in counts and _matches(card, wish, besides=name):
            counts[value] += 1
    return tuple(Choice(value, count, value == wish.chosen(name)) for value, count in counts.items())
