"""Names as people write them: what may stand in one, how one is looked for, and which look alike. Pure.

Names come with titles ("Dr. Sari Damanik, S.E., M.M."), as one word ("Suharto"), with apostrophes and with initials. They are kept
as written, in Unicode's composed form (NFC).
"""

import re
import unicodedata

LONGEST = 200
MOST_MARKS = 4  # on one letter; living languages need fewer, and thousands of them make a page slow to draw (C45)
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, writing direction, zero width, tags, no sign at all
TITLES_BEFORE = frozenset({
    "dr", "drs", "dra", "drg", "drh", "ir", "prof", "apt", "ns", "h", "hj", "kh", "pdt", "st", "ust", "letkol", "kol", "kompol", "akbp",
})
# Letters of other scripts that look like Latin ones (Unicode TR 39, the ones in common fonts), after case folding.
LIKE_LATIN = str.maketrans(
    "абвеёзікмнопрстуӯхѕјԁԛԝһүҽӏьαβεικνορτυχωγϲϳօոսհցքıłøđħŧƅɑɡɩ",
    "abbee3ikmhonpctyyxsjdqwhyelbabeikvoptuxwycjonuhgqilodhtbagi",
)


def fault(text: str) -> str | None:
    """The code of what is wrong with a name as it was typed, or None.

    Codes: name-missing, name-long, name-signs (a sign that cannot be seen or that turns the text around), name-marks.
    """
    name = tidy(text)
    if not name:
        return "name-missing"
    if len(name) > LONGEST:
        return "name-long"
    if any(unicodedata.category(sign) in UNSEEN for sign in name):
        return "name-signs"
    return "name-marks" if _piled(name) else None


def tidy(text: str) -> str:
    """The text in composed form, without space around it and with single spaces in it."""
    return re.sub(" +", " ", unicodedata.normalize("NFC", text)).strip()


def _piled(name: str) -> bool:
    count = 0
    for sign in unicodedata.normalize("NFD", name):
        count = count + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        if count > MOST_MARKS:
            return True
    return False


def sought(name: str) -> str:
    """What a search looks through: the words of a name in small Latin letters, without accents and titles.

    Each word has two spaces before it, so that a part of three signs can name the beginning of a word: "  sari  damanik".
    """
    return "".join(f"  {word}" for word in words(name))


def words(text: str) -> list[str]:
    """The words of a name or of what somebody types to find one; titles are left out unless there is nothing else."""
    plain, _comma, after = text.partition(",")
    parts = plain.split()
    kept = [part for number, part in enumerate(parts) if not _is_title(part, first=number == 0 or _is_title(parts[number - 1], first=True))]
    kept += [part for part in after.replace(",", " ").split() if "." not in part and not (part.isupper() and len(part) <= 5)]
    return _folded(" ".join(kept)) or _folded(text)


def _is_title(part: str, *, first: bool) -> bool:
    if first:
        return part.endswith(".") and part.rstrip(".").casefold() in TITLES_BEFORE
    return bool(re.fullmatch(r"(?:\w{1,4}\.){2,}\w{0,4}|[SM]\.\w{1,5}\.", part))


def _folded(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", like_latin(text))


def like_latin(text: str) -> str:
    """The text in small letters without accents and apostrophes, look-alikes of other scripts as the Latin letters they look like."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign) not in {"Mn", "Me", "Cf"})
    return re.sub(r"['’‘ʼ`´]", "", bare.casefold().translate(LIKE_LATIN))


def letters(name: str) -> str:
    """The letters and digits of a name as they are written, without case, accents and titles."""
    plain = unicodedata.normalize("NFKD", name.partition(",")[0]).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def mixes_scripts(name: str) -> bool:
    """Whether a name has Latin letters beside letters that only look like them."""
    letters = [sign for sign in unicodedata.normalize("NFKD", name).casefold() if sign.isalpha()]
    strange = [sign for sign in letters if not unicodedata.name(sign, "").startswith("LATIN") and like_latin(sign) != sign]
    latin = [sign for sign in letters if unicodedata.name(sign, "").startswith("LATIN")]
    return bool(strange and latin)
