"""Several right options: right picks less wrong picks, or all or nothing."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from lms.questions import choices
from lms.questions.question import BadResponse, Face, Key, Response
from lms.questions.source import N_, Source

NAME = "multiple"
KEYS = ("shuffle", "grading")
EXAMPLE = """\
## Tanda didengar

Mana tanda bahwa warga merasa didengar? Pilih semua yang tepat.

- [x] Ia mengangguk saat Anda menyimpulkan
- [x] Ia bertanya tentang langkah berikutnya
- [ ] Ia mengulang ceritanya dari awal
  > Pengulangan berarti ia belum yakin Anda menangkapnya.
- [ ] Ia diam dan melihat ponsel

> Orang yang merasa didengar beralih dari cerita ke langkah.
"""

arrange = choices.arrange


def parse(source: Source) -> tuple[Face, Key]:
    """Face as for `single`; key {right: [ids], all: whether only the whole counts, feedback: {id: html}}."""
    for option in source.options:
        if option.weight is not None:
            source.problems.error(
                option.line, "weight-in-multiple", N_("An option of a question with several right answers can have no weight."),
                N_("Delete the percentage in brackets; write \\( if it is text."),
            )
    choices.report_no_right(source)
    face, key = choices.options_of(source)
    return face, {**key, "all": source.all_or_nothing()}


def read(face: Face, fields: Mapping[str, Sequence[str]]) -> Response | None:
    """{options: [ids]} from the fields `option`, in the order of the face."""
    picked = [value for value in fields.get("option", ()) if value]
    known = choices.option_ids(face)
    if len(set(picked)) != len(picked) or not set(picked) <= set(known):
        raise BadResponse("unknown-option")
    return {"options": [id for id in known if id in picked]} if picked else None


def unclear(face: Face, response: Response | None) -> tuple[str, ...]:
    """Nothing: no numbers are written here."""
    return ()


def grade(face: Face, key: Key, response: Response | None) -> Fraction:
    """(right picks - wrong picks) / number right, not below 0."""
    picked, right = set(response["options"]) if response else set(), set(key["right"])
    if key["all"]:
        return Fraction(picked == right and bool(right))
    return max(Fraction(0), Fraction(2 * len(picked & right) - len(picked), max(1, len(right))))


def solution(face: Face, key: Key) -> Response:
    """All right options."""
    return {"options": key["right"]}
