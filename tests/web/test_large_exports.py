"""Exports of a hundred thousand rows."""

import tracemalloc
from collections.abc import Iterator

from flask import Flask

from lms.web.downloads import csv_response

ROWS = 100_000
MEGABYTE = 2**20


def rows() -> Iterator[tuple[str, str, int]]:
    for number in range(ROWS):
        yield f"1990010120150{number:05}", "Sari Dewi Damanik, S.Sos.", number


def test_l08_a_hundred_thousand_rows_are_written_without_being_held(app: Flask) -> None:
    with app.test_request_context():
        response = csv_response("orang.csv", ["NIP", "Nama", "Nomor"], rows())
        tracemalloc.start()
        size = lines = 0
        for piece in response.response:
            size += len(piece)
            lines += str(piece).count("\n") if isinstance(piece, str) else piece.count(b"\n")
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert lines == ROWS + 1
    assert size > 4 * MEGABYTE
    assert peak < 4 * MEGABYTE
