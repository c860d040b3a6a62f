"""Tables as they arrive: what is read from CSV and XLSX, and what is refused before anything in it is believed."""

import io
import struct
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

import pytest

from lms.base.errors import Refused
from lms.rosters import archives, sheets, workbook
from lms.rosters.cells import Broken, Number
from lms.web.downloads import harmless
from tests.rosters.files import kept, rezipped, xlsx

KNOWN = {"nip", "name", "unit"}
ROWS = [["nip", "name", "unit"], ["198609262015051001", "Sari, S.E.", "Dinas Kesehatan"], [], ["199009132025242014", "Budi", "RSUD"]]
READ = [(2, {0: "198609262015051001", 1: "Sari, S.E.", 2: "Dinas Kesehatan"}), (4, {0: "199009132025242014", 1: "Budi", 2: "RSUD"})]
Found = tuple[tuple[str, ...], list[tuple[int, dict[int, str]]], list[tuple[int, str, str]]]


def read(path: Path, sheet: str = "") -> Found:
    """Header, rows, and (row, level, what) of each note."""
    with sheets.opened(path, sheet=sheet, is_name=KNOWN.__contains__) as table:
        rows = [(row.number, row.cells) for row in table.rows(frozenset(range(len(table.header))))]
        return table.header, rows, [(note.row, note.level, note.what(lambda text, **values: text % values if values else text))
                                    for note in table.notes]


def refusal(path: Path, sheet: str = "") -> str:
    with pytest.raises(Refused) as refused:
        read(path, sheet)
    return refused.value.code


@pytest.mark.parametrize("text", [
    "nip,name,unit\n198609262015051001,\"Sari, S.E.\",Dinas Kesehatan\n,,\n199009132025242014,Budi,RSUD\n",
    "\ufeffnip;name;unit\r\n198609262015051001;Sari, S.E.;Dinas  Kesehatan\r\n\r\n'199009132025242014; Budi ;RSUD",
    "nip\tname\tunit\n198609262015051001\tSari, S.E.\t\"Dinas\nKesehatan\"\n\n199009132025242014\tBudi\tRSUD\n",
    "nip|name|unit\n198609262015051001|Sari, S.E.|Dinas Kesehatan\n\n199009132025242014|Budi|RSUD|",
])
def test_delimiter_mark_line_ends_and_quotation_are_found_out(tmp_path: Path, text: str) -> None:
    assert read(kept(tmp_path, text)) == (("nip", "name", "unit"), READ, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_c10_a_csv_file_is_read_in_the_encodings_that_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    path = kept(tmp_path, "nip;name\n1;Ren\u00e9\n".encode(encoding))

    assert read(path) == (("nip", "name"), [(2, {0: "1", 1: "Ren\u00e9"})], [])


def test_c10_windows_1252_is_read_with_a_note_that_says_where(tmp_path: Path) -> None:
    path = kept(tmp_path, "nip;name\n1;Ren\u00e9\n".encode("cp1252"))

    assert read(path) == (("nip", "name"), [(2, {0: "1", 1: "Ren\u00e9"})], [
        (1, "warning", "The file is not UTF-8 (line 2, sign 6); it was read as Windows-1252.")])


@pytest.mark.parametrize(("content", "line", "sign"), [
    (b"nip;name\n1;a\x00b\n", 2, 4), (b"nip;name\n1;\x81\n", 2, 3), (b"\xff\xfen\x00i\x00p\x00\n\x00\x00\xd8", 2, 1),
])
def test_c10_bytes_that_are_no_text_are_named_with_their_place(tmp_path: Path, content: bytes, line: int, sign: int) -> None:
    assert read(kept(tmp_path, content)) == ((), [], [(line, "error", f"From line {line}, sign {sign} on the file is no text.")])


@pytest.mark.parametrize("rest", ['1;"Sari\n2;Budi\n', '1;"Sari"x\n', f"1;{'x' * 200_000}\n", f"1;{'x' * 2_000_000}\n"])
def test_c10_where_rows_cannot_be_told_apart_the_table_ends_with_a_note(tmp_path: Path, rest: str) -> None:
    header, rows, notes = read(kept(tmp_path, f"nip;name\n0;Ani\n{rest}"))

    assert (header, rows) == (("nip", "name"), [(2, {0: "0", 1: "Ani"})])
    assert [(row, level) for row, level, _what in notes] == [(3, "error")]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(tmp_path: Path, content: bytes) -> None:
    assert read(kept(tmp_path, content)) == ((), [], [(1, "error", "The file is empty.")])


def test_the_header_may_stand_below_a_title(tmp_path: Path) -> None:
    path = kept(tmp_path, xlsx([["Daftar Pegawai"], [None, "per 1 Maret 2026"], *ROWS]))

    assert read(path)[:2] == (("nip", "name", "unit"), [(number + 2, cells) for number, cells in READ])


def test_an_xlsx_file_is_read_as_a_csv_file_is(tmp_path: Path) -> None:
    assert read(kept(tmp_path, xlsx(ROWS))) == (("nip", "name", "unit"), READ, [])


def test_dates_numbers_truths_and_results_of_formulas_are_read_as_a_person_sees_them(tmp_path: Path) -> None:
    path = kept(tmp_path, xlsx([["nip", "name"], [date(2025, 6, 1), 3.0, 2.5, True, "=1+1", 198609262015051001]]))

    with sheets.opened(path) as table:
        cells = dict(table.read(frozenset({0, 1, 2, 3, 4, 5})))[2]
    assert cells == {0: "2025-06-01", 1: "3", 2: "2.5", 3: "TRUE", 4: "0", 5: "1.98609262015051E+17"}
    assert [type(cells[position]) for position in (0, 1, 5)] == [str, Number, Number]


def test_a_formula_without_a_result_and_an_error_are_broken_cells(tmp_path: Path) -> None:
    sheet = b'<worksheet><sheetData><row r="1"><c r="A1"><f>1+1</f></c><c r="B1" t="e"><v>#N/A</v></c></row></sheetData></worksheet>'
    path = kept(tmp_path, rezipped(xlsx([["nip"]]), {"xl/worksheets/sheet1.xml": sheet}))

    with sheets.opened(path) as table:
        [(_number, cells)] = table.read(None)
    assert (cells, {type(cell) for cell in cells.values()}) == ({0: "=\u2026", 1: "#N/A"}, {Broken})


def test_another_sheet_can_be_chosen_by_name(tmp_path: Path) -> None:
    path = kept(tmp_path, xlsx([["empty"]], sheets={"PPPK": ROWS}))

    assert read(path, "PPPK")[1] == READ
    assert refusal(path, "PNS") == "sheet-unknown"


def test_prefixed_names_inline_texts_and_missing_references_are_understood(tmp_path: Path) -> None:
    sheet = (b'<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>nip</x:t></x:is></x:c>'
             b'<x:c t="str"><x:v>name</x:v></x:c></x:row><x:row><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>')
    path = kept(tmp_path, rezipped(xlsx([["nip"]]), {"xl/worksheets/sheet1.xml": sheet}))

    assert read(path) == (("nip", "name"), [(2, {0: "7"})], [])


def test_too_many_rows_and_columns_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 3)

    assert read(kept(tmp_path, "nip;name\n1;a\n2;b\n3;c\n"))[1:] == (
        [(2, {0: "1", 1: "a"}), (3, {0: "2", 1: "b"})], [(4, "error", "The file has more than 2 rows.")])
    assert refusal(kept(tmp_path, "nip;name;unit;rank\n")) == "file-too-wide"


