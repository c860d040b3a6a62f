"""Pairs: to each thing on the left belongs one of the choices on the right."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

from lms.questions.fields import chosen, only_known
from lms.questions.question import Arrangement, Face, Key, Response, short_hash
from lms.questions.source import N_, Source, Table
from lms.questions.words import plain_words

NAME = "match"
KEYS = ()
EXAMPLE = """\
## Loket yang tepat {type=match}

Pasangkan keperluan dengan loketnya.

| Keperluan                     | Loket                     |
|-------------------------------|---------------------------|
| Nama di akta salah satu huruf | Loket 2, pencatatan sipil |
| KTP hilang di jalan           | Loket 4, KTP elektronik   |
| Petugas meminta uang tambahan | Loket 7, pengaduan        |
|                               | Loket 9, arsip            |

> Pungutan dilaporkan ke loket pengaduan, bukan dibayar.
"""


def parse(source: Source) -> tuple[Face, Key]:
    """Face {prompt, labels: [left, right], rows: [{id, html}], choices: [{id, html, text}]} and key {right: {row: choice}}."""
    table = source.table or Table(source.line, ("", ""), ())
    _report_shape(source, table)
    rows = [(line, cells[0].strip(), cells[1].strip()) for line, cells in table.rows if len(cells) == 2]
    _report_rows(source, rows)
    choices = {short_hash(right): right for _, _, right in rows if right}
    face: Face = {
        "prompt": source.block(source.prompt),
        "labels": [source.block(cell) for cell in table.header],
        "rows": [{"id": short_hash(left), "html": source.block(left)} for _, left, _ in rows if left],
        "choices": [{"id": id, "html": source.block(choices[id]), "text": plain_words(choices[id])} for id in sorted(choices)],
    }
    return face, {"right": {short_hash(left): short_hash(right) for _, left, right in rows if left}, "feedback": {}}


def arrange(face: Face, *, shuffle: bool, rng: random.Random) -> Arrangement:
    """The rows as written, the choices in any order."""
    ids = [choice["id"] for choice in face["choices"]]
    rng.shuffle(ids)
    return {"choices": ids}


def read(face: Face, fields: Mapping[str, Sequence[str]]) -> Response | None:
    """{pairs: {row: choice}} from the fields `row-<id>`; rows left open are absent."""
    rows = {row["id"]: f"row-{row['id']}" for row in face["rows"]}
    only_known(fields, "row-", rows.values())
    allowed = [choice["id"] for choice in face["choices"]]
    pairs = {row: choice for row, name in rows.items() if (choice := chosen(fields, name, allowed))}
    return {"pairs": pairs} if pairs else None


def unclear(face: Face, response: Response | None) -> tuple[str, ...]:
    """Nothing: no numbers are written here."""
    return ()


def grade(face: Face, key: Key, response: Response | None) -> Fraction:
    """The share of rows with their choice."""
    pairs = response["pairs"] if response else {}
    return Fraction(sum(pairs.get(row) == choice for row, choice in key["right"].items()), max(1, len(key["right"])))


def solution(face: Face, key: Key) -> Response:
    """Each row with its choice."""
    return {"pairs": key["right"]}


def _report_shape(source: Source, table: Table) -> None:
    if source.table is None:
        source.problems.error(
            source.line, "no-table", N_("The question “%(title)s” has type=match but no table."),
            N_("Write the pairs as a table of two columns."), title=source.title,
        )
    elif len(table.header) != 2:
        source.problems.error(
            table.line, "not-two-columns", N_("The table has %(count)s columns."),
            N_("Write two: what is given, and what belongs to it."), count=len(table.header),
        )


def _report_rows(source: Source, rows: list[tuple[int, str, str]]) -> None:
    seen: dict[str, int] = {}
    for line, left, right in rows:
        if not right:
            source.problems.error(
                line, "empty-right-cell", N_("Nothing belongs to “%(left)s”."),
                N_("Fill the right cell; for a choice that belongs to nothing leave the left cell empty."), left=left,
            )
        elif left and short_hash(left) in seen:
            source.problems.error(
                line, "equal-rows", N_("“%(left)s” stands on the left twice, first in line %(other)s."),
                N_("Change or delete one of the two rows."), left=left, other=seen[short_hash(left)],
            )
        seen.setdefault(short_hash(left), line)
    if source.table is not None and not any(left and right for _, left, right in rows):
        source.problems.error(
            source.line, "no-pairs", N_("The table of “%(title)s” has no pair."),
            N_("Fill both cells of at least one row."), title=source.title,
        )
