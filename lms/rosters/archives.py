"""What an XLSX file is before anything in it is believed: a ZIP of few entries, of honest names and of an honest size."""

import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path

from lms.base.errors import Refused

MOST_ENTRIES = 1000
MOST_UNPACKED = 400 * 1024 * 1024
MOST_PART = 300 * 1024 * 1024
SUSPICIOUS_RATIO = 300  # sheets shrink to a tenth or a fiftieth; a bomb to a thousandth
SMALL = 16 * 1024 * 1024  # below this no ratio harms
ENCRYPTED = 0x1
SYMLINK, FILE_TYPE = 0o120000, 0o170000
NESTED = (".zip", ".xlsx", ".xlsm", ".jar", ".7z", ".rar", ".gz")


def opened(path: Path) -> zipfile.ZipFile:
    """The archive, after all has been looked at that can be known without unpacking it.

    Raises Refused "file-damaged", "file-encrypted", "file-macros", "file-too-many-parts", "file-unpacks-too-large" or
    "file-odd-parts".
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, UnicodeDecodeError, OverflowError):
        raise Refused("file-damaged") from None
    try:
        _look_at(archive.infolist(), path.stat().st_size)
    except BaseException:
        archive.close()
        raise
    return archive


def _look_at(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Refused("file-too-many-parts", most=MOST_ENTRIES)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Refused("file-encrypted")
    if any(entry.filename.casefold().endswith("vbaproject.bin") for entry in entries):
        raise Refused("file-macros")
    if _are_odd(entries) or _overlap(entries, size):
        raise Refused("file-odd-parts")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED or any(_is_a_bomb(entry) for entry in entries):
        raise Refused("file-unpacks-too-large", most=MOST_UNPACKED // 1024 // 1024)


def _is_a_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > MOST_PART or (entry.file_size > SMALL and entry.file_size > SUSPICIOUS_RATIO * max(1, entry.compress_size))


def _are_odd(entries: Iterable[zipfile.ZipInfo]) -> bool:
    """Names that leave the archive or that two systems would take for one, links, archives within, compression of another kind."""
    seen = set[str]()
    for entry in entries:
        name = entry.orig_filename
        plain = unicodedata.normalize("NFC", name).casefold()
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or "\0" in name or ":" in name or plain in seen:
            return True
        if (entry.external_attr >> 16) & FILE_TYPE == SYMLINK or plain.endswith(NESTED):
            return True
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            return True
        seen.add(plain)
    return False


def _overlap(entries: Iterable[zipfile.ZipInfo], size: int) -> bool:
    """Whether two entries share bytes of the file, as in archives that unpack to themselves."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + 30 + len(entry.orig_filename.encode("utf-8", "replace")) + entry.compress_size
    return end > size