@pytest.mark.parametrize(("content", "code"), [
    (b"%PDF-1.7 x", "file-no-table"), (b"\x89PNG\r\n\x1a\n", "file-no-table"), (b"<html><table><tr><td>nip", "file-web-page"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file-old-excel"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "file-encrypted"),
    (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "file-open-document"),
])
def test_what_is_no_table_is_told_what_it_is_whatever_its_name(tmp_path: Path, content: bytes, code: str) -> None:
    assert refusal(kept(tmp_path, content, "pegawai.csv")) == code


@pytest.mark.parametrize("name", ["../../etc/x.xml", "/etc/x.xml", "C:x.xml", "..\\x.xml", "xl/./../../x.xml"])
def test_c20_entries_that_would_leave_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    assert refusal(kept(tmp_path, rezipped(xlsx(ROWS), {name: b"x"}))) == "file-odd-parts"


def test_c21_links_in_the_archive_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO(xlsx(ROWS))
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo("xl/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")

    assert refusal(kept(tmp_path, buffer.getvalue())) == "file-odd-parts"


def test_c22_too_many_entries_are_refused(tmp_path: Path) -> None:
    extra = {f"xl/media/{number}.bin": b"" for number in range(archives.MOST_ENTRIES)}

    assert refusal(kept(tmp_path, rezipped(xlsx(ROWS), dict(extra)))) == "file-too-many-parts"


def test_c23_archives_within_and_overlapping_entries_are_refused(tmp_path: Path) -> None:
    content = xlsx(ROWS)
    overlapping = bytearray(content)
    directory = overlapping.index(b"PK\x01\x02")
    second = overlapping.index(b"PK\x01\x02", directory + 4)
    overlapping[second + 42:second + 46] = overlapping[directory + 42:directory + 46]

    assert refusal(kept(tmp_path, rezipped(content, {"xl/embeddings/a.zip": b"PK"}))) == "file-odd-parts"
    assert refusal(kept(tmp_path, bytes(overlapping))) in {"file-odd-parts", "file-damaged"}


@pytest.mark.parametrize("names", [("xl/a.xml", "XL/A.xml"), ("xl/\u00e9.xml", unicodedata.normalize("NFD", "xl/\u00e9.xml"))])
def test_c24_names_that_two_systems_take_for_one_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    assert refusal(kept(tmp_path, rezipped(xlsx(ROWS), dict.fromkeys(names, b"x")))) == "file-odd-parts"


def test_c25_a_bomb_is_refused_by_the_size_it_declares(tmp_path: Path) -> None:
    bomb = rezipped(xlsx(ROWS), {"xl/worksheets/sheet1.xml": b" " * (archives.SMALL + 1)})

    assert len(bomb) < 100_000
    assert refusal(kept(tmp_path, bomb)) == "file-unpacks-too-large"


def test_c25_a_bomb_that_declares_little_is_stopped_at_that_size(tmp_path: Path) -> None:
    bomb = bytearray(rezipped(xlsx(ROWS), {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (40 * 1024 * 1024)}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = next(at for at in _all(bomb, mark) if b"sheet1.xml" in bomb[at:at + 80])
        bomb[at + place:at + place + 4] = struct.pack("<I", 1000)

    assert refusal(kept(tmp_path, bytes(bomb))) == "file-damaged"


def test_c25_a_tag_that_never_ends_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "SUSPICIOUS_RATIO", 2000)
    endless = b'<worksheet><sheetData x="' + b"y" * (workbook.LONGEST_TAG * 3) + b'"/></worksheet>'

    assert refusal(kept(tmp_path, rezipped(xlsx(ROWS), {"xl/worksheets/sheet1.xml": endless}))) == "file-damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize("prologue", [
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>', b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/">]>',
])
def test_c32_document_types_and_entities_are_refused_in_every_part(tmp_path: Path, part: str, prologue: bytes) -> None:
    path = kept(tmp_path, rezipped(xlsx(ROWS), {part: prologue + b"<sst>&b;</sst>"}))

    assert refusal(path) == "file-damaged"


