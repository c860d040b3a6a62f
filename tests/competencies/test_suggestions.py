"""Which offers close a gap, best first."""

from decimal import Decimal

from lms.competencies.rules import Gap
from lms.competencies.suggestions import Offer, Rise, ranked

SERVICE, SPEECH = Gap("M.5", 1, 3), Gap("M.3", 0, 1)


def offer(title: str, *levels: tuple[str, int], hours: str = "4", **more: object) -> Offer:
    return Offer("module", title.lower(), title, levels, Decimal(hours), ("learning.module", {"slug": title.lower()}), **more)  # type: ignore[arg-type]


def titles(*offers: Offer, gaps: tuple[Gap, ...] = (SERVICE, SPEECH)) -> list[str]:
    return [one.offer.title for one in ranked(gaps, offers)]


def test_only_what_raises_a_missing_level_is_suggested() -> None:
    assert titles(offer("Naik", ("M.5", 2)), offer("Sama", ("M.5", 1)), offer("Lain", ("M.7", 5)), offer("Tanpa")) == ["Naik"]
    assert titles(offer("Naik", ("M.5", 4)), gaps=(Gap("M.5", 3, 3), Gap("M.5", 2, None))) == []


def test_what_closes_most_comes_first_and_above_the_requirement_nothing_is_closed() -> None:
    assert titles(offer("Satu", ("M.5", 2)), offer("Dua", ("M.5", 3)), offer("Tiga", ("M.5", 3), ("M.3", 1)), offer("Jauh", ("M.3", 5))) == [
        "Tiga", "Dua", "Jauh", "Satu"]


def test_what_may_be_begun_now_goes_before_what_needs_something_first() -> None:
    assert titles(offer("Lanjutan", ("M.5", 3), needs=("Dasar",)), offer("Dasar", ("M.5", 2))) == ["Dasar", "Lanjutan"]


def test_among_equals_what_is_begun_then_fewer_hours_then_the_title_decide() -> None:
    assert titles(offer("Panjang", ("M.5", 2), hours="8"), offer("Begini", ("M.5", 2)), offer("Apa", ("M.5", 2)),
                  offer("Sudah mulai", ("M.5", 2), hours="9", begun=True)) == ["Sudah mulai", "Apa", "Begini", "Panjang"]


def test_the_reason_names_the_levels() -> None:
    (one,) = ranked((SERVICE, SPEECH), [offer("Tiga", ("M.3", 1), ("M.5", 3))])

    assert (one.rises, one.closed) == ((Rise("M.5", 1, 3, 3), Rise("M.3", 0, 1, 1)), 3)
