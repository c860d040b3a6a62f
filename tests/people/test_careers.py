"""Ranks and kinds of position: what lists write, and what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people import careers
from lms.people.careers import Fault


@pytest.mark.parametrize(("text", "employment", "expected"), [
    ("III/a", "PNS", "III/a"), ("IIIa", "PNS", "III/a"), ("iii a", "PNS", "III/a"), ("31", "PNS", "III/a"), ("Penata Muda", "PNS", "III/a"),
    ("Penata Muda (III/a)", "PNS", "III/a"), ("Penata Muda, III/a", "PNS", "III/a"), ("Penata Muda - III/a", "PNS", "III/a"),
    ("Golongan III/a", "PNS", "III/a"), ("Penata Tk. I (III/d)", "PNS", "III/d"), ("45", "PNS", "IV/e"), ("IV/e", "PNS", "IV/e"),
    ("", "PNS", ""), ("  ", "PPPK", ""), ("IX", "PPPK", "IX"), ("ix", "PPPK-PW", "IX"), ("9", "PPPK", "IX"), ("Golongan IX", "PPPK", "IX"),
    ("17", "PPPK", "XVII"),
    ("III/e", "PNS", Fault("rank-unknown", "III/e")), ("15", "PNS", Fault("rank-not-of-pns", "15")), ("IX", "PNS", Fault("rank-not-of-pns", "IX")),
    ("Pembina (III/a)", "PNS", Fault("rank-unknown", "Pembina (III/a)")), ("III/a", "PPPK", Fault("rank-not-of-pppk", "III/a")),
    ("18", "PPPK", Fault("rank-unknown", "18")), ("0", "PPPK", Fault("rank-unknown", "0")), ("Jenderal", "PNS", Fault("rank-unknown", "Jenderal")),
    ("²", "PPPK", Fault("rank-unknown", "²")),
])
def test_a_rank_is_read_as_lists_write_it(text: str, employment: str, expected: str | Fault) -> None:
    assert careers.read_rank(text, employment) == expected


def test_every_rank_of_the_tables_is_read_back_from_each_way_of_writing_it() -> None:
    written = {rank: [rank, careers.shown_rank(rank), name, *(number for number, one in careers.SIASN_RANKS.items() if one == rank)]
               for rank, name in careers.PANGKAT.items()}

    assert {rank: {careers.read_rank(text, "PNS") for text in texts} for rank, texts in written.items()} == {rank: {rank} for rank in careers.PANGKAT}
    assert [careers.read_rank(text, "PPPK") for text in careers.ROMAN] == list(careers.ROMAN)
    assert (len(careers.PANGKAT), len(careers.SIASN_RANKS), len(careers.ROMAN)) == (17, 17, 17)


@pytest.mark.parametrize(("rank", "shown"), [("III/a", "Penata Muda (III/a)"), ("IX", "IX"), ("", ""), ("Kapten", "Kapten")])
def test_a_rank_is_shown_with_its_name(rank: str, shown: str) -> None:
    assert careers.shown_rank(rank) == shown


@pytest.mark.parametrize(("text", "expected"), [
    ("JPT Pratama", "jpt-pratama"), ("jpt-pratama", "jpt-pratama"), ("22", "jpt-pratama"), ("III.a", "administrator"), ("Pengawas", "pengawas"),
    ("Ahli Muda", "ahli-muda"), ("Arsiparis Ahli Muda", "ahli-muda"), ("Keterampilan - Mahir", "mahir"), ("JFU", "pelaksana"), ("", ""),
    ("Raja", Fault("position-kind-unknown", "Raja")),
])
def test_a_kind_of_position_is_read_as_lists_write_it(text: str, expected: str | Fault) -> None:
    assert careers.read_position_kind(text) == expected


@pytest.mark.parametrize(("position", "kind"), [
    ("Widyaiswara Ahli Muda", "ahli-muda"), ("Arsiparis Terampil", "terampil"), ("Camat Siantar Barat", ""), ("", ""),
])
def test_the_name_of_a_functional_position_tells_its_level(position: str, kind: str) -> None:
    assert careers.kind_of_position(position) == kind


@given(st.text(max_size=60), st.sampled_from(["PNS", "PPPK", "PPPK-PW"]))
def test_whatever_is_read_can_be_read_again(text: str, employment: str) -> None:
    read, kind = careers.read_rank(text, employment), careers.read_position_kind(text)

    assert isinstance(read, Fault) or careers.read_rank(read, employment) == read
    assert isinstance(kind, Fault) or careers.read_position_kind(kind) == kind
