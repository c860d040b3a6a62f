"""Certificate designs: folders under certificates/ that hold certificate.html, certificate.css, design.toml and preview.json.

A design is read whole into memory, pictures and fonts too; printing a certificate afterwards opens no file of the folder again.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError

from lms.base.errors import Refused
from lms.certificates import rules
from lms.certificates.printed import printed
from lms.certificates.sandbox import fill
from lms.content.catalog import Mistake

TEMPLATE, STYLE, FACTS, PREVIEW = "certificate.html", "certificate.css", "design.toml", "preview.json"
NEEDED = (TEMPLATE, STYLE, FACTS, PREVIEW)
PAGES = ("A4 landscape", "A4 portrait")
NUMBER_FIELDS = {"seq": r"(0[1-9])?", "year": "", "month": "(02)?", "roman_month": ""}
SIGNATORY_KEYS = ("position", "name", "rank", "nip")
FILE_LIMIT = 4_000_000
MISTAKES = {
    "design-file-missing": ("The file is missing.", "Copy it from certificates/resmi and change it."),
    "design-file-large": ("The file is larger than 4 MB.", "Make the picture smaller."),
    "design-file-encoding": ("The file is not UTF-8 text.", "Save it as UTF-8."),
    "design-toml": ("The file is not TOML: %(problem)s", "Mend the line."),
    "design-key": ("%(key)s is missing or no text.", 'Write %(key)s = "…".'),
    "design-page": ("The paper %(page)s is not known.", "Write A4 landscape or A4 portrait."),
    "design-number": (
        "The number pattern has an unknown part: %(part)s",
        "Use {seq:04}, {year}, {month:02} and {roman_month} only.",
    ),
    "design-number-unique": ("The number pattern lacks {seq} or {year}.", "Add both: the count starts again every year."),
    "design-signatory": (
        "A signatory is missing or incomplete.",
        "Write one [[signatory]] table for each, with position, name, rank and nip.",
    ),
    "design-preview": ("The example does not fit: %(problem)s", "Compare it with certificates/resmi/preview.json."),
    "design-template": (
        "The template cannot be filled: %(problem)s",
        "Use only the variables and the means of certificates/README.md.",
    ),
}
PREVIEW_URL = "https://belajar.example.go.id/verify/contoh"


@dataclass(frozen=True)
class Design:
    """A design as it stood when it was read; two are equal when their files are."""

    revision: str
    id: str = field(compare=False)
    title: str = field(compare=False)
    page: str = field(compare=False)
    place: str = field(compare=False)
    number: str = field(compare=False)
    signatories: tuple[Mapping[str, str | None], ...] = field(compare=False)
    files: Mapping[str, bytes] = field(compare=False, repr=False)

    @property
    def template(self) -> str:
        """The text of certificate.html."""
        return self.files[TEMPLATE].decode()

    @property
    def style(self) -> str:
        """The text of certificate.css, then the paper of design.toml: last, because nothing may stand before an @import."""
        return f"{self.files[STYLE].decode()}\n@page {{ size: {self.page} }}"

    def snapshot(self) -> dict[str, Any]:
        """What the design adds to a certificate's snapshot when it is issued: title, place and signatories."""
        return {"title": self.title, "place": self.place, "signatories": [dict(person) for person in self.signatories]}

    def preview(self) -> dict[str, Any]:
        """The whole snapshot of preview.json, completed with the design's own facts."""
        example: dict[str, Any] = json.loads(self.files[PREVIEW])
        return {**self.snapshot(), **example}


def load_design(folder: Path) -> Design:
    """The design in a folder; Refused "certificate-design-broken" with the first mistake of `check_design`."""
    mistakes = check_design(folder)
    if mistakes:
        raise Refused("certificate-design-broken", design=folder.name, mistake=mistakes[0].text(str))
    return _read(folder)


def format_number(pattern: str, seq: int, on: date) -> str:
    """The number of a certificate: "{seq:04}/SERT/{roman_month}/{year}" with 7 on 1 March 2026 gives "0007/SERT/III/2026".

    Known fields are seq, year, month and roman_month; anything else is Refused "certificate-number-pattern".
    """
    flaw = _pattern_flaw(pattern)
    if flaw is not None:
        raise Refused("certificate-number-pattern", pattern=pattern, part=flaw)
    return pattern.format(seq=seq, year=on.year, month=on.month, roman_month=rules.roman_month(on.month))


def check_design(folder: Path) -> tuple[Mistake, ...]:
    """Everything that is wrong with a design, with file and line; nothing is printed to find it out."""
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        return tuple(_mistake(folder, name, 1, "design-file-missing") for name in missing)
    mistakes = [*_check_files(folder), *_check_facts(folder)]
    return tuple(mistakes) or tuple(_check_template(_read(folder), folder))


