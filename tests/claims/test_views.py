"""Pages of claims, for those who hand in and for officers."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.base.db import db
from lms.claims import queries
from lms.claims.models import Claim
from lms.hours import queries as ledger
from tests.claims.conftest import Hand, Office, state, version
from tests.claims.files import pdf, photo
from tests.inspecting import InspectingClient, words

SignIn = Callable[[int], InspectingClient]
FIELDS = {"title": "Bimtek Arsip", "organiser": "BPSDM", "number": "12/B/2026", "form": "guidance", "scope": "national",
          "from_on": "2026-02-02", "until_on": "2026-02-03", "jp": "16", "place": "Medan"}


def english(browser: InspectingClient) -> InspectingClient:
    """The same browser, reading English."""
    browser.set_cookie("lang", "en")
    return browser


def sent(browser: InspectingClient, page: str, *, file: bytes | None = None, name: str = "foto.jpg", **values: str) -> object:
    """Load a form page and send it with a file."""
    files = {"file": (io.BytesIO(file), name)} if file is not None else {}
    return browser.post(page, data={"csrf_token": browser.token(page), **values, **files}, content_type="multipart/form-data")


def test_a_certificate_is_handed_in_from_the_phone_and_shown(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = english(sign_in(office.sari))
    assert "No outside certificate yet" in browser.get("/claims/").get_data(as_text=True)

    response = sent(browser, "/claims/new", file=photo(exif=True), act="send", **FIELDS)

    claim = db.session.scalars(select(Claim.id)).one()
    assert (response.status_code, response.location, state(claim)) == (303, f"/claims/{claim}/", "submitted")
    page = words(browser.get(f"/claims/{claim}/").get_data(as_text=True))
    assert "16 JP would count" in page
    picture = browser.get(f"/claims/{claim}/evidence", buffered=True)
    assert (picture.mimetype, picture.headers["X-Content-Type-Options"], b"KAMERA" in picture.data) == ("image/jpeg", "nosniff", False)
    assert "Bimtek Arsip" in browser.get("/claims/").get_data(as_text=True)


def test_a_pdf_is_handed_out_as_a_download_alone(app: Flask, office: Office, hand: Hand, sign_in: SignIn) -> None:
    claim = hand("submitted", file=pdf())

    for browser, address in ((sign_in(office.sari), f"/claims/{claim}/evidence"), (sign_in(office.dewi), f"/office/claims/{claim}/evidence")):
        response = browser.get(address, buffered=True)
        assert response.mimetype == "application/pdf"
        assert response.headers["Content-Disposition"].startswith("attachment; filename=bukti-")


def test_what_is_missing_is_marked_and_nothing_is_lost(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = english(sign_in(office.sari))

    response = sent(browser, "/claims/new", file=photo(), act="send", **{**FIELDS, "number": "", "jp": "banyak"})

    claim = db.session.scalars(select(Claim.id)).one()
    page = response.get_data(as_text=True)
    assert (response.status_code, state(claim)) == (422, "draft")
    assert "Write a number, for example 20 or 4,5." in page
    assert 'value="Bimtek Arsip"' in page
    assert 'value="banyak"' in page
    assert f"/claims/{claim}/edit" in page
    assert queries.own(claim, office.sari).evidence == "image"
    assert sent(browser, f"/claims/{claim}/edit", act="send", **FIELDS).status_code == 303
    assert state(claim) == "submitted"


def test_without_evidence_the_draft_is_kept(app: Flask, office: Office, sign_in: SignIn) -> None:
    response = sent(english(sign_in(office.sari)), "/claims/new", act="send", **FIELDS)

    assert response.status_code == 422
    assert "Add a photo or PDF of the certificate." in words(response.get_data(as_text=True))
    assert db.session.scalars(select(Claim.state)).all() == ["draft"]


@pytest.mark.parametrize("changes", [{"from_on": "2027-01-01"}, {"from_on": "1950-01-01"}, {"until_on": "2026-01-01"}, {"until_on": "2026-13-40"},
                                     {"form": "sulap"}, {"jp": "-4"}, {"jp": "1e9"}, {"jp": "99999"}, {"jp": "٣"}, {"title": "x" * 201}, {"scope": "lunar"}])
def test_odd_values_come_back_in_the_form_and_the_file_is_kept(app: Flask, office: Office, sign_in: SignIn, changes: dict[str, str]) -> None:
    response = sent(sign_in(office.sari), "/claims/new", file=photo(), act="send", **{**FIELDS, **changes})

    assert response.status_code == 422
    row = db.session.scalars(select(Claim)).one()
    assert (row.state, row.evidence_id is not None, row.organiser) == ("draft", True, "BPSDM")


@pytest.mark.parametrize(("file", "name"), [(b"<script>alert(1)</script>", "foto.jpg"), (b"", "kosong.pdf"), (b"%PDF-1.7 x", "../../etc/passwd")])
def test_a_wrong_file_is_refused_with_the_form_filled(app: Flask, office: Office, sign_in: SignIn, file: bytes, name: str) -> None:
    response = sent(sign_in(office.sari), "/claims/new", file=file, name=name, act="send", **FIELDS)

    assert response.status_code == 422
    assert 'value="Bimtek Arsip"' in response.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Claim)) == 0


def test_somebody_elses_certificate_is_not_there(app: Flask, office: Office, hand: Hand, sign_in: SignIn) -> None:
    claim, draft = hand("submitted"), hand("draft")
    rini, lina, dewi = sign_in(office.rini), sign_in(office.lina), sign_in(office.dewi)

    assert [rini.get(f"/claims/{claim}/{page}").status_code for page in ("", "edit", "evidence")] == [404] * 3
    assert [rini.send("/claims/new", f"/claims/{claim}/{act}", **FIELDS).status_code for act in ("edit", "withdraw")] == [404] * 2
    assert [lina.get(f"/office/claims/{claim}/{page}").status_code for page in ("", "evidence")] == [404] * 2
    assert [lina.send("/claims/new", f"/office/claims/{claim}/{act}", version="3", reason="Karena.").status_code
            for act in ("check", "return", "refuse")] == [404] * 3
    assert (dewi.get(f"/office/claims/{draft}/").status_code, dewi.get(f"/office/claims/{claim}/").status_code) == (404, 200)
    assert rini.get("/office/claims/").status_code == 403


def test_an_officer_of_a_unit_does_not_accept(app: Flask, office: Office, hand: Hand, sign_in: SignIn) -> None:
    claim = hand("checked")
    dewi = sign_in(office.dewi)

    assert dewi.send(f"/office/claims/{claim}/", f"/office/claims/{claim}/accept", version=str(version(claim))).status_code == 403
    assert state(claim) == "checked"


def test_the_officers_see_what_would_count_and_decide_one_after_the_other(app: Flask, office: Office, hand: Hand, sign_in: SignIn) -> None:
    claim = hand("submitted", form="seminar", jp="8")
    dewi, budi = english(sign_in(office.dewi)), english(sign_in(office.budi))

    listed, page = (words(dewi.get(address).get_data(as_text=True)) for address in ("/office/claims/", f"/office/claims/{claim}/"))
    assert "Bimtek Arsip Digital" in listed
    assert "8 JP would count" in page
    assert dewi.send(f"/office/claims/{claim}/", f"/office/claims/{claim}/check", version=str(version(claim))).status_code == 303
    assert budi.send(f"/office/claims/{claim}/", f"/office/claims/{claim}/accept", version=str(version(claim))).status_code == 303

    assert "8 JP count" in words(budi.get(f"/office/claims/{claim}/").get_data(as_text=True))
    assert ledger.total(office.sari, date(2026, 1, 1), date(2026, 12, 31)) == 8


def test_the_page_says_why_less_counts_than_the_certificate_states(app: Flask, office: Office, hand: Hand, sign_in: SignIn) -> None:
    claim = hand("submitted", form="e-learning", jp="20")

    page = words(english(sign_in(office.dewi)).get(f"/office/claims/{claim}/").get_data(as_text=True))

    assert "6 JP would count" in page
    assert "14 JP of it do not count: more than may count on one day." in page


def test_a_decision_on_what_has_changed_meanwhile_is_refused_and_the_reason_kept(app: Flask, office: Office, hand: Hand, sign_in: SignIn) -> None:
    claim = hand("submitted")
    dewi = english(sign_in(office.dewi))

    response = dewi.send(f"/office/claims/{claim}/", f"/office/claims/{claim}/return", version="1", reason="Foto terlalu gelap.")

    assert (response.status_code, state(claim)) == (409, "submitted")
    assert "Foto terlalu gelap." in response.get_data(as_text=True)


def test_the_certificate_of_another_person_is_shown_beside(app: Flask, office: Office, hand: Hand, sign_in: SignIn) -> None:
    hand("accepted", person=office.rini, number="5/U")
    claim = hand("submitted", number="5/u")

    page = words(english(sign_in(office.budi)).get(f"/office/claims/{claim}/").get_data(as_text=True))

    assert "Somebody else handed in one like it" in page
    assert "Rini Saragih" in page


def test_several_are_accepted_once_the_sample_was_opened(app: Flask, office: Office, hand: Hand, sign_in: SignIn) -> None:
    claims = [hand("checked") for _ in range(3)]
    budi = english(sign_in(office.budi))
    ticked = {"claim": [f"{claim}-{version(claim)}" for claim in claims]}

    early = budi.send("/office/claims/batch", **ticked)
    assert (early.location, {state(claim) for claim in claims}) == ("/office/claims/batch", {"checked"})
    for claim in claims:
        budi.get(f"/office/claims/{claim}/")
    budi.send("/office/claims/batch", **ticked)

    assert {state(claim) for claim in claims} == {"accepted"}
    assert "Nothing can be accepted together" in budi.get("/office/claims/batch").get_data(as_text=True)


def test_lists_of_one_and_of_three_take_the_same_number_of_queries(app: Flask, office: Office, hand: Hand, assert_queries: Callable[[int], object]) -> None:
    for count in (1, 2):
        for _ in range(count):
            hand("submitted")
            hand("accepted")
        db.session.rollback()
        with assert_queries(2):  # type: ignore[attr-defined]
            queries.find(queries.Wish())
        with assert_queries(3):  # type: ignore[attr-defined]
            queries.of_person(office.sari)
            queries.credited(office.sari)


def test_a_claim_is_withdrawn_and_a_draft_deleted(app: Flask, office: Office, hand: Hand, sign_in: SignIn) -> None:
    claim, draft = hand("submitted"), hand("draft")
    browser = sign_in(office.sari)

    for number in (claim, draft):
        assert browser.send(f"/claims/{number}/", f"/claims/{number}/withdraw").location == "/claims/"

    assert state(claim) == "withdrawn"
    assert db.session.get(Claim, draft) is None
    assert browser.get(f"/claims/{claim}/edit").status_code == 303
