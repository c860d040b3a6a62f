"""The few words that rendered lessons contain, in the language of their module."""

from __future__ import annotations

import gettext
import os
from functools import lru_cache
from pathlib import Path

from lms.content.mistakes import N_

TRANSLATIONS = Path(__file__).parent.parent / "translations"
WORDS = {
    "note": N_("Note"), "tip": N_("Tip"), "important": N_("Important"), "warning": N_("Warning"), "caution": N_("Caution"),
    "table": N_("Table %(n)s"), "code": N_("Code %(n)s"), "done": N_("done"), "to-do": N_("to do"),
    "back": N_("Back to the text of footnote %(n)s"), "footnotes": N_("Footnotes"),
    "remote": N_("Picture from %(host)s, not loaded"), "remote-media": N_("Content from %(host)s, not loaded"),
    "missing": N_("Picture missing"), "missing-file": N_("File missing"), "gone": N_("this link leads nowhere"),
    "video": N_("Video: %(title)s"), "audio": N_("Audio: %(title)s"),
}

Labels = dict[str, str]


def default_language() -> str:
    """The language of messages when nobody says otherwise."""
    return os.environ.get("LMS_LANGUAGE", "id")


def translations(language: str) -> gettext.NullTranslations:
    """The program's messages in this language; English where it has none."""
    return gettext.translation("messages", TRANSLATIONS, languages=[language.replace("-", "_"), language.split("-")[0]], fallback=True)


@lru_cache(maxsize=8)
def labels(language: str) -> Labels:
    """The words by name, for a module in this language."""
    spoken = translations(language)
    return {name: spoken.gettext(word) for name, word in WORDS.items()}
