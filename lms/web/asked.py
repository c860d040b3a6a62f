"""Numbers that an address asks for, whoever wrote it."""

from collections.abc import Mapping

LARGEST_ID = 2_147_483_647  # PostgreSQL's integer; SQLite's driver fails beyond 64 bits
LAST_PAGE = 100_000


def row_id(asked: Mapping[str, str], name: str) -> int | None:
    """The row's number asked for: None if none is, 0 (no row's number) if it can be nobody's."""
    number = _number(asked.get(name, ""))
    return number if number is None or 0 < number <= LARGEST_ID else 0


def page_number(asked: Mapping[str, str]) -> int:
    """The page asked for, from 1."""
    return min(max(1, _number(asked.get("page", "")) or 1), LAST_PAGE)


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
