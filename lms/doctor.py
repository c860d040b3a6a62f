"""What is missing on this machine, and how to mend it."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pysqlite3.dbapi2

from lms.base.db import SQLITE_AT_LEAST
from lms.config import Settings

APT = "apt-get install -y"
PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
FONTS = "fonts-noto-core fonts-droid-fallback fonts-dejavu-core"
DISK = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` is what to run or write if it is not good."""

    good: bool
    text: str
    remedy: str = ""


def report(settings: Settings) -> list[Finding]:
    """Everything the program needs, looked at once."""
    return [
        _sqlite(), _pango(), _fonts(), _content(settings.content_dir), _disk(settings.instance_dir),
        Finding(bool(settings.base_url), "LMS_BASE_URL: alamat publik untuk sertifikat",
                "jalankan `lms init`, atau isi LMS_BASE_URL, misalnya https://belajar.example.go.id"),
    ]


def _sqlite() -> Finding:
    version = pysqlite3.dbapi2.sqlite_version
    good = tuple(map(int, version.split("."))) >= SQLITE_AT_LEAST
    return Finding(good, f"SQLite {version} (pysqlite3)", "pip install --upgrade pysqlite3")


def _pango() -> Finding:
    from ctypes.util import find_library

    return Finding(bool(find_library("pangoft2-1.0") or find_library("pangoft2")), "Pango untuk PDF", f"{APT} {PANGO}")


def _fonts() -> Finding:
    listing = shutil.which("fc-list")
    if listing is None:
        return Finding(False, "fontconfig", f"{APT} fontconfig {FONTS}")
    found = subprocess.run([listing, "Noto Serif", "family"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return Finding("Noto Serif" in found, "Huruf Noto untuk sertifikat", f"{APT} {FONTS}")


def _content(folder: Path) -> Finding:
    good = (folder / "modules").is_dir()
    return Finding(good, f"Materi di {folder}", "isi LMS_CONTENT_DIR dengan folder yang memuat modules/, quizzes/ dan certificates/")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    return Finding(free > DISK, f"Ruang kosong {free // 1_000_000_000} GB di {folder}", "kosongkan cakram: sedikitnya 1 GB diperlukan")