def _read(folder: Path) -> Design:
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in _pictures_and_texts(folder)}
    facts = tomllib.loads(files[FACTS].decode())
    people = tuple({key: person.get(key) for key in SIGNATORY_KEYS} for person in facts["signatory"])
    return Design(
        revision=_revision(files),
        id=folder.name,
        title=facts["title"],
        page=facts["page"],
        place=facts["place"],
        number=facts["number"],
        signatories=people,
        files=files,
    )


def _pictures_and_texts(folder: Path) -> list[Path]:
    """The design's files in a fixed order; links are left out, they could lead anywhere."""
    root = folder.resolve()
    inside = (path for path in sorted(folder.rglob("*")) if path.resolve().is_relative_to(root))
    return [path for path in inside if path.is_file() and not path.is_symlink()]


def _revision(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:32]


def _check_files(folder: Path) -> list[Mistake]:
    mistakes = []
    for path in _pictures_and_texts(folder):
        name = path.relative_to(folder).as_posix()
        if path.stat().st_size > FILE_LIMIT:
            mistakes.append(_mistake(folder, name, 1, "design-file-large"))
        elif name in NEEDED and not _is_text(path):
            mistakes.append(_mistake(folder, name, 1, "design-file-encoding"))
    return mistakes


def _is_text(path: Path) -> bool:
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _check_facts(folder: Path) -> list[Mistake]:
    text = (folder / FACTS).read_text("utf-8", "replace")
    try:
        facts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [_mistake(folder, FACTS, _line_in(str(error)), "design-toml", problem=str(error))]
    wrong = [key for key in ("title", "page", "place", "number") if not isinstance(facts.get(key), str)]
    if wrong:
        return [_mistake(folder, FACTS, _line_of(text, key), "design-key", key=key) for key in wrong]
    mistakes = []
    if facts["page"] not in PAGES:
        mistakes.append(_mistake(folder, FACTS, _line_of(text, "page"), "design-page", page=facts["page"]))
    if not _are_signatories(facts.get("signatory")):
        mistakes.append(_mistake(folder, FACTS, _line_of(text, r"\[\[signatory"), "design-signatory"))
    return mistakes + _check_pattern(folder, facts["number"], _line_of(text, "number"))


def _check_pattern(folder: Path, pattern: str, line: int) -> list[Mistake]:
    flaw = _pattern_flaw(pattern)
    if flaw is not None:
        return [_mistake(folder, FACTS, line, "design-number", part=flaw)]
    if {"seq", "year"} <= {name for _, name, _, _ in Formatter().parse(pattern)}:
        return []
    return [_mistake(folder, FACTS, line, "design-number-unique")]


def _are_signatories(people: object) -> bool:
    return isinstance(people, list) and bool(people) and all(_is_signatory(person) for person in people)


def _is_signatory(person: object) -> bool:
    return (
        isinstance(person, dict)
        and {"position", "name"} <= set(person) <= set(SIGNATORY_KEYS)
        and all(isinstance(value, str) for value in person.values())
    )


def _check_template(design: Design, folder: Path) -> list[Mistake]:
    try:
        values = printed(design.preview(), verify_url=PREVIEW_URL)
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        return [_mistake(folder, PREVIEW, 1, "design-preview", problem=repr(error))]
    try:
        fill(design.template, values)
    except TemplateError as error:
        return [_mistake(folder, TEMPLATE, _template_line(error), "design-template", problem=str(error))]
    return []


def _template_line(error: TemplateError) -> int:
    """Where a template failed: a syntax error says it, for the others the innermost frame of the template does."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    lines, frame = [1], error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == "<template>":
            lines.append(frame.tb_lineno)
        frame = frame.tb_next
    return lines[-1]


def _pattern_flaw(pattern: str) -> str | None:
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        return pattern
    for _, name, form, conversion in parts:
        if name is not None and (conversion or name not in NUMBER_FIELDS or not re.fullmatch(NUMBER_FIELDS[name], form or "")):
            return "{" + name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "") + "}"
    return None


def _line_of(text: str, key: str) -> int:
    return next((count for count, line in enumerate(text.splitlines(), 1) if re.match(key, line)), 1)


def _line_in(message: str) -> int:
    found = re.search(r"line (\d+)", message)
    return int(found[1]) if found else 1


def _mistake(folder: Path, name: str, line: int, code: str, **params: str) -> Mistake:
    message, remedy = MISTAKES[code]
    return Mistake(f"certificates/{folder.name}/{name}", line, "error", code, message, tuple(params.items()), remedy, None)
