"""What every question type promises. A new type is tested here by being listed in TYPES."""

import json
import random
import re
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.questions import TYPES, BadResponse, Question
from tests.questions.reading import TEMPLATES, page, question

GUIDE = Path(__file__).parents[2] / "quizzes" / "README.md"
EXAMPLES = {name: question(kind.EXAMPLE) for name, kind in TYPES.items()}
KINDS = pytest.mark.parametrize("name", TYPES)


def arrangement(asked: Question, seed: int = 1) -> dict[str, Any]:
    return TYPES[asked.type].arrange(asked.face, shuffle=True, rng=random.Random(seed))


@lru_cache
def form_names(name: str) -> dict[str, list[str]]:
    """The fields of the form and the values that it offers; [] where any text can be written."""
    asked = EXAMPLES[name]
    html = BeautifulSoup(page(asked, "ask", arrangement=arrangement(asked), response=None), "html.parser")
    offered: dict[str, list[str]] = {}
    for field in html.select("input, select, textarea"):
        values = offered.setdefault(str(field["name"]).removeprefix("q3-"), [])
        if field.name == "select":
            values += [str(option["value"]) for option in field.select("option")]
        elif field.get("type") in ("radio", "checkbox"):
            values.append(str(field["value"]))
    return offered


def responses(asked: Question) -> st.SearchStrategy[dict[str, list[str]]]:
    several = asked.type == "multiple"
    texts = st.lists(st.one_of(st.text(max_size=30), st.from_regex(r"[-−]?[0-9]{1,4}([.,][0-9]{1,4})?( JP)?", fullmatch=True)), max_size=1)
    fields = {
        name: st.lists(st.sampled_from(values), max_size=9 if several else 1, unique=True) if values else texts
        for name, values in form_names(asked.type).items()
    }
    return st.fixed_dictionaries(fields)


@KINDS
def test_the_example_is_a_question_of_its_type(name: str) -> None:
    assert EXAMPLES[name].type == name == TYPES[name].NAME


@KINDS
def test_the_solution_earns_everything(name: str) -> None:
    asked, kind = EXAMPLES[name], TYPES[name]

    share = kind.grade(asked.face, asked.key, kind.solution(asked.face, asked.key))

    assert share == (None if name == "essay" else 1)


@KINDS
def test_an_empty_response_earns_nothing(name: str) -> None:
    asked, kind = EXAMPLES[name], TYPES[name]

    response = kind.read(asked.face, {})

    assert response is None
    assert kind.grade(asked.face, asked.key, response) == 0
    assert kind.unclear(asked.face, response) == ()


@KINDS
def test_fields_left_blank_are_an_empty_response(name: str) -> None:
    blank = {field: ["  " if not values else ""] for field, values in form_names(name).items()}

    assert TYPES[name].read(EXAMPLES[name].face, blank) is None


@KINDS
@settings(max_examples=150, deadline=None)
@given(chance=st.data())
def test_whatever_the_form_sends_is_read_and_graded_within_bounds(name: str, chance: st.DataObject) -> None:
    asked, kind = EXAMPLES[name], TYPES[name]
    fields = chance.draw(responses(asked))

    response = kind.read(asked.face, fields)
    share = kind.grade(asked.face, asked.key, response)

    assert json.loads(json.dumps(response)) == response
    assert share is None or (isinstance(share, Fraction) and -1 <= share <= 1)
    assert set(kind.unclear(asked.face, response)) <= set(fields)


@KINDS
@settings(max_examples=60, deadline=None)
@given(chance=st.data())
def test_q05_what_no_form_sends_is_refused_and_nothing_else_is_raised(name: str, chance: st.DataObject) -> None:
    asked, kind = EXAMPLES[name], TYPES[name]
    names = st.sampled_from([*form_names(asked.type), "row-x", "place-x", "blank-9", "option"])
    fields = chance.draw(st.dictionaries(names, st.lists(st.text(max_size=5), max_size=3)))

    try:
        response = kind.read(asked.face, fields)
    except BadResponse:
        return

    share = kind.grade(asked.face, asked.key, response)
    assert share is None or -1 <= share <= 1


@KINDS
def test_a_question_survives_json(name: str) -> None:
    stored = json.loads(json.dumps(EXAMPLES[name].to_json()))

    assert Question.from_json(stored) == EXAMPLES[name]


@KINDS
def test_q02_the_order_of_an_attempt_comes_from_the_random_state_alone_and_never_from_the_key(name: str) -> None:
    asked, kind = EXAMPLES[name], TYPES[name]

    assert arrangement(asked, seed=5) == arrangement(asked, seed=5)
    assert "key" not in kind.arrange.__annotations__


