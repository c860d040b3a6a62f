"""The 40 units of the demo city: the city, 17 of its agencies, its eight kecamatan, and the kelurahan of two of these.

Names: Perda Kota Pematangsiantar 1/2017 as amended by Perda 2/2022; codes of territory: Kepmendagri 300.2.2-2430/2025.
"""

from lms.base.db import db
from lms.demo.roll import Office
from lms.people.models import Unit

CITY = ("1272", "Pemerintah Kota Pematangsiantar", "pemerintah")
AGENCIES = (
    ("setda", "Sekretariat Daerah", "sekretariat"),
    ("setwan", "Sekretariat DPRD", "sekretariat"),
    ("inspektorat", "Inspektorat", "inspektorat"),
    ("bkpsdm", "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", "badan"),
    ("bpkpd", "Badan Pengelolaan Keuangan dan Pendapatan Daerah", "badan"),
    ("bpbd", "Badan Penanggulangan Bencana Daerah", "badan"),
    ("disdik", "Dinas Pendidikan", "dinas"),
    ("dinkes", "Dinas Kesehatan", "dinas"),
    ("pupr", "Dinas Pekerjaan Umum dan Tata Ruang", "dinas"),
    ("dinsos", "Dinas Sosial, Pemberdayaan Perempuan dan Perlindungan Anak", "dinas"),
    ("dlh", "Dinas Lingkungan Hidup", "dinas"),
    ("dukcapil", "Dinas Kependudukan dan Pencatatan Sipil", "dinas"),
    ("dishub", "Dinas Perhubungan", "dinas"),
    ("diskominfo", "Dinas Komunikasi dan Informatika", "dinas"),
    ("dpmptsp", "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "dinas"),
    ("satpol-pp", "Satuan Polisi Pamong Praja", "satuan"),
    ("rsud", "RSUD dr. Djasamen Saragih", "rsud"),
)
DISTRICTS = (
    ("Timur", ()),
    ("Barat", ("Dwikora", "Proklamasi", "Bantan", "Timbang Galung", "Simarito", "Sipinggolpinggol", "Banjar", "Teladan")),
    ("Utara", ()),
    ("Selatan", ("Toba", "Karo", "Simalungun", "Martimbang", "Kristen", "Aek Nauli")),
    ("Marihat", ()), ("Martoba", ()), ("Sitalasari", ()), ("Marimbun", ()),
)


def found() -> list[Office]:
    """Write the units in the caller's transaction; gives them, the city first."""
    city = _add(None, *CITY)
    made = [city, *(_add(city, *agency) for agency in AGENCIES)]
    for number, (name, villages) in enumerate(DISTRICTS, 1):
        code = f"12.72.{number:02}"
        district = _add(city, code, f"Kecamatan Siantar {name}", "kecamatan")
        made += [district, *(_add(district, f"{code}.{1000 + place}", f"Kelurahan {village}", "kelurahan")
                             for place, village in enumerate(villages, 1))]
    return [Office(unit.id, unit.name, unit.kind, unit.path) for unit in made]


def _add(above: Unit | None, code: str, name: str, kind: str) -> Unit:
    row = Unit(parent_id=above.id if above else None, name=name, code=code, kind=kind, path="")
    db.session.add(row)
    db.session.flush()
    row.path = f"{above.path if above else '/'}{row.id}/"
    return row
