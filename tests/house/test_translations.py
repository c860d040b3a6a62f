"""The Indonesian catalogue: complete, with the same placeholders, and compiled from what is written."""

import io
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from lms import wiring
from lms.web.refusals import SENTENCES
from tests.house.sources import PROGRAM, ROOT, placeholders

CATALOGUE = PROGRAM / "translations" / "id" / "LC_MESSAGES"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "N_": None}


def written() -> Catalog:
    with (CATALOGUE / "messages.po").open("rb") as file:
        return read_po(file, locale="id")


@pytest.fixture(scope="module")
def wanted() -> set[str | tuple[str, ...]]:
    """Every msgid of the program, also those that stand in tables."""
    mapping = io.StringIO((ROOT / "babel.cfg").read_text("utf-8").replace("lms/", ""))
    methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = extract_from_dir(PROGRAM, methods, options, KEYWORDS)
    return {message for _file, _line, message, *_rest in found} | set(SENTENCES.values()) | {text for place in (*wiring.NAVIGATION, *wiring.OFFICE) for text in (place.label, place.hint) if text}


def ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def texts(message: Message) -> list[str]:
    """Its translation, one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def singular(msgid: str | Iterable[str]) -> str:
    return msgid if isinstance(msgid, str) else next(iter(msgid))


def test_every_sentence_is_translated(wanted: set[str | tuple[str, ...]]) -> None:
    catalogue = written()

    missing = [msgid for msgid in wanted if not _translated(catalogue.get(singular(msgid)))]

    assert len(wanted) > 200
    assert sorted(missing, key=str) == []


def _translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and all(texts(message))


def test_translations_name_the_same_values() -> None:
    differing = []
    for message in written():
        named = {name for text in ids(message) for name in placeholders(text)}
        if message.id and any(text and placeholders(text) != named for text in texts(message)):
            differing.append(message.id)

    assert differing == []


def test_the_catalogue_holds_nothing_that_the_program_no_longer_says(wanted: set[str | tuple[str, ...]]) -> None:
    said = {singular(msgid) for msgid in wanted}

    assert sorted(singular(message.id) for message in written() if message.id and singular(message.id) not in said) == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with (CATALOGUE / "messages.mo").open("rb") as file:
        compiled = {singular(message.id): texts(message) for message in read_mo(file) if message.id}

    source = {singular(message.id): texts(message) for message in written() if message.id and _translated(message)}
    differing = {msgid for msgid in compiled | source if compiled.get(msgid) != source.get(msgid)}

    assert sorted(differing) == []


def test_indonesian_never_shouts() -> None:
    assert [text for message in written() if message.id for text in texts(message) if re.search(r"\w!", text)] == []


def test_the_languages_that_are_offered_have_a_catalogue() -> None:
    assert [path.parent.parent.name for path in sorted(Path(PROGRAM / "translations").glob("*/LC_MESSAGES/messages.mo"))] == ["id"]
