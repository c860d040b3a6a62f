"""Short texts compared as people mean them."""

import re
import unicodedata

_STAR = "\ue0ff"


def normal(text: str, *, keep_case: bool = False) -> str:
    """NFKC, case folded unless it is kept, trimmed, runs of space as one. Punctuation stays.

    >>> normal("  Peraturan   PEMERINTAH ")
    'peraturan pemerintah'
    """
    text = unicodedata.normalize("NFKC", text)
    if not keep_case:
        text = unicodedata.normalize("NFKC", text.casefold())
    return " ".join(text.split())


def matches(pattern: str, text: str, *, keep_case: bool = False) -> bool:
    """Whether `text` is what `pattern` accepts; `*` stands for any run of characters, none included, and `\\*` for a star."""
    pieces = normal(_starred(pattern), keep_case=keep_case).split(_STAR)
    text = normal(text, keep_case=keep_case)
    if len(pieces) == 1:
        return pieces[0] == text
    first, *middle, last = pieces
    if len(first) + len(last) > len(text) or not text.startswith(first) or not text.endswith(last):
        return False
    return _in_order(middle, text[len(first) : len(text) - len(last)])


def example(pattern: str) -> str:
    """A text that `pattern` accepts."""
    fillings = (_starred(pattern).replace(_STAR, filling).strip() for filling in ("", "…"))
    return next((text for text in fillings if text and matches(pattern, text)), "…")


def _starred(pattern: str) -> str:
    return re.sub(r"\\\*|\*", lambda found: "*" if len(found[0]) == 2 else _STAR, pattern)


def _in_order(pieces: list[str], text: str) -> bool:
    place = 0
    for piece in pieces:
        found = text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return True
