"""Which passwords and addresses are taken."""

import hashlib
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask

from lms import config
from lms.accounts import breached, passwords
from lms.accounts.rules import is_email
from lms.base.errors import Refused
from lms.people.rules import DEMO_PASSWORD

OWNER = {"nip": "199001012015012001", "name": "Sari Damanik, S.E.", "unit": "Dinas Kependudukan dan Pencatatan Sipil"}


def fault(password: str) -> str | None:
    try:
        passwords.must_be_good(password, **OWNER)
    except Refused as refused:
        return refused.code
    return None


@pytest.fixture
def with_list(app: Flask, settings: config.Settings, tmp_path: Path) -> Path:
    """An installation with a file of leaked passwords: 2,000 lines in order, as they come from the publisher."""
    leaked = ["gajah ungu tiga belas", "kopi hitam tanpa gula", *(f"kata acak nomor {number}" for number in range(1998))]
    path = tmp_path / "leaked.txt"
    lines = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in leaked)
    path.write_bytes(b"".join(f"{line}:{place % 97 * 31}\r\n".encode() for place, line in enumerate(lines)))
    app.extensions["settings"] = replace(settings, breached_passwords=str(path))
    yield path
    app.extensions["settings"] = settings


@pytest.mark.parametrize(("password", "expected"), [
    ("tujuh gajah biru", None),
    ("merah kuda-laut 42", None),
    (DEMO_PASSWORD, None),
    (" ".join(f"{one} gajah {one * one}" for one in range(101, 112)), None),  # 163 characters
    ("🐘🦒🐊🦏🐫🦓🦔🦡🦢🦩🐧🐢", None),  # every sign counts as one
    ("gajah biru", "password-short"),
    ("", "password-short"),
    ("ﬁﬁﬁﬁﬁ", "password-short"),  # five signs that stand for ten letters
    ("b" + "ab c" * 64, "password-long"),
    ("tujuh\x00gajah biru", "password-sign"),
    ("tujuh\tgajah biru", "password-sign"),
    ("katasandi123", "password-guessable"),
    ("qwertyuiop12", "password-guessable"),
    ("Password12345!", "password-guessable"),
    ("indonesiaraya", "password-guessable"),
    ("kotapematangsiantar", "password-guessable"),
    ("sayangkamu123", "password-guessable"),
    ("ababababababab", "password-guessable"),
    ("111111111111111", "password-guessable"),
    ("pemerintahkotacontoh", "password-guessable"),  # the agency of the settings
    ("Damanik2024!!", "password-personal"),
    ("saridamanik1990", "password-personal"),
    ("Kependudukan99", "password-personal"),
    ("dinaskependudukan", "password-personal"),
    ("x199001012015012001", "password-personal"),
    ("gajah 19900101 201501 2 001 biru", "password-personal"),
    ("1272014101900003", "password-personal"),  # as long as a NIK
    ("gajah 1272014101900003 biru", "password-personal"),
])
def test_a13_a_password_is_refused_for_being_short_long_common_or_near_the_person(app: Flask, password: str, expected: str | None) -> None:
    assert fault(password) == expected


@pytest.mark.parametrize("password", ["kuda laut merah", "KUDA LAUT MERAH", "80236174905518", "~!@ %^&*() _+<>", "くじらの夢は青い空の色をして"])
def test_a13_no_kind_of_sign_is_demanded(app: Flask, password: str) -> None:
    assert fault(password) is None


def test_a13_the_whole_length_is_hashed() -> None:
    kept = passwords.hashed("gajah biru " * 20 + "a")

    assert (passwords.matches(kept, "gajah biru " * 20 + "a"), passwords.matches(kept, "gajah biru " * 20 + "b")) == (True, False)


def test_a13_a_leaked_password_is_found_in_the_file_as_typed_and_in_capitals(with_list: Path) -> None:
    tried = ["gajah ungu tiga belas", "Gajah Ungu Tiga Belas", "kopi hitam tanpa gula", "kata acak nomor 0", "gajah ungu tiga puluh"]

    assert [fault(one) for one in tried] == ["password-leaked"] * 4 + [None]


def test_a13_every_line_of_the_file_is_found_and_nothing_else(with_list: Path) -> None:
    found = [breached.is_leaked(f"kata acak nomor {number}", with_list) for number in range(1998)]

    assert all(found)
    assert not any(breached.is_leaked(f"kata tertib nomor {number}", with_list) for number in range(300))


def test_a13_a_file_of_one_line_without_an_end_or_of_none_is_searched_too(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text(hashlib.sha1(b"gajah biru", usedforsecurity=False).hexdigest().upper())
    empty = tmp_path / "none.txt"
    empty.touch()

    assert (breached.is_leaked("gajah biru", path), breached.is_leaked("gajah", path), breached.is_leaked("gajah", empty)) == (True, False, False)


def test_a14_a_password_is_the_same_from_every_keyboard() -> None:
    composed, decomposed = "Élan gajah ungu", unicodedata.normalize("NFD", "Élan gajah ungu")
    kept = passwords.hashed(decomposed)

    assert composed != decomposed
    assert [passwords.matches(kept, one) for one in (composed, decomposed, "Elan gajah ungu", "Ｅ́lan gajah ungu")] == [True, True, False, True]


def test_a14_a_hash_from_before_passwords_were_normalised_still_opens_and_is_called_outdated() -> None:
    decomposed = unicodedata.normalize("NFD", "Élan gajah ungu")
    old = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(decomposed)

    assert (passwords.matches(old, decomposed), passwords.is_outdated(old, decomposed)) == (True, True)
    assert passwords.is_outdated(passwords.hashed(decomposed), decomposed) is False


def test_a14_what_stands_behind_a_nul_counts() -> None:
    kept = passwords.hashed("gajah biru\x00satu")

    assert (passwords.matches(kept, "gajah biru\x00satu"), passwords.matches(kept, "gajah biru\x00dua"), passwords.matches(kept, "gajah biru")) == (
        True, False, False)


def test_a_hash_of_weaker_parameters_is_called_outdated() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("tujuh gajah biru")

    assert (passwords.matches(weak, "tujuh gajah biru"), passwords.is_outdated(weak, "tujuh gajah biru")) == (True, True)


def test_half_of_a_surrogate_is_nobodys_password(app: Flask) -> None:
    assert fault("tujuh gajah \ud800") == "password-sign"
    assert passwords.matches(passwords.hashed("tujuh gajah"), "tujuh gajah \ud800") is False


@pytest.mark.parametrize(("text", "expected"), [
    ("sari@example.go.id", True), ("sari.d+belajar@dinas-x.example.go.id", True), ("o'neil@example.id", True),
    ("", False), ("sari", False), ("sari@localhost", False), ("sari@@example.id", False), ("a..b@example.id", False),
    ("sari@example.id\r\nBcc: semua@example.id", False), ("sari@example.id\n", False), ("Sari <sari@example.id>", False),
    ("sari@example.id,budi@example.id", False), ("sari@exam ple.id", False), ("sari@-example.id", False), ("s@" + "a" * 250 + ".id", False),
    ("<script>@example.id", False), ('"sari"@example.id', False), ("sari@example.id\x00", False), ("sári@example.id", False),
])
def test_c34_an_address_is_one_plain_address(text: str, expected: bool) -> None:
    assert is_email(text) is expected
