"""Names and orders: ids from file names, anchors from headings, natural order, near misses."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

NUMBER = re.compile(r"^\d+[-_. )]+(?=.)")
INDEX_NAMES = ("readme", "index")
COMPARED = 100


def slug(text: str) -> str:
    """Lower case letters and digits of any script joined by `-`: `Etika & Nilai` is `etika-nilai`."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\w]+|_+", "-", plain).strip("-")


def anchor(text: str) -> str:
    """A heading's anchor as Git hosts make it: spaces become `-`, punctuation goes."""
    kept = re.sub(r"[^\w\- ]", "", unicodedata.normalize("NFC", text).strip().lower())
    return kept.replace(" ", "-")


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key in which `9-a` comes before `10-b`; an index file comes first in its folder."""
    if stem(name).lower() in INDEX_NAMES:
        return ((-1, 0, name),)
    parts = re.findall(r"[0-9]+|[^0-9]+", unicodedata.normalize("NFC", stem(name)).casefold())
    return tuple((0, int(part[:18]), "") if part.isdecimal() else (1, 0, part) for part in parts) + ((-1, 0, name),)


def stem(name: str) -> str:
    """A file name without `.md` or `.markdown`."""
    return re.sub(r"\.(md|markdown)$", "", name, flags=re.IGNORECASE)


def without_number(name: str) -> str:
    """`10-menyapa` is `menyapa`; a name that is only a number stays."""
    return NUMBER.sub("", name)


def lesson_ids(path: str) -> tuple[str, str]:
    """The id a lesson's path gives, and the one it takes when that is empty or taken."""
    names = PurePosixPath(path).parts
    folders, name = [*names[:-1]], stem(names[-1])
    short = [without_number(folder) for folder in folders]
    if name.lower() not in INDEX_NAMES:
        short.append(without_number(name))
    return slug("-".join(short)), slug("-".join([*folders, name])) or "lesson"


def readable(name: str) -> str:
    """A title from a file or folder name: `10-di_loket` is `Di loket`."""
    words = re.sub(r"[-_]+", " ", without_number(name)).strip() or name
    return words[:1].upper() + words[1:]


def nearest_path(wanted: str, paths: Collection[str]) -> str | None:
    """The known path that ends in the same name, else the most like it; comparing very many letter by letter takes too long."""
    name = wanted.rstrip("/").rpartition("/")[2].lower()
    same = [path for path in paths if path.rpartition("/")[2].lower() in (name, f"{name}.md")]
    if same:
        return min(same, key=lambda path: (len(path), path))
    if len(paths) > COMPARED:
        return None
    stems = {stem(path): path for path in paths}
    found = nearest(stem(wanted), stems)
    return found and stems[found]


def nearest(wanted: str, names: Iterable[str]) -> str | None:
    """The known name most like this one, or None when none is near."""
    found = difflib.get_close_matches(wanted, sorted(names), n=1, cutoff=0.6)
    return found[0] if found else None
