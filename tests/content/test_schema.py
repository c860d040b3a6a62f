"""The keys of modules and lessons, typed."""

from decimal import Decimal

import pytest

from lms.content import schema
from lms.content.frontmatter import split
from lms.content.schema import LESSON, MODULE, Metadata


def read(written: str, keys: object = MODULE) -> Metadata:
    return schema.read(split(f"---\n{written}\n---\n", "f.md").entries, keys, "f.md")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("hours: 4,5", {"hours": Decimal("4.5")}), ("hours: 4", {"hours": Decimal(4)}), ("hours: 4.25", {"hours": Decimal("4.3")}),
        ("objectives: [a, b]", {"objectives": ("a", "b")}), ("objectives: a", {"objectives": ("a",)}),
        ("competencies: {M.5: 2, T.1: 4}", {"competencies": (("M.5", 2), ("T.1", 4))}),
        ("expires: 24 months", {"expires": 24}), ("expires: 2 tahun", {"expires": 24}), ("expires: false", {"expires": None}),
        ("certificate: false", {"certificate": None}), ("certificate: resmi", {"certificate": "resmi"}),
        ("published: no", {"published": False}), ("published: ya", {"published": True}),
        ("category: Teknis", {"category": "teknis"}), ("order: free", {"order": "free"}), ("title:", {}), ("id: dasar-asn", {"id": "dasar-asn"}),
        ("title: |\n  dua\n  baris", {"title": "dua baris"}),
    ],
)
def test_values_are_typed(written: str, values: dict[str, object]) -> None:
    metadata = read(written)

    assert (dict(metadata.values), metadata.mistakes) == (values, ())


@pytest.mark.parametrize(
    "written",
    [
        "hours: banyak", "hours: 0", "hours: " + "9" * 5000, "category: lain", "competencies: [a]", "competencies: {M.5: 9}", "expires: 24",
        "expires: 5 abad", "published: mungkin", "title: [a]", "order: acak", "language: 12", 'id: "!!"',
    ],
)
def test_a_value_that_is_not_understood_is_a_warning_and_left_out(written: str) -> None:
    metadata = read(written)

    assert metadata.values == {}
    assert [(found.code, found.level, found.line) for found in metadata.mistakes] == [("bad-value", "warning", 2)]


@pytest.mark.parametrize(("written", "minutes"), [("12", 12), ("12 min", 12), ("15 menit", 15)])
def test_minutes_are_whole(written: str, minutes: int) -> None:
    assert read(f"minutes: {written}", LESSON).values == {"minutes": minutes}


@pytest.mark.parametrize(("written", "text"), [
    ("titel: x", "f.md:2: The key `titel` is not known. - Did you mean `title`?"),
    ("sidebar_position: 3", "f.md:2: The key `sidebar_position` is not known. - Remove it."),
    ("id: Dasar ASN", "f.md:2: The id `Dasar ASN` is not plain; `dasar-asn` is used. - Write `id: dasar-asn`."),
    ("hours: banyak", "f.md:2: `hours: banyak` is not understood and is left out. - Write a number such as 4 or 4,5."),
])
def test_a_mistake_says_where_what_and_what_instead(written: str, text: str) -> None:
    assert [found.text(str) for found in read(written).mistakes] == [text]


@pytest.mark.parametrize(("written", "value"), [("70", 70), ("70%", 70), ("70 %", 70), ("66,5%", Decimal("66.5"))])
def test_percentages_with_and_without_sign(written: str, value: object) -> None:
    entry = split(f"---\npass: {written}\n---\n", "f.md").entries["pass"]

    assert schema.percent(entry) == value
