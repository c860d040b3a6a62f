"""What is missing on this machine, and how to mend it; what the program is made of, and under which licences."""

import errno
import json
import re
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2
from packaging.requirements import Requirement

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
        _sqlite(), _pango(), _fonts(), _content(settings.content_dir), _disk(settings.instance_dir), _port(settings),
        Finding(bool(settings.smtp_host), "LMS_SMTP_HOST: server surel; tanpa itu pemberitahuan hanya tampil di halaman masing-masing",
                "isi LMS_SMTP_HOST dan LMS_MAIL_FROM, lalu coba: lms notices send-test nama@kantor.go.id"),
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


def port_fault(host: str, port: int) -> str | None:
    """Why nothing can listen there, as a sentence that says what to do; None if one can."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return (f"Port {port} di {host} sedang dipakai program lain. Hentikan program itu, "
                    "atau pilih port lain dengan --port atau LMS_PORT.")
        return f"Alamat {host} port {port} tidak dapat dipakai ({error.strerror}). Pilih yang lain dengan --host dan --port."
    return None


def _port(settings: Settings) -> Finding:
    fault = port_fault(settings.host, settings.port)
    if fault and _serves(settings):
        return Finding(True, f"Port {settings.port}: Simpul sudah berjalan di sana")
    return Finding(fault is None, f"Port {settings.port} di {settings.host}", fault or "")


def _serves(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"http://{settings.host}:{settings.port}/healthz", timeout=2) as answer:
            return bool(json.load(answer).get("status") == "ok")
    except (OSError, ValueError):
        return False


UNSAID = {"pysqlite3": "Zlib"}  # as its LICENSE file reads; its metadata say nothing


@dataclass(frozen=True, slots=True)
class Part:
    """A package that the program needs, directly or through another; `licence` is None if it does not say."""

    name: str
    version: str
    licence: str | None


def parts() -> list[Part]:
    """Every installed package that the program needs, by name, without those for tests and checks."""
    found: dict[str, Part] = {}
    waiting, seen = [("simpul", frozenset[str]())], set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            package = distribution(name)
        except PackageNotFoundError:  # wanted only on another system
            continue
        if name != "simpul":
            found[name] = Part(package.metadata["Name"], package.version, _licence(package))
        waiting += _needed(package, extras)
    return [found[name] for name in sorted(found)]


def _needed(package: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    for line in package.requires or ():
        wanted = Requirement(line)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield re.sub(r"[-_.]+", "-", wanted.name).lower(), frozenset(wanted.extras)


def _licence(package: Distribution) -> str | None:
    said: Any = package.metadata
    if expression := said.get("License-Expression"):
        return str(expression)
    classified = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or () if line.startswith("License ::")]
    named = sorted({one for one in classified if one != "OSI Approved"})
    lines = (said.get("License") or "").strip().splitlines()
    if not named and (not lines or lines[0] == "UNKNOWN"):
        return UNSAID.get(package.metadata["Name"].lower())
    return " OR ".join(named) or lines[0][:80]


def bill_of_materials(found: list[Part]) -> dict[str, Any]:
    """The packages in the form of CycloneDX 1.6, as tools that look for known vulnerabilities read it."""
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "name": "simpul", "version": distribution("simpul").version}},
        "components": [
            {"type": "library", "name": part.name, "version": part.version, "purl": f"pkg:pypi/{part.name.lower()}@{part.version}",
             **({"licenses": [{"license": {"name": part.licence}}]} if part.licence else {})}
            for part in found
        ],
    }
