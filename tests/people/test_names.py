"""Names: what is kept, what is refused, how one is looked for, which look alike."""

import pytest

from lms.people.names import fault, letters, like_latin, mixes_scripts, sought, tidy


@pytest.mark.parametrize("name", [
    "Suharto", "N", "O'Neil", "Dr. Sari Damanik, S.E., M.M.", "Ny. Hj. R. Ayu", "<3", "null", "NaN", "__proto__", "Nguyễn Thị Hương", "Sari 🙂",
    "王小明", "A" * 200, "Sari\u0301", "=cmd|' /C calc'!A0",
])
def test_c47_unusual_names_are_names(name: str) -> None:
    assert fault(name) is None


@pytest.mark.parametrize(("name", "code"), [
    ("", "name-missing"), (" \t ", "name-missing"), ("A" * 201, "name-long"), ("Sari\u202eDamanik", "name-signs"), ("Sari\u2066D\u2069", "name-signs"),
    ("Sa\u200bri", "name-signs"), ("Sari\x00", "name-signs"), ("Sari\x1b[31m", "name-signs"), ("Sari\u0085", "name-missing-not"),
    ("Sari\U000e0041", "name-signs"), ("Sari\nDamanik", "name-signs"), ("Sari\ue000", "name-signs"), ("S\u00adari", "name-signs"),
    ("Sa" + "\u0301" * 5 + "ri", "name-marks"), ("e" + "\u0301" * 150, "name-marks"),
])
def test_c45_signs_that_hide_or_turn_the_text_are_refused(name: str, code: str) -> None:
    assert fault(name) == (None if code == "name-missing-not" else code)


def test_a_name_is_kept_composed_and_without_needless_space() -> None:
    assert (tidy("  Se\u0301bastien   Purba "), tidy("Dr.  Sari")) == ("S\u00e9bastien Purba", "Dr. Sari")


@pytest.mark.parametrize(("name", "expected"), [
    ("Sari Damanik", "  sari  damanik"), ("Dr. Ir. Sari Damanik, S.E., M.M.", "  sari  damanik"), ("Sébastien O’Neil", "  sebastien  oneil"),
    ("M. Yusuf", "  m  yusuf"), ("M.Yusuf", "  m  yusuf"), ("Hj. Siti Aminah S.Pd.", "  siti  aminah"), ("Drs.", "  drs"), ("Siti-Aminah", "  siti  aminah"),
    ("Damanik, Sari", "  damanik  sari"), ("ＳＡＲＩ", "  sari"), ("Nguyễn Đức", "  nguyen  duc"), ("<3", "  3"), ("🙂", ""),
])
def test_a_name_is_looked_for_without_titles_accents_and_case(name: str, expected: str) -> None:
    assert sought(name) == expected


def test_c46_letters_of_other_scripts_read_as_the_latin_ones_they_look_like() -> None:
    fake = "\u0405\u0430ri D\u0430m\u0430nik"  # Cyrillic letters in it

    assert (sought(fake), like_latin("\u0421\u0415\u041d\u0410"), letters(fake) == letters("Sari Damanik")) == ("  sari  damanik", "ceha", False)
    assert (mixes_scripts(fake), mixes_scripts("Sari Damanik"), mixes_scripts("Иван"), mixes_scripts("Sébastien")) == (True, False, False, False)
