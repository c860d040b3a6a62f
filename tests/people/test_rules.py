"""NIPs."""

from datetime import date

import pytest

from lms.people.rules import Nip, read_nip


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
