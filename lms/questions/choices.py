"""What `single` and `multiple` share: options with their ids, order and feedback."""

import random
import re

from lms.questions.question import Arrangement, Face, Key, short_hash
from lms.questions.source import N_, Option, Source

_TELLING = re.compile(r"(?:benar|salah|betul|keliru|kunci|right|wrong|correct|incorrect|true|false|key)[\W_\d]*", re.IGNORECASE)


def options_of(source: Source) -> tuple[Face, Key]:
    """Face and key of a task list, without what makes an option right."""
    ids = [option.id or short_hash(option.text) for option in source.options]
    _report_equals(source, ids)
    _report_telling_ids(source)
    face: Face = {
        "prompt": source.block(source.prompt),
        "options": [{"id": id, "html": source.block(option.text)} for id, option in zip(ids, source.options, strict=True)],
        "shuffle": source.switch("shuffle", default=None),
    }
    feedback = {id: source.block(option.feedback) for id, option in zip(ids, source.options, strict=True) if option.feedback}
    return face, {"right": [id for id, option in zip(ids, source.options, strict=True) if option.right], "feedback": feedback}


def arrange(face: Face, *, shuffle: bool, rng: random.Random) -> Arrangement:
    """The options as written, or in any order where the quiz shuffles and the question does not say otherwise."""
    ids = [option["id"] for option in face["options"]]
    if shuffle if face["shuffle"] is None else face["shuffle"]:
        rng.shuffle(ids)
    return {"options": ids}


def option_ids(face: Face) -> list[str]:
    """Ids of the options as written."""
    return [option["id"] for option in face["options"]]


def report_no_right(source: Source) -> None:
    """Report a question in which no option is right, and warn of one in which nothing can be chosen."""
    if not any(option.right for option in source.options):
        source.problems.error(
            source.line, "no-right-answer", N_("The question “%(title)s” has no right answer."),
            N_("Write [x] instead of [ ] before the right option."), title=source.title,
        )
    elif len(source.options) == 1:
        source.problems.warning(
            source.options[0].line, "one-option", N_("The question “%(title)s” has only one option."),
            N_("Add a wrong one."), title=source.title,
        )


def _report_equals(source: Source, ids: list[str]) -> None:
    texts: dict[str, Option] = {}
    lines: dict[str, int] = {}
    for id, option in zip(ids, source.options, strict=True):
        first = texts.setdefault(" ".join(option.text.split()), option)
        line = lines.setdefault(id, option.line)
        if first is not option:
            source.problems.error(
                option.line, "equal-options", N_("The option “%(option)s” is the same as the one in line %(other)s."),
                N_("Change or delete one of the two."), option=option.text, other=first.line,
            )
        elif line != option.line:
            source.problems.error(
                option.line, "duplicate-option-id", N_("The option's id “%(id)s” is already used in line %(other)s."),
                N_("Give this option another id."), id=id, other=line,
            )


def _report_telling_ids(source: Source) -> None:
    for option in source.options:
        if option.id and _TELLING.fullmatch(option.id) and option.id.lower() not in option.text.lower():
            source.problems.error(
                option.line, "telling-id", N_("The id “%(id)s” tells on the learner's page whether the option is right."),
                N_("Choose an id that says nothing, such as {#a}."), id=option.id,
            )
