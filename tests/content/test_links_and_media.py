"""Pictures, players, cards and links: what they become, what is said when they are missing, what is never read."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from lms.content.library import Library
from tests.content.courses import codes, html_of, load, picture, write


def page(tmp_path: Path, text: str, **files: str | bytes) -> Path:
    return write(tmp_path / "c", {"modules/m/a.md": text, **{f"modules/m/{name}": content for name, content in files.items()}})


def width_of(path: Path) -> int:
    with Image.open(path) as kept:
        return kept.width


def test_a_picture_alone_is_a_figure_with_sizes_and_smaller_variants(tmp_path: Path) -> None:
    root = page(tmp_path, '![Warga antre](media/loket.png "Loket pukul delapan")\n')
    picture(root / "modules/m/media/loket.png", 1300, 650)

    soup = BeautifulSoup(html_of(root, "m", "a"), "html.parser")

    image = soup.select_one("figure > img")
    assert image is not None
    assert (image["alt"], image["width"], image["height"], image["loading"]) == ("Warga antre", "1300", "650", "lazy")
    assert [part.split()[1] for part in str(image["srcset"]).split(", ")] == ["480w", "960w", "1300w"]
    assert soup.select_one("figure > figcaption").text == "Loket pukul delapan"  # type: ignore[union-attr]


def test_every_address_of_a_picture_is_served(tmp_path: Path) -> None:
    root = page(tmp_path, "a ![x](media/Loket%20%C3%A9.png) b\n")
    picture(root / "modules/m/media/Loket é.png", 1300, 650)
    library = Library(root, tmp_path / "cache")
    html = library.html(library.load().modules["m"].lessons[0].revision)
    library.stop()

    image = BeautifulSoup(html, "html.parser").select_one("p > img")
    assert image is not None
    addresses = [part.split()[0] for part in str(image["srcset"]).split(", ")] + [str(image["src"])]
    kept = [library.media(*address.removeprefix("/media/").split("/")) for address in addresses]
    assert [width_of(path) for path in kept if path] == [480, 960, 1300, 1300]


def test_c42_what_a_camera_notes_in_a_picture_is_not_published(tmp_path: Path) -> None:
    root = page(tmp_path, "![x](foto.jpg)\n")
    noted = Image.Exif()
    noted[0x0112], noted[0x8825] = 6, {1: "N", 2: (2.0, 57.0, 0.0)}
    Image.new("RGB", (90, 60)).save(root / "modules/m/foto.jpg", exif=noted)
    library = Library(root, tmp_path / "cache")
    library.load()
    library.stop()

    with Image.open(next((tmp_path / "cache/media").glob("*/foto.jpg"))) as kept:
        assert (dict(kept.getexif()), kept.size) == ({}, (60, 90))


def test_svg_is_served_as_it_is(tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 76"><script>go()</script></svg>'

    html = html_of(page(tmp_path, "![Tiga langkah](x.svg)\n", **{"x.svg": svg}), "m", "a")

    assert 'width="340" height="76"' in html
    assert "<svg" not in html
    assert "srcset" not in html


def test_players_and_cards_state_their_size(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"v.mp4": b"0" * 2_100_000, "v.id.vtt": "WEBVTT", "s.mp3": b"0" * 5000, "d.pdf": b"%PDF", "t.xlsx": b"x" * 1500}

    html = html_of(page(tmp_path, "![Simulasi](v.mp4)\n\n![Suara](s.mp3)\n\n![Formulir](d.pdf)\n\n![Tabel](t.xlsx)\n", **files), "m", "a")

    soup = BeautifulSoup(html, "html.parser")
    assert soup.select_one("video[controls][preload=none] > track[kind=captions][srclang=id]") is not None
    assert [caption.text for caption in soup.select("figcaption")] == ["Simulasi, 2,1 MB", "Suara, 5 KB"]
    assert [link.text for link in soup.select("a[download]")] == ["Formulir (PDF, 1 KB)", "Tabel (XLSX, 2 KB)"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("![Peta](media/petaa.png)", "missing-media-near", "Peta"), ("![Peta](jauh.png)", "missing-media", "Peta"),
        ("![Peta](https://evil.test/x.png)", "remote-media", "evil.test"), ("a <img src='https://evil.test/x.png' alt='Peta'>", "remote-media", "Peta"),
        ("<iframe src='https://evil.test/v'></iframe>", "remote-media", "evil.test"), ("![](media/peta.png)", "no-alt", ""),
        ("![Peta](rusak.png)", "bad-picture", "Peta"), ("![Peta](//evil.test/x.png)", "remote-media", "evil.test"),
        ("[x](b.md)", "broken-link", "x"), ("[x](aa.md)", "broken-link-near", "x"), ("[x](/etc/passwd)", "broken-link", "x"),
        ("[x](../../../../etc/passwd)", "broken-link", "x"), ("## Nada\n\n[x](#nadaa)", "broken-anchor-near", "x"),
        ("[x](<file:///etc/passwd>)", None, "x"), ("<a href='file:///etc/passwd'>x</a>", "bad-link", "x"),
        ("![x](data:image/png;base64,AAAA)", "bad-link", "x"), ("<img src=''>", "missing-media", ""),
    ],
)
def test_what_is_missing_or_elsewhere_is_a_warning_with_a_visible_stand_in(tmp_path: Path, text: str, code: str | None, words: str) -> None:
    root = page(tmp_path, f"---\ntitle: A\n---\n\n{text}\n", **{"rusak.png": b"no picture"})
    picture(root / "modules/m/media/peta.png", 10, 10)

    html = html_of(root, "m", "a")

    assert words in BeautifulSoup(html, "html.parser").text
    assert "evil.test/" not in html.replace('href="https://evil.test/', "")
    found = codes(load(root))
    assert [one[2] for one in found] == ([code] if code else [])
    assert all(line == 5 + (text.startswith("## ") * 2) for _, line, _ in found)


@pytest.mark.parametrize("path", ["../../../etc/passwd", "..%2f..%2f..%2fetc/passwd", "../../../../../../etc/passwd"])
def test_a_picture_path_that_leads_out_of_the_content_is_an_error(tmp_path: Path, path: str) -> None:
    catalog = load(page(tmp_path, f"![x]({path})\n"))

    assert [(found.code, found.level) for found in catalog.mistakes] == [("outside", "error")]
    assert dict(catalog.modules) == {}


@pytest.mark.parametrize("path", ["%252e%252e/x.png", "..\\x.png", "/etc/passwd", "C:/x.png", "a%00b.png", "x" * 3000, "x.png.", "..%5c..%5cx"])
def test_odd_picture_paths_are_only_missing(tmp_path: Path, path: str) -> None:
    catalog = load(page(tmp_path, f"<img src='{path}' alt='x'>\n"))

    assert [found.level for found in catalog.mistakes] == ["warning"]
    assert [found.code in ("missing-media", "bad-link") for found in catalog.mistakes] == [True]


def test_c13_links_that_lead_outside_are_not_followed(tmp_path: Path) -> None:
    secret = write(tmp_path, {"rahasia/s.md": "# Rahasia", "rahasia/s.png": "x"})
    root = page(tmp_path, "![x](s.png)\n")
    (root / "modules/m/s.png").symlink_to(secret / "rahasia/s.png")
    (root / "modules/m/s.md").symlink_to(secret / "rahasia/s.md")
    (root / "modules/m/d").symlink_to(secret / "rahasia")

    catalog = load(root)

    assert dict(catalog.modules) == {}
    assert {found.code for found in catalog.mistakes} == {"outside"}


def test_c14_a_pipe_in_the_folder_does_not_stop_the_reading(tmp_path: Path) -> None:
    import os

    root = page(tmp_path, "![x](p.png) [y](q.txt)\n")
    for name in ("p.png", "q.txt", "z.md"):
        os.mkfifo(root / "modules/m" / name)

    catalog = load(root)

    assert {found.code for found in catalog.mistakes} <= {"missing-media", "broken-link", "outside", "not-readable", "missing-media-near"}


@pytest.mark.parametrize(("digest", "name"), [("../../x", "y"), ("a" * 32, "../../../etc/passwd"), ("a" * 32, ".hidden"), ("", "x"), ("a", "a\0b")])
def test_c12_media_addresses_cannot_leave_the_shelf(tmp_path: Path, digest: str, name: str) -> None:
    assert Library(page(tmp_path, "x"), tmp_path / "cache").media(digest, name) is None


def test_c42_a_picture_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    root = page(tmp_path, "![x](besar.png)\n")
    Image.new("1", (10_000, 6_000)).save(root / "modules/m/besar.png")

    assert [one[2] for one in codes(load(root))] == ["picture-too-large"]
