"""What answers earn: tables of cases for each type, and promises about whole attempts."""

import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.questions import TYPES, BadResponse, Question
from lms.questions.question import short_hash
from tests.questions.reading import question


def share(asked: Question, response: dict[str, Any] | None) -> Fraction | None:
    return TYPES[asked.type].grade(asked.face, asked.key, response)


def read(asked: Question, **fields: list[str]) -> dict[str, Any] | None:
    return TYPES[asked.type].read(asked.face, {name.replace("_", "-"): values for name, values in fields.items()})


@pytest.mark.parametrize(("picked", "earned"), [("A", "1"), ("B", "1/2"), ("C", "-1/4"), ("D", "0"), ("E", "1/3")])
def test_single_gives_and_takes_part_of_the_points(picked: str, earned: str) -> None:
    asked = question("Apa?\n\n- [x] A\n- [ ] (50%) B\n- [ ] (-25%) C\n- [ ] D\n- [ ] (33,333333333%) E\n")
    expected = Fraction("33.333333333") / 100 if picked == "E" else Fraction(earned)

    assert share(asked, read(asked, option=[short_hash(picked)])) == expected


@pytest.mark.parametrize(("picked", "earned", "whole"), [
    ("AB", "1", "1"), ("A", "1/2", "0"), ("AC", "0", "0"), ("ABC", "1/2", "0"), ("ABCD", "0", "0"), ("CD", "0", "0"),
    ("", "0", "0"),
])
def test_multiple_counts_right_picks_less_wrong_picks(picked: str, earned: str, whole: str) -> None:
    options = "- [x] A\n- [x] B\n- [ ] C\n- [ ] D\n"
    parts, strict = question(f"Mana?\n\n{options}"), question(f"## Mana {{grading=all}}\n\n{options}")
    ids = [short_hash(letter) for letter in picked]

    assert share(parts, read(parts, option=ids)) == Fraction(earned)
    assert share(strict, read(strict, option=ids)) == Fraction(whole)


@pytest.mark.parametrize(("text", "earned"), [
    ("Kota", 1), ("kabupaten", 1), ("kadis kota", "1/2"), ("desa", 0), ("pp 11/2017", 1), ("5*", 1), ("55", 0),
])
def test_short_takes_the_best_line_that_matches(text: str, earned: str | int) -> None:
    asked = question("Di mana?\n\n```answer\nkota\nkabupaten\n50%: *kota\n25%: *ko*\nPP 11/2017\n5\\*\n```\n")

    assert share(asked, read(asked, text=[text])) == Fraction(earned)


def test_short_keeps_case_where_it_is_asked_to() -> None:
    asked = question("## Singkatan {case=true}\n\n```answer\nASN\n```\n")

    assert [share(asked, {"text": text}) for text in ("ASN", "asn")] == [1, 0]


@pytest.mark.parametrize(("text", "earned", "unclear"), [
    ("1500", 1, ()), ("1.500.000", 0, ()), ("1,5e3", 1, ()), ("1.500", 0, ("number",)), ("seribu", 0, ("number",)),
    ("1500 JP", 0, ("number",)),
    ("1490", "1/2", ()), ("1.510,0", "1/2", ()), ("1489", 0, ()),
])
def test_numeric_grades_what_it_can_read_and_points_out_what_it_cannot(text: str, earned: str | int, unclear: tuple[str, ...]) -> None:
    asked = question("Berapa?\n\n```answer\n1500\n50%: 1490..1510\n```\n")
    response = read(asked, number=[text])

    assert share(asked, response) == Fraction(earned)
    assert TYPES["numeric"].unclear(asked.face, response) == unclear


def test_match_counts_the_rows() -> None:
    asked = question("## Pasangkan {type=match}\n\n| a | b |\n|---|---|\n| satu | 1 |\n| dua | 2 |\n| uno | 1 |\n| | 9 |\n")
    one, two, nine = (short_hash(text) for text in "129")
    rows = [f"row-{short_hash(text)}" for text in ("satu", "dua", "uno")]

    assert len(asked.face["choices"]) == 3
    assert share(asked, TYPES["match"].read(asked.face, dict(zip(rows, [[one], [two], [one]], strict=True)))) == 1
    assert share(asked, TYPES["match"].read(asked.face, dict(zip(rows, [[one], [nine], [""]], strict=True)))) == Fraction(1, 3)


@pytest.mark.parametrize(("places", "earned", "whole"), [
    ([1, 2, 3, 4], "1", "1"), ([4, 3, 2, 1], "0", "0"), ([3, 1, 4, 2], "0", "0"), ([2, 3, 4, 1], "2/3", "0"),
    ([2, 1, 3, 4], "1/3", "0"),
    ([1, 2, 1, 2], "0", "0"), ([1, 1, 2, 3], "1/3", "0"), ([1, 2, None, None], "1/3", "0"),
])
def test_order_counts_neighbours_that_stay_together(places: list[int | None], earned: str, whole: str) -> None:
    items = "1. A\n2. B\n3. C\n4. D\n"
    for braces, expected in (("{type=order}", earned), ("{type=order grading=all}", whole)):
        asked = question(f"## Urutkan {braces}\n\n{items}")
        fields = {f"place-{short_hash(letter)}": [str(place or "")] for letter, place in zip("ABCD", places, strict=True)}

        assert share(asked, TYPES["order"].read(asked.face, fields)) == Fraction(expected)


