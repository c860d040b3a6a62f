"""Quizzes, modules and people for the tests of assessment, with visible defaults."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

from flask import Flask

from lms.assessment import queries, rules, service
from lms.assessment.standing import place_for
from lms.content.catalog import Catalog, Lesson, Module, Quiz
from lms.content.quizzes import load_quiz
from lms.learning import service as learning
from lms.web.content import catalog

TWO_QUESTIONS = """
## Apa langkah pertama? {#langkah}

- [x] Menyapa dengan ramah {#sapa}
- [ ] Meminta berkas {#minta}
  > Berkas diminta sesudah menyapa.

> Sapaan membuka percakapan.

## Berapa JP setahun? {#jp}

```answer
20
```

> Dua puluh jam pelajaran.
"""
ESSAY = """
## Apa langkah pertama? {#langkah}

- [x] Menyapa dengan ramah {#sapa}
- [ ] Meminta berkas {#minta}

## Ceritakan satu keluhan {#keluhan type=essay}

Ceritakan satu keluhan.

- (2) Menceritakan dengan jelas
- (4) Menyebut tindak lanjut
"""
SAPA, MINTA = {"option": ["sapa"]}, {"option": ["minta"]}
JP, WRONG_JP = {"number": ["20"]}, {"number": ["12"]}


def quiz(text: str = TWO_QUESTIONS, *, id: str = "kuis", **settings: Any) -> Quiz:
    """A quiz from its file's text, with settings that override the file's."""
    front = "---\ntitle: Kuis Contoh\npreset: quiz\n---\n"
    read, mistakes = load_quiz(Path(f"quizzes/{id}.md"), front + text, render=_paragraph)
    assert read is not None, mistakes
    return replace(read, settings=replace(read.settings, **{"shuffle": False, **settings}))


def _paragraph(markdown: str) -> str:
    return f"<p>{escape(markdown.strip(), quote=False)}</p>"


def lesson(id: str = "satu", *, quiz: str | None = None) -> Lesson:
    """A lesson of ten minutes."""
    return Lesson(
        id=id, title=id.title(), file=f"{id}.md", minutes=10, part=None, quiz=quiz, optional=False, headings=(), words=100,
        revision="r1",
    )


def module(
    id: str = "modul", *, lessons: tuple[Lesson, ...] | None = None, final: str | None = "kuis", pretest: str | None = None,
    requires: tuple[str, ...] = (), published: bool = True,
) -> Module:
    """A sequential module of one lesson."""
    return Module(
        id=id, title="Modul Contoh", summary="", objectives=(), category=None, level=None, hours=Decimal(2), competencies=(),
        requires=requires, authors=(), language="id", order="sequential", pretest=pretest, quiz=final, certificate=None,
        expires_months=None, published=published, lessons=(lesson(),) if lessons is None else lessons, intro="r0", revision="m1",
    )


def serve(app: Flask, *quizzes: Quiz, modules: tuple[Module, ...] = ()) -> None:
    """Put these quizzes and modules in service instead of what is there."""
    app.extensions["library"].current = Catalog(
        modules={one.id: one for one in modules or (module(),)}, quizzes={one.id: one for one in quizzes}, designs=frozenset(),
        mistakes=(), generation=1,
    )


def studied(person_id: int, module_id: str = "modul", *lessons: str) -> int:
    """Enrol and finish lessons (default: "satu"); gives the enrolment's id."""
    enrolment_id = learning.enrol(person_id, module_id).id
    for one in lessons or ("satu",):
        learning.open_lesson(person_id, module_id, one)
        learning.finish_lesson(person_id, module_id, one)
    return enrolment_id


def begun(person_id: int, quiz_id: str = "kuis", **hints: str | None) -> int:
    """The id of a new attempt, or of the open one."""
    return service.start(person_id, place_for(catalog(), quiz_id, **{"module_id": None, "purpose": None, **hints}))


def answer(attempt_id: int, person_id: int, position: int, fields: Mapping[str, list[str]], *, version: int = 0,
           flagged: bool = False, tab: str = "", seq: int = 0) -> service.Saved:
    """Save one answer."""
    (saved,) = service.save(attempt_id, person_id, {position: service.Answer(fields, flagged, rules.Stamp(version, tab, seq))})
    return saved


def taken(person_id: int, *answers: Mapping[str, list[str]], quiz_id: str = "kuis") -> queries.Sheet:
    """An attempt that was begun, answered in the order of its questions and submitted."""
    attempt_id = begun(person_id, quiz_id)
    for position, fields in enumerate(answers, start=1):
        answer(attempt_id, person_id, position, fields)
    service.submit(attempt_id, person_id)
    return queries.sheet(attempt_id)


MINUTES = timedelta(minutes=1)
