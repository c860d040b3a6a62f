"""The lines of an answer block: the share each earns and what it accepts."""

from fractions import Fraction

from lms.questions.source import N_, Line, Source
from lms.questions.weights import split_weight


def weighted_lines(source: Source) -> list[tuple[Fraction, Line]]:
    """(share from above 0 to 1, line without its weight) of each line; mistakes are reported."""
    lines: list[tuple[Fraction, Line]] = []
    for line in source.answers:
        weight, text = split_weight(line.text)
        share = Fraction(1) if weight is None else weight
        if not 0 < share <= 1:
            source.problems.error(
                line.line, "bad-answer-weight", N_("The weight of “%(answer)s” is not above 0 and up to 100 percent."),
                N_("Write, for example, 50%%: and the answer."), answer=line.text,
            )
        lines.append((share, Line(line.line, text)))
    _report_none_full(source, lines)
    return lines


def _report_none_full(source: Source, lines: list[tuple[Fraction, Line]]) -> None:
    if not lines:
        source.problems.error(
            source.line, "empty-answer-block", N_("The answer block of “%(title)s” is empty."),
            N_("Write an accepted answer on each line."), title=source.title,
        )
    elif all(share != 1 for share, _ in lines):
        source.problems.error(
            lines[0][1].line, "no-right-answer", N_("No answer of “%(title)s” earns all points."),
            N_("Write the right answer on a line of its own, without a percentage."), title=source.title,
        )