def test_c43_a_workbook_with_macros_or_a_password_is_refused(tmp_path: Path) -> None:
    encrypted = bytearray(xlsx(ROWS))
    for at in _all(encrypted, b"PK\x01\x02"):
        encrypted[at + 8] |= 1

    assert refusal(kept(tmp_path, rezipped(xlsx(ROWS), {"xl/vbaProject.bin": b"x"}))) == "file-macros"
    assert refusal(kept(tmp_path, bytes(encrypted))) == "file-encrypted"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_f28_a_workbook_that_was_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    content = xlsx(ROWS)

    assert refusal(kept(tmp_path, content[:int(len(content) * share)])) == "file-damaged"


def test_f28_a_workbook_with_a_flipped_byte_in_its_table_is_refused(tmp_path: Path) -> None:
    content = bytearray(rezipped(xlsx(ROWS), deflated=False))
    at = content.index(b"<sheetData>") + 3
    content[at] ^= 0x08

    assert refusal(kept(tmp_path, bytes(content))) == "file-damaged"


@pytest.mark.parametrize("text", ["=1+1", "+62 811", "-", "@sum", "|x", "\uff1d1", "'=x"[1:]])
def test_c28_an_apostrophe_that_an_export_wrote_is_taken_off_again(tmp_path: Path, text: str) -> None:
    escaped = harmless(text)

    assert escaped == f"'{text}"
    assert read(kept(tmp_path, f"nip;name\n1;{escaped}\n"))[1] == [(2, {0: "1", 1: text})]
    assert read(kept(tmp_path, xlsx([["nip", "name"], ["1", escaped]])))[1] == [(2, {0: "1", 1: text})]


def test_c28_an_apostrophe_of_a_name_stays(tmp_path: Path) -> None:
    assert read(kept(tmp_path, "nip;name\n1;'Aisyah\n"))[1] == [(2, {0: "1", 1: "'Aisyah"})]


def _all(content: bytearray, mark: bytes) -> list[int]:
    found, at = [], content.find(mark)
    while at >= 0:
        found.append(at)
        at = content.find(mark, at + 1)
    return found
