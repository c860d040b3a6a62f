"""Nothing but Tab, Enter and Space, on a narrow window: each thing can be reached, is seen when it is, and can be left again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import PASSWORD, City
from tests.journeys.conftest import OpenPage, sign_in

NARROW = {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce"}
MOST_TABS = 250
# What Tab should reach: one of each group of radio buttons, nothing in what is folded away.
REACHABLE = """() => {
  const kept = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter(e =>
    !e.disabled && e.type !== 'hidden' && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true}));
  const groups = new Set();
  const wanted = kept.filter(e => {
    if (e.type !== 'radio') return true;
    const group = [...document.getElementsByName(e.name)].filter(one => one.form === e.form);
    const stands = group.find(one => one.checked) ?? group[0];
    return e === stands && !groups.has(e.name) && groups.add(e.name);
  });
  wanted.forEach((e, at) => e.dataset.at = at);
  return wanted.length;
}"""
# What has the focus: its number, its words, and what is wrong with how it shows.
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const said = (e.getAttribute('aria-label') || e.textContent || e.name || '').trim().replace(/\\s+/g, ' ').slice(0, 40);
  const faults = [];
  const label = e.closest('label');
  const seen = (one, part) => {
    const style = getComputedStyle(one, part);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  if (!seen(e) && !seen(e, '::after') && !(label && seen(label))) faults.push('no outline');
  const box = (label ?? e).getBoundingClientRect();
  const nav = document.querySelector('.nav')?.getBoundingClientRect();
  if (box.bottom < 0 || box.top > innerHeight) faults.push('outside of the window');
  if (nav && getComputedStyle(document.querySelector('.nav')).position === 'fixed' && !e.closest('.nav') && box.top >= nav.top - 1)
    faults.push('under the navigation');
  return [e.dataset.at ?? null, `${e.tagName} ${said}`, faults];
}"""
PAGES = ("/login", "/people/import/", "/people/{dewi}/roles", "/me/data/", "/account/devices/")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus."""
    for _count in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def enter(page: Page, selector: str, key: str = "Enter") -> None:
    """Go to something with Tab, press a key and wait for the page to which it leads."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


@pytest.mark.parametrize("path", PAGES)
def test_tab_reaches_everything_shows_where_it_is_and_leaves_the_page_again(open_page: OpenPage, city: City, path: str) -> None:
    page = open_page(None if path == "/login" else city.people["Agus"], **NARROW)
    page.goto(path.format(dewi=city.people["Dewi"].id))
    wanted = page.evaluate(REACHABLE)
    reached, faults, left = set(), [], False
    for _count in range(MOST_TABS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        left = found is None
        if left:
            break
        number, said, wrong = found
        reached.add(number)
        faults += [f"{said}: {fault}" for fault in wrong]

    assert left
    assert wanted > 5
    assert {str(number) for number in range(wanted)} - reached == set()
    assert faults == []


def test_somebody_signs_in_by_keyboard(open_page: OpenPage, city: City) -> None:
    page = open_page(**NARROW)
    page.goto("/login")
    for selector, text in (("#nip", city.people["Dewi"].nip), ("#password", PASSWORD)):
        tab_to(page, selector)
        page.keyboard.type(text)
    enter(page, 'form[action="/login"] .primary', "Space")

    assert page.url == f"{city.url}/"


def test_a_list_is_imported_by_keyboard(open_page: OpenPage, city: City, tmp_path: Path) -> None:
    tono = city.people["Tono"]
    rank = city.rows("SELECT rank FROM persons WHERE id = ?", tono.id)[0][0]
    (tmp_path / "list.csv").write_text(f"nip,name,unit,rank\n{tono.nip},{tono.name},dishub,{'III/d' if rank != 'III/d' else 'III/c'}\n")
    page = open_page(city.people["Agus"], **NARROW)
    page.on("filechooser", lambda chooser: chooser.set_files(tmp_path / "list.csv"))  # from here on: told at the key press, Chromium may miss it
    page.goto("/people/import/")
    tab_to(page, "#file")
    page.keyboard.press("Enter")
    expect(page.locator("#file")).to_have_value(re.compile(r"list\.csv$"))
    enter(page, "form[enctype] .btn.primary")
    enter(page, 'form[action$="/confirm"] .btn.primary')

    assert city.rows("SELECT rank FROM persons WHERE id = ?", tono.id) != [(rank,)]


def test_a_role_is_given_and_ended_by_keyboard(open_page: OpenPage, city: City) -> None:
    rini = city.people["Rini"]
    page = open_page(city.people["Agus"], **NARROW)
    page.goto(f"/people/{rini.id}/roles")
    for selector, letters in (("#role", page.locator('#role option[value="auditor"]').inner_text()),
                              ("#unit", page.locator('#unit option[value="all"]').inner_text()), ("#why", "Pemeriksaan tahunan")):
        tab_to(page, selector)
        page.keyboard.type(letters)
    enter(page, 'form[action$="/roles"] .btn.primary')
    held = "SELECT role FROM grants WHERE person_id = ? AND ended_at IS NULL"
    given = city.rows(held, rini.id)
    enter(page, 'form[action$="/end"] button', "Space")

    assert given == [("auditor",)]
    assert city.rows(held, rini.id) == []


def test_ones_data_are_downloaded_by_keyboard(open_page: OpenPage, city: City) -> None:
    page = open_page(city.people["Tono"], **NARROW)
    page.goto("/me/data/")
    tab_to(page, 'form[action="/me/data/download"] button')
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")

    assert waiting.value.suggested_filename.endswith(".zip")


def test_another_device_is_signed_out_by_keyboard(open_page: OpenPage, city: City) -> None:
    elsewhere, page = (open_page(city.people["Rini"], **NARROW) for _device in range(2))
    page.goto("/account/devices/")
    enter(page, 'form[action="/account/devices/end-others"] button')
    elsewhere.goto("/account/")

    assert elsewhere.url.startswith(f"{city.url}/login")
    assert page.locator("ul.rows > li").count() == 1


def test_what_the_navigation_has_no_room_for_is_reached_by_keyboard(open_page: OpenPage, city: City) -> None:
    page = open_page(**NARROW)
    sign_in(page, city.people["Agus"])
    tab_to(page, "details.rest > summary")
    page.keyboard.press("Space")
    enter(page, '.rest a[href="/administration/"]')

    assert page.url == f"{city.url}/administration/"
    assert page.locator("details.rest > summary[aria-current]").count() == 1
