"""The pages about partners: who sees what, forms that keep what was typed, files that are refused."""

from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from lms.base.db import db
from lms.base.readings import Reading
from lms.partners import papers, queries, service
from lms.partners.models import Agreement, Paper, Partner
from tests.inspecting import InspectingClient, words
from tests.partners.conftest import AGREEMENT, PDF, City, file, picture, sent
from tests.partners.test_partners import CONTACT, EXPERT, OFFER

SignIn = Callable[[int], InspectingClient]
TYPED = {"kind": "pks", "number": "7/PKS/2026", "subject": "Magang", "from_on": "2026-03-01", "until_on": "2027-02-28"}
PARTS = {
    "contacts": {"name": "Ibu Mawar", "role": "Kerja sama", "email": "mawar@contoh.ac.id", "phone": "0622 12345"},
    "experts": {"name": "Prof. Ruth", "field": "Hukum", "competencies": "M.5", "email": "", "phone": ""},
    "offers": {"kind": "seminar", "title": "Hukum pelayanan", "form": "seminar", "jp": "4,5", "cost": "Rp 1.250.000", "language": "id", "remarks": ""},
    "programmes": {"level": "S1", "title": "Ilmu Hukum", "faculty": "Hukum", "competencies": "m.5 3", "semesters": "8", "mode": "campus",
                   "cost": "", "funding": "self"},
    "agreements": TYPED,
}


def english(browser: InspectingClient) -> InspectingClient:
    browser.set_cookie("lang", "en")
    return browser


def text(browser: InspectingClient, address: str) -> str:
    return words(browser.get(address).get_data(as_text=True))


def filled(city: City) -> str:
    for part, values in (("contacts", CONTACT), ("experts", EXPERT), ("offers", OFFER)):
        service.add_part(city.partner, part, values)  # type: ignore[arg-type]
    with papers.taken(sent(), {papers.PDF}) as kept:
        service.add_part(city.partner, "agreements", AGREEMENT, paper=kept)
    return f"/partners/{city.partner}/"


