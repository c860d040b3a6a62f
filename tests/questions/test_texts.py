"""Short texts are compared as people mean them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.questions.texts import example, matches


@pytest.mark.parametrize(("pattern", "text", "expected"), [
    ("kota", "  KOTA ", True), ("peraturan pemerintah", "Peraturan   Pemerintah", True), ("PP 11", "PP 11.", False),
    ("straße", "STRASSE", True),
    ("ﬁle", "file", True), ("kota", "kota kota", False), ("a*", "a", True), ("a*", "abc", True), ("a*", "ba", False),
    ("*kota*", "di kota ini", True),
    ("PP * 2017", "PP Nomor 11 Tahun 2017", True), ("PP * 2017", "PP 2017", False), ("a*b*a", "aba", True), ("a*a", "a", False),
    ("ab*ba", "aba", False),
    ("5\\*", "5*", True), ("5\\*", "55", False), ("*", "apa saja", True), ("a.c", "abc", False), ("[ab]", "a", False),
    ("", "", True),
])
def test_a_pattern_accepts(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


def test_case_counts_only_where_it_is_asked_for() -> None:
    assert matches("ASN", "asn")
    assert not matches("ASN", "asn", keep_case=True)
    assert matches("ASN", " ASN ", keep_case=True)


def test_many_stars_are_compared_at_once() -> None:
    assert not matches("*a" * 400 + "b", "a" * 900)


@given(st.text(alphabet="ab *\\", max_size=12))
def test_the_example_of_a_pattern_is_accepted_by_it(pattern: str) -> None:
    assert matches(pattern, example(pattern)) or not pattern.strip()
