"""Things to be put in order; what counts is which follows which."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

from lms.questions.fields import chosen, only_known
from lms.questions.question import Arrangement, Face, Key, Response, short_hash
from lms.questions.source import N_, Source
from lms.questions.words import plain_words

NAME = "order"
KEYS = ("grading",)
EXAMPLE = """\
## Menutup percakapan {type=order}

Urutkan langkah menutup percakapan, dari yang pertama.

1. Simpulkan apa yang sudah disepakati
2. Tulis nomor yang dapat dihubungi
3. Tanyakan apakah masih ada yang mengganjal
4. Ucapkan terima kasih

> Simpulan lebih dulu, supaya sisanya singkat.
"""


def parse(source: Source) -> tuple[Face, Key]:
    """Face {prompt, items: [{id, html, text}]} sorted by id, which is a hash, and key {right: [ids], all}."""
    _report_shape(source)
    ids = [short_hash(f"#{item.id}" if item.id else item.text) for item in source.items]
    _report_equals(source, ids)
    items = dict(zip(ids, source.items, strict=True))
    face: Face = {
        "prompt": source.block(source.prompt),
        "items": [{"id": id, "html": source.block(items[id].text), "text": plain_words(items[id].text)} for id in sorted(items)],
    }
    return face, {"right": ids, "all": source.all_or_nothing()}


def arrange(face: Face, *, shuffle: bool, rng: random.Random) -> Arrangement:
    """The items in any order."""
    ids = [item["id"] for item in face["items"]]
    rng.shuffle(ids)
    return {"items": ids}


def read(face: Face, fields: Mapping[str, Sequence[str]]) -> Response | None:
    """{places: {item: place from 1}} from the fields `place-<id>`; some may be open, and a place may be used twice."""
    names = {item["id"]: f"place-{item['id']}" for item in face["items"]}
    only_known(fields, "place-", names.values())
    allowed = [str(place) for place in range(1, len(names) + 1)]
    places = {id: int(place) for id, name in names.items() if (place := chosen(fields, name, allowed))}
    return {"places": places} if places else None


def unclear(face: Face, response: Response | None) -> tuple[str, ...]:
    """The fields whose place was given to two items: such a place counts for neither."""
    places = response["places"] if response else {}
    return tuple(f"place-{id}" for id in places if id not in _clear(places))


def grade(face: Face, key: Key, response: Response | None) -> Fraction:
    """The share of neighbours of the key that stand directly one after the other: of 1 2 3 4, 2 4 1 3 has none."""
    places = _clear(response["places"]) if response else {}
    pairs = list(zip(key["right"], key["right"][1:], strict=False))
    kept = sum(a in places and b in places and places[b] == places[a] + 1 for a, b in pairs)
    share = Fraction(kept, max(1, len(pairs)))
    return Fraction(share == 1) if key["all"] else share


def solution(face: Face, key: Key) -> Response:
    """The items in the order of the key."""
    return {"places": {id: place for place, id in enumerate(key["right"], start=1)}}


def _clear(places: dict[str, int]) -> dict[str, int]:
    used = list(places.values())
    return {id: place for id, place in places.items() if used.count(place) == 1}


def _report_shape(source: Source) -> None:
    if not source.items:
        source.problems.error(
            source.line, "no-list", N_("The question “%(title)s” has type=order but no list."),
            N_("Write the right order as a list: 1. …, 2. …"), title=source.title,
        )
    elif not source.ordered:
        source.problems.error(
            source.items[0].line, "unnumbered-order", N_("The list to be put in order is not numbered."),
            N_("Write 1. … and 2. … instead of - …, in the right order."),
        )
    elif len(source.items) == 1:
        source.problems.error(
            source.items[0].line, "one-item", N_("There is only one item to put in order."), N_("Write at least two items.")
        )


def _report_equals(source: Source, ids: list[str]) -> None:
    seen: dict[str, int] = {}
    for id, item in zip(ids, source.items, strict=True):
        if id in seen:
            source.problems.error(
                item.line, "equal-items", N_("“%(item)s” stands in the list twice, first in line %(other)s."),
                N_("Change or delete one of the two."), item=item.text, other=seen[id],
            )
        seen.setdefault(id, item.line)
