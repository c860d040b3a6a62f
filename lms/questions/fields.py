"""Reading the fields of a question's form."""

from collections.abc import Iterable, Mapping, Sequence

from lms.questions.question import BadResponse

LINE_LIMIT = 1_000
TEXT_LIMIT = 100_000


def one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    """The value of a field that a form sends at most once, "" if it is absent."""
    values = fields.get(name, ())
    if len(values) > 1:
        raise BadResponse("several-values")
    return values[0] if values else ""


def chosen(fields: Mapping[str, Sequence[str]], name: str, allowed: Iterable[str]) -> str | None:
    """The id that was chosen among `allowed`, None if none was."""
    value = one(fields, name)
    if value and value not in set(allowed):
        raise BadResponse("unknown-option")
    return value or None


def written(fields: Mapping[str, Sequence[str]], name: str, *, limit: int = LINE_LIMIT) -> str | None:
    """The text that was written, None if it is only space. Databases refuse NUL and half characters, so they are dropped."""
    text = one(fields, name).replace("\r\n", "\n").replace("\0", "").encode("utf-8", "ignore").decode()
    if len(text) > limit:
        raise BadResponse("too-long")
    return text if text.strip() else None


def only_known(fields: Mapping[str, Sequence[str]], prefix: str, known: Iterable[str]) -> None:
    """Refuse fields named `prefix`… that the form does not have."""
    names = set(known)
    if any(name.startswith(prefix) and name not in names for name in fields):
        raise BadResponse("unknown-field")
