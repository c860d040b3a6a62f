"""The right answers to the questions of an open attempt, as the fields of its form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from lms.questions import TYPES
from tests.journeys.city import City

Fields = dict[str, list[str]]
LISTED = {"match": ("pairs", "row"), "order": ("places", "place"), "cloze": ("blanks", "blank")}
DRAWN = """
    SELECT item.position, revision.type, revision.face, revision.key
    FROM attempt_items AS item JOIN question_revisions AS revision ON revision.hash = item.revision_hash
    WHERE item.attempt_id = ? ORDER BY item.position
"""


@dataclass(frozen=True)
class Answer:
    """The right answer to one drawn question."""

    position: int
    type: str
    fields: Fields


def right_answers(city: City, attempt_id: int) -> list[Answer]:
    """A right answer to each question that the attempt has drawn, in its order."""
    return [
        Answer(position, kind, _fields(kind, f"q{position}-", TYPES[kind].solution(json.loads(face), json.loads(key))))
        for position, kind, face, key in city.rows(DRAWN, attempt_id)
    ]


def fill(page: Page, answers: list[Answer]) -> None:
    """Give the answers in the browser as a learner would: tick, choose, type."""
    for answer in answers:
        for name, values in answer.fields.items():
            for value in values:
                _give(page, name, value)


def sent(answers: list[Answer], versions: Mapping[int, int] | None = None) -> Fields:
    """The answers as one form post; `versions` are those stored, 0 for what was never saved."""
    fields: Fields = {}
    for answer in answers:
        fields[f"q{answer.position}-version"] = [str((versions or {}).get(answer.position, 0))]
        fields.update(answer.fields)
    return fields


def _give(page: Page, name: str, value: str) -> None:
    inputs = page.locator(f'[name="{name}"]')
    kind = inputs.first.evaluate("e => e.type")
    if kind in {"radio", "checkbox"}:
        page.locator(f'[name="{name}"][value="{value}"]').check()
    elif kind == "select-one":
        inputs.select_option(value)
    else:
        inputs.fill(value)
        inputs.blur()


def _fields(kind: str, prefix: str, response: Mapping[str, Any]) -> Fields:
    if kind == "multiple":
        return {f"{prefix}option": list(response["options"])}
    if kind in LISTED:
        held, name = LISTED[kind]
        return {f"{prefix}{name}-{id}": [str(value)] for id, value in response[held].items()}
    (given,) = response.values()
    return {prefix + {"single": "option", "numeric": "number"}.get(kind, "text"): [given]}