def test_order_points_out_a_place_that_is_used_twice() -> None:
    asked = question("## Urutkan {type=order}\n\n1. A\n2. B\n3. C\n")
    a, b, c = (f"place-{short_hash(letter)}" for letter in "ABC")

    response = TYPES["order"].read(asked.face, {a: ["1"], b: ["1"], c: ["2"]})

    assert set(TYPES["order"].unclear(asked.face, response)) == {a, b}


def test_cloze_counts_the_blanks_each_in_its_own_way() -> None:
    asked = question("Hak [[20]] JP, [[PP 11|PP Nomor 11]], [[provinsi / *kota]], [[1,5 +/- 0,1]].\n")
    kota = short_hash("kota")

    assert share(asked, read(asked, blank_1=["20"], blank_2=["pp nomor 11"], blank_3=[kota], blank_4=["1,6"])) == 1
    assert share(asked, read(asked, blank_1=["20 JP"], blank_2=["PP *"], blank_3=[kota], blank_4=["1,61"])) == Fraction(1, 4)
    assert TYPES["cloze"].unclear(asked.face, read(asked, blank_1=["20 JP"], blank_2=["x"], blank_4=["1.500"])) == ("blank-1", "blank-4")


def test_an_essay_waits_for_a_person_unless_it_is_empty() -> None:
    asked = question("## Ceritakan {type=essay}\n")

    assert share(asked, read(asked, text=["Suatu hari"])) is None
    assert share(asked, read(asked, text=[" \n "])) == 0


@pytest.mark.parametrize(("markdown", "fields"), [
    ("- [x] A\n- [ ] B\n", {"option": [short_hash("A"), short_hash("B")]}),
    ("- [x] A\n- [ ] B\n", {"option": ["0"]}),
    ("- [x] A\n- [x] B\n", {"option": [short_hash("A"), short_hash("A")]}),
    ("- [x] A\n- [x] B\n", {"option": [short_hash("A"), "-1"]}),
    ("```answer\nx\n```\n", {"text": ["a", "b"]}),
    ("```answer\nx\n```\n", {"text": ["a" * 1001]}),
    ("[[a]] [[b]]\n", {"blank-3": ["a"]}),
    ("[[a / *b]]\n", {"blank-1": ["a"]}),
    ("## X {type=match}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", {"row-0": ["2"]}),
    ("## X {type=order}\n\n1. A\n2. B\n", {f"place-{short_hash('A')}": ["3"]}),
    ("## X {type=order}\n\n1. A\n2. B\n", {f"place-{short_hash('A')}": ["1.0"]}),
])
def test_what_the_form_cannot_have_sent_is_refused(markdown: str, fields: dict[str, list[str]]) -> None:
    asked = question(markdown)

    with pytest.raises(BadResponse):
        TYPES[asked.type].read(asked.face, fields)


def test_a_long_essay_in_any_script_is_kept_as_it_was_written() -> None:
    asked = question("## Ceritakan {type=essay}\n")
    text = "a\U0001f600\u202e漢𐍈" * 20_000

    assert read(asked, text=[text]) == {"text": text}
    assert read(asked, text=["a\r\nb\0\ud800"]) == {"text": "a\nb"}


OPTIONS = st.lists(st.sampled_from("ABCDEFG"), min_size=1, unique=True)
PAIRS = st.dictionaries(st.sampled_from("ABCDEF"), st.sampled_from("123"))


@settings(max_examples=300, deadline=None)
@given(right=OPTIONS, picked=OPTIONS, seed=st.integers())
def test_multiple_does_not_depend_on_any_order(right: list[str], picked: list[str], seed: int) -> None:
    key = {"right": right, "all": False}
    mixed = random.Random(seed)

    earned = TYPES["multiple"].grade({}, key, {"options": picked})

    again = TYPES["multiple"].grade({}, {**key, "right": mixed.sample(right, len(right))}, {"options": mixed.sample(picked, len(picked))})
    assert earned == again
    assert 0 <= earned <= 1
    assert (earned == 1) is (set(right) == set(picked))


@settings(max_examples=300, deadline=None)
@given(order=st.permutations("ABCDEFG"))
def test_only_the_right_order_earns_everything(order: list[str]) -> None:
    key = {"right": list("ABCDEFG"), "all": False}

    earned = TYPES["order"].grade({}, key, {"places": {letter: place for place, letter in enumerate(order, start=1)}})

    assert earned == Fraction(sum(ord(b) - ord(a) == 1 for a, b in zip(order, order[1:], strict=False)), 6)
    assert (earned == 1) is (order == list("ABCDEFG"))


@settings(max_examples=300, deadline=None)
@given(rows=PAIRS.filter(bool), given_pairs=PAIRS)
def test_another_right_pair_never_earns_less(rows: dict[str, str], given_pairs: dict[str, str]) -> None:
    match = TYPES["match"]
    row = next(iter(rows))

    before = match.grade({}, {"right": rows}, {"pairs": given_pairs})
    after = match.grade({}, {"right": rows}, {"pairs": {**given_pairs, row: rows[row]}})

    assert 0 <= before <= after <= 1
