"""Designs: what a folder must hold, numbers, and what a template may not do."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lms.base.errors import Refused
from lms.certificates.designs import Design, check_design, format_number, load_design
from lms.certificates.sandbox import fill
from tests.certificates.conftest import RESMI, Printer

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A copy of the official design; folder("design.toml", "old", "new") changes one place in one file of it."""

    def copy(name: str = "", old: str = "", new: str = "") -> Path:
        target = tmp_path / "uji"
        shutil.copytree(RESMI, target, dirs_exist_ok=True)
        if name:
            text = (target / name).read_text()
            assert old in text
            (target / name).write_text(text.replace(old, new, 1))
        return target

    return copy


def test_the_official_design_has_no_mistake() -> None:
    assert check_design(RESMI) == ()


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{seq:04}/SERT/BKPSDM/{roman_month}/{year}", "0007/SERT/BKPSDM/III/2026"),
        ("{year}-{month:02}-{seq}", "2026-03-7"),
        ("800.2/{seq:03}/{month}/{year}", "800.2/007/3/2026"),
        ("{{{seq}}}", "{7}"),
    ],
)
def test_a_number_follows_the_designs_pattern(pattern: str, expected: str) -> None:
    assert format_number(pattern, 7, date(2026, 3, 1)) == expected


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("{name}", "{name}"),
        ("{seq.__class__}", "{seq.__class__}"),
        ("{seq[0]}", "{seq[0]}"),
        ("{0}", "{0}"),
        ("{}", "{}"),
        ("{seq!r}", "{seq!r}"),
        ("{seq:099999999}", "{seq:099999999}"),
        ("{seq:{year}}", "{seq:{year}}"),
        ("{year:x}", "{year:x}"),
        ("{seq", "{seq"),
    ],
)
def test_a_number_pattern_knows_four_fields_only(pattern: str, part: str) -> None:
    with pytest.raises(Refused) as refusal:
        format_number(pattern, 7, date(2026, 3, 1))

    assert (refusal.value.code, refusal.value.detail) == ("certificate-number-pattern", {"pattern": pattern, "part": part})


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "code"),
    [
        ("design.toml", 'title = "Sertifikat"', "title = ", "design.toml:2", "design-toml"),
        ("design.toml", 'place = "Pematangsiantar"', "place = 3", "design.toml:4", "design-key"),
        ("design.toml", "A4 landscape", "F4", "design.toml:3", "design-page"),
        ("design.toml", "{seq:04}", "{count}", "design.toml:5", "design-number"),
        ("design.toml", "{year}", "", "design.toml:5", "design-number-unique"),
        ("design.toml", "name = ", "nama = ", "design.toml:7", "design-signatory"),
        ("preview.json", '"jp": "4"', '"jp": "empat"', "preview.json:1", "design-preview"),
        ("preview.json", '"nip"', '"nib"', "preview.json:1", "design-preview"),
        ("certificate.html", "{{ office }}", "{{ kantor }}", "certificate.html:6", "design-template"),
        ("certificate.html", "{% endfor %}", "", "certificate.html:", "design-template"),
        ("certificate.html", "<h1>{{ title }}", "<h1>{{ title.upper() }}", "certificate.html:19", "design-template"),
    ],
)
def test_a_designs_mistake_is_found_at_its_place(folder: Folder, name: str, old: str, new: str, place: str, code: str) -> None:
    found = check_design(folder(name, old, new))

    assert [mistake.code for mistake in found] == [code]
    assert found[0].text(str).startswith(f"certificates/uji/{place}")


def test_missing_files_are_all_named(tmp_path: Path) -> None:
    found = check_design(tmp_path)

    assert [mistake.file.rpartition("/")[2] for mistake in found] == [
        "certificate.html",
        "certificate.css",
        "design.toml",
        "preview.json",
    ]


def test_a_broken_design_is_refused(folder: Folder) -> None:
    broken = folder("design.toml", "A4 landscape", "F4")

    with pytest.raises(Refused, match="certificate-design-broken"):
        load_design(broken)


def test_a_link_in_the_folder_is_not_read(folder: Folder) -> None:
    target = folder()
    (target / "rahasia.svg").symlink_to("/etc/passwd")

    assert "rahasia.svg" not in load_design(target).files


def test_the_same_files_are_the_same_design(folder: Folder, design: Design) -> None:
    copy = load_design(folder())
    changed = load_design(folder("certificate.css", "27pt", "26pt"))

    assert (copy == design, changed == design) == (True, False)


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ name.__class__ }}",
        "{{ name.upper() }}",
        "{{ '{0.__class__}'.format(name) }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler }}",
        "{{ range(10) }}",
        "{{ self._TemplateReference__context }}",
        "{{ 'a' * 999999999 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 9 ** 99999999 }}",
        "{{ name|safe }}",
        "{{ name|attr('__class__') }}",
        "{{ name|pprint }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends '/etc/passwd' %}",
        "{% macro m() %}x{% endmacro %}{{ m() }}",
        "{% do name %}",
        "{{ unknown }}",
    ],
)
def test_a_template_can_call_nothing_and_reach_nothing(folder: Folder, template: str) -> None:
    found = check_design(folder("certificate.html", "<main>", f"<main>{template}"))

    assert [mistake.code for mistake in found] == ["design-template"]


@pytest.mark.parametrize("name", ["{{7*7}}", "{% raw %}", "${7*7}", "#{7}", "%(x)s", "{0.__class__}", "<b>Sari</b>", "&amp;"])
def test_c18_a_name_is_printed_and_never_read_as_a_template(printer: Printer, words: Callable[[bytes, int], str], name: str) -> None:
    assert name in words(printer(name=name), 1)


def test_a_template_gets_plain_values_only() -> None:
    with pytest.raises(TypeError, match="date"):
        fill("{{ day }}", {"day": date(2026, 3, 1)})  # type: ignore[dict-item]