@pytest.mark.parametrize("language", ["en", "id"])
def test_pages_of_partners_are_sound_with_and_without_anything_in_them(city: City, sign_in: SignIn, language: str) -> None:
    budi = sign_in(city.budi)
    budi.set_cookie("lang", language)
    addresses = ["/partners/", "/partners/agreements/", f"/partners/{city.partner}/", "/partners/?q=zzz", "/partners/?q=publik&kind=university",
                 "/partners/?state=ending", "/partners/agreements/?state=expired", "/partners/?page=7&kind=nothing", "/partners/new",
                 f"/partners/{city.partner}/change", *(f"/partners/{city.partner}/{part}/new" for part in PARTS)]

    for _round in range(2):
        assert {address: budi.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
        for part, values in (("contacts", CONTACT), ("experts", EXPERT), ("offers", OFFER), ("agreements", AGREEMENT)):
            service.add_part(city.partner, part, {**values, **({"number": str(_round)} if part == "agreements" else {})})  # type: ignore[arg-type, dict-item]


def test_contacts_are_for_the_training_office_and_its_look_is_noted(city: City, sign_in: SignIn) -> None:
    address = filled(city)

    seen = {name: text(english(sign_in(person)), address) for name, person in (("budi", city.budi), ("wati", city.wati), ("tiur", city.tiur))}

    assert {name: ("Ibu Mawar" in page, "ruth@contoh.ac.id" in page, "Prof. Ruth Sitorus" in page) for name, page in seen.items()} == {
        "budi": (True, True, True), "wati": (False, False, True), "tiur": (False, False, True)}
    assert "Their names, mail addresses and telephone numbers are kept only to arrange training together" in seen["budi"]
    assert [(row.reader_id, row.what, row.scope) for row in db.session.scalars(select(Reading))] == [
        (city.budi, "partner-contacts", f"partner:{city.partner}")]


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_added_changed_and_ended_by_forms(city: City, sign_in: SignIn, part: str) -> None:
    budi, base = sign_in(city.budi), f"/partners/{city.partner}/"
    before = len(queries.parts(city.partner, part)) if part != "agreements" else 0  # type: ignore[arg-type]

    made = budi.send(f"{base}{part}/new", **PARTS[part])
    rows = queries.parts(city.partner, part) if part != "agreements" else [row for row, _state in queries.agreements_of(city.partner)]  # type: ignore[arg-type]
    row = max(rows, key=lambda one: one.id)
    page = BeautifulSoup(budi.get(f"{base}{part}/{row.id}/").get_data(as_text=True), "html.parser")
    stored = {str(field["name"]): str(field["value"]) for field in page.select("main form input[name]") if field.get("value")}
    again = budi.send(f"{base}{part}/{row.id}/", **{**PARTS[part], "seen": stored["seen"]})
    ended = budi.send(base, f"{base}{part}/{row.id}/end", ended="yes")

    assert (made.status_code, made.location, again.status_code, ended.status_code) == (303, f"{base}#{part}", 303, 303)
    assert len(rows) == before + 1
    assert queries.part(city.partner, part, row.id).ended_on == date(2026, 3, 10)  # type: ignore[arg-type]


def test_amounts_are_read_as_they_are_written_here(city: City, sign_in: SignIn) -> None:
    budi, base = english(sign_in(city.budi)), f"/partners/{city.partner}/"
    budi.send(f"{base}offers/new", **PARTS["offers"])
    row = queries.parts(city.partner, "offers")[0]

    assert (str(row.jp), row.cost) == ("4.5", 1_250_000)
    page = budi.get(f"{base}offers/{row.id}/").get_data(as_text=True)
    assert ('value="4,5"' in page, 'value="1.250.000"' in page) == (True, True)
    assert "Rp1,250,000" in text(budi, base)


@pytest.mark.parametrize(("part", "typed", "said"), [
    ("offers", {"cost": "murah"}, "Write the amount in rupiah"), ("offers", {"cost": "-5"}, "Write the amount in rupiah"),
    ("offers", {"cost": "99999999999999999999"}, "Write the amount in rupiah"), ("offers", {"jp": "0"}, "Write a number above 0"),
    ("offers", {"jp": "1e9"}, "Write a number, for example 3,25."), ("offers", {"form": "dancing"}, "Not a valid choice"),
    ("offers", {"title": "x" * 201}, "Use at most 200 characters."), ("programmes", {"competencies": "Pelayanan"}, "Write each code once"),
    ("programmes", {"semesters": "99"}, "Write a whole number from 1 to 14."), ("programmes", {"semesters": "empat"}, "Write a whole number"),
    ("contacts", {"email": "mawar"}, "Write it as name@office.go.id."), ("contacts", {"phone": "<script>"}, "Write a telephone number"),
    ("agreements", {"until_on": "2020-01-01"}, "The last day lies before the first"), ("agreements", {"from_on": "kemarin"}, "Not a valid date"),
    ("agreements", {"number": ""}, "Write the number of the agreement."),
])
def test_what_cannot_be_read_is_said_at_the_field_and_the_rest_stays(
    city: City, sign_in: SignIn, part: str, typed: dict[str, str], said: str,
) -> None:
    budi, address = english(sign_in(city.budi)), f"/partners/{city.partner}/{part}/new"

    answer = budi.send(address, **{**PARTS[part], **typed})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in words(page)
    kept = [value for name, value in PARTS[part].items() if name not in typed and value and name in {"title", "name", "number"}]
    assert [value for value in kept if value not in page] == []


def test_the_second_of_two_sees_what_the_first_stored_beside_her_text(city: City, sign_in: SignIn) -> None:
    budi, address = english(sign_in(city.budi)), f"/partners/{city.partner}/change"
    typed = {"name": "Universitas Contoh", "kind": "university", "address": "Teks saya", "website": "", "note": ""}
    seen = service.fingerprint("partner", queries.partner(city.partner))
    token = budi.token(address)
    budi.post(address, data={**typed, "address": "Jalan Baru", "seen": seen, "csrf_token": token})

    late = budi.post(address, data={**typed, "seen": seen, "csrf_token": token})
    page = BeautifulSoup(late.get_data(as_text=True), "html.parser")
    table = page.select_one("main table tbody tr")
    assert table is not None
    assert (late.status_code, words(str(table))) == (409, "Address Jalan Baru Teks saya")
    newer = str(page.select_one("input[name=seen]")["value"])  # type: ignore[index]
    again = budi.post(address, data={**typed, "seen": newer, "csrf_token": token})
    assert (again.status_code, queries.partner(city.partner).address) == (303, "Teks saya")


def test_a_form_sent_twice_records_one_partner(city: City, sign_in: SignIn) -> None:
    budi = english(sign_in(city.budi))
    typed = {"name": "Balai Diklat", "kind": "training", "address": "", "website": "https://contoh.go.id", "note": ""}

    answers = [budi.send("/partners/new", **typed) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [303, 409]
    assert "A partner named Balai Diklat is recorded already." in words(answers[1].get_data(as_text=True))
    assert db.session.scalar(select(func.count()).where(Partner.name == "Balai Diklat")) == 1


@pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,x", "http:evil", "contoh.ac.id", 'https://a.b" onclick="x'])
def test_a_website_is_an_address_of_the_web(city: City, sign_in: SignIn, website: str) -> None:
    budi = english(sign_in(city.budi))

    answer = budi.send(f"/partners/{city.partner}/change", name="Universitas Contoh", kind="university", website=website, address="", note="", seen="")

    assert (answer.status_code, queries.partner(city.partner).website) == (422, "")


def test_the_signed_file_is_a_download_and_only_a_pdf(city: City, sign_in: SignIn) -> None:
    budi, base = english(sign_in(city.budi)), f"/partners/{city.partner}/"
    refused = budi.send(f"{base}agreements/new", **TYPED, file=file(picture(), "perjanjian.pdf"))
    assert (refused.status_code, "This is no PDF." in words(refused.get_data(as_text=True))) == (409, True)
    assert (db.session.scalar(select(func.count()).select_from(Agreement)), db.session.scalar(select(func.count()).select_from(Paper))) == (0, 0)

    budi.send(f"{base}agreements/new", **TYPED, file=file(PDF, "../../perjanjian.pdf"))
    number = db.session.scalars(select(Agreement.id)).one()
    answer = english(sign_in(city.wati)).get(f"{base}agreements/{number}/file", buffered=True)

    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=perjanjian-{number}.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert sign_in(city.sari).get(f"{base}agreements/{number}/file").status_code == 403
    assert budi.get(f"/partners/{city.partner + 1}/agreements/{number}/file").status_code == 404


def test_an_expired_agreement_is_marked_on_the_page(city: City, sign_in: SignIn) -> None:
    service.add_part(city.partner, "agreements", {**AGREEMENT, "until_on": date(2026, 3, 9)})

    page = text(english(sign_in(city.wati)), f"/partners/{city.partner}/")
    table = text(english(sign_in(city.wati)), "/partners/")

    assert "The agreement has expired" in page
    assert "Expired" in page
    assert "None in force" in table


def test_a_supervisor_reads_and_changes_nothing(city: City, sign_in: SignIn) -> None:
    wati, base = sign_in(city.wati), f"/partners/{city.partner}/"

    assert [wati.get(address).status_code for address in (base, f"{base}change", f"{base}offers/new", "/partners/new")] == [200, 403, 403, 403]
    assert BeautifulSoup(wati.get(base).get_data(as_text=True), "html.parser").select("main form") == []


def test_marking_a_partner_as_over_hides_its_forms(city: City, sign_in: SignIn) -> None:
    budi, base = english(sign_in(city.budi)), f"/partners/{city.partner}/"
    budi.send(base, f"{base}end", ended="yes")

    assert "Over since" in text(budi, base)
    assert budi.get(f"{base}offers/new").status_code == 404
    budi.send(base, f"{base}end", ended="no")
    assert budi.get(f"{base}offers/new").status_code == 200
