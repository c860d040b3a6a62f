"""The printed certificate: its words, its pages, its standards, its sameness."""

import io
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from lms.base.errors import Refused
from lms.certificates.designs import load_design
from lms.certificates.openbadges import credential, hashed_identity
from lms.certificates.signing import Signer, sign
from tests.certificates.conftest import BASE_URL, ISSUED_AT, RESMI, Printer
from tests.tools import verapdf

Words = Callable[[bytes, int], str]

NAMES = {
    "plain": "Rosmaida Purba, S.Sos.",
    "apostrophe": "Ma'ruf O’Neil, S.H., M.Kn.",
    "accents": "Žofia Ångström-Šimečková",
    "vietnamese": "Nguyễn Thị Ánh Tuyết",
    "combining": "Re\u0301mi Boru Ma\u0303na\u0323",
    "batak": "ᯂᯪᯉᯂᯬ ᯔᯒᯬᯞᯬᯇ᯲",
    "cjk": "王小明 (Ong Siau Beng)",
    "arabic": "عبد الرحمن الصديق",
    "emoji": "Sari 😀 Dewi",
    "astral": "𝔖𝔞𝔯𝔦 Dewi",
    "markup": "<script>alert(1)</script> & Putra",
    "long": ("Dr. Hj. Nurhasanah Rosdiana Boru Damanik Simarmata Saragih " * 4)[:200].strip(),
}
LONG_TITLE = "Pengendalian Gratifikasi, Benturan Kepentingan, dan Pelaporan Harta Kekayaan bagi Pejabat Pengawas " * 2


def letters(text: str) -> str:
    """The letters of a text without spaces and composition, in a fixed order: extraction turns what reads from right to left."""
    single = unicodedata.normalize("NFKD", text)
    return "".join(sorted(letter for letter in single if unicodedata.category(letter) not in ("Cf", "Zs")))


@pytest.mark.parametrize("kind", NAMES)
def test_c48_the_name_on_the_paper_is_the_stored_name(printer: Printer, words: Words, kind: str) -> None:
    text = words(printer(name=NAMES[kind]), 1)

    between = text.partition("diberikan kepada")[2].partition(" NIP")[0]
    assert letters(between) == letters(NAMES[kind])


def test_the_first_page_says_what_the_snapshot_says(printer: Printer, words: Words) -> None:
    text = words(printer(jp="2.5", valid_until="2028-09-18"), 1)

    for said in (
        "PEMERINTAH KOTA PEMATANGSIANTAR",
        "Nomor 0518/SERT/BKPSDM/IX/2025",
        "NIP 19880214 201101 2 003",
        "Penata Muda, III/a, Pengelola Layanan Operasional",
        "2,5 (dua koma lima) jam pelajaran",
        "1 September sampai 18 September 2025",
        "nilai 85 dari 100",
        "belajar.example.go.id/verify/7KQ4-M2XD-P9TR-3HVC-W8ZN",
        "Berlaku sampai 18 September 2028.",
        "Disegel secara elektronik oleh Badan Kepegawaian dan Pengembangan Sumber Daya Manusia.",
        "bukan tanda tangan elektronik BSrE",
        "Drs. Marolop Contoh Girsang, M.Si.",
    ):
        assert said in text


def test_what_is_not_known_is_left_out(printer: Printer, words: Words) -> None:
    text = words(printer(score=None, rank=None, position=None, unit=None, started=None), 1)

    assert "None" not in text
    assert "nilai" not in text
    assert "Berlaku sampai" not in text
    assert "jam pelajaran 18 September 2025 " in text


def test_the_second_page_lists_every_lesson_with_its_hours(printer: Printer, words: Words, snapshot: dict[str, Any]) -> None:
    text = words(printer(), 2)

    for lesson in snapshot["lessons"]:
        assert lesson["title"] in text
    assert "Ketika warga marah 15 September 2025 0,7" in text
    assert "Jumlah 4" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"name": NAMES["long"], "module": LONG_TITLE[:200], "unit": NAMES["long"], "position": NAMES["long"]},
        {"name": "A" * 200, "module": "M" * 200, "unit": "U" * 200, "position": "P" * 200, "rank": "R" * 200},
        {"name": "王" * 200, "module": LONG_TITLE[:150]},
    ],
)
def test_long_names_and_titles_fit_on_the_first_page(printer: Printer, words: Words, changes: dict[str, str]) -> None:
    pdf = printer(**changes)

    assert letters(changes["name"]) in letters(words(pdf, 1)) or set(changes["name"]) <= set(words(pdf, 1))
    assert words(pdf, 2).startswith("Daftar pelajaran")


def test_content_that_cannot_fit_is_refused(printer: Printer) -> None:
    with pytest.raises(Refused, match="certificate-does-not-fit"):
        printer(name="Sari Dewi " * 600)


def test_thirty_lessons_run_on_and_repeat_the_heads(printer: Printer, words: Words) -> None:
    lessons = [
        {"part": f"Bagian {(number + 9) // 10}", "number": number, "title": f"Pelajaran nomor {number}", "date": None, "jp": "0.4"}
        for number in range(1, 31)
    ]

    pdf = printer(lessons=lessons)

    sheets = [words(pdf, page) for page in (2, 3, 4)]
    assert all({"No.", "Pelajaran", "Selesai", "JP"} <= set(sheet.split()) for sheet in sheets)
    assert "Pelajaran nomor 30" in sheets[2]
    assert "Jumlah 4" in sheets[2]
    assert "Lembar 4 dari 4" in sheets[2]