@KINDS
def test_the_solution_can_be_filled_in_and_reads_back_from_the_form(name: str) -> None:
    asked, kind = EXAMPLES[name], TYPES[name]
    solution = kind.solution(asked.face, asked.key)
    html = BeautifulSoup(page(asked, "ask", arrangement=arrangement(asked), response=solution), "html.parser")

    fields: dict[str, list[str]] = {}
    for field in html.select("input:is([type=radio], [type=checkbox])[checked], input:not([type]), textarea"):
        value = field.get_text().removeprefix("\n") if field.name == "textarea" else str(field["value"])
        fields.setdefault(str(field["name"]).removeprefix("q3-"), []).append(value)
    for option in html.select("select option[selected]"):
        assert option.parent is not None
        fields[str(option.parent["name"]).removeprefix("q3-")] = [str(option["value"])]

    assert kind.read(asked.face, fields) == solution


@KINDS
def test_every_field_of_the_form_has_a_name_for_screen_readers_and_the_prefix(name: str) -> None:
    html = BeautifulSoup(page(EXAMPLES[name], "ask", arrangement=arrangement(EXAMPLES[name]), response=None), "html.parser")
    ids = {str(tag["id"]) for tag in html.select("[id]")}

    for field in html.select("input, select, textarea"):
        named_by = field.get("aria-labelledby")
        assert field.find_parent("label") or field.get("aria-label") or named_by in ids or html.select(f"label[for='{field.get('id')}']")
        assert str(field["name"]).startswith("q3-")
    assert all(id.startswith("q3-") for id in ids)


@KINDS
def test_a_disabled_form_takes_no_answers(name: str) -> None:
    asked = EXAMPLES[name]

    html = BeautifulSoup(page(asked, "ask", arrangement=arrangement(asked), response=None, disabled=True), "html.parser")

    assert html.select("input, select, textarea, button")
    assert all(field.has_attr("disabled") for field in html.select("input, select, textarea, button"))


@KINDS
@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("with_key", [True, False])
def test_the_review_shows_the_explanation_with_the_key_only(name: str, answered: bool, with_key: bool) -> None:
    asked, kind = EXAMPLES[name], TYPES[name]
    response = kind.solution(asked.face, asked.key) if answered else None
    share = kind.grade(asked.face, asked.key, response)

    html = page(asked, "review", arrangement=arrangement(asked), response=response, key=asked.key if with_key else None, share=share)

    assert (asked.key["explanation"] in html) is with_key
    assert ("Right answer" in html or "Right place" in html) <= with_key


@KINDS
def test_q01_the_page_holds_nothing_of_the_key(name: str) -> None:
    asked = EXAMPLES[name]
    html = page(asked, "ask", arrangement=arrangement(asked), response=None)

    for secret in secrets(asked):
        assert secret not in html
        assert secret not in json.dumps(asked.face)


def secrets(asked: Question) -> list[str]:
    """Texts of the key that a learner must not find: what stands in the face anyway, as options and items do, is none."""
    found = [*asked.key["feedback"].values(), *asked.key["hints"], asked.key["explanation"]]
    found += [line["text"] for line in asked.key.get("accepted", []) if not line["text"].isdigit()]
    found += [line["html"] for line in asked.key.get("rubric", [])]
    for blank in asked.key.get("blanks", []):
        found += blank.get("texts", [])
        found += [f">{blank['quantity']['text']}<" for _ in [0] if "quantity" in blank]
    return found


@KINDS
def test_q02_what_is_right_moves_nothing_in_the_face(name: str) -> None:
    """Two questions that differ in nothing but the key have the same face."""
    swaps = {
        "single": ("- [x] Menyapa dengan ramah\n- [ ] (50%) Menanyakan", "- [ ] (50%) Menyapa dengan ramah\n- [x] Menanyakan"),
        "multiple": ("- [x] Ia mengangguk", "- [ ] Ia mengangguk"),
        "short": ("\nsimak\n", "\nmendengarkan\n"),
        "numeric": ("\n12\n", "\n17,25 +/- 3\n"),
        "match": ("Loket 2, pencatatan sipil |\n| KTP hilang di jalan           | Loket 4, KTP elektronik   ",
                  "Loket 4, KTP elektronik   |\n| KTP hilang di jalan           | Loket 2, pencatatan sipil "),
        "order": ("1. Simpulkan apa yang sudah disepakati\n2. Tulis nomor yang dapat dihubungi",
                  "1. Tulis nomor yang dapat dihubungi\n2. Simpulkan apa yang sudah disepakati"),
        "cloze": ("[[provinsi / desa / *kota]]", "[[*provinsi / desa / kota]]"),
        "essay": ("- (4) Menyebut dasar hukumnya", "- (6) Menyebut undang-undangnya"),
    }
    before, after = swaps[name]
    assert before in TYPES[name].EXAMPLE

    other = question(TYPES[name].EXAMPLE.replace(before, after))

    assert other.key != EXAMPLES[name].key
    assert other.face == EXAMPLES[name].face
    assert other.revision != EXAMPLES[name].revision


@KINDS
def test_the_template_stands_beside_the_type(name: str) -> None:
    assert (TEMPLATES / "questions" / f"{name}.html").is_file()


@KINDS
def test_the_guide_for_authors_lists_the_type(name: str) -> None:
    assert re.search(rf"^### .*`{name}`", GUIDE.read_text(), re.MULTILINE)
