"""NIPs and passwords."""

from datetime import date

import pytest

from lms.people.rules import Nip, password_fault, read_nip, sees_unit


@pytest.mark.parametrize(("text", "expected"), [
    ("198609262015051001", Nip("198609262015051001", date(1986, 9, 26), "PNS")),
    ("19860926 201505 1 001", Nip("198609262015051001", date(1986, 9, 26), "PNS")),
    ("199009132025242014", Nip("199009132025242014", date(1990, 9, 13), "PPPK")),
    ("198609262015151001", Nip("198609262015151001", date(1986, 9, 26), "")),
    ("200002292024011001", Nip("200002292024011001", date(2000, 2, 29), "PNS")),
    ("198613262015051001", "nip-birth"),
    ("199902292024011001", "nip-birth"),
    ("198609262015053001", "nip-sex"),
    ("198609262015051000", "nip-serial"),
    ("19860926201505100", "nip-digits"),
    ("1986092620150510011", "nip-digits"),
    ("١٩٨٦٠٩٢٦٢٠١٥٠٥١٠٠١", "nip-digits"),
    ("", "nip-digits"),
])
def test_a_nip_is_read_apart_or_its_first_fault_is_named(text: str, expected: Nip | str) -> None:
    assert read_nip(text) == expected


@pytest.mark.parametrize(("password", "fault"), [
    ("tujuh gajah biru", None),
    ("pendek", "password-short"),
    ("a" * 257, "password-long"),
    ("katasandi123", "password-guessable"),
    ("Damanik2024!", "password-guessable"),
    ("x199001012015012001", "password-guessable"),
    ("ababababab", "password-guessable"),
])
def test_a_password_is_refused_for_being_short_long_or_near_the_person(password: str, fault: str | None) -> None:
    assert password_fault(password, nip="199001012015012001", name="Sari Damanik, S.E.") == fault


@pytest.mark.parametrize(("role", "path", "expected"), [
    ("supervisor", "/1/5/", True), ("supervisor", "/1/5/9/", True), ("supervisor", "/1/", False), ("supervisor", "/1/55/", False),
    ("learner", "/1/5/", False), ("admin", "/2/", True),
])
def test_a_supervisor_sees_exactly_her_subtree(role: str, path: str, expected: bool) -> None:
    assert sees_unit(own_path="/1/5/", role=role, path=path) is expected
