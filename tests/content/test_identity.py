"""Ids from paths, natural order, anchors."""

import pytest

from lms.content.identity import anchor, lesson_ids, natural, nearest, nearest_path, readable, slug


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("10-menyapa.md", "menyapa"), ("menyapa.md", "menyapa"), ("01. Salam Pembuka.md", "salam-pembuka"), ("2024.md", "2024"),
        ("10-dasar/20-nilai.md", "dasar-nilai"), ("10-dasar/README.md", "dasar"), ("10-dasar/index.md", "dasar"), ("README.md", ""),
        ("Élan & Co.md", "élan-co"), ("a_b.md", "a-b"), ("3-2-1.md", "2-1"), ("x.markdown", "x"),
    ],
)
def test_a_lessons_id_is_its_path_without_numbers(path: str, short: str) -> None:
    assert lesson_ids(path)[0] == short


def test_where_the_short_id_is_taken_the_number_stays() -> None:
    assert [lesson_ids(path)[1] for path in ("10-a.md", "README.md", "1-x/index.md")] == ["10-a", "readme", "1-x-index"]


def test_files_stand_in_natural_order_with_the_index_first() -> None:
    names = ["10-c.md", "9-b.md", "b.md", "a.md", "README.md", "1-a.md", "A2.md"]

    assert sorted(names, key=natural) == ["README.md", "1-a.md", "9-b.md", "10-c.md", "a.md", "A2.md", "b.md"]


@pytest.mark.parametrize(
    ("heading", "found"),
    [("Mengapa tiga menit?", "mengapa-tiga-menit"), ("A & B", "a--b"), ("`kode` x_y", "kode-x_y"), ("Über", "über"), ("1.2 Nada", "12-nada")],
)
def test_anchors_are_those_of_git_hosts(heading: str, found: str) -> None:
    assert anchor(heading) == found


def test_readable_slug_and_near_names() -> None:
    assert (readable("10-di_loket"), readable("2024"), slug("Etika & Nilai")) == ("Di loket", "2024", "etika-nilai")
    assert (nearest("titel", ["title", "id"]), nearest("zzz", ["title"])) == ("title", None)
    assert nearest_path("nilai.md", ["a/b/nilai.md", "c/nilai.md", "x.md"]) == "c/nilai.md"
