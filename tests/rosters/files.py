"""Makers of tables as offices send them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

SIASN = (  # the columns of a profile export, in their order
    "PNS ID", "NIP BARU", "NIP LAMA", "NAMA", "GELAR DEPAN", "GELAR BELAKANG", "TEMPAT LAHIR ID", "TEMPAT LAHIR NAMA", "TANGGAL LAHIR",
    "JENIS KELAMIN", "AGAMA ID", "AGAMA NAMA", "JENIS KAWIN ID", "JENIS KAWIN NAMA", "NIK", "NOMOR HP", "EMAIL", "EMAIL GOV", "ALAMAT",
    "NPWP NOMOR", "BPJS", "JENIS PEGAWAI ID", "JENIS PEGAWAI NAMA", "KEDUDUKAN HUKUM ID", "KEDUDUKAN HUKUM NAMA", "STATUS CPNS PNS",
    "KARTU ASN VIRTUAL", "NOMOR SK CPNS", "TANGGAL SK CPNS", "TMT CPNS", "NOMOR SK PNS", "TANGGAL SK PNS", "TMT PNS", "GOL AWAL ID",
    "GOL AWAL NAMA", "GOL AKHIR ID", "GOL AKHIR NAMA", "TMT GOLONGAN", "MK TAHUN", "MK BULAN", "JENIS JABATAN ID", "JENIS JABATAN NAMA",
    "JABATAN ID", "JABATAN NAMA", "TMT JABATAN", "TINGKAT PENDIDIKAN ID", "TINGKAT PENDIDIKAN NAMA", "PENDIDIKAN ID", "PENDIDIKAN NAMA",
    "TAHUN LULUS", "KPKN ID", "KPKN NAMA", "LOKASI KERJA ID", "LOKASI KERJA NAMA", "UNOR ID", "UNOR NAMA", "INSTANSI INDUK ID",
    "INSTANSI INDUK NAMA", "INSTANSI KERJA ID", "INSTANSI KERJA NAMA", "SATUAN KERJA INDUK ID", "SATUAN KERJA INDUK NAMA",
    "SATUAN KERJA KERJA ID", "SATUAN KERJA KERJA NAMA", "IS VALID NIK", "NAMA SEKOLAH", "FLAG IKD", "ESELON ID", "ESELON NAMA",
)


def siasn(**cells: str) -> list[str]:
    """A row of a profile export; the names of cells have underscores for spaces, all others hold what is of no use here."""
    given = {name.replace("_", " "): text for name, text in cells.items()}
    return [given.get(name, "-" if name in MEANT else f"{name} 1") for name in SIASN]


MEANT = {
    "NIP BARU", "NAMA", "GELAR DEPAN", "GELAR BELAKANG", "TANGGAL LAHIR", "JENIS KELAMIN", "EMAIL", "EMAIL GOV", "JENIS PEGAWAI NAMA",
    "KEDUDUKAN HUKUM NAMA", "TMT CPNS", "GOL AKHIR NAMA", "JENIS JABATAN NAMA", "JABATAN NAMA", "UNOR NAMA", "ESELON NAMA",
}


def xlsx(rows: Sequence[Sequence[Any]], *, sheets: Mapping[str, Sequence[Sequence[Any]]] | None = None) -> bytes:
    """A workbook as a spreadsheet writes it; formulas are those that begin with "="."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "dd/mm/yyyy"}) as book:
        for name, table in {"Data": rows, **(sheets or {})}.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(table):
                for position, cell in enumerate(row):
                    _write(page, number, position, cell)
    return buffer.getvalue()


def _write(page: Any, number: int, position: int, cell: Any) -> None:
    if isinstance(cell, date):
        page.write_datetime(number, position, cell)
    elif cell is not None:
        page.write(number, position, cell)


def rezipped(content: bytes, changed: Mapping[str, bytes | None] | None = None, *, deflated: bool = True) -> bytes:
    """The same workbook with some entries replaced, added or, with None, left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if deflated else 0) as after:
        entries = {name: before.read(name) for name in before.namelist()} | dict(changed or {})
        for name, data in entries.items():
            if data is not None:
                after.writestr(name, data)
    return buffer.getvalue()


def kept(folder: Path, content: bytes | str, name: str = "table") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
