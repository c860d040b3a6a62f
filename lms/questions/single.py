"""One right option among several; other options may give part of the points or take some away."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from lms.questions import choices
from lms.questions.fields import chosen
from lms.questions.question import Face, Key, Response
from lms.questions.source import N_, Source

NAME = "single"
KEYS = ("shuffle",)
EXAMPLE = """\
## Menyapa warga {#menyapa points=2}

Apa langkah pertama ketika warga tiba di loket?

- [x] Menyapa dengan ramah
- [ ] (50%) Menanyakan keperluannya
  > Baik, tetapi sapaan mendahuluinya.
- [ ] (-25%) Meminta berkas
  > Berkas diminta sesudah menyapa.

> [!TIP]
> Apa yang Anda harapkan saat masuk ke rumah orang?

> Sapaan membuka komunikasi dan menenangkan warga yang cemas.
"""

arrange = choices.arrange


def parse(source: Source) -> tuple[Face, Key]:
    """Face {prompt, options: [{id, html}], shuffle: true, false or null}; key {right: id, weights, feedback: {id: html}}."""
    _report_weights(source)
    _report_rights(source)
    face, key = choices.options_of(source)
    options = zip(choices.option_ids(face), source.options, strict=True)
    weights = {id: str(option.weight) for id, option in options if option.weight is not None}
    right = key["right"][0] if key["right"] else ""
    return face, {**key, "right": right, "weights": {**weights, right: "1"}}


def read(face: Face, fields: Mapping[str, Sequence[str]]) -> Response | None:
    """{option: id} from the field `option`."""
    option = chosen(fields, "option", choices.option_ids(face))
    return {"option": option} if option else None


def unclear(face: Face, response: Response | None) -> tuple[str, ...]:
    """Nothing: no numbers are written here."""
    return ()


def grade(face: Face, key: Key, response: Response | None) -> Fraction:
    """1 for the right option, its weight for another."""
    return Fraction(key["weights"].get(response["option"], "0")) if response else Fraction(0)


def solution(face: Face, key: Key) -> Response:
    """The right option."""
    return {"option": key["right"]}


def _report_rights(source: Source) -> None:
    rights = [option for option in source.options if option.right]
    choices.report_no_right(source)
    if len(rights) > 1:
        source.problems.error(
            rights[1].line, "several-right", N_("A question with type=single has %(count)s right options."),
            N_("Leave one [x], or write type=multiple."), count=len(rights),
        )


def _report_weights(source: Source) -> None:
    for option in source.options:
        if option.right and option.weight is not None and option.weight != 1:
            source.problems.error(
                option.line, "weight-of-right", N_("The right option earns all points and can have no weight."),
                N_("Delete the percentage in brackets, or write [ ] instead of [x]."),
            )
