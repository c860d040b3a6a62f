"""A text with blanks: words, numbers or menus."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from lms.questions import blanks
from lms.questions.fields import chosen, only_known, written
from lms.questions.numbers import NotANumber, UnclearNumber
from lms.questions.numeric import accepts, is_unclear, read_quantity
from lms.questions.quantities import BadQuantity, Quantity, quantity
from lms.questions.question import Arrangement, Face, Key, Response, short_hash
from lms.questions.source import N_, Line, Source
from lms.questions.texts import normal
from lms.questions.words import plain_words

NAME = "cloze"
KEYS = ("case", "shuffle")
EXAMPLE = """\
## Hak belajar

Pegawai berhak atas [[20]] JP setahun menurut [[PP 11/2017|PP Nomor 11 Tahun 2017]],
dicatat oleh [[provinsi / desa / *kota]], rata-rata [[1,5 +/- 0,1]] JP sebulan.

> Hak itu berlaku bagi setiap PNS.
"""


def parse(source: Source) -> tuple[Face, Key]:
    """Face {parts: [html around the blanks], blanks: [{kind: text, number or menu, choices}], shuffle}; key {blanks, case}."""
    prompt = blanks.find(source.prompt)
    lines = [Line(source.prompt_line + blank.line, blank.inside) for blank in prompt.blanks]
    _report_unpaired(source, prompt)
    read = [_blank(line, source) for line in lines]
    parts = blanks.split(source.block(prompt.markdown))
    if parts is None:
        _report_lost(source)
    face: Face = {"parts": parts or [], "blanks": [shown for shown, _ in read], "shuffle": source.switch("shuffle", default=None)}
    return face, {"blanks": [kept for _, kept in read], "case": bool(source.switch("case", default=False))}


def arrange(face: Face, *, shuffle: bool, rng: random.Random) -> Arrangement:
    """For each blank the ids of its menu: as written, or in any order where quiz or question say so."""
    menus = [[choice["id"] for choice in blank["choices"]] for blank in face["blanks"]]
    if shuffle if face["shuffle"] is None else face["shuffle"]:
        for menu in menus:
            rng.shuffle(menu)
    return {"menus": menus}


def read(face: Face, fields: Mapping[str, Sequence[str]]) -> Response | None:
    """{blanks: {number of the blank from 1: text or id}} from the fields `blank-1`, …; blanks left open are absent."""
    names = {str(place): f"blank-{place}" for place in range(1, len(face["blanks"]) + 1)}
    only_known(fields, "blank-", names.values())
    given = {place: _given(blank, fields, name) for (place, name), blank in zip(names.items(), face["blanks"], strict=True)}
    filled = {place: value for place, value in given.items() if value}
    return {"blanks": filled} if filled else None


def unclear(face: Face, response: Response | None) -> tuple[str, ...]:
    """The fields of the number blanks in which no number can be read."""
    given = response["blanks"] if response else {}
    return tuple(
        f"blank-{place}" for place, blank in enumerate(face["blanks"], start=1)
        if blank["kind"] == "number" and str(place) in given and is_unclear(given[str(place)], unit="never")
    )


def grade(face: Face, key: Key, response: Response | None) -> Fraction:
    """The share of blanks that are filled rightly."""
    right = rights(face, key, response)
    return Fraction(sum(right), max(1, len(right)))


def rights(face: Face, key: Key, response: Response | None) -> list[bool]:
    """For each blank whether it is filled rightly."""
    given = response["blanks"] if response else {}
    return [_is_right(blank, given.get(str(place), ""), case=key["case"]) for place, blank in enumerate(key["blanks"], start=1)]


def solution(face: Face, key: Key) -> Response:
    """The first accepted text, the number as written, or the menu's right choice."""
    return {"blanks": {str(place): blank["solution"] for place, blank in enumerate(key["blanks"], start=1)}}


def _given(blank: dict[str, Any], fields: Mapping[str, Sequence[str]], name: str) -> str | None:
    if blank["kind"] == "menu":
        return chosen(fields, name, [choice["id"] for choice in blank["choices"]])
    return written(fields, name)


def _is_right(blank: dict[str, Any], given: str, *, case: bool) -> bool:
    if not given:
        return False
    if "quantity" in blank:
        return accepts(blank["quantity"], given)
    if "choice" in blank:
        return bool(given == blank["choice"])
    return normal(given, keep_case=case) in {normal(text, keep_case=case) for text in blank["texts"]}


def _blank(line: Line, source: Source) -> tuple[dict[str, Any], dict[str, Any]]:
    if " / " in line.text:
        return _menu(line, source)
    if _is_meant_as_number(line.text):
        found = read_quantity(line, source.problems) or Quantity(Fraction(0), Fraction(0), None, "", "")
        return {"kind": "number", "choices": []}, {"quantity": found.to_json(), "solution": found.text}
    texts = [text.strip() for text in line.text.split("|")]
    if not all(texts):
        source.problems.error(
            line.line, "empty-blank", N_("The blank [[%(blank)s]] accepts an empty text."),
            N_("Write what belongs there: [[20]] or [[satu|dua]]."),
            blank=line.text,
        )
    return {"kind": "text", "choices": []}, {"texts": texts, "solution": texts[0]}


def _is_meant_as_number(text: str) -> bool:
    try:
        return quantity(text).unit is None
    except (UnclearNumber, BadQuantity):
        return True
    except NotANumber:
        return False


def _menu(line: Line, source: Source) -> tuple[dict[str, Any], dict[str, Any]]:
    texts = [text.strip() for text in line.text.split(" / ")]
    choices = [text[1:].strip() if text.startswith("*") else text for text in texts]
    ids = [short_hash(text) for text in choices]
    right = [id for id, text in zip(ids, texts, strict=True) if text.startswith("*")]
    if len(right) != 1:
        source.problems.error(
            line.line, "menu-without-right", N_("The menu [[%(blank)s]] has %(count)s right choices."),
            N_("Write * before exactly one; without spaces around the / it is one text."), blank=line.text, count=len(right),
        )
    if len(set(ids)) != len(ids) or not all(choices):
        source.problems.error(
            line.line, "equal-choices", N_("The menu [[%(blank)s]] has equal or empty choices."), N_("Write each choice once."),
            blank=line.text,
        )
    face = {"kind": "menu", "choices": [{"id": id, "text": plain_words(text)} for id, text in zip(ids, choices, strict=True)]}
    return face, {"choice": right[0] if right else "", "solution": right[0] if right else ""}


def _report_unpaired(source: Source, prompt: blanks.Prompt) -> None:
    for line in prompt.unpaired:
        source.problems.error(
            source.prompt_line + line, "unpaired-blank", N_("A [[ has no ]]."),
            N_("Close it in the same paragraph; write \\[[ if it is text, and \\| for the bar inside a table."),
        )
    if not prompt.blanks and not prompt.unpaired:
        source.problems.error(
            source.line, "no-blanks", N_("The question “%(title)s” has type=cloze but no blank."),
            N_("Write [[…]] where something is missing."), title=source.title,
        )


def _report_lost(source: Source) -> None:
    source.problems.error(
        source.line, "blank-in-markup", N_("A blank of “%(title)s” stands in the address or the text of a picture or link."),
        N_("Move the blank outside."), title=source.title,
    )