@pytest.mark.parametrize("letter", ["\ue000", "\x01", "\U0001fad7"])
def test_k24_a_letter_that_no_font_has_is_refused_and_never_a_box(printer: Printer, letter: str) -> None:
    with pytest.raises(Refused) as refusal:
        printer(name=f"Sari {letter} Dewi")

    assert refusal.value.code == "certificate-letters-missing"
    assert refusal.value.detail == {"letters": f"U+{ord(letter):04X}"}


def test_k04_the_same_snapshot_gives_the_same_bytes_in_another_process(printer: Printer) -> None:
    script = (
        "import sys; from tests.certificates.conftest import *\n"
        "design = load_design(RESMI); content = design.preview()\n"
        "attached = credential(content, base_url=BASE_URL, issued_at=ISSUED_AT)\n"
        "address = BASE_URL + '/verify/' + content['serial']\n"
        "sys.stdout.buffer.write(render_pdf(design, content, verify_url=address, credential=attached, issued_at=ISSUED_AT))"
    )
    command = [sys.executable, "-c", script]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}

    printer(name="Orang lain sebelumnya")
    here = printer()
    there = subprocess.run(command, check=True, capture_output=True, env=environment, cwd=RESMI.parents[1], timeout=60).stdout

    assert here == there


def test_nobody_is_left_over_from_the_certificate_before(printer: Printer) -> None:
    first = printer()

    printer(name="Orang lain", serial="LAIN", number="9999")

    assert printer() == first


def test_k25_the_credential_travels_inside_byte_for_byte(printer: Printer, snapshot: dict[str, Any]) -> None:
    document = pikepdf.open(io.BytesIO(printer()))

    attached = document.attachments["credential.json"]

    assert attached.get_file().read_bytes() == credential(snapshot, base_url=BASE_URL, issued_at=ISSUED_AT)
    assert attached.obj.AFRelationship == "/Data"
    assert attached.get_file().mime_type == "application/json"


def test_the_credential_is_an_open_badge_without_the_nip(snapshot: dict[str, Any]) -> None:
    text = credential({**snapshot, "valid_until": "2028-09-18", "jp": "2.5"}, base_url=BASE_URL, issued_at=ISSUED_AT)

    document = json.loads(text)

    subject = document["credentialSubject"]
    nip = subject["identifier"][1]
    assert snapshot["nip"].encode() not in text
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert (document["validFrom"], document["validUntil"]) == ("2025-09-18T03:00:00Z", "2028-09-18T16:59:59Z")
    assert document["id"] == f"{BASE_URL}/verify/{snapshot['serial']}"
    assert document["issuer"] == {"id": BASE_URL, "type": ["Profile"], "name": snapshot["office"], "url": BASE_URL}
    assert nip["identityHash"] == hashed_identity(snapshot["nip"], nip["salt"])
    assert subject["creditsEarned"] == 2.5
    assert {"id", "type", "name", "description", "criteria"} <= set(subject["achievement"])


def test_k30_the_file_tells_nothing_about_the_machine(printer: Printer) -> None:
    document = pikepdf.open(io.BytesIO(printer()))

    everything = document.Root.Metadata.read_bytes() + str(document.docinfo).encode()

    assert str(Path.cwd()).encode() not in everything
    assert b"design.invalid" not in everything


@pytest.mark.parametrize("dots_per_inch", [100, 150, 300])
def test_k13_the_qr_code_is_read_as_the_exact_address(
    printer: Printer, snapshot: dict[str, Any], tmp_path: Path, dots_per_inch: int
) -> None:
    (tmp_path / "c.pdf").write_bytes(printer())
    command = ["pdftoppm", "-r", str(dots_per_inch), "-l", "1", "-png", "-singlefile", f"{tmp_path}/c.pdf", f"{tmp_path}/c"]
    subprocess.run(command, check=True, timeout=60)

    scanned = subprocess.run(
        ["zbarimg", "--quiet", "--raw", tmp_path / "c.png"], check=True, capture_output=True, text=True, timeout=60
    ).stdout

    assert scanned.strip() == f"{BASE_URL}/verify/{snapshot['serial']}"


@pytest.mark.skipif(verapdf.missing() is not None, reason=f"missing: {verapdf.missing()}")
def test_k23_every_certificate_is_pdf_a_3a_and_pdf_ua_1_before_and_after_the_seal(
    printer: Printer, signer: Signer, tmp_path: Path
) -> None:
    files = []
    for kind, name in NAMES.items():
        bare = printer(name=name)
        seal = sign(bare, signer, reason="Penerbitan sertifikat", location="Pematangsiantar", at=ISSUED_AT)
        for stage, content in (("bare", bare), ("sealed", seal)):
            files.append(tmp_path / f"{kind}-{stage}.pdf")
            files[-1].write_bytes(content)

    found = [verapdf.verdicts(profile, files) for profile in ("3a", "ua1")]

    assert found == [[f"PASS {file}" for file in files]] * 2


@pytest.mark.skipif(verapdf.missing() is not None, reason=f"missing: {verapdf.missing()}")
def test_verapdf_can_say_no(printer: Printer, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    document = pikepdf.open(io.BytesIO(printer()))
    del document.Root.MarkInfo
    document.save(broken)

    found = [verapdf.verdicts(profile, [broken])[0][:4] for profile in ("3a", "ua1")]

    assert found == ["FAIL", "FAIL"]


def test_a_design_with_two_signatories_prints_both(printer: Printer, words: Words, snapshot: dict[str, Any]) -> None:
    second = {"position": "Wali Kota Pematangsiantar", "name": "Contoh Wali Kota", "rank": None, "nip": None}

    text = words(printer(design=load_design(RESMI), signatories=[*snapshot["signatories"], second]), 1)

    assert "Wali Kota Pematangsiantar, Contoh Wali Kota" in text
    assert "Drs. Marolop Contoh Girsang, M.Si." in text

